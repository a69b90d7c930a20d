# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong tokens become slow, and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors.address import client_of, place
from ansible_collections.claw.pilot.webapp.doors.limit import FREE, LONGEST, Limit
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


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["192.0.2.66, 192.0.2.1"], "192.0.2.1"),  # what comes first is made up
        ("127.0.0.1", ["192.0.2.66", "192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["192.0.2.1, 10.1.2.3"], "192.0.2.1"),  # two proxies of ours
        ("::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("192.0.2.9", ["192.0.2.1"], "192.0.2.9"),  # no proxy of ours
        ("127.0.0.1", ["10.1.2.3, 10.1.2.4"], "10.1.2.3"),
        ("127.0.0.1", ["192.0.2.1, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1:80"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["1" * 100_000], "127.0.0.1"),
        (None, ["192.0.2.1"], None),
    ],
)
def test_who_asks_is_whom_our_own_proxies_name(
    peer: str | None, forwarded: list[str], client: str | None
) -> None:
    assert client_of(peer, forwarded, ("127.0.0.1/32", "10.1.0.0/16")) == client


def try_in(client: FlaskClient, token: str, **headers: str) -> int:
    """Log in with a token at the form."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/login", data={"token": token}, headers=given).status_code


def test_wrong_tokens_at_the_login_page_slow_down_wrong_ones_only(
    anonymous: FlaskClient, client: FlaskClient, services: Any, token: str
) -> None:
    link = services.doors.make_link()
    assert [try_in(anonymous, f"no {n}") for n in range(7)] == [401] * FREE + [429] * 2
    answer = anonymous.post("/login", data={"token": "no"})
    assert 1 <= int(answer.headers["Retry-After"]) <= 2
    fresh = anonymous.application.test_client()
    assert fresh.post("/login", data={"link": "no"}).status_code == 429
    assert fresh.post("/login", data={"link": link}).status_code == 303
    assert try_in(anonymous, token) == 303
    assert client.get("/").status_code == 200


def test_a_header_does_not_make_another_place_of_it(anonymous: FlaskClient) -> None:
    codes = [
        try_in(anonymous, "no", X_Forwarded_For=f"192.0.2.{n}", X_Real_IP=f"192.0.2.{n}")
        for n in range(7)
    ]
    assert codes[-1] == 429


def test_behind_a_trusted_proxy_everybody_has_a_place_of_their_own(
    anonymous: FlaskClient, services: Any
) -> None:
    services.settings = replace(services.settings, trusted_proxies=("127.0.0.1/32",))
    bad = [try_in(anonymous, "no", X_Forwarded_For="1.1.1.1, 192.0.2.1") for _turn in range(7)]
    assert bad[-1] == 429
    assert try_in(anonymous, "no", X_Forwarded_For="1.1.1.1, 192.0.2.2") == 401


def bearer(client: FlaskClient, token: str) -> Any:
    return client.get("/api/health", headers={"Authorization": f"Bearer {token}"})


def test_many_wrong_tokens_from_one_place_slow_down_wrong_ones_only(
    anonymous: FlaskClient, client: FlaskClient, services: Any, token: str
) -> None:
    api = services.doors.make_token("ci", "read")
    codes = [bearer(anonymous, f"guess{n}").status_code for n in range(8)]
    assert codes == [401] * FREE + [429] * 3
    late = bearer(anonymous, "guess")
    assert late.json["error"]["code"] == "TOO_MANY_TRIES"
    assert int(late.headers["Retry-After"]) >= 1
    assert bearer(anonymous, token).status_code == 200
    assert bearer(anonymous, api).status_code == 200
    assert client.get("/api/health").status_code == 200
    services.doors.revoke_token("ci")
    assert bearer(anonymous, api).status_code == 429
