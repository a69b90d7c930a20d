# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root reads for nobody what that user may not read: links, hard links, named paths, pipes."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _log_files, _reading, _state_files
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.unit.a_host import World, world

__all__ = ["world"]
MALLORY, VICTIM = 54321, 54322
SECRET = "root:$6$canary-7c1e:20000:0:99999:7:::\n"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read for others")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of Mallory's, which she may enter."""
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    found = tmp_path / "home"
    found.mkdir(mode=0o755)
    os.chown(found, MALLORY, MALLORY)
    return found


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file as /etc/shadow: root's only."""
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    path = folder / "shadow"
    path.write_text(SECRET)
    path.chmod(0o600)
    return path


def refused(path: Path, named_by: int = 0) -> str:
    with pytest.raises(ClawPilotError) as raised:
        _reading.read_bounded(str(path), 1000, named_by)
    assert "canary" not in raised.value.message
    return raised.value.code


def link(home: Path, target: Path) -> Path:
    path = home / "openclaw.json"
    path.symlink_to(target)
    os.chown(path, MALLORY, MALLORY, follow_symlinks=False)
    return path


def linked_folder(home: Path, target: Path) -> Path:
    path = home / "state"
    path.symlink_to(target.parent)
    os.chown(path, MALLORY, MALLORY, follow_symlinks=False)
    return path / target.name


def linked_twice(home: Path, target: Path) -> Path:
    """Through a link of root's that Mallory leads to with one of her own."""
    (target.parent / "alias").symlink_to(target)
    return link(home, target.parent / "alias")


def upwards(home: Path, target: Path) -> Path:
    return link(home, Path("..") / "secrets" / target.name)


def hard_link(home: Path, target: Path) -> Path:
    path = home / "openclaw.json"
    path.hardlink_to(target)
    return path


def hard_link_for_all(home: Path, target: Path) -> Path:
    shared = home.parent / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    return hard_link(shared, target)


PLACED = [link, linked_folder, linked_twice, upwards, hard_link, hard_link_for_all]


@as_root
@pytest.mark.parametrize("place", PLACED)
def test_no_name_that_somebody_gives_it_opens_a_file_of_root(
    place: Callable[[Path, Path], Path], home: Path, secret: Path
) -> None:
    path = place(home, secret)
    assert path.read_text() == SECRET  # as every program of root's would
    assert refused(path) == "FILE_UNREADABLE"
    with pytest.raises(ClawPilotError):
        Host().read(str(path))
    assert Host().tail(str(path)) == []


@as_root
def test_a_path_that_somebody_names_is_one_that_they_may_read(home: Path, secret: Path) -> None:
    assert refused(secret, named_by=MALLORY) == "FILE_UNREADABLE"
    assert _reading.read_bounded(str(secret), 1000)[0] == SECRET
    secret.chmod(0o644)
    assert _reading.read_bounded(str(secret), 1000, MALLORY)[0] == SECRET
    secret.parent.chmod(0o700)  # open to all, but nobody gets there
    assert refused(secret, named_by=MALLORY) == "FILE_UNREADABLE"


@as_root
def test_what_is_their_own_is_read_by_any_name(home: Path) -> None:
    own = home / "elsewhere"
    own.write_text("{}")
    own.chmod(0o600)
    os.chown(own, MALLORY, MALLORY)
    (home / "hard.json").hardlink_to(own)
    for path in (own, home / "hard.json", link(home, own)):
        assert _reading.read_bounded(str(path), 10, MALLORY)[0] == "{}"
        assert _reading.read_bounded(str(path), 10)[0] == "{}"


@as_root
def test_what_root_left_in_a_home_is_read_as_far_as_who_has_it_may(home: Path) -> None:
    """A gateway that ran by sudo once, or a second name of what had another: nobody can tell."""
    path = home / "openclaw.json"
    path.write_text("{}")
    path.chmod(0o644)
    assert _reading.read_bounded(str(path), 10)[0] == "{}"
    path.chmod(0o600)
    assert refused(path) == "FILE_UNREADABLE"


@as_root
def test_a_hard_link_that_outlives_its_original_is_still_one(home: Path, secret: Path) -> None:
    (home / "gateway.log").hardlink_to(secret)
    secret.unlink()  # as a log that is rotated away
    assert (home / "gateway.log").stat().st_nlink == 1
    assert refused(home / "gateway.log") == "FILE_UNREADABLE"


