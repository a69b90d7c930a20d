# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name in a folder of ours that leads to a file of others: nothing is done to that file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

HOST = Host()


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A file of somebody else, to which a name in one of our folders leads."""
    path = tmp_path / "theirs"
    path.write_text("theirs")
    path.chmod(0o644)
    (tmp_path / "ours").mkdir()
    return path


def test_no_mode_is_changed_through_a_symbolic_link(theirs: Path, tmp_path: Path) -> None:
    link = tmp_path / "ours" / "openclaw.json"
    link.symlink_to(theirs)
    with pytest.raises(ClawPilotError, match="is a link"):
        HOST.set_mode(str(link), 0o600)
    assert theirs.stat().st_mode & 0o777 == 0o644


def test_root_changes_no_mode_through_a_hard_link(
    theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = tmp_path / "ours" / "openclaw.json"
    os.link(theirs, name)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(ClawPilotError, match="another name of a file"):
        HOST.set_mode(str(name), 0o600)
    assert theirs.stat().st_mode & 0o777 == 0o644
    monkeypatch.setattr(os, "geteuid", lambda: 1000)  # one's own file under two names
    HOST.set_mode(str(name), 0o600)


def test_a_folder_swapped_for_a_link_as_it_is_made_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, there = os.mkdir, tmp_path / "there"
    there.mkdir(mode=0o755)

    def swapped(path: str, mode: int) -> None:
        make(path, mode)
        os.rmdir(path)
        os.symlink(there, path)

    monkeypatch.setattr(os, "mkdir", swapped)
    with pytest.raises(ClawPilotError, match="is a link"):
        HOST.make_dir(str(tmp_path / "new"))
    assert there.stat().st_mode & 0o777 == 0o755


def test_writing_leaves_the_other_name_of_a_file_as_it_was(theirs: Path, tmp_path: Path) -> None:
    name = tmp_path / "ours" / "openclaw.json"
    os.link(theirs, name)
    HOST.write(str(name), "ours")
    assert theirs.read_text() == "theirs" and name.read_text() == "ours"
    assert theirs.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_new_file_is_never_one_that_is_there(
    theirs: Path, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    name = tmp_path / "ours" / "backup.partial"
    link(theirs, name)
    with pytest.raises(ClawPilotError) as caught:
        HOST.new_file(str(name))
    assert caught.value.code == "WRITE_FAILED"
    assert theirs.read_text() == "theirs"
