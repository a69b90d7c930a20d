# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""status: the host with its instances, or all of one instance."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.cli import run

World = Any
AWAY = {"host": "web1", "task": "x", "code": "HOST_UNREACHABLE", "message": "No route.", "hint": ""}


def test_the_host_and_the_number_in_each_state_are_shown(world: World) -> None:
    world.has("acme")
    world.has("beta", "stopped", port=18909)
    world.has("gamma", "stopped", port=19029)
    result = world.invoke("status")
    assert result.exit_code == 0
    for shown in (
        "box, Debian",
        "12 % of 2 cores, load 0.50 0.25 0.10",
        "6.0 GB of 8.0 GB free",
        "40.0 GB of 100.0 GB free",
        "1 d 1 h",
        "Ollama 0.9.1, Qdrant 1.15.0, no Docker",
        "2 stopped, 1 running",
    ):
        assert shown in result.output
    document = json.loads(world.invoke("status", "--json").stdout)
    assert document["counts"] == {"stopped": 2, "running": 1}
    assert document["host"]["hostname"] == "box"
    assert len(document["instances"]) == 3


def test_one_instance_is_shown_with_all_that_is_known(world: World) -> None:
    world.records("acme")
    world.has(
        "acme",
        problems=[{"code": "FILE_MALFORMED", "message": "line 3 is broken"}],
        locks=[{"path": "/l", "pid": 1, "stale": True}],
    )
    result = world.invoke("status", "acme")
    assert result.exit_code == 0
    for shown in (
        "● running",
        "adopted",
        "http://127.0.0.1:18789/",
        "18789 on loopback",
        "systemd user openclaw-acme.service active enabled",
        "pid 4711, up 1 h 6 min, 812 MB, 25 s of CPU",
        "main (default)",
        "@acme_bot, token set",
        "directory, certain",
        f"directory: {world.home}/.openclaw-acme",
        "FILE_MALFORMED: line 3 is broken",
        "/l (pid 1, left over)",
    ):
        assert shown in result.output
    (found,) = json.loads(world.invoke("status", "acme", "--json").stdout)["instances"]
    assert (found["host"], found["slug"], found["evidence"][0]["kind"]) == (
        "localhost",
        "acme",
        "directory",
    )


@pytest.mark.parametrize("state", ["stopped", "starting", "degraded", "error", "unknown"])
def test_an_instance_that_does_not_run_has_an_exit_code_of_its_own(
    world: World, state: str
) -> None:
    world.has("acme", state)
    assert world.invoke("status", "acme").exit_code == 5
    assert world.invoke("status", "acme", "--json").exit_code == 5
    assert world.invoke("status").exit_code == 0


@pytest.mark.parametrize("command", ["status", "logs", "doctor"])
def test_an_unknown_instance_is_said_in_a_sentence_with_its_exit_code(
    world: World, command: str
) -> None:
    world.has("acme")
    result = world.invoke(command, "other")
    assert result.exit_code == 3
    assert "There is no instance 'other'" in result.output
    assert "Hint:" in result.output
    error = json.loads(world.invoke(command, "other", "--json").stdout)["error"]
    assert error["code"] == "INSTANCE_NOT_FOUND"
    assert set(error) == {"code", "message", "hint"}


def test_an_instance_that_is_gone_is_told_from_one_that_never_was(world: World) -> None:
    world.records("acme")
    result = world.invoke("status", "acme")
    assert result.exit_code == 3
    assert "it is gone" in result.output


def test_two_homes_of_this_machine_are_a_choice(world: World) -> None:
    world.has("acme")
    world.has("acme", "stopped", home="/opt/other")
    result = world.invoke("status", "acme")
    assert result.exit_code == 3
    assert "openclaw_home=" in result.output
    assert world.invoke("status", "acme", "openclaw_home=/opt/other").exit_code == 5


def test_an_instance_of_another_host_is_looked_at_there(world: World) -> None:
    world.records("acme", host="web1", home="/opt/openclaw")
    remote = {"host": "web1", **world.has("acme", "degraded", home="/opt/openclaw")}
    world.instances.clear()
    world.answer({"instances": [remote]})
    world.answer({"instances": [remote]})
    result = world.invoke("status", "acme")
    assert result.exit_code == 5
    assert "▲ degraded" in result.output
    call, captured = world.calls[0]
    assert (call.playbook, captured, call.registry) == ("status", True, str(world.registry))
    assert call.variables["target"] == "web1"
    assert call.variables["slug"] == "acme"
    (found,) = json.loads(world.invoke("status", "acme", "--json").stdout)["instances"]
    assert found["host"] == "web1"


@pytest.mark.parametrize("command", ["status", "doctor", "logs"])
def test_a_host_that_cannot_be_reached_has_its_exit_code(world: World, command: str) -> None:
    world.answer({}, 4, [AWAY])
    world.answer({}, 4, [AWAY])
    result = world.invoke(command, "acme", "--target", "web1")
    assert result.exit_code == 4
    assert "web1: No route." in result.output
    document = json.loads(world.invoke(command, "acme", "--target", "web1", "--json").stdout)
    assert document["error"]["code"] == "HOST_UNREACHABLE"


def test_what_some_hosts_answer_is_shown_beside_the_failure_of_others(world: World) -> None:
    instance = {"host": "web2", **world.has("acme")}
    world.answer({"instances": [instance]}, 4, [AWAY])
    result = world.invoke("status", "--target", "web", "-i", "hosts.yml")
    assert result.exit_code == 4
    assert "acme" in result.stdout
    assert "web1: No route." in result.stderr
    assert world.call.options == ("--inventory", "hosts.yml")


def test_a_playbook_that_was_interrupted_says_nothing_more(world: World) -> None:
    world.answers = [run.Answer(130)]
    result = world.invoke("status", "acme", "--target", "web1")
    assert result.exit_code == 130
    assert result.output == ""


def test_a_pattern_that_matches_no_host_is_said(world: World) -> None:
    world.answers = [run.Answer(0, {"hosts": {}, "failures": [], "result": {}})]
    result = world.invoke("doctor", "--target", "web")
    assert result.exit_code == 3
    assert "No host matches 'web'." in result.output


def test_an_instance_that_the_other_host_does_not_have_is_said(world: World) -> None:
    world.answer({"instances": []})
    result = world.invoke("status", "acme", "--target", "web1")
    assert result.exit_code == 3
    assert "There is no instance 'acme' on web1." in result.output


def test_a_failure_without_words_is_never_taken_for_an_answer(world: World) -> None:
    world.answer({}, 1)
    result = world.invoke("doctor", "--target", "web1")
    assert result.exit_code == 1
    assert "ended without a result" in result.output
