# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live: lines from observations and rows, versions, what is new since one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._delta import name_of
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.fleet import HostPlace
from ansible_collections.claw.pilot.webapp.monitor import Ambiguous, Live
from ansible_collections.claw.pilot.webapp.monitor.seen import Health

from .seen_hosts import AT, HOME, host, instance, observation, row

LATER = "2026-11-21T07:00:10Z"


def far(name: str, **more: Any) -> HostPlace:
    return HostPlace(name, "docker", name, argv=("docker", "exec", name), **more)


@pytest.fixture
def live() -> Live:
    made = Live()
    made.set_hosts([far("server1"), far("server2")])
    return made


def states(live: Live) -> dict[str, str]:
    return {line["slug"]: line["state"] for line in live.lines()}


def test_a_host_that_was_not_looked_at_yet_is_connecting_and_its_rows_are_unknown(
    live: Live,
) -> None:
    live.set_rows([row("acme")])
    assert [one["state"] for one in live.hosts()] == ["connecting", "connecting"]
    (line,) = live.lines()
    assert (line["state"], line["seen"], line["registry"]) == ("unknown", "before", "created")
    assert line["reason"] == "It has not been looked at yet. It was last running."


def test_a_line_has_all_that_the_pages_show_and_is_json(live: Live) -> None:
    live.set_rows([row("acme", tags='["client", "Berlin"]', discovered=1)])
    live.observe("server1", observation(instance("acme")))
    (line,) = live.lines()
    assert json.loads(json.dumps(line)) == line
    names = (
        "host slug display_name state port agents telegram version memory_bytes uptime_seconds"
        " openclaw_home registry seen seen_at id reason state_since url manager openclaw_user"
        " state_dir cpu_percent pending tags model problems beats uptime_percent version_seq"
    )
    assert set(line) == set(names.split())
    assert (line["seen"], line["seen_at"], line["registry"]) == ("now", AT, "adopted")
    assert line["tags"] == ["Berlin", "client"]
    assert line["beats"] == ["-"] * 40 and line["uptime_percent"] is None
    assert len(line["id"]) == 12 and int(line["id"], 16) >= 0


def test_the_id_stays_while_an_instance_comes_goes_and_is_adopted(live: Live) -> None:
    live.observe("server1", observation(instance("acme")))
    (first,) = live.lines()
    live.set_rows([row("acme")])
    live.observe("server1", observation())
    (gone,) = live.lines()
    assert gone["state"] == gone["seen"] == "gone"
    assert gone["id"] == first["id"]
    assert live.line(first["id"]) is gone


def test_the_same_observation_again_is_no_new_version_but_the_clock_goes_on(live: Live) -> None:
    live.observe("server1", observation(instance("acme")))
    before = live.version
    live.observe("server1", observation(instance("acme"), at=LATER))
    assert live.version == before
    assert live.lines()[0]["seen_at"] == LATER
    live.beat("server1", "2026-11-21T07:00:20Z")
    assert live.version == before
    assert live.lines()[0]["seen_at"] == "2026-11-21T07:00:20Z"
    seen = live.host("server1")
    assert seen and seen["observed_at"] == "2026-11-21T07:00:20Z"


def test_a_delta_changes_one_line_and_tells_which(live: Live) -> None:
    acme, beta = instance("acme"), instance("beta")
    live.observe("server1", observation(acme, beta))
    before = live.version
    delta = {"instances": {name_of(beta): {"state": "error", "reason": "Why."}}}
    live.change("server1", {**delta, "observed_at": LATER})
    changes = live.changes(before)
    assert [one["slug"] for one in changes.instances] == ["beta"]
    assert changes.version == live.version == changes.instances[0]["version_seq"]
    assert changes.full is False and changes.removed == []
    assert [one["name"] for one in changes.hosts] == ["server1"], "its counts are others"
    assert changes.instances[0]["state_since"] == LATER
    assert live.facts(changes.instances[0]["id"])["reason"] == "Why."
    assert live.facts(live.find("acme")["id"])["state"] == "running"


