# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that may be anybody's: too large, no files at all, half-written, not ours to read."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _state_files
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._state_files import (
    MAX_CONFIG_BYTES,
    read_bounded,
    read_config,
    read_state_files,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "probe"
VALID = '{"gateway": {"port": 18790}}'


def problem_of(path: Path) -> tuple[str, str]:
    found = read_config(str(path))
    assert found.value is None and found.problem
    assert str(path) in found.problem["message"] or path.parent.name in found.problem["message"]
    return found.problem["code"], found.problem["message"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"{",
        b'{"gateway": {"port": 18790',
        b'{"gateway"',
        b"[]",
        b"5",
        b"null",
        b"\0" * 100,
        VALID.encode("utf-16"),
        VALID.encode("utf-32"),
        b"\xff\xfe\xfa",
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"SQLite format 3\0",
    ],
)
def test_a_broken_config_is_a_problem(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "openclaw.json"
    path.write_bytes(data)
    assert problem_of(path)[0] == "FILE_MALFORMED"


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + VALID.encode(), b'{gateway: {port: 18790,}, "x": "\xff"}']
)
def test_what_openclaw_reads_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "openclaw.json"
    path.write_bytes(data)
    found = read_config(str(path))
    assert found.value and found.value["gateway"] == {"port": 18790}


def test_a_fifo_keeps_nobody_waiting_and_lets_no_writer_go(tmp_path: Path) -> None:
    path = tmp_path / "openclaw.json"
    os.mkfifo(path)
    assert problem_of(path)[0] == "NOT_A_FILE"
    with pytest.raises(OSError):  # nobody reads: the pipe was not opened
        os.open(path, os.O_WRONLY | os.O_NONBLOCK)


def test_things_that_are_no_files_are_a_problem(tmp_path: Path) -> None:
    folder, device, server = (tmp_path / name for name in ("folder", "device", "socket"))
    folder.mkdir()
    device.symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(server))
        for path in (folder, device, server):
            assert problem_of(path)[0] == "NOT_A_FILE"


def test_links_that_lead_nowhere_are_a_problem(tmp_path: Path) -> None:
    loop, gone = tmp_path / "loop", tmp_path / "gone"
    loop.symlink_to(loop)
    gone.symlink_to(tmp_path / "nowhere")
    assert problem_of(loop)[0] == problem_of(gone)[0] == "FILE_UNREADABLE"


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert read_config(str(tmp_path / "x")) == _state_files.ConfigFile()
    assert read_config(str(tmp_path / "x" / "y" / "openclaw.json")).problem is None


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "openclaw.json"
    path.touch()
    os.truncate(path, 10**12)
    code, message = problem_of(path)
    assert code == "FILE_TOO_LARGE" and "1000000000000 bytes" in message
    path.write_text(json.dumps({"x": "y" * (MAX_CONFIG_BYTES - 9)}))
    assert read_config(str(path)).value


def test_a_file_that_grows_is_read_up_to_the_limit(tmp_path: Path) -> None:
    text, _status = read_bounded("/proc/self/status", 10)  # it says that it has 0 bytes
    assert len(text) == 10
    with pytest.raises(FileNotFoundError):
        read_bounded(str(tmp_path / "x"), 10)


def test_a_file_that_is_not_ours_to_read_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "openclaw.json"
    path.write_text(VALID)
    path.chmod(0o640)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    found = read_config(str(path))
    assert found.problem == {
        "code": "FILE_UNREADABLE",
        "message": f"{path} cannot be read: Permission denied.",
    }
    assert (found.mode, found.uid) == (0o640, os.getuid())


def test_an_error_while_reading_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "openclaw.json"
    path.write_text(VALID)

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)
    assert "Input/output error" in problem_of(path)[1]


