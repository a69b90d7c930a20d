# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registry answers: servers, instances, agents, ports, events, configuration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / "registry.db", actor="ann", origin="cli") as opened:
        yield opened


def created(slug: str, home: str = "/o", port: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "event": "created",
        "instance": {"slug": slug, "openclaw_home": home, "port": port, "state": "running", **more},
    }


def report(hostname: str, *entries: dict[str, Any], **server: Any) -> dict[str, Any]:
    return {"server": {"hostname": hostname, **server}, "entries": list(entries)}


@pytest.fixture
def fleet(registry: Registry) -> Registry:
    """acme on two hosts and twice on h2; beta on h1."""
    agents = [{"id": "dev"}, {"id": "main", "name": "Boss", "is_default": True, "model": "a/b"}]
    registry.record(
        [
            report("h2", created("acme", "/o", 100), created("acme", "/root", 200), ip="10.0.0.2"),
            report("h1", created("beta", "/o", 100), created("acme", "/o", 300, agents=agents)),
        ]
    )
    return registry


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("port_range_start", "80"),
        ("port_range_start", "65001"),
        ("port_range_end", "18788"),
        ("port_range_end", "65536"),
        ("port_step", "0"),
        ("port_step", "ten"),
        ("dashboard_port", "-1"),
        ("dashboard_port", "1e3"),
        ("dashboard_port", ""),
        ("dashboard_port", "19000\n"),
        ("dashboard_port", "\u0661\u0662\u0663"),
        ("health_check_interval_ms", "999"),
        ("openclaw_user", "Open Claw"),
        ("openclaw_user", "claw\n"),
        ("openclaw_user", "-x"),
    ],
)
def test_a_bad_value_is_refused_and_the_old_one_stays(
    registry: Registry, key: str, value: str
) -> None:
    before = registry.config()
    with pytest.raises(ClawPilotError, match=key) as caught:
        registry.set_config(key, value)
    assert caught.value.code == "CONFIG_VALUE_INVALID"
    assert registry.config() == before


def test_an_unknown_key_is_refused_with_the_known_ones(registry: Registry) -> None:
    for act in (lambda: registry.get_config("colour"), lambda: registry.set_config("colour", "1")):
        with pytest.raises(ClawPilotError, match="colour") as caught:
            act()
        assert caught.value.code == "CONFIG_KEY_UNKNOWN"
        assert "dashboard_port" in caught.value.hint


def test_configuration_has_its_defaults_and_keeps_what_is_set(registry: Registry) -> None:
    assert registry.config() == {
        "port_range_start": "18789",
        "port_range_end": "65000",
        "port_step": "120",
        "dashboard_port": "19000",
        "health_check_interval_ms": "10000",
        "openclaw_user": "openclaw",
    }
    registry.set_config("port_step", "0200")
    registry.set_config("openclaw_user", "_claw-2")
    with Registry(registry.path) as again:
        assert again.get_config("port_step") == "200"
        assert again.get_config("openclaw_user") == "_claw-2"


def test_several_settings_are_stored_when_they_fit_each_other_and_else_none(
    registry: Registry,
) -> None:
    registry.change_config({"port_range_start": "30000", "port_range_end": 30500})
    before = registry.config()
    assert (before["port_range_start"], before["port_range_end"]) == ("30000", "30500")
    with pytest.raises(ClawPilotError, match="port_range_end"):
        registry.change_config({"port_step": "10", "port_range_end": "2000"})
    assert registry.config() == before


def test_a_key_whose_row_is_gone_has_its_default(registry: Registry) -> None:
    with closing(sqlite3.connect(registry.path, isolation_level=None)) as other:
        other.execute("DELETE FROM config")
    assert registry.get_config("dashboard_port") == "19000"
    registry.set_config("dashboard_port", "19001")
    assert registry.get_config("dashboard_port") == "19001"


def test_an_instance_that_is_not_there_is_said_so(fleet: Registry) -> None:
    for arguments in (("nobody",), ("beta", "h2"), ("beta", "h1", "/root")):
        with pytest.raises(ClawPilotError, match=arguments[0]) as caught:
            fleet.instance(*arguments)
        assert caught.value.code == "INSTANCE_NOT_FOUND"


