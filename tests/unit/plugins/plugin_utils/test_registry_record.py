# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reports do to the registry: rows, events, warnings; and what never gets into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

CANARY = "canary-0123456789"
EVERYTHING = {
    "slug": "acme",
    "display_name": "Acme Ltd",
    "state": "running",
    "openclaw_user": "openclaw",
    "openclaw_home": "/o",
    "state_dir": "/o/.openclaw-acme",
    "config_path": "/o/.openclaw-acme/openclaw.json",
    "port": 18789,
    "openclaw_version": "2026.9.6",
    "default_model": "anthropic/claude",
    "agents": [{"id": "main", "name": "Main", "workspace": "/w", "is_default": True}],
    "telegram": {"enabled": True, "bot": "@acme_bot"},
    "service": {"manager": "systemd", "scope": "user", "name": "openclaw-acme"},
}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / "registry.db", actor="ann", origin="playbook") as opened:
        yield opened


def entry(event: str, slug: str = "acme", home: str = "/o", **more: Any) -> dict[str, Any]:
    return {"event": event, "instance": {"slug": slug, "openclaw_home": home, **more}}


def record(registry: Registry, *entries: Any, **server: Any) -> dict[str, Any]:
    return registry.record([{"server": {"hostname": "h", **server}, "entries": list(entries)}])


def kinds(result: dict[str, Any]) -> list[str]:
    return [event["event_type"] for event in result["events"]]


@pytest.mark.parametrize(
    "reports",
    [
        None,
        {},
        "x",
        [None],
        [{}],
        [{"server": "h"}],
        [{"server": {}}],
        [{"server": {"hostname": 5}}],
    ],
)
def test_reports_of_a_wrong_shape_are_refused_as_a_whole(registry: Registry, reports: Any) -> None:
    good = {"server": {"hostname": "h"}, "entries": [entry("created")]}
    given = [good, *reports] if isinstance(reports, list) else reports
    with pytest.raises(ClawPilotError) as caught:
        registry.record(given)
    assert caught.value.code == "REPORT_INVALID"
    assert registry.servers() == []


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "acme",
        {},
        {"event": "created", "instance": []},
        {"event": "created", "instance": {"slug": "acme"}},
        {"event": "created", "instance": {"openclaw_home": "/o"}},
        {"event": "created", "instance": {"slug": ["acme"], "openclaw_home": "/o"}},
        entry("exploded"),
        entry(""),
        entry("created", state="flying"),
        entry("created", state=["running"]),
        {**entry("created"), "event": None},
        {**entry("created"), "event": ["created"]},
        {**entry("created"), "event": {"created": 1}},
    ],
)
def test_an_entry_of_a_wrong_shape_is_a_warning_and_loses_no_other(
    registry: Registry, bad: Any
) -> None:
    result = record(registry, bad, entry("created", "beta"))
    assert len(result["warnings"]) == 1
    assert result["warnings"][0].startswith("h: ")
    assert [row["slug"] for row in registry.instances()] == ["beta"]


def test_odd_values_are_left_out_and_break_nothing(registry: Registry) -> None:
    odd = {"display_name": ["x"], "port": 70000, "agents": [None, {"id": 5}, {"id": "a\ud800"}]}
    result = record(registry, entry("created", **odd, telegram="yes", service=3), ssh_port="22")
    assert result["warnings"] == []
    row = registry.instance("acme")
    assert (row["display_name"], row["port"], row["state"]) == (None, None, "unknown")
    assert [a["agent_id"] for a in registry.agents(row["id"])] == ["a?"]
    assert registry.servers()[0]["ssh_port"] == 22