def test_includes_are_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/gateway.json5").write_text("{port: 18791, // by hand\n}")
    path = tmp_path / "openclaw.json"
    path.write_text('{"gateway": {"$include": "./sub/gateway.json5"}}')
    assert read_config(str(path)).value == {"gateway": {"port": 18791}}


def test_a_config_that_is_a_link_includes_from_where_the_link_is(tmp_path: Path) -> None:
    kept, state = tmp_path / "kept", tmp_path / "state"
    kept.mkdir()
    state.mkdir()
    (kept / "c.json").write_text('{"x": {"$include": "a.json5"}}')
    (state / "a.json5").write_text("1")
    (state / "openclaw.json").symlink_to(kept / "c.json")
    assert read_config(str(state / "openclaw.json")).value == {"x": 1}


@pytest.mark.parametrize("kind", ["outside", "link", "hard link", "missing", "broken", "bytes"])
def test_a_bad_include_is_a_problem_that_names_it(tmp_path: Path, kind: str) -> None:
    state = tmp_path / "state"
    state.mkdir()
    secret = tmp_path / "secret.json5"
    secret.write_text('{"token": "canary"}')
    if kind == "link":
        (state / "x.json5").symlink_to(secret)
    elif kind == "hard link":
        os.link(secret, state / "x.json5")
    elif kind == "broken":
        (state / "x.json5").write_text("{canary")
    named = {"outside": "../secret.json5", "bytes": "\\udcff"}.get(kind, "x.json5")
    (state / "openclaw.json").write_text(f'{{"gateway": {{"$include": "{named}"}}}}')
    code, message = problem_of(state / "openclaw.json")
    assert code == "FILE_MALFORMED" and "canary" not in message


def test_includes_that_are_nested_too_deeply_end_in_a_problem(tmp_path: Path) -> None:
    for number in range(10):
        text = '{"a":' * 190 + f'{{"$include": "{number + 1}.json5"}}' + "}" * 190
        (tmp_path / f"{number}.json5").write_text(text)
    (tmp_path / "10.json5").write_text("1")
    (tmp_path / "0.json5").rename(tmp_path / "openclaw.json")
    assert problem_of(tmp_path / "openclaw.json")[0] == "FILE_MALFORMED"


def test_the_included_files_together_have_a_limit(tmp_path: Path) -> None:
    (tmp_path / "big.json5").write_text(json.dumps("x" * (MAX_CONFIG_BYTES - 10)))
    path = tmp_path / "openclaw.json"
    path.write_text(json.dumps({str(n): {"$include": "big.json5"} for n in range(3)}))
    assert read_config(str(path)).value
    path.write_text(json.dumps({str(n): {"$include": "big.json5"} for n in range(5)}))
    assert problem_of(path)[0] == "FILE_TOO_LARGE"


def test_a_state_directory_is_told_but_for_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "openclaw.json").write_text(VALID)
    (tmp_path / "openclaw.json").chmod(0o600)
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=canary\nEMPTY=\n")
    (tmp_path / ".env").chmod(0o640)
    (tmp_path / ".claw-pilot.json").write_text('{"slug": "acme"}')
    (tmp_path / "state").mkdir()
    (tmp_path / "state/openclaw.sqlite").touch()
    tmp_path.chmod(0o750)
    found = read_state_files(str(tmp_path), str(tmp_path / "openclaw.json"))
    assert (found.mode, found.config.mode, found.env_mode) == (0o750, 0o600, 0o640)
    assert found.variables == {"ANTHROPIC_API_KEY"} and found.env_known
    assert found.has_database and found.marker == {"slug": "acme"}
    assert "canary" not in repr(found)


@pytest.mark.parametrize("value", ["", "''", "undefined", "null", " None "])
def test_a_variable_that_is_set_to_nothing_is_not_set(tmp_path: Path, value: str) -> None:
    (tmp_path / ".env").write_text(f"TOKEN={value}\nOTHER=x\n")
    files = read_state_files(str(tmp_path), str(tmp_path / "openclaw.json"))
    assert files.variables == {"OTHER"}


def test_an_env_file_that_cannot_be_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir(mode=0o700)
    found = read_state_files(str(tmp_path), str(tmp_path / "openclaw.json"))
    assert not found.env_known and found.env_mode == 0o700


def test_a_directory_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    found = read_state_files(str(tmp_path / "x"), str(tmp_path / "x/openclaw.json"))
    assert found.config.problem and found.config.problem["code"] == "FILE_UNREADABLE"


@pytest.mark.parametrize("text", ["", "[]", "{", "5"])
def test_a_broken_marker_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ".claw-pilot.json").write_text(text)
    assert _state_files.read_marker(str(tmp_path), 0) == {}


def test_the_lock_of_a_real_gateway_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "tmp" / f"openclaw-{os.getuid()}"
    folder.mkdir(parents=True)
    text = (FIXTURES / "gateway_state_lock.json").read_text() + "\t \n" * 40
    (folder / "gateway.state.lock").write_text(text)
    (folder / "gateway.3a357a78.lock").write_text("{")
    (folder / "gateway.state.lock.sqlite").write_text("x")
    found = read_state_files(str(tmp_path), str(tmp_path / "openclaw.json"))
    empty, state = found.locks
    assert (state.pid, state.started, state.port) == (7775, 83013, 18789)
    assert state.state_dir == os.path.realpath("/root/.openclaw-demo")
    assert (empty.pid, empty.state_dir) == (0, "")


@pytest.mark.parametrize("value", ["true", "-5", "1e3", '"5"', "9" * 300, "null", "[1]"])
def test_a_lock_with_nonsense_in_it_tells_nothing(tmp_path: Path, value: str) -> None:
    folder = tmp_path / "tmp" / f"openclaw-{os.getuid()}"
    folder.mkdir(parents=True)
    data = f'{{"pid": {value}, "startTime": {value}, "stateDir": {value}, "port": {value}}}'
    (folder / "gateway.state.lock").write_text(data)
    (lock,) = read_state_files(str(tmp_path), str(tmp_path / "openclaw.json")).locks
    assert (lock.pid, lock.started, lock.state_dir, lock.port) == (0, 0, "", 0)


def test_the_message_says_what_helps() -> None:
    error = _state_files.unreadable("/x", PermissionError(13, "no"))
    assert isinstance(error, ClawPilotError) and error.hint
    assert not _state_files.unreadable("/x", OSError(5, "no")).hint
