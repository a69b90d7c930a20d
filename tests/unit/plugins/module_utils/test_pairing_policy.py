# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy lets in what one of its rules covers whole, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._pairing_policy import (
    approvable,
    read_policy,
)

RULE = {
    "label": "office",
    "client_id": "openclaw-ios",
    "client_mode": "ui",
    "role": "operator",
    "scopes": ["operator.read", "operator.write"],
    "address": ["10.0.0.0/8", "fd00::/8"],
    "name": "Alice*",
}


def request(**more: Any) -> dict[str, Any]:
    base = {
        "request_id": "r1",
        "name": "Alice's phone",
        "client_id": "openclaw-ios",
        "client_mode": "ui",
        "roles": ["operator"],
        "requested_scopes": ["operator.read"],
        "remote_address": "10.1.2.3",
    }
    return {**base, **more}


def lets_in(asked: dict[str, Any], *rules: dict[str, Any]) -> list[str]:
    """The labels of the rules that let the request in: one or none."""
    return [rule.label for _request, rule in approvable([asked], read_policy(list(rules)))]


def test_a_request_that_fits_whole_is_let_in_by_its_rule() -> None:
    assert lets_in(request(), RULE) == ["office"]
    assert lets_in(request(requested_scopes=["operator.read", "operator.write"]), RULE)


@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "openclaw-android"},
        {"client_mode": "cli"},
        {"roles": ["node"]},
        {"roles": ["node", "operator"]},
        {"roles": []},
        {"requested_scopes": ["operator.read", "operator.admin"]},
        {"requested_scopes": ["operator.admin"]},
        {"remote_address": "11.1.2.3"},
        {"remote_address": ""},
        {"remote_address": "10.1.2.3.example.org"},
        {"name": "Mallory, not Alice"},
        {"name": "alice's phone"},
    ],
)
def test_one_thing_that_does_not_fit_keeps_it_out(other: dict[str, Any]) -> None:
    assert lets_in(request(**other), RULE) == []


@pytest.mark.parametrize("address", ["10.255.0.1", "::ffff:10.1.2.3", "fd00::1"])
def test_addresses_of_both_kinds_are_known(address: str) -> None:
    assert lets_in(request(remote_address=address), RULE) == ["office"]


def test_two_rules_are_not_put_together() -> None:
    asked = request(requested_scopes=["operator.read", "operator.write"])
    halves = [{**RULE, "scopes": ["operator.read"]}, {**RULE, "scopes": ["operator.write"]}]
    assert lets_in(asked, *halves) == []


def test_admin_does_not_stand_for_other_scopes() -> None:
    assert lets_in(request(), {**RULE, "scopes": ["operator.admin"]}) == []


def test_the_first_rule_that_covers_is_named_and_one_without_a_label_by_its_number() -> None:
    open_to_all = {"scopes": ["operator.read"]}
    assert lets_in(request(), {**RULE, "name": "Bob*"}, open_to_all, RULE) == ["rule 2"]


def test_a_rule_without_a_role_lets_in_operators_only() -> None:
    rule = {"scopes": []}
    assert lets_in(request(requested_scopes=[]), rule) == ["rule 1"]
    assert lets_in(request(requested_scopes=[], roles=["node"]), rule) == []
    assert lets_in(request(requested_scopes=[], roles=["node"]), {**rule, "role": "node"})


def test_no_rule_lets_nobody_in() -> None:
    assert lets_in(request()) == []


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"scopes": []}, "list of rules"),
        ("rules", "list of rules"),
        ([["operator.read"]], "Rule 1 is no mapping"),
        ([{"scopes": []}, {}], "Rule 2 has no list of scopes"),
        ([{"scopes": "operator.read"}], "no list of scopes"),
        ([{"scopes": [1]}], "no list of scopes"),
        ([{**RULE, "client": "x"}], "unknown key 'client'"),
        ([{**RULE, "name": ["a"]}], "name of rule 1 is no text"),
        ([{**RULE, "client_id": ""}], "client_id of rule 1 is no text"),
        ([{**RULE, "address": "10.0.0.0/33"}], "address of rule 1 cannot be read"),
        ([{**RULE, "address": []}], "no network"),
        ([{**RULE, "address": 10}], "no network"),
    ],
)
def test_a_policy_that_cannot_be_read_lets_nobody_in(policy: Any, message: str) -> None:
    with pytest.raises(ClawPilotError, match=message) as error:
        read_policy(policy)
    assert error.value.code == "POLICY_INVALID"
