# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong tokens become slow, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors.limit import FREE, LONGEST, Limit, place
from flask.testing import FlaskClient


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_the_wait_doubles_up_to_five_minutes_and_is_forgotten() -> None:
    clock = Clock()
    limit = Limit(clock)
    waits = []
    for _turn in range(FREE + 12):
        limit.failed("a")
        waits.append(limit.wait("a"))
        clock.time += limit.wait("a")
    assert waits[: FREE + 3] == [0, 0, 0, 0, 2, 3, 5, 9]
    assert max(waits) == LONGEST + 1
    assert limit.wait("b") == 0
    clock.time += 3600
    limit.failed("a")
    assert limit.wait("a") == 0


def test_a_right_one_forgets_the_wrong_ones() -> None:
    limit = Limit(Clock())
    for _turn in range(FREE):
        limit.failed("a")
    limit.passed("a")
    assert limit.wait("a") == 0


def test_it_remembers_a_bounded_number_of_places() -> None:
    limit = Limit(Clock())
    for number in range(12_000):
        limit.failed(str(number))
    assert len(limit._tries) == 10_000


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_counts_as_one_place(address: str | None, known: str) -> None:
    assert place(address) == known


def test_the_login_page_slows_down_even_for_the_right_token(
    anonymous: FlaskClient, token: str
) -> None:
    codes = [anonymous.post("/login", data={"token": f"no {n}"}).status_code for n in range(7)]
    assert codes == [401] * FREE + [429] * 2
    answer = anonymous.post("/login", data={"token": token})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 2


def test_a_header_does_not_make_another_place_of_it(anonymous: FlaskClient) -> None:
    codes = [
        anonymous.post(
            "/login",
            data={"token": "no"},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"},
        ).status_code
        for n in range(7)
    ]
    assert codes[-1] == 429


def bearer(client: FlaskClient, token: str) -> Any:
    return client.get("/api/health", headers={"Authorization": f"Bearer {token}"})


def test_many_tokens_from_one_place_are_slowed_down_and_sessions_are_not(
    anonymous: FlaskClient, client: FlaskClient, token: str
) -> None:
    codes = [bearer(anonymous, f"guess{n}").status_code for n in range(8)]
    assert codes == [401] * FREE + [429] * 3
    late = bearer(anonymous, token)
    assert late.status_code == 429
    assert late.json["error"]["code"] == "TOO_MANY_TRIES"
    assert int(late.headers["Retry-After"]) >= 1
    assert client.get("/api/health").status_code == 200


def test_a_program_with_an_old_token_slows_itself_only(anonymous: FlaskClient, token: str) -> None:
    codes = [bearer(anonymous, "old-token").status_code for _turn in range(12)]
    assert codes[:FREE] == [401] * FREE
    assert codes[-1] == 429
    assert bearer(anonymous, token).status_code == 200