def test_a_delta_brings_and_takes_instances(live: Live) -> None:
    acme, beta = instance("acme"), instance("beta", "stopped")
    live.observe("server1", observation(acme))
    before, old = live.version, live.find("acme")["id"]
    delta = {"instances": {name_of(beta): beta}, "removed": [name_of(acme)]}
    live.change("server1", {**delta, "observed_at": LATER})
    assert states(live) == {"beta": "stopped"}
    changes = live.changes(before)
    assert changes.removed == [old]
    assert [one["slug"] for one in changes.instances] == ["beta"]
    assert live.changes(live.version).instances == []


def test_what_came_back_is_not_told_as_removed(live: Live) -> None:
    live.observe("server1", observation(instance("acme")))
    before = live.version
    live.observe("server1", observation())
    live.observe("server1", observation(instance("acme")))
    changes = live.changes(before)
    assert changes.removed == []
    assert [one["slug"] for one in changes.instances] == ["acme"]


def test_who_is_too_far_behind_or_from_another_time_gets_everything(live: Live) -> None:
    live.observe("server1", observation(instance("acme")))
    assert live.changes(live.version + 5).full
    before = live.version
    live.set_hosts([far("server1")])
    changes = live.changes(before)
    assert changes.full and [one["name"] for one in changes.hosts] == ["server1"]
    assert [one["slug"] for one in changes.instances] == ["acme"]


def test_instances_of_a_lost_host_are_unknown_and_never_stopped(live: Live) -> None:
    live.set_rows([row("acme"), row("old", state="stopped")])
    live.observe("server1", observation(instance("acme")))
    assert states(live) == {"acme": "running", "old": "gone"}
    live.lost("server1", "No route to host.", "2026-11-21T08:00:00Z")
    assert states(live) == {"acme": "unknown", "old": "unknown"}
    line = live.find("acme")
    assert line["reason"] == "No route to host. It was last running."
    assert line["seen"] == "before" and line["state_since"] == "2026-11-21T08:00:00Z"
    seen = live.host("server1")
    assert seen and (seen["state"], seen["since"]) == ("unreachable", "2026-11-21T08:00:00Z")
    assert seen["counts"] == {"unknown": 2}
    live.lost("server1", "No route to host.", "2026-11-21T09:00:00Z")
    seen = live.host("server1")
    assert seen and seen["since"] == "2026-11-21T08:00:00Z", "it is lost since then"
    live.change("server1", {"observed_at": LATER})
    assert states(live) == {"acme": "running", "old": "gone"}


def test_a_home_that_may_not_be_read_hides_its_instances_and_does_not_lose_them(
    live: Live,
) -> None:
    live.set_rows([row("acme")])
    live.observe("server1", observation(hidden=[f"{HOME}/.openclaw-acme"]))
    line = live.find("acme")
    assert (line["state"], line["seen"]) == ("unknown", "hidden")
    assert "may not be read" in line["reason"]


def test_unwatched_hosts_say_why(live: Live) -> None:
    live.set_rows([row("acme")])
    live.unwatched("server1", "Not yet.")
    seen = live.host("server1")
    assert seen and (seen["state"], seen["reason"]) == ("unwatched", "Not yet.")
    assert states(live) == {"acme": "unknown"}


def test_an_adopted_instance_with_another_name_is_one_line_under_the_registrys_name(
    live: Live,
) -> None:
    live.set_rows([row("shop", state_dir="/srv/x", discovered=1)])
    live.observe("server1", observation(instance("default", state_dir="/srv/x")))
    (line,) = live.lines()
    assert (line["slug"], line["state"], line["registry"]) == ("shop", "running", "adopted")


def test_a_slug_on_two_hosts_is_a_choice(live: Live) -> None:
    live.observe("server1", observation(instance("acme")))
    live.observe("server2", observation(instance("acme")))
    with pytest.raises(Ambiguous) as caught:
        live.find("acme")
    assert caught.value.code == "INSTANCE_AMBIGUOUS"
    assert caught.value.choices == [
        {"host": "server1", "openclaw_home": HOME},
        {"host": "server2", "openclaw_home": HOME},
    ]
    assert live.find("acme", "server2")["host"] == "server2"
    with pytest.raises(ClawPilotError) as missing:
        live.find("acme", "server3")
    assert missing.value.code == "INSTANCE_NOT_FOUND"


