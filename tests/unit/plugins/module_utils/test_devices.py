# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gateway says of its devices, in our shapes: why, how old, which one, and no key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._devices import (
    Inbox,
    Selector,
    approved,
    check_scopes,
    find_device,
    find_request,
    inbox,
    matching,
)
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

RECORDED = Path(__file__).parents[3] / "unit" / "fixtures" / "gateway"
NOW = 1795223328748
CANARY = "canary-0123456789"


def recorded() -> dict[str, Any]:
    """The answer that a real gateway gave."""
    data: dict[str, Any] = json.loads((RECORDED / "devices-list.pending.json").read_text())
    return data


def request(**more: Any) -> dict[str, Any]:
    base = {"requestId": "r1", "deviceId": "d1", "role": "operator", "scopes": ["operator.read"]}
    return {**base, "ts": NOW, **more}


def device(**more: Any) -> dict[str, Any]:
    base = {"deviceId": "d1", "role": "operator", "scopes": ["operator.read"]}
    return {**base, "tokens": [{"role": "operator", "scopes": ["operator.read"]}], **more}


def box(pending: Any = (), paired: Any = (), now: int = NOW) -> Inbox:
    return inbox({"pending": list(pending), "paired": list(paired)}, now)


def why(asked: dict[str, Any], *paired: dict[str, Any]) -> str:
    return str(box([asked], paired).pending[0]["why"])


def test_a_recorded_answer_has_all_that_is_shown_and_no_key() -> None:
    data = recorded()
    found = inbox(data, data["pending"][0]["ts"] + 61_500)
    assert len(found.pending) == len(data["pending"]) > 0
    first = found.pending[0]
    assert (first["age_seconds"], first["seconds_left"]) == (61, 239)
    assert first["request_id"] == data["pending"][0]["requestId"]
    text = json.dumps((found.pending, found.paired))
    for one in (*data["pending"], *data["paired"]):
        assert one["publicKey"] not in text


def test_only_what_is_named_is_taken() -> None:
    secret = {"publicKey": CANARY, "token": CANARY, "privateKey": CANARY, "extra": {"a": CANARY}}
    token = {"role": "operator", "scopes": [], "token": CANARY}
    found = box([request(**secret)], [device(**{**secret, "tokens": [token]})])
    assert CANARY not in json.dumps((found.pending, found.paired))


def test_an_unknown_device_is_new() -> None:
    assert why(request(), device(deviceId="d2")) == "new"


def test_a_device_that_wants_more_is_a_scope_upgrade() -> None:
    asked = request(scopes=["operator.read", "operator.write"], isRepair=True)
    assert why(asked, device()) == "scope-upgrade"
    (one,) = box([asked], [device()]).pending
    assert one["approved_scopes"] == ["operator.read"]
    assert one["requested_scopes"] == ["operator.read", "operator.write"]


def test_another_role_or_a_revoked_one_is_a_role_upgrade() -> None:
    assert why(request(role="node", roles=["node"]), device()) == "role-upgrade"
    revoked = [{"role": "operator", "scopes": [], "revokedAtMs": 1}]
    assert why(request(), device(tokens=revoked)) == "role-upgrade"


def test_a_device_that_wants_nothing_new_is_a_repair() -> None:
    assert why(request(), device()) == "repair"
    assert why(request(), {"deviceId": "d1", "role": "operator", "scopes": ["operator.read"]}) == (
        "repair"
    )


@pytest.mark.parametrize(
    ("passed", "age", "left"), [(0, 0, 300), (299_999, 299, 1), (400_000, 400, 0), (-5_000, 0, 300)]
)
def test_age_and_time_left_are_counted_from_now(passed: int, age: int, left: int) -> None:
    (one,) = box([request()], now=NOW + passed).pending
    assert (one["age_seconds"], one["seconds_left"]) == (age, left)


def test_the_oldest_request_is_first() -> None:
    found = box([request(requestId="young"), request(requestId="old", ts=NOW - 9000)])
    assert [one["request_id"] for one in found.pending] == ["old", "young"]