def test_an_ambiguous_name_is_refused_with_the_choices(fleet: Registry) -> None:
    with pytest.raises(ClawPilotError) as caught:
        fleet.instance("acme")
    assert caught.value.code == "INSTANCE_AMBIGUOUS"
    for choice in ("h1 in /o", "h2 in /o", "h2 in /root"):
        assert choice in caught.value.message
    with pytest.raises(ClawPilotError, match="2 instances"):
        fleet.instance("acme", "h2")


def test_an_instance_is_found_by_name_host_and_home(fleet: Registry) -> None:
    assert fleet.instance("beta")["port"] == 100
    assert fleet.instance("acme", "h1")["port"] == 300
    assert fleet.instance("acme", "h2", "/root")["port"] == 200
    assert fleet.instance("acme", openclaw_home="/root")["hostname"] == "h2"


def test_instances_say_where_they_are_and_how_many_agents_they_have(fleet: Registry) -> None:
    listed = fleet.instances()
    assert [(r["hostname"], r["slug"], r["openclaw_home"]) for r in listed] == [
        ("h1", "acme", "/o"),
        ("h1", "beta", "/o"),
        ("h2", "acme", "/o"),
        ("h2", "acme", "/root"),
    ]
    assert [r["agent_count"] for r in listed] == [2, 0, 0, 0]
    assert {r["ip"] for r in fleet.instances("h2")} == {"10.0.0.2"}
    assert [r["hostname"] for r in fleet.instances(slug="beta")] == ["h1"]
    assert fleet.instances("h2", "beta") == []


def test_a_server_is_a_host_and_a_home(fleet: Registry) -> None:
    found = [(r["hostname"], r["openclaw_home"]) for r in fleet.servers()]
    assert found == [("h1", "/o"), ("h2", "/o"), ("h2", "/root")]


def test_agents_come_with_the_default_one_first(fleet: Registry) -> None:
    agents = fleet.agents(fleet.instance("acme", "h1")["id"])
    assert [(a["agent_id"], a["name"], a["model"]) for a in agents] == [
        ("main", "Boss", "a/b"),
        ("dev", "dev", None),
    ]


def test_ports_are_those_of_all_homes_of_the_host(fleet: Registry) -> None:
    assert fleet.ports("h2") == {100: "acme", 200: "acme"}
    assert fleet.ports("h1") == {100: "beta", 300: "acme"}
    assert fleet.ports("h3") == {}


def test_events_come_newest_first_by_host_and_by_name(fleet: Registry) -> None:
    fleet.record([report("h1", {"event": "destroyed", "instance": created("beta")["instance"]})])
    kinds = [(e["event_type"], e["hostname"], e["instance_slug"]) for e in fleet.events()]
    assert kinds[0] == ("destroyed", "h1", "beta")
    assert len(kinds) == 5
    assert len(fleet.events(limit=2)) == 2
    assert {e["hostname"] for e in fleet.events(hostname="h2")} == {"h2"}
    assert [e["event_type"] for e in fleet.events(slug="beta")] == ["destroyed", "created"]
    assert len(fleet.events(hostname="h2", slug="acme")) == 2
    assert {(e["actor"], e["origin"]) for e in fleet.events()} == {("ann", "cli")}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM events WHERE hostname = 'h' AND instance_slug = 's' ORDER BY id DESC",
        "SELECT * FROM events WHERE hostname = 'h' ORDER BY id DESC",
        "SELECT * FROM events WHERE instance_slug = 's' ORDER BY id DESC",
        "SELECT * FROM events ORDER BY id DESC",
    ],
)
def test_events_are_listed_without_sorting_all_of_them(fleet: Registry, query: str) -> None:
    with closing(sqlite3.connect(fleet.path)) as other:
        plan = " ".join(r[3] for r in other.execute(f"EXPLAIN QUERY PLAN {query} LIMIT 100"))
    assert "TEMP B-TREE" not in plan
    assert "WHERE" not in query or "USING INDEX" in plan
