# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a verb goes: this machine, the one host that the registry knows, or back with a choice."""

from __future__ import annotations

import json
import os
import pwd
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.cli import run

pytestmark = pytest.mark.timeless

World = Any
VERBS = [["start"], ["stop"], ["restart"], ["destroy", "--confirm", "acme"], ["token"]]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_the_one_host_of_an_instance_needs_no_target(world: World, verb: list[str]) -> None:
    world.records("acme", host="web1", home="/opt/openclaw", openclaw_user="openclaw")
    assert world.invoke(*verb, "acme").exit_code == 0
    assert world.call.registry == str(world.registry)
    assert world.call.variables["target"] == "web1"
    assert world.call.variables["openclaw_home"] == "/opt/openclaw"
    assert world.call.variables["openclaw_user"] == "openclaw"


def test_what_the_user_gives_wins_over_the_registry(world: World) -> None:
    world.records("acme", host="web1", home="/opt/openclaw", openclaw_user="openclaw")
    world.invoke("stop", "acme", "openclaw_user=other")
    assert world.call.variables["openclaw_user"] == "other"


@pytest.mark.parametrize("options", [["--target", "web9"], ["-i", "hosts.yml"]])
def test_hosts_that_the_user_names_are_not_replaced(world: World, options: list[str]) -> None:
    world.records("acme", host="web1", home="/opt/openclaw")
    assert world.invoke("stop", "acme", "gateway_port=1", *options).exit_code == 0
    assert world.call.registry == ""
    assert world.call.variables.get("target", "web9") == "web9"
    assert world.call.variables["gateway_port"] == 1
    assert "openclaw_home" not in world.call.variables


def test_an_instance_of_our_own_home_needs_nothing(world: World) -> None:
    world.records("acme")
    world.invoke("stop", "acme")
    assert world.call.variables == {"slug": "acme"}
    assert world.call.registry == ""


def test_an_instance_of_another_home_of_this_machine_brings_its_home_and_user(
    world: World,
) -> None:
    world.records("acme", home="/opt/openclaw", openclaw_user="openclaw")
    world.invoke("stop", "acme")
    assert world.call.variables == {
        "slug": "acme",
        "openclaw_home": "/opt/openclaw",
        "openclaw_user": "openclaw",
    }


def test_another_home_of_our_own_account_asks_for_no_other_user(world: World) -> None:
    far = world.folder / "far"
    far.mkdir()
    me = pwd.getpwuid(os.geteuid()).pw_name
    for user in (me, ""):
        world.registry.unlink(missing_ok=True)
        world.calls.clear()
        world.records("acme", home=str(far), openclaw_user=user)
        world.invoke("stop", "acme")
        assert world.call.variables == {"slug": "acme", "openclaw_home": str(far)}


def test_a_row_makes_no_other_user_run_what_is_in_a_home(world: World) -> None:
    """On this machine a row of root would run as root what somebody put into their folder."""
    far = world.folder / "far"
    far.mkdir()
    world.records("acme", home=str(far), openclaw_user="nobody")
    result = world.invoke("start", "acme")
    assert result.exit_code != 0
    assert "belongs to" in result.output
    assert world.calls == []


def test_an_instance_of_two_hosts_is_a_choice_that_host_makes(world: World) -> None:
    world.records("acme", host="web1")
    world.records("acme", host="web2")
    result = world.invoke("stop", "acme")
    assert result.exit_code == 3
    assert "web1" in result.output and "web2" in result.output
    assert "--host web1" in result.output
    error = json.loads(world.invoke("stop", "acme", "--json").stdout)["error"]
    assert error["code"] == "INSTANCE_AMBIGUOUS"
    assert not world.calls
    assert world.invoke("stop", "acme", "--host", "web2").exit_code == 0
    assert world.call.variables["target"] == "web2"


def test_an_instance_here_that_is_not_adopted_counts_as_one_more_place(world: World) -> None:
    world.records("acme", host="web1", home="/opt/openclaw")
    (world.folder / ".openclaw-acme").mkdir()
    result = world.invoke("destroy", "acme", "--confirm", "acme")
    assert result.exit_code == 3
    assert not world.calls
    world.invoke("destroy", "acme", "--confirm", "acme", "--host", "localhost")
    assert "target" not in world.call.variables


def test_two_homes_of_one_host_are_a_choice_that_the_home_makes(world: World) -> None:
    world.records("acme", host="web1", home="/opt/a")
    world.records("acme", host="web1", home="/opt/b")
    result = world.invoke("stop", "acme")
    assert result.exit_code == 3
    assert "openclaw_home=/opt/a" in result.output
    world.invoke("stop", "acme", "openclaw_home=/opt/b")
    assert world.call.variables["openclaw_home"] == "/opt/b"


def test_a_host_without_that_instance_is_said(world: World) -> None:
    world.records("acme", host="web1")
    result = world.invoke("stop", "acme", "--host", "web7")
    assert result.exit_code == 3
    assert "on web7" in result.output


def test_a_registry_named_on_the_command_line_is_the_one_that_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.records("acme", host="web1")
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", "none")
    world.invoke("stop", "acme", f"registry={world.registry}")
    assert world.call.variables["target"] == "web1"
    assert world.call.registry == str(world.registry)


@pytest.mark.parametrize("registry", ["none", "https://pilot.example.org"])
def test_without_a_registry_file_the_verbs_work_on_this_machine(
    world: World, monkeypatch: pytest.MonkeyPatch, registry: str
) -> None:
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", registry)
    assert world.invoke("stop", "acme").exit_code == 0
    assert world.call.variables == {"slug": "acme"}
    assert world.invoke("config", "list").exit_code == 1


def test_the_registry_is_handed_over_as_an_inventory_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, Any] = {}

    def fake(command: list[str], captured: bool) -> tuple[int, str]:
        seen["command"], seen["path"] = command, command[3]
        with open(command[3], encoding="utf-8") as stream:
            seen["inventory"] = json.load(stream)
        return 0, ""

    monkeypatch.setattr(run, "run", fake)
    monkeypatch.setattr(run.playbook, "ansible_playbook", lambda: "ansible-playbook")
    call = run.Call("stop_instance", {"slug": "acme"}, ("--diff",), "/r/registry.db", show=True)
    assert run.run_playbook(call).code == 0
    assert seen["command"][1:3] == ["claw.pilot.stop_instance", "--inventory"]
    assert seen["path"].endswith(".claw_pilot.yml")
    assert not os.path.exists(seen["path"])
    assert seen["inventory"] == {
        "plugin": "claw.pilot.registry",
        "registry": "/r/registry.db",
        "grouped": False,
    }
    assert '"registry": "/r/registry.db"' in capsys.readouterr().err


def test_init_for_a_host_of_the_registry_goes_there(world: World) -> None:
    world.records("acme", host="web1")
    assert world.invoke("init", "--host", "web1").exit_code == 0
    assert world.call.variables == {"target": "web1"}
    assert world.call.registry == str(world.registry)
    result = world.invoke("init", "--host", "web7")
    assert result.exit_code == 3
    assert "knows no host 'web7'" in result.output


def test_init_here_shows_what_can_be_shared_and_the_next_step(world: World) -> None:
    result = world.invoke("init")
    assert "Shared resources: Ollama 0.9.1, Qdrant 1.15.0, no Docker." in result.output
    assert "claw-pilot create" in result.output


def test_a_failed_init_does_not_suggest_a_next_step(world: World) -> None:
    world.answers = [run.Answer(1)]
    result = world.invoke("init")
    assert (result.exit_code, result.output) == (1, "")