def test_a_port_of_another_instance_is_a_warning_and_loses_no_other(registry: Registry) -> None:
    record(registry, entry("created", "acme", port=100))
    result = record(
        registry,
        entry("created", "beta", port=100),
        entry("created", "gamma", port=200),
        entry("created", "delta", "/root", port=100),
    )
    assert kinds(result) == ["created", "created"]
    (warning,) = result["warnings"]
    for word in ("h: ", "beta", "port 100", "acme"):
        assert word in warning
    assert {r["slug"]: r["port"] for r in registry.instances()} == {
        "acme": 100,
        "gamma": 200,
        "delta": 100,
    }


def test_instances_that_exchanged_their_ports_are_recorded_so(registry: Registry) -> None:
    record(registry, entry("created", "acme", port=100), entry("created", "beta", port=200))
    result = record(
        registry, entry("observed", "acme", port=200), entry("observed", "beta", port=100)
    )
    assert result["warnings"] == []
    assert registry.ports("h") == {100: "beta", 200: "acme"}


def test_an_adoption_does_not_move_the_port_of_what_is_known(registry: Registry) -> None:
    record(registry, entry("created", "acme", port=100))
    record(registry, entry("adopted", "acme", port=300), entry("created", "beta", port=100))
    assert registry.ports("h") == {100: "acme"}


def test_ports_follow_the_instances(registry: Registry) -> None:
    record(registry, entry("created", "acme", port=100), entry("created", "beta"))
    assert registry.ports("h") == {100: "acme"}
    record(registry, entry("changed", "acme", port=300), entry("changed", "beta", port=0))
    assert registry.ports("h") == {300: "acme"}
    record(registry, entry("changed", "acme", port=0))
    assert registry.ports("h") == {300: "acme"}
    record(registry, entry("destroyed", "acme"), entry("created", "beta", port=300))
    assert registry.ports("h") == {300: "beta"}


def test_created_stores_every_column(registry: Registry) -> None:
    server = {"ip": "10.0.0.1", "ssh_user": "root", "ssh_port": 22, "connection": "ssh"}
    host = {"os": "Debian", "openclaw_bin": "/bin/oc", "openclaw_version": "2026.9.6"}
    result = record(registry, entry("created", **EVERYTHING_ELSE), **server, **host)
    assert result["changed"] is True
    (event,) = result["events"]
    assert (event["actor"], event["origin"]) == ("ann", "playbook")
    assert registry.events() == [event]
    (stored,) = registry.servers()
    assert {k: stored[k] for k in (*server, *host)} == {**server, **host}
    row = registry.instance("acme")
    expected = {
        **{key: value for key, value in EVERYTHING.items() if not isinstance(value, (dict, list))},
        "telegram_bot": "@acme_bot",
        "systemd_unit": "openclaw-acme",
        "service_manager": "systemd",
        "service_scope": "user",
        "discovered": 0,
        "agent_count": 1,
    }
    assert {key: row[key] for key in expected} == expected
    for stamp in (row["created_at"], row["updated_at"], event["created_at"], stored["created_at"]):
        assert len(stamp) == 20
        assert stamp[10] == "T"
        assert stamp.endswith("Z")


EVERYTHING_ELSE = {k: v for k, v in EVERYTHING.items() if k not in ("slug", "openclaw_home")}


def test_a_change_keeps_what_it_does_not_speak_of(registry: Registry) -> None:
    record(registry, entry("created", **EVERYTHING_ELSE), ip="10.0.0.1")
    before = registry.instance("acme")
    result = record(registry, entry("changed", display_name="Acme", telegram={"enabled": True}))
    assert kinds(result) == ["changed"]
    after = registry.instance("acme")
    different = {key for key in before if before[key] != after[key]} - {"updated_at"}
    assert different == {"display_name"}
    assert registry.servers()[0]["ip"] == "10.0.0.1"
    record(registry, entry("changed", telegram={"enabled": False, "bot": ""}))
    assert registry.instance("acme")["telegram_bot"] is None


