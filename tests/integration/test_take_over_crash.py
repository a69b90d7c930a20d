# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A take-over that is killed after any of its effects is finished by the next run, or undone.

So is the removal of what others made and nobody took over.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import stat
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import ModuleFailed, new_home, with_node
from .foreign import API_KEY, SLACK, TOKEN, Foreign, snapshot

MOST_EFFECTS = 41
STEPS = (
    "note_predecessor env directories files stop_predecessor config modes define start live ready"
    " retire_predecessor commit"
).split()
# Has the title of a gateway, so that it is found, and a config check that is content. By that title
# Python does not find its venv.
NODE = f"""\
#!/bin/bash
for word in "$@"; do
  if [ "$word" = validate ]; then echo '{{"valid": true}}'; exit 0; fi
done
export PYTHONPATH="{sysconfig.get_path("purelib")}"
exec -a openclaw-gateway"""


@pytest.fixture(scope="module")
def titled_prefix(real_prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_node(tmp_path_factory.mktemp("titled"), real_prefix, NODE)


@pytest.fixture
def theirs(titled_prefix: Path) -> Iterator[Foreign]:
    home = new_home(titled_prefix)
    made = Foreign(home, "acme").make()
    (made.state_dir / ".env").write_text("MINE=1\n")
    made.start(SLACK_TOKEN=SLACK)
    yield made
    made.stop()
    home.clean_up()


FILES = {"main": {"SOUL.md": "ours"}, "new": {"SOUL.md": "ours"}}


def take_over(theirs: Foreign, *flags: str, **more: Any) -> dict[str, Any]:
    options = {"agents": [{"id": "main"}, {"id": "new"}], "workspace_files": FILES, **more}
    return theirs.home.instance("acme", *flags, take_over=True, adopted=theirs.adopted, **options)


def check_taken(theirs: Foreign) -> None:
    env = (theirs.state_dir / ".env").read_text()
    for text in (TOKEN, API_KEY, SLACK, "MINE=1"):
        assert text in env
    aside = [theirs.state_dir / f"{name}.before-claw-pilot" for name in ("openclaw.json", ".env")]
    assert json.loads(aside[0].read_text())["gateway"]["auth"]["token"] == TOKEN
    assert aside[1].read_text() == "MINE=1\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in aside] == [0o600, 0o600]
    entries = theirs.config["agents"]["entries"]
    assert entries["main"]["workspace"].endswith("/their-work")
    assert not (theirs.home.path / "their-work" / "SOUL.md").exists()
    assert (Path(entries["new"]["workspace"]) / "SOUL.md").read_text() == "ours"
    assert not (theirs.state_dir / ".claw-pilot-take-over.json").exists()
    assert not theirs.runs
    assert take_over(theirs)["changed"] is False


def test_the_steps_are_all_that_there_are(theirs: Foreign) -> None:
    assert take_over(theirs, "--check")["steps"] == STEPS
    assert take_over(theirs)["steps"] == STEPS
    check_taken(theirs)


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_a_step_it_goes_on(theirs: Foreign, step: str) -> None:
    with pytest.raises(ModuleFailed) as killed:
        take_over(theirs, "--kill-after-step", step)
    assert killed.value.result == {}
    if step != "commit":
        others: list[dict[str, Any]] = [{"state": "started"}, {"state": "absent"}, {}]
        for more in others:
            with pytest.raises(ModuleFailed) as failure:
                theirs.home.instance("acme", adopted=theirs.adopted, confirm="acme", **more)
            assert failure.value.code == "TAKE_OVER_UNFINISHED"
    take_over(theirs)
    check_taken(theirs)


def test_the_effects_below_are_all_that_there_are(theirs: Foreign) -> None:
    take_over(theirs, "--kill-after", str(MOST_EFFECTS))
    check_taken(theirs)


@pytest.mark.parametrize("count", range(1, MOST_EFFECTS))
def test_killed_after_an_effect_it_goes_on_or_is_put_back(theirs: Foreign, count: int) -> None:
    before = snapshot(theirs.state_dir)
    around = {path.name for path in theirs.home.path.iterdir()}
    with contextlib.suppress(ModuleFailed):  # it ends before that effect
        take_over(theirs, "--kill-after", str(count))
    if count % 2 and not (theirs.state_dir / ".claw-pilot.json").exists():
        with pytest.raises(ModuleFailed):  # nothing is live after no time
            take_over(theirs, start_timeout=0)
        found = snapshot(theirs.state_dir)
        files = ("openclaw.json", ".env")
        assert [found[name] for name in files] == [before[name] for name in files]
        assert not [name for name in found if "claw-pilot" in name]
        assert {path.name for path in theirs.home.path.iterdir()} == around
        theirs.stop()  # where it was not even stopped
        theirs.home.slugs.add("acme")
        theirs.start(SLACK_TOKEN=SLACK)
    take_over(theirs)
    check_taken(theirs)


@pytest.mark.parametrize("kept", [False, True], ids=["", "with a backup"])
def test_a_removal_killed_after_every_effect_is_finished_by_the_next(
    titled_prefix: Path, kept: bool
) -> None:
    home = new_home(titled_prefix)
    folder = home.path / "kept"
    options: dict[str, Any] = {"backup_dir": str(folder)} if kept else {}
    options |= {"state": "absent", "confirm": "acme"}
    (home.path / "acme.out").touch()
    around = {path.name for path in home.path.iterdir()} | ({"kept"} if kept else set())
    killed = []
    for count in range(1, MOST_EFFECTS):
        theirs = Foreign(home, "acme").make()
        (theirs.state_dir / "agents").mkdir()
        (theirs.state_dir / "agents" / "notes").write_text("mine")
        theirs.start()
        try:
            home.instance("acme", "--kill-within", str(count), adopted=theirs.adopted, **options)
            break
        except ModuleFailed as failure:
            assert failure.result == {}, failure
            killed.append((count, theirs.state_dir.exists()))
            archives = list(folder.glob("*.gz"))
            assert not kept or theirs.state_dir.exists() or archives, killed
            if (home.path / ".claw-pilot-openclaw-acme.gone").exists():
                with pytest.raises(ModuleFailed, match="has to be confirmed"):
                    home.instance("acme", adopted=theirs.adopted, **{**options, "confirm": ""})
            home.instance("acme", adopted=theirs.adopted, **options)
        finally:
            theirs.stop()
        assert {path.name for path in home.path.iterdir()} == around, f"after effect {count}"
        assert not list(folder.glob("*.partial")), f"after effect {count}"
        shutil.rmtree(folder, ignore_errors=True)
    assert {there for _count, there in killed} == {True, False}
    assert 5 < len(killed) < MOST_EFFECTS - 2
    shutil.rmtree(home.path)
