# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door: a file or none, check mode and diff, who knocks, and what a host's view holds."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_door import (
    Door,
    door,
    host_view,
)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine."""
    for name in ("REGISTRY", "REGISTRY_TOKEN", "ACTOR", "ORIGIN"):
        monkeypatch.delenv(f"CLAW_PILOT_{name}", raising=False)
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path / "home"))


def reports(event: str = "created", slug: str = "acme", **more: Any) -> list[dict[str, Any]]:
    instance = {"slug": slug, "openclaw_home": "/o", **more}
    return [{"server": {"hostname": "h"}, "entries": [{"event": event, "instance": instance}]}]


def row(
    number: int, slug: str, port: int | None, home: str = "/o", discovered: int = 0
) -> dict[str, Any]:
    place = {"hostname": "h", "openclaw_home": home, "discovered": discovered}
    return {"id": number, "slug": slug, "port": port, **place}


ROWS = [row(1, "acme", 300), row(2, "beta", 100), row(3, "beta", 200, "/root"), row(4, "x", None)]


def test_of_several_adopted_ones_none_is_meant() -> None:
    with pytest.raises(ClawPilotError) as caught:
        host_view([*ROWS, row(5, "beta", 400, "/home/a", discovered=1)], {}, "beta")
    assert caught.value.code == "INSTANCE_AMBIGUOUS"


def test_of_several_that_we_made_the_host_knows_which_is_its_own() -> None:
    view = host_view(ROWS, {}, "beta")
    assert view["instance"] is None
    assert view["reserved_ports"] == [300]


@pytest.mark.parametrize(
    ("slug", "home", "number", "ports"),
    [
        ("", "", None, [100, 200, 300]),
        ("new", "", None, [100, 200, 300]),
        ("acme", "", 1, [100, 200]),
        ("acme", "/root", None, [100, 200, 300]),
        ("beta", "/root", 3, [100, 300]),
        ("x", "", 4, [100, 200, 300]),
    ],
)
def test_reserved_are_the_ports_of_the_others(
    slug: str, home: str, number: int | None, ports: list[int]
) -> None:
    view = host_view(ROWS, {"a": "b"}, slug, home)
    assert view["reserved_ports"] == ports
    assert (view["instance"] or {}).get("id") == number
    assert (view["instances"], view["config"]) == (ROWS, {"a": "b"})


@pytest.mark.parametrize("place", ["none", "None"])
def test_none_is_off_and_touches_nothing(place: str, tmp_path: Path) -> None:
    off = door(place, None, {})
    assert off.record(reports()) == {"changed": False, "events": [], "warnings": []}
    seen = off.host("h", "acme")
    assert (seen["enabled"], seen["instance"], seen["reserved_ports"]) == (False, None, [])
    assert list(tmp_path.iterdir()) == []


def test_looking_makes_no_file(tmp_path: Path) -> None:
    seen = door(None, None, {}).host("h", "acme")
    assert (seen["enabled"], seen["instances"]) == (True, [])
    assert seen["config"]["port_range_start"] == "18789"
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_report_makes_no_file(tmp_path: Path) -> None:
    assert door(None, None, {}).record([])["changed"] is False
    assert list(tmp_path.iterdir()) == []


def test_check_mode_says_what_a_run_then_does(tmp_path: Path) -> None:
    way = door(str(tmp_path / "registry.db"), None, {})
    told = way.record(reports(state="running"), check=True, diff=True)
    assert list(tmp_path.iterdir()) == []
    done = way.record(reports(state="running"), diff=True)
    for result in (told, done):
        for event in result["events"]:
            del event["created_at"]
    assert told == done
    before = way.host("h")
    assert way.record(reports("destroyed"), check=True)["changed"] is True
    assert way.record(reports("observed", state="running"), check=True)["changed"] is False
    assert way.host("h") == before


def test_a_diff_shows_the_instances_of_the_reporting_hosts(tmp_path: Path) -> None:
    way = door(str(tmp_path / "registry.db"), None, {})
    with Registry(tmp_path / "registry.db") as registry:
        registry.record([{**reports("created", "other")[0], "server": {"hostname": "elsewhere"}}])
    way.record(reports(port=100, state="stopped"))
    diff = way.record(reports("started"), diff=True)["diff"]
    assert diff["before"] == "h /o acme: port 100, state stopped, discovered 0, agent_count 0\n"
    assert diff["after"] == diff["before"].replace("stopped", "running")
    assert diff["before_header"] == str(tmp_path / "registry.db")
    assert "diff" not in way.record(reports("started"))


def test_the_place_is_the_options_else_the_environments_else_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    door(None, None, {}).record(reports())
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", "~/env.db")
    monkeypatch.setenv("CLAW_PILOT_REGISTRY_TOKEN", "from-env\n")
    assert door("", "", {}).token == "from-env"
    assert door(None, "mine", {}).token == "mine"
    door("", None, {}).record(reports())
    door("~/option.db", None, {}).record(reports())
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.db")}
    assert found == {"home/registry.db", "env.db", "option.db"}


@pytest.mark.parametrize(
    ("variables", "environment", "expected"),
    [
        ({}, {}, ("somebody", "playbook")),
        ({}, {"ACTOR": "ann", "ORIGIN": "cli"}, ("ann", "cli")),
        ({"awx_user_name": "bob", "awx_job_id": 7}, {"ACTOR": "ann"}, ("bob", "awx")),
        ({"tower_user_name": "eve", "tower_job_id": 7}, {"ORIGIN": "cli"}, ("eve", "awx")),
    ],
)
def test_an_event_says_who_and_from_where(
    variables: dict[str, Any],
    environment: dict[str, str],
    expected: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody")
    for name, value in environment.items():
        monkeypatch.setenv(f"CLAW_PILOT_{name}", value)
    (event,) = door(None, None, variables).record(reports())["events"]
    assert (event["actor"], event["origin"]) == expected


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert door(None, None, {}).actor.startswith("uid ")


def test_a_door_does_not_show_its_token() -> None:
    assert "canary" not in repr(Door("none", "canary"))
