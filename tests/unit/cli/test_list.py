# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""list and status: what this machine shows, joined with what the registry knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.cli import local, place, words

World = Any


def listed(world: World, *arguments: str) -> list[dict[str, Any]]:
    result = world.invoke("list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout)["instances"])


def test_without_instances_the_next_step_is_said(world: World) -> None:
    result = world.invoke("list")
    assert result.exit_code == 0
    assert "claw-pilot init" in result.output
    assert not world.registry.exists()


def test_an_instance_of_the_registry_is_shown_as_it_is_now(world: World) -> None:
    world.records("acme", state="stopped")
    world.has("acme", "running")
    (line,) = listed(world)
    assert (line["state"], line["seen"], line["registry"]) == ("running", "now", "adopted")
    assert (line["memory_bytes"], line["uptime_seconds"]) == (812_000_000, 4000)
    assert (line["agents"], line["telegram"]) == (1, "@acme_bot")


def test_an_instance_that_is_not_in_the_registry_is_not_adopted(world: World) -> None:
    world.has("acme")
    assert [(line["host"], line["registry"]) for line in listed(world)] == [("localhost", "none")]
    output = world.invoke("list").output
    assert "(not adopted)" in output
    assert "1 instance not adopted: claw-pilot init" in output


def test_an_instance_that_only_the_registry_knows_here_is_gone(world: World) -> None:
    world.records("acme")
    (line,) = listed(world)
    assert (line["state"], line["seen"]) == ("gone", "gone")
    assert "claw-pilot init --prune" in world.invoke("list").output


def test_a_state_directory_that_may_not_be_read_is_not_called_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.records("acme", state="running")

    def refuse(path: str) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(local.os, "scandir", refuse)
    (line,) = listed(world)
    assert (line["state"], line["seen"]) == ("running", "hidden")


def test_another_host_is_shown_as_last_recorded_with_its_age(world: World) -> None:
    world.records("acme", host="web1", event="created", state="degraded", port=18909)
    (line,) = listed(world)
    assert (line["host"], line["state"], line["seen"]) == ("web1", "degraded", "before")
    assert (line["port"], line["registry"]) == (18909, "created")
    assert "degraded (just now)" in world.invoke("list").output


def test_the_same_slug_in_two_homes_and_on_two_hosts_stays_apart(world: World) -> None:
    world.records("acme")
    world.records("acme", home="/opt/other")
    world.records("acme", host="web1")
    world.has("acme", "running")
    world.has("acme", "stopped", home="/opt/other")
    assert [(n["host"], n["openclaw_home"], n["state"]) for n in listed(world)] == [
        ("localhost", "/opt/other", "stopped"),
        ("localhost", world.home, "running"),
        ("web1", world.home, "running"),
    ]


def test_a_home_that_only_the_registry_names_is_looked_at_too(world: World) -> None:
    far = world.folder / "far"
    (far / ".openclaw-acme").mkdir(parents=True)
    world.records("acme", home=str(far))
    world.records("beta", host="web1", home="/of/another/host")
    world.has("acme", home=str(far), hidden_home=True)
    assert [line["seen"] for line in listed(world)] == ["now", "before"]
    assert world.homes == [[str(far)]]


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        (["--host", "web1"], ["beta"]),
        (["--state", "stopped"], ["beta"]),
        (["--state", "gone"], ["gamma"]),
        (["--state", "running", "--host", "localhost"], ["acme"]),
        (["--state", "error"], []),
    ],
)
def test_filters_leave_what_matches(world: World, options: list[str], slugs: list[str]) -> None:
    world.has("acme")
    world.records("beta", host="web1", state="stopped")
    world.records("gamma")
    assert [line["slug"] for line in listed(world, *options)] == slugs


def test_the_table_has_every_column_and_the_state_in_word_and_symbol(world: World) -> None:
    world.has("acme", "running")
    world.has("beta", "error", port=18909)
    output = world.invoke("list").output
    head = "Instance Host Port State Agents Telegram Version Memory Uptime".split()
    assert output.split("\n")[0].split() == head
    assert "● running" in output
    assert "✖ error" in output
    assert "812 MB" in output
    assert "1 h 6 min" in output


def test_text_from_a_host_cannot_steer_the_terminal(world: World) -> None:
    world.has("acme", openclaw_version="\x1b]0;owned\x07[bold]")
    world.warnings = [{"code": "X", "path": "", "message": "bad \x1b[2J name"}]
    result = world.invoke("list")
    assert "\x1b" not in result.output
    assert "[bold]" in result.stdout  # nor is it markup
    assert "bad" in result.stderr


def test_a_terminal_without_unicode_gets_symbols_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words.sys, "stdout", open(os.devnull, "w", encoding="ascii"))  # noqa: SIM115
    try:
        shown = [words.looks(words.STATES, state)[1] for state in words.STATES]
    finally:
        words.sys.stdout.close()
    assert all(word.isascii() for word in shown)


def test_a_registry_that_is_none_of_ours_is_said_in_a_sentence(world: World) -> None:
    world.registry.write_text("not a database, but long enough to be looked at as one" * 20)
    result = world.invoke("list")
    assert result.exit_code == 1
    assert "Error:" in result.output and "Hint:" in result.output
    assert "Traceback" not in result.output
    error = json.loads(world.invoke("list", "--json").stdout)["error"]
    assert error["code"] == "REGISTRY_BROKEN"


def test_reading_leaves_the_registry_as_it_is(world: World) -> None:
    world.records("acme", host="web1")
    before = world.registry.read_bytes()
    listed(world)
    assert world.registry.read_bytes() == before


def test_neither_ansible_nor_rich_is_loaded_for_json(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from types import SimpleNamespace\n"
        "from ansible_collections.claw.pilot.webapp import cli\n"
        "from ansible_collections.claw.pilot.webapp.cli import local\n"
        "seen = {'host': {}, 'instances': [], 'warnings': [], 'observed_at': ''}\n"
        "local.observe = lambda rows=(): seen\n"
        "try:\n    cli.main(['list', '--json'])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "tops = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(tops & {'ansible', 'rich', 'yaml', 'sqlite_utils'}), file=sys.stderr)\n"
    )
    environment = {**os.environ, "CLAW_PILOT_HOME": str(tmp_path)}
    environment.pop("CLAW_PILOT_REGISTRY", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"instances": [], "warnings": []}
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, ""), (59, "59 s"), (60, "1 min"), (3_700, "1 h 1 min"), (90_061, "1 d 1 h")],
)
def test_a_duration_has_two_units_at_the_most(seconds: int, shown: str) -> None:
    assert words.duration(seconds) == shown


@pytest.mark.parametrize(
    ("stamp", "age"),
    [
        ("2026-11-21T07:00:00Z", 60),
        ("2026-11-21 07:00:00.5+00:00", 60),
        ("2027-01-01T00:00:00Z", 0),
        ("yesterday", None),
    ],
)
def test_an_age_is_that_of_a_time_in_utc(stamp: str, age: int | None) -> None:
    assert local.age_seconds(stamp, 1_795_244_460) == age


def test_the_account_of_this_process_is_known() -> None:
    assert place.login()
