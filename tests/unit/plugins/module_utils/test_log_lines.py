# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a log as entries: OpenClaw's JSON, a console's text, and what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._log_lines import LEVELS, entry
from hypothesis import given
from hypothesis import strategies as st

CONSOLE = Path(__file__).parents[2] / "fixtures" / "console"
# As OpenClaw 2026.9.6 writes it.
JSON_LINE: dict[str, Any] = {
    "0": '{"subsystem":"gateway"}',
    "1": "\x1b[36mlistening\x1b[39m on ws://127.0.0.1:18789",
    "_meta": {
        "date": "2026-11-21T00:57:19.016Z",
        "logLevelId": 3,
        "logLevelName": "INFO",
        "name": '{"subsystem":"gateway"}',
        "parentNames": ["openclaw"],
    },
    "time": "2026-11-21T00:57:19.016+00:00",
    "hostname": "vm",
    "message": "listening on ws://127.0.0.1:18789",
}


def of(**changes: Any) -> dict[str, str]:
    """The entry of JSON_LINE with changes; None drops a key."""
    line = {key: value for key, value in {**JSON_LINE, **changes}.items() if value is not None}
    return entry(json.dumps(line))


def test_a_line_as_openclaw_writes_it() -> None:
    assert of() == {
        "time": "2026-11-21T00:57:19.016+00:00",
        "level": "info",
        "subsystem": "gateway",
        "message": "listening on ws://127.0.0.1:18789",
    }


def test_without_a_message_the_arguments_are_it() -> None:
    assert of(message=None)["message"] == "listening on ws://127.0.0.1:18789"
    many = {str(number): f"w{number}" for number in range(1, 12)}
    assert of(message=None, **many)["message"] == " ".join(f"w{n}" for n in range(1, 12))
    assert of(message=None, **{"1": {"a": [1]}})["message"] == '{"a": [1]}'
    plain = of(message=None, **{"0": "Updated.", "1": None})
    assert plain["message"] == "Updated."


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("SILLY", "debug"),
        ("TRACE", "debug"),
        ("DEBUG", "debug"),
        ("INFO", "info"),
        ("WARN", "warn"),
        ("ERROR", "error"),
        ("FATAL", "error"),
        ("strange", "info"),
        (None, "info"),
        (5, "info"),
    ],
)
def test_levels(word: Any, level: str) -> None:
    assert of(_meta={"logLevelName": word})["level"] == level
    assert of(_meta=None, level=word)["level"] == level


@pytest.mark.parametrize(
    ("line", "time", "level", "subsystem", "message"),
    [
        (
            "2026-11-21T00:42:11.020+00:00 [gateway] loading configuration…",
            "2026-11-21T00:42:11.020+00:00",
            "info",
            "gateway",
            "loading configuration…",
        ),
        (
            "2026-11-21T00:42:11Z  [gateway/ws] up",
            "2026-11-21T00:42:11Z",
            "info",
            "gateway/ws",
            "up",
        ),
        ("[telegram] failed to connect", "", "error", "telegram", "failed to connect"),
        ("Error: Cannot find module 'x'", "", "error", "", "Error: Cannot find module 'x'"),
        ("[9120:0x7f2c40000] 18234 ms", "", "info", "", "[9120:0x7f2c40000] 18234 ms"),
        ("\x1b[31mred\x1b[0m", "", "info", "", "red"),
        ("5", "", "info", "", "5"),
        ("[1, 2]", "", "info", "", "[1, 2]"),
        ("null", "", "info", "", "null"),
    ],
)
def test_a_line_of_a_console(
    line: str, time: str, level: str, subsystem: str, message: str
) -> None:
    assert entry(line) == {
        "time": time,
        "level": level,
        "subsystem": subsystem,
        "message": message,
    }


def test_what_really_stood_on_consoles_keeps_its_words() -> None:
    files = sorted(CONSOLE.glob("*.txt"))
    assert files
    for path in files:
        for line in path.read_text().splitlines():
            assert entry(line)["message"] in line
            assert line.endswith(entry(line)["message"])


@pytest.mark.parametrize("line", ["[" * 100_000, '{"0":"' + "[" * 50_000 + '"}', '{"a":' * 50_000])
def test_brackets_without_an_end_are_a_message(line: str) -> None:
    assert entry(line)["message"]


def test_half_a_character_can_be_handed_on() -> None:
    assert of(message="\ud83d half")["message"] == "? half"
    assert of(time="\udc00", **{"0": '{"subsystem": "\\ud83d"}'})["subsystem"] == "?"


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
            lambda inner: st.one_of(
                st.lists(inner),
                st.dictionaries(
                    st.sampled_from(["0", "1", "²", "_meta", "time", "level", "message", "name"]),
                    inner,
                ),
            ),
        ).map(json.dumps),
    )
)
def test_any_line_is_an_entry_of_text(line: str) -> None:
    found = entry(line)
    assert set(found) == {"time", "level", "subsystem", "message"}
    assert found["level"] in LEVELS
    assert all(text.encode() is not None for text in found.values())
