# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token action: who may see a token, and what is left of the answer."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible_collections.claw.pilot.plugins.action import openclaw_token as action
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

TOKEN = "canary-of-the-gateway"
URL = "http://127.0.0.1:18789/gw/acme/"
ANSWER = {
    "changed": False,
    "instance": {"slug": "acme", "url": URL},
    "token": TOKEN,
    "invocation": {"module_args": {}},
    "module_stdout": TOKEN,
}


class Screen:
    """Stands in for Display."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []

    def display(self, text: str, **options: Any) -> None:
        self.shown.append((text, options))


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal on standard error."""
    made = Screen()
    monkeypatch.setattr(action, "Display", lambda: made)
    monkeypatch.setattr(action, "terminal_of", lambda _pid, _environment: action.STDERR)
    return made


def run(answer: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """The result of the action; the module is asked without being logged, and only then."""
    task = MagicMock(args={"slug": "acme"}, async_val=0, no_log=False)
    context = MagicMock(no_log=False)
    connection = MagicMock()
    connection._play_context.no_log = False
    plugin = action.ActionModule(task, connection, context, *(MagicMock() for _part in range(3)))
    places = (task, context, connection._play_context)

    def execute(**_options: Any) -> dict[str, Any]:
        assert all(place.no_log is True for place in places)
        return dict(answer)

    plugin._execute_module = execute
    result: dict[str, Any] = plugin.run(task_vars=variables)
    assert all(place.no_log is False for place in places)
    assert TOKEN not in json.dumps(result)
    return result


def test_the_address_is_shown_once_and_is_in_no_result(screen: Screen) -> None:
    result = run(ANSWER)
    assert screen.shown == [
        (f"\n{URL}#token={TOKEN}\n", {"stderr": True, "screen_only": True}),
    ]
    assert result["instance"]["url"] == URL
    assert set(result) == {"changed", "instance"}


@pytest.mark.parametrize(
    "answer",
    [
        {"failed": True, "msg": "No.", "failure": {"code": "NO_TOKEN"}, "module_stdout": TOKEN},
        {**ANSWER, "failed": True, "msg": "No."},
        {"unreachable": True, "msg": "Gone."},
    ],
)
def test_a_failure_shows_nothing_and_keeps_its_words(
    screen: Screen, answer: dict[str, Any]
) -> None:
    result = run(answer)
    assert screen.shown == []
    assert result["msg"] == answer["msg"]
    assert result.get("failure") == answer.get("failure")
    assert bool(result.get("failed")) is bool(answer.get("failed"))


@pytest.mark.parametrize("name", ["awx_job_id", "tower_job_id"])
def test_a_job_has_no_terminal(screen: Screen, name: str) -> None:
    result = run(ANSWER, **{name: 5})
    assert result["failure"]["code"] == "NO_TERMINAL"
    assert result["failed"] is True
    assert screen.shown == []


def test_a_run_that_writes_everything_down_is_refused(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action.constants, "DEFAULT_DEBUG", True)
    assert run(ANSWER)["failure"]["code"] == "DEBUG_LOG"
    assert screen.shown == []


@pytest.mark.parametrize(
    ("url", "token", "shown"),
    [
        (URL, "plain", f"{URL}#token=plain"),
        (URL, "a+b&c=%#/ ä", f"{URL}#token=a%2Bb%26c%3D%25%23%2F%20%C3%A4"),
        ("http://h/\x1b[2J\n\u202e", "\x1b", "http://h/[2J#token=%1B"),
    ],
)
def test_an_address_steers_no_terminal_and_keeps_the_token_whole(
    url: str, token: str, shown: str
) -> None:
    assert action.address(url, token) == shown


WAIT = [sys.executable, "-c", "import sys; sys.stdin.read()"]


@pytest.mark.parametrize(
    ("streams", "found"),
    [
        ({"stdout": True, "stderr": True}, action.STDERR),
        ({"stdout": False, "stderr": True}, action.STDERR),
        ({"stdout": True, "stderr": False}, action.STDOUT),
        ({"stdout": False, "stderr": False}, None),
    ],
)
def test_the_terminal_is_where_a_process_writes_to(
    streams: dict[str, bool], found: int | None
) -> None:
    ours, theirs = pty.openpty()
    given = {name: theirs if is_one else subprocess.DEVNULL for name, is_one in streams.items()}
    try:
        with subprocess.Popen(WAIT, stdin=subprocess.PIPE, **given) as process:
            if found is None:
                with pytest.raises(ClawPilotError, match="here is none"):
                    action.terminal_of(process.pid, {})
            else:
                assert action.terminal_of(process.pid, {"PATH": "/bin"}) == found
                for name in action.RECORDERS:
                    with pytest.raises(ClawPilotError) as failed:
                        action.terminal_of(process.pid, {name: "/runner"})
                    assert failed.value.code == "NO_TERMINAL"
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_process_that_is_gone_has_no_terminal() -> None:
    with pytest.raises(ClawPilotError):
        action.terminal_of(2**22 + 1, {})