def test_an_observation_writes_only_what_it_may_and_only_of_what_is_known(
    registry: Registry,
) -> None:
    record(registry, entry("created", **EVERYTHING_ELSE))
    seen = {
        "state": "stopped",
        "port": 500,
        "openclaw_version": "2027.1.0",
        "display_name": "Other",
        "agents": [{"id": "main"}, {"id": "dev"}],
    }
    result = record(registry, entry("observed", **seen), entry("observed", "stranger"))
    (event,) = result["events"]
    assert (event["event_type"], event["detail"]) == ("state_changed", "running -> stopped")
    (row,) = registry.instances()
    assert (row["state"], row["port"], row["openclaw_version"]) == ("stopped", 500, "2027.1.0")
    assert (row["display_name"], row["agent_count"]) == ("Acme Ltd", 2)


def test_the_same_observation_again_changes_nothing(registry: Registry) -> None:
    record(registry, entry("created", **EVERYTHING_ELSE), ip="10.0.0.1")
    before = (registry.servers(), registry.instances(), registry.events())
    result = record(registry, entry("observed", **EVERYTHING_ELSE), ip="10.0.0.1")
    assert result == {"changed": False, "events": [], "warnings": []}
    assert (registry.servers(), registry.instances(), registry.events()) == before


def test_an_observation_without_port_or_state_keeps_both(registry: Registry) -> None:
    record(registry, entry("created", **EVERYTHING_ELSE))
    assert record(registry, entry("observed", port=0))["changed"] is False


def test_a_host_that_changed_is_updated_in_all_its_homes(registry: Registry) -> None:
    record(registry, entry("created"), entry("created", home="/root"), os="Debian 12")
    assert record(registry, os="Debian 13")["changed"] is True
    assert {row["os"] for row in registry.servers()} == {"Debian 13"}
    assert record(registry, os="")["changed"] is False


def test_an_unknown_host_with_nothing_to_store_is_not_made(registry: Registry) -> None:
    record(registry, entry("observed"), entry("pruned"), os="Debian")
    assert registry.servers() == []


@pytest.mark.parametrize(
    ("event", "given", "state"),
    [
        ("started", {}, "running"),
        ("restarted", {}, "running"),
        ("stopped", {}, "stopped"),
        ("started", {"state": "starting"}, "starting"),
    ],
)
def test_a_start_or_stop_is_one_event_and_the_state(
    registry: Registry, event: str, given: dict[str, Any], state: str
) -> None:
    record(registry, entry("created", state="error"))
    assert kinds(record(registry, entry(event, **given))) == [event]
    assert registry.instance("acme")["state"] == state


@pytest.mark.parametrize("event", ["started", "stopped", "restarted"])
def test_what_carries_our_marker_gets_a_row_by_what_is_done_to_it(
    registry: Registry, event: str
) -> None:
    assert kinds(record(registry, {"event": event, "instance": {**EVERYTHING, "managed": True}}))
    assert registry.instance("acme")["discovered"] == 0


def test_an_adoption_of_what_carries_our_marker_is_none_of_a_strangers(registry: Registry) -> None:
    record(registry, {"event": "adopted", "instance": {**EVERYTHING, "managed": True}})
    assert registry.instance("acme")["discovered"] == 0


@pytest.mark.parametrize("event", ["destroyed", "pruned"])
def test_what_is_gone_has_no_state_that_counts(registry: Registry, event: str) -> None:
    record(registry, {"event": "created", "instance": EVERYTHING})
    result = record(registry, entry(event, state="absent"))
    assert result["warnings"] == []
    assert registry.instances() == []


def test_what_is_done_to_an_unknown_instance_is_an_event_and_no_row(registry: Registry) -> None:
    result = record(registry, entry("started"), entry("destroyed"), entry("pruned"))
    assert kinds(result) == ["started", "destroyed"]
    assert registry.instances() == []


@pytest.mark.parametrize("event", ["destroyed", "pruned"])
def test_what_is_gone_goes_with_its_agents_and_its_port(registry: Registry, event: str) -> None:
    record(registry, entry("created", **EVERYTHING_ELSE))
    number = registry.instance("acme")["id"]
    assert kinds(record(registry, entry(event))) == [event]
    assert registry.instances() == []
    assert registry.agents(number) == []
    assert registry.ports("h") == {}