@as_root
def test_a_link_of_roots_is_given_by_who_has_its_folder(home: Path, secret: Path) -> None:
    (home / "openclaw.json").symlink_to(secret)  # moved here, by a hard link
    assert refused(home / "openclaw.json") == "FILE_UNREADABLE"


@as_root
@pytest.mark.parametrize("path", ["/proc/self/maps", "/proc/self/status", "/proc/version"])
def test_what_the_kernel_tells_is_named_and_linked_by_nobody(home: Path, path: str) -> None:
    assert refused(link(home, Path(path))) == "FILE_UNREADABLE"
    assert refused(Path(path), named_by=MALLORY) == "FILE_UNREADABLE"
    assert _reading.read_bounded(path, 1 << 20)[0]


@as_root
@pytest.mark.parametrize(
    ("place", "told_by"),
    [
        *((place, MALLORY) for place in ("nowhere", "home/nowhere", "secrets", "home")),
        ("nowhere", 0),  # nobody knows whose config it is
        ("home", 0),
    ],
)
def test_a_log_is_nobodys_whatever_directory_it_is_said_to_be_of(
    home: Path, secret: Path, place: str, told_by: int
) -> None:
    instance = {"state_dir": str(home.parent / place), "log_path": str(secret)}
    instance["console_log_path"] = ""
    told = {"told_by": told_by, "slug": "acme", "service": {"manager": "none"}}
    with ExitStack() as stack, pytest.raises(ClawPilotError) as raised:
        _log_files.opened({**instance, **told}, stack)
    assert raised.value.code == "FILE_UNREADABLE"


@pytest.mark.parametrize("opened", [Host().read, lambda p: _reading.read_bounded(p, 10)])
def test_a_pipe_holds_nobody_up(opened: Callable[[str], Any], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ClawPilotError) as raised:
        opened(str(tmp_path / "pipe"))
    assert raised.value.code == "NOT_A_FILE"
    assert Host().tail(str(tmp_path / "pipe")) == []


def test_a_file_without_end_is_not_read_by_anybody(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(ClawPilotError) as raised:
        Host().read(str(path))
    assert raised.value.code == "FILE_TOO_LARGE"


def test_links_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert refused(tmp_path / "a") == "FILE_UNREADABLE"


@as_root
def test_a_config_names_no_log_that_its_owner_may_not_read(home: Path, secret: Path) -> None:
    state = home / ".openclaw-acme"
    state.mkdir()
    os.chown(state, MALLORY, MALLORY)
    instance = {
        "state_dir": str(state),
        "log_path": str(secret),
        "console_log_path": "",
        "told_by": 0,
    }
    with ExitStack() as stack, pytest.raises(ClawPilotError) as raised:
        _log_files.opened({**instance, "slug": "acme", "service": {"manager": "none"}}, stack)
    assert raised.value.code == "FILE_UNREADABLE"


@as_root
def test_a_config_includes_nothing_that_its_owner_may_not_read(home: Path, secret: Path) -> None:
    state = home / ".openclaw-acme"
    state.mkdir()
    secret.write_text('{"canary": "canary-7c1e"}')
    (state / "openclaw.json").write_text('{"$include": "./more.json"}')
    for path in (state, state / "openclaw.json"):
        os.chown(path, MALLORY, MALLORY)
    read = _state_files.read_config
    config = str(state / "openclaw.json")
    (state / "more.json").symlink_to(secret)
    os.chown(state / "more.json", MALLORY, MALLORY, follow_symlinks=False)
    roots = (str(secret.parent),)  # even where it may include from there
    found = read(config, roots, str(state))
    assert found.value is None and "canary" not in str(found.problem)
    # Nor is it the config itself.
    assert read(str(secret), (), str(state)).value is None


@as_root
def test_discovery_shows_nothing_of_a_linked_config(world: World, secret: Path) -> None:
    state = world.instance("acme")
    for path in (world.home, state):
        os.chown(path, MALLORY, MALLORY)
    (state / "openclaw.json").unlink()
    link(state, secret)
    (found,) = world.observe()["instances"]
    (problem,) = found["problems"]
    assert problem["code"] == "FILE_UNREADABLE"
    assert "where" not in problem["message"] and "canary" not in str(found)
