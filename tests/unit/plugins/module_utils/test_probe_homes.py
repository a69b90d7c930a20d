# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes that no account has: those that are named besides, and where one instance is looked for."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _probe

from tests.unit.a_host import CONFIG, INDEX, World, kinds, world

__all__ = ["world"]


@pytest.fixture
def far(world: World) -> Path:
    """A home of no account, with an instance in it."""
    home = world.root / "srv/claws"
    home.mkdir(parents=True)
    world.instance("far", home=home)
    return home


def look(world: World, *more: Path | str) -> dict[str, Any]:
    return _probe.observe(None, world.host, [str(home) for home in more])


def slugs(seen: dict[str, Any]) -> list[str]:
    return [instance["slug"] for instance in seen["instances"]]


def test_a_home_of_no_account_is_looked_at_when_it_is_named_besides(
    world: World, far: Path
) -> None:
    world.instance("near")
    assert slugs(look(world)) == ["near"]
    seen = look(world, far)
    assert slugs(seen) == ["near", "far"]
    assert seen["homes"] == [str(world.home), str(far)]
    found = seen["instances"][1]
    assert (found["openclaw_home"], found["state_dir"]) == (str(far), f"{far}/.openclaw-far")
    assert (found["openclaw_user"], found["state"]) == ("claw", "stopped")


def test_a_home_besides_that_is_not_there_is_no_error(world: World, far: Path) -> None:
    (world.root / "file").write_text("no home")
    seen = look(world, world.root / "gone", world.root / "file", far, far / "below", "")
    assert slugs(seen) == ["far"]
    assert seen["homes"] == [str(world.home), str(far)]
    assert seen["warnings"] == []


def test_no_name_of_a_home_is_not_where_we_happen_to_be(
    world: World, far: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(far)
    assert look(world, "")["homes"] == [str(world.home)]


def test_a_home_that_is_named_twice_or_by_a_link_is_looked_at_once(world: World, far: Path) -> None:
    world.instance("near")
    for name, home in (("link", far), ("mine", world.home)):
        (world.root / name).symlink_to(home)
    more = (far, far, f"{far}/", world.root / "link", world.root / "mine", world.home)
    seen = look(world, *more)
    assert slugs(seen) == ["near", "far"]
    assert seen["homes"] == [str(world.home), str(far)]
    assert [kinds(instance) for instance in seen["instances"]] == [["directory"]] * 2


def test_homes_that_are_named_leave_those_besides_out(world: World, far: Path) -> None:
    world.instance("near")
    seen = _probe.observe([str(world.home)], world.host, [str(far)])
    assert (slugs(seen), seen["homes"]) == (["near"], [str(world.home)])
    assert _probe.observe([], world.host, [str(far)])["instances"] == []


def test_one_instance_is_found_by_its_directory_whosever_home_it_is_in(
    world: World, far: Path
) -> None:
    near = world.instance("near")
    for state_dir in (near, far / ".openclaw-far"):
        (found,) = _probe.observed_at(str(state_dir), world.host)
        assert found["state_dir"] == str(state_dir)
    for nothing in (far / ".openclaw-gone", world.root / "gone/.openclaw-far", far):
        assert _probe.observed_at(str(nothing), world.host) == []


def test_one_whose_directory_has_any_name_is_found_by_what_runs_it(world: World) -> None:
    odd = world.root / "var/odd"
    odd.mkdir(parents=True)
    (odd / "openclaw.json").write_text(json.dumps(CONFIG))
    start = f"ExecStart=/usr/bin/node {INDEX} gateway\nEnvironment=OPENCLAW_STATE_DIR={odd}"
    world.unit("odd.service", start)
    world.loaded("odd.service", ActiveState="inactive")
    (found,) = _probe.observed_at(str(odd), world.host)
    assert (found["source"], found["openclaw_home"]) == ("service", str(world.home))


def test_a_cell_in_nobodys_home_is_found_by_its_directory(world: World, far: Path) -> None:
    cell = far / ".openclaw/fleet/cells/tenant-a"
    cell.mkdir(parents=True)
    (cell / "openclaw.json").write_text(json.dumps(CONFIG))
    (found,) = _probe.observed_at(str(cell), world.host)
    assert (found["slug"], found["openclaw_home"]) == ("tenant-a", str(far))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_link_to_a_folder_of_somebody_else_is_left_alone(world: World) -> None:
    state = world.instance("acme")
    mallory = world.make_home("mallory", 54321)
    path = mallory / ".openclaw-mine"
    path.symlink_to(state)
    os.chown(path, 54321, 54321, follow_symlinks=False)
    seen = world.observe()
    (found,) = seen["instances"]
    assert (found["slug"], found["openclaw_home"]) == ("acme", str(world.home))
    (warning,) = seen["warnings"]
    assert (warning["code"], warning["path"]) == ("STATE_DIR_UNREADABLE", str(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_process_does_not_speak_for_the_folder_of_somebody_else(world: World) -> None:
    """Else its config would be shown as that instance's, and its end would be that gateway's."""
    state = world.instance("acme")
    mallory = world.make_home("mallory", 54321)
    (mallory / "evil.json").write_text('{"gateway": {"mode": "local", "port": 6666}}')
    environment = {
        "OPENCLAW_STATE_DIR": str(state),
        "OPENCLAW_CONFIG_PATH": str(mallory / "evil.json"),
    }
    world.process(99, ("openclaw", "gateway"), environment)
    os.chown(world.root / "proc" / "99", 54321, 54321)
    found = {i["slug"]: i for i in world.observe()["instances"]}
    assert found["acme"]["config_path"] == str(state / "openclaw.json")
    assert found["acme"]["process"]["pid"] == 0 and found["acme"]["port"] != 6666
