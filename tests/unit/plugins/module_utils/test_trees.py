# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes, goes whole or not at all, and nothing beyond a mount or a link goes with it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _trees
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.mounts import namespace

HOST = Host()
# Tries both doors on a tree with something mounted in it; prints what each says.
ATTEMPT = """
import sys
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
home, tree = sys.argv[1:]
for work in (lambda: Host().check_removable([tree]), lambda: Host().remove_tree(tree, home)):
    try:
        work()
        print("done")
    except ClawPilotError as error:
        print(error.code, error.message)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An instance with folders; beside its home lies data of somebody else."""
    tree = tmp_path / "home" / ".openclaw-acme"
    (tree / "deep" / "er").mkdir(parents=True)
    (tree / "deep" / "file").write_text("ours")
    (tmp_path / "theirs" / "photos").mkdir(parents=True)
    (tmp_path / "theirs" / "photos" / "one").write_text("theirs")
    return tree


MOUNTS = {
    "a folder": ("deep/er", "mount --bind {theirs} {place}"),
    "a folder read-only": ("deep/er", "mount --bind -o ro {theirs} {place}"),
    "a file": ("deep/file", "mount --bind {theirs}/photos/one {place}"),
    "another file system": ("deep/er", "mount -t tmpfs none {place} && mkdir {place}/theirs"),
    "the tree itself": ("", "mount --bind {theirs} {place}"),
    "a name that is escaped": ("deep/a b\t\\x", "mount --bind {theirs} {place}"),
    "a name that is no text": ("deep/\udcff", "mount --bind {theirs} {place}"),
}


@pytest.mark.parametrize("kind", MOUNTS)
def test_nothing_goes_where_something_is_mounted(tree: Path, tmp_path: Path, kind: str) -> None:
    inside, command = MOUNTS[kind]
    place = tree / inside
    if not place.exists():
        place.mkdir()
    theirs = shlex.quote(str(tmp_path / "theirs"))
    mount = command.format(theirs=theirs, place=shlex.quote(str(place)))
    done = subprocess.run(
        namespace(mount, sys.executable, "-c", ATTEMPT, str(tree.parent), str(tree)),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=60,
    )
    looked, removed = done.stdout.splitlines()[:1], done.stdout.splitlines()[-1:]
    assert looked[0].startswith("MOUNT_BELOW "), done.stdout + done.stderr
    assert re.split("[\\\\\t\udcff]", str(place), maxsplit=1)[0] in looked[0]
    assert removed[0].startswith("MOUNT_BELOW "), done.stdout
    assert (tmp_path / "theirs" / "photos" / "one").read_text() == "theirs"
    assert tree.exists()


def test_the_mount_points_are_those_of_the_kernel() -> None:
    text = (
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "short\n"
        "5 1 0:7 / /home/alice/a\rb\vc\x85d\u2028e rw - fuse.x x rw,user_id=1000\n"
        "2 1 0:5 /a /srv/a\\040b\\011c\\012d\\134e rw shared:1 - nfs host:/a rw\n"
        "3 1 0:6 / /srv/\u00fc\udcff rw - tmpfs none rw\n"
    )
    assert _trees.mount_points(text.encode("utf-8", "surrogateescape")) == [
        "/",
        "/home/alice/a\rb\vc\x85d\u2028e",
        "/srv/a b\tc\nd\\e",
        "/srv/\u00fc\udcff",
    ]


