# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed after any of its effects leaves nothing that the next run cannot mend."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import Home, ModuleFailed, listing

MOST_EFFECTS = 80


def kill_at(home: Home, count: int, **more: object) -> bool:
    """Run with a kill after that effect; False when the run ended before it."""
    try:
        home.instance("acme", "--kill-after", str(count), **more)
    except ModuleFailed as failure:
        assert failure.result == {}, failure
        return True
    return False


def test_a_create_killed_after_every_effect_converges_or_cleans_up(stub_home: Home) -> None:
    before = listing(stub_home.path)
    killed = 0
    for count in range(1, MOST_EFFECTS):
        if not kill_at(stub_home, count):
            break
        killed += 1
        if count % 2:  # absent straight after the kill cleans up ...
            stub_home.instance("acme", state="absent")
            assert listing(stub_home.path) == before, f"after effect {count}"
        again = stub_home.instance("acme")  # ... and a re-run converges
        assert again["instance"]["state"] == "running", f"after effect {count}"
        assert stub_home.instance("acme")["changed"] is False, f"after effect {count}"
        stub_home.instance("acme", state="absent")
        assert listing(stub_home.path) == before, f"after effect {count}"
    assert killed > 15
    assert killed < MOST_EFFECTS - 1


def test_a_destroy_killed_after_every_effect_is_finished_by_the_next(
    stub_home: Home, tmp_path: Path
) -> None:
    before = listing(stub_home.path)
    backups = {"backup_dir": str(tmp_path / "kept")}
    killed = 0
    for count in range(1, MOST_EFFECTS):
        stub_home.instance("acme")
        survived = not kill_at(stub_home, count, state="absent", **backups)
        gone = not stub_home.state_dir("acme").exists()
        assert not gone or list(tmp_path.glob("kept/*.gz")), f"after effect {count}"
        stub_home.instance("acme", state="absent", **backups)
        assert listing(stub_home.path) == before, f"after effect {count}"
        assert not list(tmp_path.glob("kept/*.partial")), f"after effect {count}"
        if survived:
            break
        killed += 1
        shutil.rmtree(tmp_path / "kept", ignore_errors=True)
    assert 10 < killed < MOST_EFFECTS - 1


STEPS = "claim config first_start_env define start live env directories files ready commit".split()


@pytest.mark.parametrize("step", STEPS)
def test_the_real_gateway_comes_up_after_a_kill_at_that_step(home: Home, step: str) -> None:
    before = listing(home.path)
    with pytest.raises(ModuleFailed) as killed:
        home.instance("acme", "--kill-after-step", step)
    assert killed.value.result == {}
    again = home.instance("acme")
    assert again["instance"]["state"] == "running"
    assert again["changed"] is (step != "commit")
    home.instance("acme", state="absent")
    assert listing(home.path) == before


def test_the_steps_above_are_all_steps_of_a_create(stub_home: Home) -> None:
    assert stub_home.instance("acme", "--check")["steps"] == STEPS


@pytest.mark.parametrize("folder", [".local", ".local/state/other", "projects/acme"])
def test_what_was_there_before_is_there_after(stub_home: Home, folder: str) -> None:
    theirs = stub_home.path / folder
    theirs.mkdir(parents=True)
    (theirs / "keep.txt").write_text("mine")
    before = listing(stub_home.path)
    stub_home.instance("acme")
    stub_home.instance("acme", state="absent")
    assert listing(stub_home.path) == before


def test_the_last_of_two_instances_removes_what_they_share(stub_home: Home) -> None:
    before = listing(stub_home.path)
    stub_home.instance("one")
    stub_home.instance("two")
    stub_home.instance("one", state="absent")
    assert stub_home.instance("two")["changed"] is False
    stub_home.instance("two", state="absent")
    assert listing(stub_home.path) == before
