# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes with an instance: nothing of another's, and nothing is stopped for what cannot go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import (
    _journal,
    _module,
    _plugins,
    _remove,
    _states,
    _trees,
    _walk,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._instance import Instance
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState

HOST = Host()
ANOTHER = os.geteuid() + 1


class Manager:
    """A service that runs; notes what it is told."""

    kind = name = "none"
    folders = ()

    def __init__(self, home: Path) -> None:
        self.definition_path = str(home / "none.service")
        self.told: list[str] = []

    def state(self) -> ServiceState:
        return ServiceState(defined=True, active=True, pid=1)

    def stop(self) -> None:
        self.told.append("stop")

    def undefine(self) -> None:
        self.told.append("undefine")


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    home = tmp_path / "home"
    layout = Layout(str(home), "acme")
    (home / "proj").mkdir(parents=True)
    Path(layout.state_dir).mkdir()
    Path(layout.service_dir).mkdir(parents=True)
    monkeypatch.setattr(_remove, "OPENCLAW_LOG_DIR", str(tmp_path / "openclaw"))
    monkeypatch.setattr(_remove, "OPENCLAW_LOCK_DIR", str(tmp_path / "locks-{uid}"))
    record(layout)
    return layout


def record(layout: Layout, **more: Any) -> None:
    project = os.path.join(layout.home, "proj")
    data = {"made": [project, layout.state_dir], "project_dir": project, "port": 1, **more}
    Path(layout.marker_path).write_text(json.dumps(data))


def refused(layout: Layout, code: str, manager: Manager) -> ClawPilotError:
    """The error of a destroy, which has to come before anything is done."""
    with pytest.raises(ClawPilotError) as caught:
        _remove.removal(Instance(HOST, layout, manager, None))  # type: ignore[arg-type]
    assert caught.value.code == code and manager.told == []
    return caught.value


def test_it_goes_with_its_project_and_what_was_left_of_a_check(layout: Layout) -> None:
    manager = Manager(Path(layout.home))
    Path(_journal.check_path(layout)).mkdir()
    instance = Instance(HOST, layout, manager, None)  # type: ignore[arg-type]
    assert _journal.check_path(layout) in _remove.removal(instance).paths
    _remove.remove(instance)
    assert os.listdir(layout.home) == [".local"] and manager.told == ["stop", "undefine"]


@pytest.mark.parametrize("name", ["state", "project", "check", "gone"])
def test_a_link_in_the_place_of_a_folder_stops_nothing(
    layout: Layout, tmp_path: Path, name: str
) -> None:
    places = {
        "state": layout.state_dir,
        "project": os.path.join(layout.home, "proj"),
        "check": _journal.check_path(layout),
        "gone": _journal.gone_path(layout),
    }
    place = Path(places[name])
    if place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    error = refused(layout, "UNSAFE_PATH", Manager(tmp_path))
    assert str(place) in error.message


