# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journal and marker: written before anything is made, and never stopped by a neighbour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _journal
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout

HOST = Host()
DATA = {"slug": "acme", "port": 18789, "made": []}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(str(tmp_path), "acme")


def neighbour(home: Path, slug: str, config: Any) -> Path:
    """Another instance's openclaw.json: text as it is, anything else as JSON."""
    folder = home / (f".openclaw-{slug}" if slug else ".openclaw")
    folder.mkdir(parents=True)
    path = folder / "openclaw.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return path


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("there", "path", "missing"),
    [
        ("", "a/b/c", ["a", "a/b", "a/b/c"]),
        ("a", "a/b/c", ["a/b", "a/b/c"]),
        ("a/b/c", "a/b/c", []),
        ("a/b/c", "a/b", []),
        ("", "", []),
    ],
)
def test_missing_parents_are_named_outermost_first(
    tmp_path: Path, there: str, path: str, missing: list[str]
) -> None:
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    found = _journal.missing_parents(HOST, str(tmp_path / path), str(tmp_path))
    assert found == [str(tmp_path / name) for name in missing]


def test_missing_parents_end_at_the_root(tmp_path: Path) -> None:
    assert _journal.missing_parents(HOST, "/", "/nowhere") == []
    path = str(tmp_path / "a" / "b")
    assert _journal.missing_parents(HOST, path, "/") == [str(tmp_path / "a"), path]


@pytest.mark.parametrize("there", ["", ".local", ".local/state", ".local/state/claw-pilot"])
def test_a_journal_and_its_folders_appear_together(
    tmp_path: Path, layout: Layout, there: str
) -> None:
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    _journal.open_journal(HOST, layout, DATA)
    assert _journal.read_journal(HOST, layout) == DATA
    chain = [".local", ".local/state", ".local/state/claw-pilot"]
    assert tree(tmp_path) == [*chain, ".local/state/claw-pilot/openclaw-acme.journal.json"]
    for name in chain[chain.index(there) + 1 if there else 0 :]:
        assert HOST.mode(str(tmp_path / name)) == 0o700
    assert HOST.mode(layout.journal_path) == 0o600


class Killed(BaseException):
    """The process is killed: nothing after this point runs."""