def test_a_tree_deeper_than_there_are_descriptors_goes(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _level in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    HOST.remove_tree(str(tmp_path / "d"), str(tmp_path))
    assert os.listdir(tmp_path) == []


@pytest.fixture
def seam(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Have something happen after a folder was found to be one, before it is entered."""
    enter = _trees._entered
    todo: list[Callable[[], object]] = []

    def entered(folder: int, name: str, path: str) -> int:
        if name == "deep" and todo:
            todo.pop()()
        return enter(folder, name, path)

    monkeypatch.setattr(_trees, "_entered", entered)
    yield todo.append
    assert not todo


def test_a_folder_swapped_for_a_link_is_not_followed(
    tree: Path, tmp_path: Path, seam: Callable[[Callable[[], object]], None]
) -> None:
    def swap() -> None:
        (tree / "deep").rename(tree.parent / "aside")
        (tree / "deep").symlink_to(tmp_path / "theirs")

    seam(swap)
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_tree(str(tree), str(tree.parent))
    assert caught.value.code == "UNSAFE_PATH"
    assert (tmp_path / "theirs" / "photos" / "one").exists()


def test_a_folder_above_swapped_for_a_link_is_not_followed(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = Host._resolved

    def swapped(self: Host, path: str) -> str:
        real = resolved(self, path)
        tree.parent.rename(tmp_path / "aside")
        tree.parent.symlink_to(tmp_path / "theirs")
        (tmp_path / "theirs" / "photos").rename(tmp_path / "theirs" / tree.name)
        return real

    monkeypatch.setattr(Host, "_resolved", swapped)
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_tree(str(tree), str(tree.parent))
    assert caught.value.code == "UNSAFE_PATH"
    assert (tmp_path / "theirs" / tree.name / "one").exists()


def test_a_folder_moved_away_meanwhile_does_not_lead_out(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = _trees._unlinked

    def unlinked(folder: int, name: str) -> bool:
        if name == "file":  # we are in deep: its parent is now theirs
            (tree / "deep").rename(tmp_path / "theirs" / "deep")
        return unlink(folder, name)

    monkeypatch.setattr(_trees, "_unlinked", unlinked)
    with pytest.raises(ClawPilotError) as caught:
        HOST.remove_tree(str(tree), str(tree.parent))
    assert caught.value.code == "UNSAFE_PATH"
    assert (tmp_path / "theirs" / "photos" / "one").exists()


def test_what_is_still_written_goes_too(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_trees, "PAUSE", 0.01)
    stop = threading.Event()

    def write() -> None:
        for number in range(10):
            if not stop.wait(0.005) and (tree / "deep").exists():
                (tree / "deep" / f"late{number}").touch()

    thread = threading.Thread(target=write)
    thread.start()
    HOST.remove_tree(str(tree), str(tree.parent))
    stop.set()
    thread.join()
    assert not tree.exists()


def refused(*paths: Path) -> ClawPilotError:
    with pytest.raises(ClawPilotError) as caught:
        HOST.check_removable([str(path) for path in paths])
    return caught.value


def test_what_can_go_is_found_so(tree: Path, tmp_path: Path) -> None:
    (tree / "pipe").parent.mkdir(exist_ok=True)
    os.mkfifo(tree / "pipe")
    (tree / "out").symlink_to(tmp_path / "nowhere")
    HOST.check_removable([str(tree), str(tree / "deep" / "file"), str(tree / "out")])


@pytest.fixture
def protected(tree: Path) -> Iterator[Path]:
    """A file that chattr protects."""
    path = tree / "deep" / "file"
    if subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("this file system or user cannot protect a file")
    yield path
    subprocess.run(["chattr", "-i", str(path)], check=True)


def test_a_protected_file_keeps_all_of_it(protected: Path, tree: Path) -> None:
    error = refused(tree)
    assert error.code == "NOT_REMOVABLE" and str(protected) in error.message
    assert "Nothing was changed" in error.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may change every folder")
def test_a_folder_of_others_keeps_all_of_it(tree: Path) -> None:
    (tree / "deep").chmod(0o500)
    error = refused(tree)
    (tree / "deep").chmod(0o700)
    assert error.code == "NOT_REMOVABLE" and str(tree / "deep") in error.message


def test_another_name_of_a_file_keeps_its_content_and_mode(tree: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs" / "photos" / "one"
    theirs.chmod(0o640)
    os.link(theirs, tree / "deep" / "hard")
    HOST.remove_tree(str(tree), str(tree.parent))
    assert theirs.read_text() == "theirs"
    assert theirs.stat().st_mode & 0o777 == 0o640