def test_an_adoption_is_marked_and_a_second_one_changes_nothing(registry: Registry) -> None:
    assert kinds(record(registry, entry("adopted", **EVERYTHING_ELSE))) == ["adopted"]
    assert registry.instance("acme")["discovered"] == 1
    again = record(registry, entry("adopted", **{**EVERYTHING_ELSE, "state": "error"}))
    assert again == {"changed": False, "events": [], "warnings": []}
    assert registry.instance("acme")["state"] == "running"
    assert kinds(record(registry, entry("taken_over", **EVERYTHING_ELSE))) == ["taken_over"]
    assert registry.instance("acme")["discovered"] == 0


def test_an_adopted_instance_elsewhere_keeps_its_name(registry: Registry) -> None:
    record(registry, entry("adopted", "shop", state_dir="/srv/shop", state="stopped"))
    result = record(
        registry, entry("observed", "claw", "/srv", state_dir="/srv/shop", state="running")
    )
    (event,) = result["events"]
    assert (event["instance_slug"], event["openclaw_home"]) == ("shop", "/o")
    (row,) = registry.instances()
    assert (row["slug"], row["openclaw_home"], row["state"]) == ("shop", "/o", "running")


def test_the_name_counts_before_the_state_directory(registry: Registry) -> None:
    record(registry, entry("adopted", "shop", state_dir="/srv/a"))
    record(registry, entry("adopted", "claw", state_dir="/srv/b"))
    record(registry, entry("observed", "claw", state_dir="/srv/a", state="error"))
    assert registry.instance("claw")["state"] == "error"
    assert registry.instance("shop")["state"] == "unknown"


@pytest.mark.parametrize(
    "event", ["device_approved", "device_rejected", "device_removed", "device_rotated"]
)
def test_what_is_done_to_a_device_is_an_event_and_changes_no_row(
    registry: Registry, event: str
) -> None:
    record(registry, {"event": "created", "instance": EVERYTHING})
    before = registry.instances()
    told = {**entry(event, state="error", port=18790), "detail": "rule 1: phone, operator.read"}
    result = record(registry, told)
    assert kinds(result) == [event]
    assert result["events"][0]["detail"] == "rule 1: phone, operator.read"
    assert result["changed"] is True
    assert registry.instances() == before


def test_a_device_of_an_instance_that_nobody_knows_is_an_event_of_its_host(
    registry: Registry,
) -> None:
    assert kinds(record(registry, entry("device_approved", "theirs"))) == ["device_approved"]
    assert registry.instances() == []


def test_no_value_but_those_of_columns_gets_into_the_file(registry: Registry) -> None:
    secret = {"token": CANARY, "password": CANARY, "env": {"ANTHROPIC_API_KEY": CANARY}}
    instance = {
        **EVERYTHING,
        **secret,
        "auth": {"mode": "token", "secret": CANARY},
        "telegram": {"enabled": True, "bot": "@b", "token": CANARY},
        "service": {"manager": "systemd", "name": "n", **secret},
        "agents": [{"id": "main", **secret}],
        "problems": [{"code": CANARY, "message": CANARY}],
        "url": f"http://127.0.0.1/#token={CANARY}",
    }
    for event in ("created", "observed", "restarted", "changed", "destroyed"):
        given = {"event": event, "instance": instance, **secret}
        registry.record([{"server": {"hostname": "h", **secret}, "entries": [given], **secret}])
    registry.record([{"server": {"hostname": "h"}, "entries": [{**given, "event": "adopted"}]}])
    files = [file.read_bytes() for file in registry.path.parent.iterdir()]
    assert any(b"@b" in content for content in files)
    assert not any(CANARY.encode() in content for content in files)
