# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders and a policy beside the devices of a host: only what it has is done there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._devices import inbox
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.inbox import plan, rows

READ = "operator.read"
POLICY = [{"label": "office", "scopes": [READ]}]


def instance(slug: str, *pending: str, paired: tuple[str, ...] = ()) -> dict[str, Any]:
    """An instance with requests r-NAME of devices NAME, and paired devices."""
    base = {"role": "operator", "scopes": [READ], "clientId": "cli"}
    asked = [{**base, "requestId": f"r-{d}", "deviceId": d, "displayName": d} for d in pending]
    there = [{**base, "deviceId": d, "displayName": d} for d in paired]
    box = inbox({"pending": asked, "paired": there}, 0)
    place = {"slug": slug, "openclaw_home": "/o", "state_dir": f"/o/.openclaw-{slug}"}
    return {**place, "pending": list(box.pending), "paired": list(box.paired), "error": ""}


def done(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (one["entry"]["instance"]["slug"], one["entry"]["event"], one["options"])
        for one in found["items"]
    ]


@pytest.mark.parametrize("wanted", ["r-tab", "tab", ["tab"], " r-tab ,", "r-tab"])
def test_a_request_is_approved_where_it_is(wanted: Any) -> None:
    found = plan([instance("alpha"), instance("beta", "tab", "other")], {"approve": wanted})
    approve = {"state": "present", "request_id": "r-tab", "device_id": "tab"}
    assert done(found) == [("beta", "device_approved", approve)]
    assert found["asked"] == found["known"]
    assert found["items"][0]["entry"] == {
        "event": "device_approved",
        "detail": f"tab (cli), {READ}",
        "instance": {"slug": "beta", "openclaw_home": "/o", "state_dir": "/o/.openclaw-beta"},
    }


def test_every_order_has_its_options_and_its_event() -> None:
    here = [instance("alpha", "a", paired=("p", "q"))]
    found = plan(here, {"reject": "r-a", "remove": "p", "rotate": ["q"]})
    assert done(found) == [
        ("alpha", "device_rejected", {"state": "rejected", "request_id": "r-a", "device_id": "a"}),
        ("alpha", "device_removed", {"state": "absent", "device_id": "p"}),
        ("alpha", "device_rotated", {"state": "present", "rotate": True, "device_id": "q"}),
    ]


def test_what_this_host_does_not_have_is_asked_and_not_known() -> None:
    wanted = {"approve": "r-x", "remove": ["r-a", "a"], "rotate": "", "reject": None}
    found = plan([instance("alpha", "a")], wanted)
    assert found == {"items": [], "asked": ["approve r-x", "remove r-a", "remove a"], "known": []}


def test_a_device_that_is_paired_already_is_known_and_nothing_is_done() -> None:
    found = plan([instance("alpha", paired=("p",))], {"approve": "p"})
    assert (found["items"], found["known"]) == ([], ["approve p"])


def test_a_policy_approves_with_its_scopes_as_the_limit_and_its_name_in_the_event() -> None:
    found = plan([instance("alpha", "a"), instance("beta", "b")], {}, POLICY)
    limit = {"state": "present", "scopes": [READ]}
    assert done(found) == [
        ("alpha", "device_approved", {**limit, "request_id": "r-a", "device_id": "a"}),
        ("beta", "device_approved", {**limit, "request_id": "r-b", "device_id": "b"}),
    ]
    assert found["items"][0]["entry"]["detail"] == f"office: a (cli), {READ}"


@pytest.mark.parametrize("order", ["approve", "reject"])
def test_what_a_person_says_of_a_request_counts_before_the_policy(order: str) -> None:
    found = plan([instance("alpha", "a")], {order: "r-a"}, POLICY)
    assert [one["options"].get("scopes") for one in found["items"]] == [None]


def test_a_policy_that_cannot_be_read_stops_everything() -> None:
    with pytest.raises(ClawPilotError, match="list of rules"):
        plan([instance("alpha", "a")], {"approve": "r-a"}, {})


def test_rows_are_who_waits_and_when_wanted_who_is_paired() -> None:
    here = [instance("alpha", "a", paired=("p",)), instance("beta")]
    (row,) = rows(here, "web1")
    assert (row["host"], row["slug"], row["openclaw_home"]) == ("web1", "alpha", "/o")
    assert [one["device_id"] for one in rows(here, "web1", paired=True)] == ["a", "p"]
