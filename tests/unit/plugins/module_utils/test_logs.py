# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last lines of a log and what is added to it, over rotations and lines in the making."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _log_files, _logs
from ansible_collections.claw.pilot.plugins.module_utils._logs import tail
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory; nothing of this machine's /tmp is a log."""
    monkeypatch.setattr(_log_files, "_TEMPORARY", str(tmp_path / "tmp"))
    (tmp_path / ".openclaw-acme").mkdir()
    return tmp_path / ".openclaw-acme"


def instance(state: Path, **changes: Any) -> dict[str, Any]:
    return {
        "slug": "acme",
        "state_dir": str(state),
        "config_path": str(state / "openclaw.json"),
        "told_by": 0,
        "log_path": str(state / "gateway.log"),
        "console_log_path": str(state / "console.log"),
        "service": {"manager": "systemd", "name": "openclaw-acme"},
        **changes,
    }


def line(message: str, level: str = "INFO") -> str:
    return json.dumps({"_meta": {"logLevelName": level}, "message": message}) + "\n"


def write(path: Path, *messages: str, mode: str = "a") -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    with path.open(mode) as stream:
        stream.write("".join(map(line, messages)))


def read(
    state: Path, lines: int = 100, level: str = "info", cursor: Any = None, **changes: Any
) -> Any:
    """The messages, and the cursor."""
    entries, cursor = tail(instance(state, **changes), lines, level, cursor)
    return [entry["message"] for entry in entries], cursor


def test_the_last_lines_the_oldest_first(state: Path) -> None:
    write(state / "gateway.log", *(str(number) for number in range(10)))
    assert read(state, 3)[0] == ["7", "8", "9"]
    assert read(state, 100)[0] == [str(number) for number in range(10)]
    assert read(state, 0)[0] == []


