# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""doctor, logs and config: in this process here, by a playbook elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.cli import logs, run

World = Any
Util = Callable[..., None]


def finding(slug: str, severity: str, **more: str) -> dict[str, str]:
    return {
        "slug": slug,
        "check": "modes",
        "severity": severity,
        "message": f"{slug} is open.",
        "evidence": "mode 0644",
        "fix": f"chmod 600 /x/{slug}",
        **more,
    }


@pytest.fixture
def found(util: Util) -> list[dict[str, str]]:
    """What the doctor will find on this machine."""
    found: list[dict[str, str]] = []
    util("_doctor", findings=lambda _seen, _examined, _reader: found)
    util("_examine", examine=lambda _host, _instances: {})
    return found


def test_findings_are_shown_by_instance_with_evidence_and_fix(
    world: World, found: list[dict[str, str]]
) -> None:
    world.has("acme")
    found += [finding("acme", "info"), finding("", "warning"), finding("acme", "error")]
    result = world.invoke("doctor")
    assert result.exit_code == 5
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines == [
        "localhost",
        "▲ warning  modes:  is open.",
        "mode 0644",
        "fix: chmod 600 /x/",
        "acme on localhost",
        "✖ error  modes: acme is open.",
        "mode 0644",
        "fix: chmod 600 /x/acme",
        "● info  modes: acme is open.",
        "mode 0644",
        "fix: chmod 600 /x/acme",
        "1 error, 1 warning, 1 note.",
    ]


def test_warnings_alone_are_no_bad_end(world: World, found: list[dict[str, str]]) -> None:
    world.has("acme")
    found.append(finding("acme", "warning"))
    assert world.invoke("doctor").exit_code == 0
    found.clear()
    assert "All is well." in world.invoke("doctor").output


def test_one_instance_is_examined_without_the_others(
    world: World, found: list[dict[str, str]]
) -> None:
    world.has("acme")
    world.has("beta", port=18909)
    found += [finding("acme", "error"), finding("beta", "warning"), finding("", "error")]
    result = world.invoke("doctor", "beta", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert [f["slug"] for f in document["findings"]] == ["beta"]
    assert document["findings"][0]["host"] == "localhost"
    assert document["summary"] == {"error": 0, "warning": 1, "info": 0}


def test_another_host_is_examined_there_and_named_when_it_was_not(
    world: World, found: list[dict[str, str]]
) -> None:
    world.records("acme", host="web1")
    assert "Not examined: web1" in world.invoke("doctor").output
    world.answer({"findings": [finding("acme", "error", host="web1")]})
    result = world.invoke("doctor", "--host", "web1")
    assert result.exit_code == 5
    assert "acme on web1" in result.output
    assert (world.call.playbook, world.call.variables) == ("doctor", {"target": "web1"})


ENTRY = {
    "time": "2026-11-21T00:57:19.016+00:00",
    "level": "WARN",
    "subsystem": "gateway",
    "message": "slow \x1b[2J",
}


def test_log_lines_are_read_here_with_time_level_subsystem_and_message(
    world: World, util: Util
) -> None:
    seen: list[Any] = []

    def tail(*given: Any) -> Any:
        seen.append(given)
        return [ENTRY], "cursor-1"

    util("_logs", tail=tail)
    world.has("acme")
    result = world.invoke("logs", "acme", "-n", "7", "--level", "warn")
    assert result.exit_code == 0
    assert result.output.split() == [
        *("2026-11-21", "00:57:19", "warn", "gateway:", "slow"),
        r"\x1b[2J",
    ]
    instance, lines, level, cursor = seen[0]
    assert (instance["slug"], lines, level, cursor) == ("acme", 7, "warn", None)
    document = json.loads(world.invoke("logs", "acme", "--json").stdout)
    assert document == {"lines": [ENTRY]}


def test_following_here_goes_on_from_the_cursor_until_ctrl_c(
    world: World, util: Util, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursors: list[Any] = []

    def tail(_instance: Any, _lines: int, _level: str, cursor: Any) -> Any:
        cursors.append(cursor)
        return [{**ENTRY, "message": f"line {len(cursors)}"}], f"cursor-{len(cursors)}"

    def sleep(_seconds: float) -> None:
        if len(cursors) == 3:
            raise KeyboardInterrupt

    util("_logs", tail=tail)
    monkeypatch.setattr(logs.time, "sleep", sleep)
    world.has("acme")
    result = world.invoke("logs", "acme", "-f", "--json")
    assert result.exit_code == 0
    messages = [json.loads(line)["message"] for line in result.stdout.splitlines()]
    assert messages == ["line 1", "line 2", "line 3"]
    assert cursors == [None, "cursor-1", "cursor-2"]


def test_following_another_host_repeats_the_playbook_with_its_cursor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.records("acme", host="web1", home="/opt/openclaw")
    world.answer({"lines": [ENTRY], "cursor": {"offset": 7}})
    world.answer({"lines": [], "cursor": {"offset": 9}})
    world.answers.append(run.Answer(130))
    monkeypatch.setattr(logs.time, "sleep", lambda _seconds: None)
    ended = world.invoke("logs", "acme", "-f", "-v")
    assert ended.exit_code == 0
    assert ended.output.count("gateway: slow") == 1
    variables = [call.variables for call, _captured in world.calls]
    assert [given.get("cursor") for given in variables] == [None, {"offset": 7}, {"offset": 9}]
    assert [call.show for call, _captured in world.calls] == [True, False, False]
    assert variables[0]["level"] == "info"


def test_settings_are_listed_read_and_set(world: World) -> None:
    assert "port_range_start = 18789" in world.invoke("config", "list").output
    assert not world.registry.exists()
    assert world.invoke("config", "set", "port_range_start", "20000").exit_code == 0
    assert world.invoke("config", "get", "port_range_start").output == "20000\n"
    document = json.loads(world.invoke("config", "get", "--json").stdout)
    assert document["config"]["port_range_start"] == "20000"
    document = json.loads(world.invoke("config", "get", "dashboard_port", "--json").stdout)
    assert document == {"config": {"dashboard_port": "19000"}}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["config", "get", "colour"], "CONFIG_KEY_UNKNOWN"),
        (["config", "set", "colour", "red"], "CONFIG_KEY_UNKNOWN"),
        (["config", "set", "dashboard_port", "many"], "CONFIG_VALUE_INVALID"),
        (["config", "set", "dashboard_port"], "USAGE"),
    ],
)
def test_a_wrong_setting_is_wrong_usage(world: World, arguments: list[str], code: str) -> None:
    assert world.invoke(*arguments).exit_code == 2
    result = world.invoke(*arguments, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == code