def test_a_project_of_another_user_stays(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record says what goes, and others may have written it."""
    monkeypatch.setattr(_remove, "owner_of", lambda _path: ANOTHER)
    refused(layout, "UNSAFE_PATH", Manager(Path(layout.home)))
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_owned(os.path.join(layout.home, "proj"), {ANOTHER})
    assert caught.value.code == "UNSAFE_PATH"
    assert os.path.isdir(os.path.join(layout.home, "proj"))


@pytest.mark.parametrize(
    "shape",
    [
        {"made": 5},
        {"made": None},
        {"made": ["/a", 5]},
        {"made": ["a"]},
        {"made": ["/"]},
        {"made": ["/a/../b"]},
        {"project_dir": 5},
        {"project_dir": ["/a"]},
        {"project_dir": "a"},
        {"port": "1"},
        {"port": True},
    ],
)
def test_a_record_of_another_shape_is_nothing_to_go_by(
    layout: Layout, shape: dict[str, Any]
) -> None:
    record(layout, **shape)
    refused(layout, "FILE_MALFORMED", Manager(Path(layout.home)))


def test_a_record_without_a_project_has_none(layout: Layout) -> None:
    Path(layout.marker_path).write_text(json.dumps({"made": [layout.state_dir], "port": 1}))
    instance = Instance(HOST, layout, Manager(Path(layout.home)), None)  # type: ignore[arg-type]
    _remove.remove(instance)
    assert not os.path.exists(layout.state_dir)
    assert os.path.isdir(os.path.join(layout.home, "proj"))


@pytest.mark.parametrize("place", ["home", "state_dir"])
def test_root_does_not_work_in_its_own_name_where_another_may(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if os.geteuid() == 0:
        os.chown(getattr(layout, place), 54321, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for state in ("absent", "stopped", "started", "present"):
        params = {"slug": "acme", "openclaw_home": layout.home, "state": state}
        with pytest.raises(ClawPilotError) as caught:
            _states.bring_to_state({**params, "start_timeout": 1}, False)
        assert caught.value.code == "WRONG_USER"
        assert caught.value.hint.startswith("Give openclaw_user=")
    with pytest.raises(ClawPilotError) as caught:
        _plugins.bring_to_state({"slug": "acme", "openclaw_home": layout.home}, False)
    assert caught.value.code == "WRONG_USER"


LOG = "openclaw-acme-2026-11-21.log"


def test_only_logs_of_openclaw_and_of_its_owner_go(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "openclaw"
    folder.mkdir()
    ours = ["openclaw-acme-20261121T000000Z.tar.gz", f"{LOG}.gz", "openclaw-acme-2-2026-11-21.log"]
    for name in (LOG, "openclaw-2026-11-21.log", *ours):
        (folder / name).touch()
    assert _remove.openclaw_traces(HOST, layout.state_dir) == [str(folder / LOG)]
    monkeypatch.setattr(_remove, "owner_of", lambda _path: ANOTHER)
    assert _remove.openclaw_traces(HOST, layout.state_dir) == []


def test_the_folder_of_logs_is_no_link(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / LOG).touch()
    (tmp_path / "openclaw").symlink_to(tmp_path / "backups")
    assert _remove.openclaw_traces(HOST, layout.state_dir) == []


def test_a_folder_exchanged_after_a_look_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "sub" / "x").mkdir(parents=True)
    (tmp_path / "victim" / "x" / "precious").mkdir(parents=True)
    resolve = os.path.realpath
    todo = [tmp_path / "home" / "sub"]

    def resolved(path: str, **more: Any) -> str:
        real = resolve(path, **more)
        if todo and str(path).startswith(str(todo[0])):
            sub = todo.pop()
            sub.rename(tmp_path / "aside")
            sub.symlink_to(tmp_path / "victim")
        return real

    monkeypatch.setattr(os.path, "realpath", resolved)
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_tree(str(tmp_path / "home" / "sub" / "x"), str(tmp_path / "home"))
    assert caught.value.code == "UNSAFE_PATH" and not todo
    assert (tmp_path / "victim" / "x" / "precious").exists()


def test_nothing_is_set_aside_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim" / "x").mkdir(parents=True)
    (tmp_path / "sub").symlink_to(tmp_path / "victim")
    with pytest.raises(ClawPilotError) as caught:
        HOST.set_aside(str(tmp_path / "sub" / "x"), "y")
    assert caught.value.code == "UNSAFE_PATH"
    HOST.set_aside(str(tmp_path / "victim" / "x"), "y")
    assert os.listdir(tmp_path / "victim") == ["y"]


@pytest.mark.parametrize(("name", "levels"), [("d", 1500), ("d" * 250, 30)])
def test_a_tree_of_any_depth_is_looked_at(tmp_path: Path, name: str, levels: int) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _level in range(levels):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.write(file := os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here), b"12345")
    os.close(file)
    os.close(here)
    tree = str(tmp_path / name)
    HOST.check_removable([tree])
    assert HOST.size(tree) == 5
    HOST.remove_tree(tree, str(tmp_path))


@pytest.mark.parametrize("gone", ["tree/a/b", "tree/a", "tree"])
def test_what_goes_while_it_is_looked_at_is_passed_over(tmp_path: Path, gone: str) -> None:
    for name in ("a/b/c", "z/y"):
        (tmp_path / "tree" / name).mkdir(parents=True)
    seen = set()
    for folder in _walk.walk(str(tmp_path / "tree"), lambda *_: None):
        name = os.path.relpath(folder.path, tmp_path)
        seen.add(name)
        if name == "tree/a/b/c":
            shutil.rmtree(tmp_path / gone)
    assert "tree/a/b/c" in seen
    assert gone == "tree" or {"tree/z", "tree/z/y"} <= seen
    HOST.check_removable([str(tmp_path / "tree")])


@pytest.fixture(params=["tree/empty", "tree"])
def protected(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An empty folder that chattr protects."""
    path = tmp_path / request.param
    path.mkdir(parents=True)
    if subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("this file system or user cannot protect a folder")
    yield path
    subprocess.run(["chattr", "-i", str(path)], check=True)


def test_a_protected_empty_folder_keeps_all_of_it(protected: Path, tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        HOST.check_removable([str(tmp_path / "tree")])
    assert caught.value.code == "NOT_REMOVABLE" and str(protected) in caught.value.message


class Failed(Exception):
    """What ends a module."""


class Module:
    """As much of AnsibleModule as a failure meets."""

    check_mode = False
    params: dict[str, Any] = {}  # noqa: RUF012 - nothing changes it

    def fail_json(self, **said: Any) -> None:
        json.dumps(said, ensure_ascii=False).encode()  # as Ansible reads it
        raise Failed(said)


def test_a_failure_shows_whatever_name_a_file_has() -> None:
    path = "/home/a/bad\udcff\nname; rm -rf \x1b[2J"

    def work() -> dict[str, Any]:
        raise _trees._mounted(path)

    with pytest.raises(Failed) as caught:
        _module.finish(Module(), work)  # type: ignore[arg-type]
    said = caught.value.args[0]
    for text in (said["msg"], said["failure"]["message"], said["failure"]["hint"]):
        assert text.isprintable() and "\\udcff\\nname" in text
    assert "umount '/home/a/bad" in said["failure"]["hint"]