class Watched(Host):
    """Dies at the n-th effect, as a process does that is killed there."""

    def __init__(self, die_at: int) -> None:
        self.left = die_at

    def _effect(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1

    def write_json(self, path: str, data: Mapping[str, Any]) -> None:
        self._effect()
        super().write_json(path, data)

    def make_dir(self, path: str, mode: int = 0o700) -> None:
        self._effect()
        super().make_dir(path, mode)

    def rename(self, old: str, new: str) -> None:
        self._effect()
        super().rename(old, new)

    def remove_tree(self, path: str, below: str) -> None:
        self._effect()
        super().remove_tree(path, below)


@pytest.mark.parametrize("there", ["", ".local", ".local/state/claw-pilot"])
@pytest.mark.parametrize("die_at", range(6))
def test_a_kill_leaves_the_whole_journal_or_none_and_no_folder_of_ours(
    tmp_path: Path, layout: Layout, there: str, die_at: int
) -> None:
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    before = tree(tmp_path)
    try:
        _journal.open_journal(Watched(die_at), layout, DATA)
    except Killed:
        staging = os.path.basename(_journal.staging_path(layout))
        assert [name for name in tree(tmp_path) if not name.startswith(staging)] == before
        _journal.open_journal(HOST, layout, DATA)
    assert _journal.read_journal(HOST, layout) == DATA
    assert not Path(_journal.staging_path(layout)).exists()


def test_a_journal_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host()

    def full(path: str, data: Mapping[str, Any]) -> None:
        raise ClawPilotError("NO_DISK_SPACE", f"{path} cannot be written: the disk is full.")

    monkeypatch.setattr(host, "write_json", full)
    with pytest.raises(ClawPilotError):
        _journal.open_journal(host, layout, DATA)
    assert tree(tmp_path) == []


def test_what_is_not_there_is_none(layout: Layout) -> None:
    assert _journal.read_marker(HOST, layout) is None
    assert _journal.read_journal(HOST, layout) is None


def test_a_record_names_the_instance_and_what_it_brought(layout: Layout) -> None:
    data = _journal.record(layout, 18789, ("/a", "/a/b"), service_manager="systemd")
    assert data["made"] == ["/a", "/a/b"]
    assert (data["slug"], data["port"], data["service_manager"]) == ("acme", 18789, "systemd")
    assert data["collection_version"]


MALFORMED: dict[str, Any] = {
    "empty": "",
    "not JSON": "{",
    "a list": [1],
    "gateway is text": {"gateway": "x"},
    "gateway is a list": {"gateway": [18789]},
    "gateway is null": {"gateway": None},
    "port is text": {"gateway": {"port": "18789"}},
    "port is null": {"gateway": {"port": None}},
    "port is a list": {"gateway": {"port": [1]}},
    "JSON5": "{gateway: {port: 18789}, // mine\n}",
}


@pytest.mark.parametrize("config", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.filterwarnings("error")
def test_a_malformed_neighbour_claims_nothing_and_stops_nobody(
    tmp_path: Path, layout: Layout, config: Any
) -> None:
    neighbour(tmp_path, "broken", config)
    neighbour(tmp_path, "good", {"gateway": {"port": 18909}})
    assert _journal.claimed_ports(HOST, layout).get(18909) == "good"


def test_a_neighbour_that_is_no_file_at_all_stops_nobody(tmp_path: Path, layout: Layout) -> None:
    (tmp_path / ".openclaw-folder" / "openclaw.json").mkdir(parents=True)
    (tmp_path / ".openclaw-file").write_text("x")
    (tmp_path / ".openclaw-gone").symlink_to(tmp_path / "nowhere")
    assert _journal.claimed_ports(HOST, layout) == {}


def test_ports_are_claimed_by_configs_and_by_unfinished_creates(
    tmp_path: Path, layout: Layout
) -> None:
    neighbour(tmp_path, "shop", {"gateway": {"port": 18909}})
    neighbour(tmp_path, "acme", {"gateway": {"port": 18789}})  # this instance itself
    _journal.open_journal(HOST, Layout(str(tmp_path), "lab"), {"port": 19029, "made": []})
    assert _journal.claimed_ports(HOST, layout) == {18909: "shop", 19029: "lab"}
    assert _journal.siblings(HOST, layout) == ["lab", "shop"]


@pytest.mark.parametrize(
    ("config", "port"),
    [
        ({"gateway": {"mode": "local", "port": 20000}}, 20000),
        ({}, 18789),
        ({"gateway": {"mode": "local"}}, 18789),
    ],
    ids=["its own", "empty config", "default port"],
)
def test_the_legacy_instance_claims_its_port_or_openclaws_default(
    tmp_path: Path, layout: Layout, config: dict[str, Any], port: int
) -> None:
    neighbour(tmp_path, "", config)
    assert _journal.claimed_ports(HOST, layout) == {port: "default"}


def marker_of(home: Path, slug: str, **data: Any) -> None:
    other = Layout(str(home), slug)
    Path(other.state_dir).mkdir()
    HOST.write_json(other.marker_path, data)


def test_folders_that_others_brought_are_shared_but_not_their_private_ones(
    tmp_path: Path, layout: Layout
) -> None:
    state = Layout(str(tmp_path), "shop").state_dir
    made = ["/h/.local", "/h/projects", "/h/projects/shop", state]
    marker_of(tmp_path, "shop", made=made, project_dir="/h/projects/shop")
    marker_of(tmp_path, "lab", made=["/h/.local"], project_dir="/h/projects/lab")
    assert _journal.shared_made(HOST, layout) == ["/h/.local", "/h/projects"]


@pytest.mark.parametrize("made", [None, 5, "x", [["a"]], {}], ids=repr)
def test_a_malformed_marker_of_a_neighbour_stops_nobody(
    tmp_path: Path, layout: Layout, made: Any
) -> None:
    marker_of(tmp_path, "shop", made=made)
    _journal.shared_made(HOST, layout)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)
    yield child
    child.kill()
    child.communicate()


def owner(pid: int, start: str | None) -> dict[str, Any]:
    return {**DATA, "pid": pid, "pid_start": start}


def test_a_run_at_work_is_alive(process: subprocess.Popen[bytes]) -> None:
    start = _journal.process_start(process.pid)
    assert start is not None
    assert _journal.owner_alive(owner(process.pid, start))


def test_a_process_that_took_over_the_pid_is_not_the_owner(
    process: subprocess.Popen[bytes],
) -> None:
    assert not _journal.owner_alive(owner(process.pid, "1"))
    assert not _journal.owner_alive(owner(process.pid, None))


def test_a_dead_owner_is_not_alive(process: subprocess.Popen[bytes]) -> None:
    start = _journal.process_start(process.pid)
    process.kill()
    process.wait()
    assert _journal.process_start(process.pid) is None
    assert not _journal.owner_alive(owner(process.pid, start))
    assert not _journal.owner_alive(owner(process.pid, None))


def test_an_owner_that_was_killed_and_not_yet_reaped_is_not_alive(
    process: subprocess.Popen[bytes],
) -> None:
    start = _journal.process_start(process.pid)
    process.kill()
    deadline = time.monotonic() + 5
    while ") Z " not in Path(f"/proc/{process.pid}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not _journal.owner_alive(owner(process.pid, start))


@pytest.mark.parametrize("data", [None, {}, {"pid": None}, {"port": 1}], ids=repr)
def test_a_journal_without_an_owner_has_none_alive(data: dict[str, Any] | None) -> None:
    assert not _journal.owner_alive(data)


def test_this_very_process_is_not_another_owner() -> None:
    pid = os.getpid()
    assert not _journal.owner_alive(owner(pid, _journal.process_start(pid)))


def test_a_process_whose_name_is_not_text_has_a_start_time() -> None:
    rename = "open('/proc/self/comm', 'wb').write(b'a) b\\xff'); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", rename], stdin=-1, stdout=-1) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"1\n"
        try:
            start = _journal.process_start(child.pid)
            assert start is not None and start.isdigit()
        finally:
            child.kill()