@pytest.mark.parametrize("chunk", [1, 2, 7, 64, 1000])
def test_lines_are_whole_however_they_are_read(
    state: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(_log_files, "CHUNK_BYTES", chunk)
    words = ["a" * 50, "ä\u2028\x85\x0cö", "c", "d" * 200]
    path = state / "gateway.log"
    path.write_text("".join(json.dumps({"message": w}, ensure_ascii=False) + "\n" for w in words))
    for count in range(5):
        assert read(state, count)[0] == (words[-count:] if count else [])


def test_only_levels_that_are_asked_for(state: Path) -> None:
    with (state / "gateway.log").open("w") as stream:
        for level in ("DEBUG", "INFO", "WARN", "ERROR", "INFO"):
            stream.write(line(level, level))
    assert read(state, 2, "warn")[0] == ["WARN", "ERROR"]
    assert read(state, 1, "error")[0] == ["ERROR"]
    assert len(read(state, 9, "debug")[0]) == 5


def test_all_that_was_added_since(state: Path) -> None:
    path = state / "gateway.log"
    write(path, "one")
    for count in (0, 5):
        assert read(state, count)[0] == (["one"] if count else [])
    cursor = read(state, 0)[1]
    assert read(state, cursor=cursor) == ([], cursor)
    write(path, "two", "three")
    added, later = read(state, 1, cursor=json.loads(json.dumps(cursor)))
    assert added == ["two", "three"]
    assert read(state, cursor=later) == ([], later)
    with path.open("a") as stream:
        stream.write(line("quiet", "DEBUG"))
    assert read(state, cursor=later)[0] == []


@pytest.mark.parametrize("lines", [0, 1, 10])
def test_a_line_in_the_making_is_shown_once_and_whole(
    state: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(_log_files, "CHUNK_BYTES", 16)
    path = state / "gateway.log"
    half = line("x" * 100)
    path.write_text(half[:60])
    shown, cursor = read(state, lines)
    assert shown == []
    path.write_text(line("first") + half[:60])
    shown, cursor = read(state, lines)
    assert shown == (["first"] if lines else [])
    assert read(state, cursor=cursor) == ([], cursor)
    path.write_text(line("first") + half)
    assert read(state, cursor=cursor)[0] == ["x" * 100]


def rotate(path: Path) -> None:
    """As OpenClaw does."""
    for number in range(4, 0, -1):
        if (older := path.with_suffix(f".{number}.log")).exists():
            older.rename(path.with_suffix(f".{number + 1}.log"))
    path.rename(path.with_suffix(".1.log"))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_nothing_is_lost_over_rotations(state: Path, times: int) -> None:
    path = state / "gateway.log"
    write(path, "old")
    cursor = read(state, 0)[1]
    wanted = []
    for number in range(times):
        write(path, f"before {number}")
        rotate(path)
        write(path, f"after {number}")
        wanted += [f"before {number}", f"after {number}"]
    shown, cursor = read(state, cursor=cursor)
    assert shown == wanted
    assert read(state, cursor=cursor) == ([], cursor)
    assert read(state, 3)[0] == ["old", *wanted][-3:]


def test_a_log_that_was_emptied_or_is_gone_is_read_from_its_beginning(state: Path) -> None:
    path = state / "gateway.log"
    write(path, "old", "older")
    cursor = read(state)[1]
    write(path, "new", mode="w")
    assert read(state, cursor=cursor)[0] == ["new"]
    path.rename(state / "elsewhere")
    write(path, "other")
    assert read(state, cursor=cursor)[0] == ["other"]


def test_the_console_is_shown_until_there_is_a_log(state: Path) -> None:
    (state / "console.log").write_text("[gateway] loading\n")
    shown, cursor = read(state)
    assert shown == ["loading"]
    with (state / "console.log").open("a") as stream:
        stream.write("[gateway] now it logs\n")
    write(state / "gateway.log", "up")
    assert read(state, cursor=cursor)[0] == ["now it logs", "up"]
    assert read(state)[0] == ["up"]


def test_without_a_named_log_it_is_of_the_newest_day(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tmp" / "openclaw"
    write(folder / "openclaw-acme-2026-11-20.log", "yesterday")
    write(folder / "openclaw-2026-11-21.log", "of another")
    write(folder / "openclaw-acme-corp-2026-11-21.log", "of another")
    assert read(state, log_path="")[0] == ["yesterday"]
    cursor = read(state, log_path="")[1]
    write(folder / "openclaw-acme-2026-11-20.log", "late")
    write(tmp_path / "tmp" / f"openclaw-{os.getuid()}" / "openclaw-acme-2026-11-21.log", "today")
    assert read(state, cursor=cursor, log_path="")[0] == ["late", "today"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_log_in_tmp_that_somebody_else_put_there_is_none(state: Path, tmp_path: Path) -> None:
    path = tmp_path / "tmp" / "openclaw" / "openclaw-acme-2026-11-21.log"
    write(path, "theirs")
    os.chown(path, 4711, 4711)
    with pytest.raises(ClawPilotError, match="has no log yet"):
        read(state, log_path="")


def test_more_than_an_answer_holds_comes_in_parts(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_log_files, "CHUNK_BYTES", 100)
    for module in (_log_files, _logs):
        monkeypatch.setattr(module, "MAX_BYTES", 500)
    path = state / "gateway.log"
    write(path, "begin")
    cursor = read(state)[1]
    wanted = [f"{number} {'x' * 100}" for number in range(9)] + ["y" * 900, "end"]
    write(path, *wanted[:5])
    rotate(path)
    write(path, *wanted[5:])
    shown = []
    for _call in range(9):
        more, cursor = read(state, cursor=cursor)
        shown += more
    long = len(line(wanted[9]))
    assert shown == [*wanted[:9], f"(A line of {long} bytes or more was left out.)", "end"]
    assert read(state)[0] == ["end"]
    write(path, "z" * 900)
    assert "was left out" in read(state)[0][0]


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "dangling", "missing", "no folder"])
def test_what_is_no_file_is_no_log(state: Path, kind: str) -> None:
    path = state / "gateway.log"
    make = {
        "fifo": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "dangling": lambda: path.symlink_to(state / "nowhere"),
        "missing": lambda: None,
        "no folder": lambda: None,
    }
    make[kind]()
    named = str(state / "file" / "x.log") if kind == "no folder" else str(path)
    (state / "file").write_text("")
    with pytest.raises(ClawPilotError) as failed:
        read(state, log_path=named)
    assert failed.value.code == "LOG_NOT_FOUND"
    assert failed.value.hint == "Start it first: claw-pilot start acme"
    contained = {"manager": "docker", "name": "claw"}
    with pytest.raises(ClawPilotError) as failed:
        read(state, log_path=named, service=contained)
    assert failed.value.hint == "Run: docker logs claw"
    (state / "console.log").write_text("on the console\n")
    assert read(state, log_path=named)[0] == ["on the console"]


def test_a_link_to_a_file_is_a_log(state: Path) -> None:
    write(state / "real.log", "up")
    (state / "gateway.log").symlink_to(state / "real.log")
    assert read(state)[0] == ["up"]


def test_a_log_that_may_not_be_read_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(state / "gateway.log", "up")

    def refuse(*_arguments: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ClawPilotError, match="gateway.log cannot be read") as failed:
        read(state)
    assert failed.value.code == "FILE_UNREADABLE"


@pytest.mark.parametrize(
    "cursor",
    [
        {"x": 1},
        {"inode": "a", "offset": 0},
        {"inode": 1, "offset": -1},
        {"inode": 1, "offset": None},
    ],
)
def test_a_cursor_of_somebody_else_is_refused(state: Path, cursor: Any) -> None:
    write(state / "gateway.log", "up")
    with pytest.raises(ClawPilotError) as failed:
        read(state, cursor=cursor)
    assert failed.value.code == "INVALID_CURSOR"


def test_a_cursor_opens_no_file(state: Path) -> None:
    write(state / "gateway.log", "up")
    write(state / "other", "secret")
    inode = (state / "other").stat().st_ino
    cursor = {"path": str(state / "other"), "inode": inode, "offset": 0}
    assert read(state, cursor=cursor)[0] == ["up"]


def test_secrets_of_env_file_and_config_are_masked_and_common_words_are_not(state: Path) -> None:
    (state / ".env").write_text("KEY=canary-of-env\nLEVEL=info\nEMPTY=\n")
    channels = {"list": [{"botToken": "canary-of-config"}, {"apiKey": "${KEY}"}]}
    (state / "openclaw.json").write_text(json.dumps({"channels": channels}))
    words = "got canary-of-env, canary-of-config and ${KEY}, info"
    write(state / "gateway.log", words)
    assert read(state)[0] == ["got ********, ******** and ${KEY}, info"]
    (state / "openclaw.json").write_text("{broken")
    assert read(state)[0] == ["got ********, canary-of-config and ${KEY}, info"]
    (state / ".env").unlink()
    assert read(state)[0] == [words]