def test_the_registry_is_told_what_it_has_otherwise_and_only_once(live: Live) -> None:
    live.set_rows([row("acme"), row("beta", state="stopped")])
    told = live.observe("server1", observation(instance("acme"), instance("beta"), instance("x")))
    assert [(one.host, one.before, one.instance["slug"]) for one in told] == [
        ("server1", "stopped", "beta")
    ]
    again = live.observe("server1", observation(instance("acme"), instance("beta"), instance("x")))
    assert again == []


def test_the_loss_of_a_host_is_nothing_for_the_registry(live: Live) -> None:
    live.set_rows([row("acme")])
    live.observe("server1", observation(instance("acme")))
    live.lost("server1", "Gone.")
    assert live.observe("server1", observation(instance("acme"))) == []


def test_waiting_devices_and_health_come_to_their_line(live: Live) -> None:
    live.observe("server1", observation(instance("acme"), instance("beta")))
    before, line = live.version, live.find("acme")
    live.set_pending("server1", {line["state_dir"]: 2})
    beats = ["u"] * 40
    live.set_health({line["id"]: Health(beats, 99.5, "running", "2026-11-01T00:00:00Z")})
    (changed,) = live.changes(before).instances
    assert (changed["pending"], changed["uptime_percent"]) == (2, 99.5)
    assert changed["beats"] == beats
    assert changed["state_since"] == "2026-11-01T00:00:00Z", "known from before we looked"
    live.lost("server1", "Gone.")
    assert live.find("acme")["pending"] == 0


def test_this_machine_under_two_names_shows_each_instance_once() -> None:
    live = Live()
    live.set_hosts([HostPlace("localhost"), HostPlace("stage", homes=("/srv/stage",))])
    seen = observation(instance("acme", home="/home/me"), instance("web", home="/srv/stage"))
    live.observe("localhost", seen)
    live.observe("stage", observation(instance("web", home="/srv/stage")))
    assert [(one["host"], one["slug"]) for one in live.lines()] == [
        ("localhost", "acme"),
        ("stage", "web"),
    ]
    local = row("web", "localhost", "/srv/stage", connection="local")
    live.set_rows([local])
    assert [(one["host"], one["slug"]) for one in live.lines()] == [
        ("localhost", "acme"),
        ("localhost", "web"),
    ], "the registry knows better"


def test_subscribers_are_woken_for_changes_only_and_until_they_leave(live: Live) -> None:
    woken: list[int] = []
    leave = live.subscribe(lambda: woken.append(live.version))
    live.observe("server1", observation(instance("acme")))
    live.observe("server1", observation(instance("acme")))
    assert woken == [live.version]
    leave()
    live.observe("server1", observation())
    assert len(woken) == 1


def test_words_for_a_host_that_has_gone_are_ignored(live: Live) -> None:
    assert live.observe("nobody", observation(instance("acme"))) == []
    live.lost("nobody", "Gone.")
    live.beat("nobody", AT)
    live.set_health({"0" * 12: Health([], None, "running", "")})
    assert live.lines() == [] and live.line("0" * 12) is None and live.facts("0" * 12) == {}


def test_a_hosts_line_has_its_figures(live: Live) -> None:
    given = observation(instance("acme"), instance("beta", "stopped"), host=host(cpu_percent=55.5))
    live.observe("server1", given)
    seen = live.host("server1")
    assert seen is not None
    assert seen["counts"] == {"running": 1, "stopped": 1} and seen["instances"] == 2
    assert seen["disk"] == {"total": 100_000_000_000, "free": 50_000_000_000}
    assert (seen["cpu_percent"], seen["load"]) == (55.5, [0.5, 0.4, 0.3])
    assert json.loads(json.dumps(seen)) == seen


def test_uptime_is_counted_from_the_start_where_that_travels(live: Live) -> None:
    process = {"pid": 1, "started_at": 1_000_000_000, "memory_bytes": 5, "cpu_percent": 1.5}
    live.observe("server1", observation(instance("acme", process=process)))
    line = live.find("acme")
    assert line["uptime_seconds"] > 500_000_000 and line["cpu_percent"] == 1.5
    assert line["state_since"] == "2001-09-09T01:46:40Z"
    assert live.facts(line["id"])["process"]["uptime_seconds"] >= line["uptime_seconds"]