def test_a_revoked_token_is_none_and_a_rotated_one_is_as_old_as_its_rotation() -> None:
    tokens = [
        {"role": "node", "scopes": [], "createdAtMs": 1, "revokedAtMs": 2},
        {"role": "operator", "createdAtMs": 1795223283901, "rotatedAtMs": 1795223661650},
    ]
    (one,) = box(paired=[device(tokens=tokens)]).paired
    assert one["tokens"] == [{"role": "operator", "scopes": [], "created": "2026-11-21T01:14:21Z"}]


def test_a_name_that_the_operator_gave_counts() -> None:
    (one,) = box(paired=[device(displayName="own", operatorLabel="Front desk")]).paired
    assert one["name"] == "Front desk"


def test_a_name_cannot_write_to_the_terminal() -> None:
    (one,) = box([request(displayName="\x1b[2Ja\nb\u202ec\u2028" + "d" * 500)]).pending
    assert one["name"].startswith("[2Jabcd")
    assert len(one["name"]) <= 200


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"pending": {}, "paired": 5}, {"pending": [None, 3], "paired": [[]]}]
)
def test_an_answer_of_another_shape_is_an_empty_inbox(payload: Any) -> None:
    assert inbox(payload, NOW) == Inbox()


def test_wrong_types_inside_are_empty_values() -> None:
    odd = {"requestId": 5, "scopes": "all", "roles": [1], "ts": "yesterday", "tokens": "x"}
    found = box([odd], [{**odd, "lastSeenAtMs": 1 << 90}])
    assert found.pending[0]["requested_scopes"] == []
    assert found.pending[0]["age_seconds"] == 0
    assert (found.paired[0]["tokens"], found.paired[0]["last_seen"]) == ([], "")


def test_a_match_has_to_fit_whole() -> None:
    found = box([request(displayName="a", clientId="cli"), request(displayName="a", role="node")])
    assert len(matching(found.pending, {"name": "a"})) == 2
    assert len(matching(found.pending, {"name": "a", "role": "node"})) == 1
    assert matching(found.pending, {"name": "a", "client_id": "x"}) == []


def test_more_than_one_is_ambiguous_and_named() -> None:
    found = box([request(displayName="a"), request(displayName="a", requestId="r2")])
    with pytest.raises(
        ClawPilotError, match=r"2 pending requests with name 'a': a \(r1\), a \(r2\)"
    ) as e:
        find_request(found, Selector(match={"name": "a"}))
    assert e.value.code == "DEVICE_AMBIGUOUS"
    assert find_request(found, Selector("r2")) == found.pending[1]
    assert find_request(found, Selector("r3")) is None


def test_a_request_id_names_no_paired_device() -> None:
    found = box(paired=[device()])
    assert find_device(found, Selector("d1")) is None
    assert find_device(found, Selector(device_id="d1")) == found.paired[0]


@pytest.mark.parametrize("limit", [[], ["operator.write"], ["operator.admin"]])
def test_scopes_are_limited_word_by_word(limit: list[str]) -> None:
    (one,) = box([request()]).pending
    with pytest.raises(ClawPilotError) as error:
        check_scopes(one, limit)
    assert error.value.code == "SCOPES_TOO_WIDE"


def test_scopes_within_the_limit_and_no_limit_pass() -> None:
    (one,) = box([request()]).pending
    check_scopes(one, ["operator.write", "operator.read"])
    check_scopes(one, None)


def test_a_device_has_its_open_roles_and_scopes_only() -> None:
    found = box(paired=[device()])
    assert found.has("d1", ["operator"], ["operator.read"])
    assert not found.has("d1", ["operator"], ["operator.write"])
    assert not found.has("d1", ["node"], [])
    assert not found.has("d2", [], [])
    assert not box(paired=[device(tokens=[])]).has("d1", ["operator"], [])


def test_an_approved_device_has_what_it_had_and_what_it_asked_for() -> None:
    found = box([request(scopes=["operator.write"], roles=["node"])], [device(displayName="n")])
    after = approved(found.pending[0], found.paired[0])
    assert after == {
        **found.paired[0],
        "roles": ["node", "operator"],
        "scopes": ["operator.read", "operator.write"],
    }
    assert set(approved(found.pending[0], None)) == set(after)
