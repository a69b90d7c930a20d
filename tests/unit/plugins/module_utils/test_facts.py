# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The observation for modules: which homes are looked at, and which instance is meant."""

from __future__ import annotations

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _facts, _probe
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.unit.a_host import World, codes, world

__all__ = ["world"]
ALL = "/home/ann"


class Host:
    """Stands in for observe(): instances by home; a home of None is every account's.

    asked: the homes and those besides them, each time.
    """

    def __init__(self, *found: tuple[str, str]) -> None:
        self.found = [(os.path.realpath(home), slug) for home, slug in found]
        self.asked: list[tuple[list[str] | None, list[str]]] = []

    def observe(
        self,
        homes: Sequence[str] | None = None,
        _host: Any = None,
        more_homes: Sequence[str] = (),
        proof: None = None,
    ) -> dict[str, Any]:
        self.asked.append((None if homes is None else list(homes), list(more_homes)))
        looked = [ALL] if homes is None else list(homes)
        instances = [
            {"slug": slug, "openclaw_home": home, "state_dir": f"{home}/.openclaw-{slug}"}
            for home, slug in self.found
            if home in looked
        ]
        warnings = [{"code": "X", "path": home, "message": "x"} for home in [*looked, "/always"]]
        return {"homes": looked, "instances": instances, "warnings": warnings}


def use(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str]) -> Host:
    host = Host(*found)
    for module in (_facts, _probe):
        monkeypatch.setattr(module, "observe", host.observe)
    return host


def test_without_options_every_home_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    host = use(monkeypatch, (ALL, "acme"))
    assert [i["slug"] for i in _facts.observation({})["instances"]] == ["acme"]
    assert host.asked == [(None, [])]


def test_homes_that_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    host = use(monkeypatch)
    _facts.observation({"openclaw_home": [str(tmp_path)], "more_homes": [ALL]})
    _facts.observation({"openclaw_home": str(tmp_path)})
    me = pwd.getpwuid(os.getuid())
    _facts.observation({"openclaw_user": me.pw_name, "openclaw_home": []})
    assert host.asked == [([str(tmp_path)], [ALL]), ([str(tmp_path)], []), ([me.pw_dir], [])]
    with pytest.raises(ClawPilotError, match="does not exist") as failed:
        _facts.observation({"openclaw_home": [str(tmp_path), "/nowhere/at/all"]})
    assert failed.value.code == "HOME_NOT_FOUND"


def test_more_homes_are_looked_at_in_the_same_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    host = use(monkeypatch)
    more = ["/srv/claws", "/srv/more"]
    _facts.observation({"openclaw_home": None, "openclaw_user": None, "more_homes": more})
    assert host.asked == [(None, more)]


def test_of_more_homes_each_is_told_of_once_and_also_one_that_is_gone(world: World) -> None:
    far, gone = world.root / "far", str(world.root / "gone")
    far.mkdir()
    for home, slug in ((world.home, "acme"), (far, "acme"), (far, "beta")):
        world.instance(slug, home=home)
    (world.root / "link").symlink_to(far)
    world.engine_warnings.append({"code": "DOCKER_UNANSWERED", "path": "docker", "message": "x"})
    more = [str(world.home), str(far), str(world.root / "link"), gone, ""]
    options = {"openclaw_home": None, "openclaw_user": None, "more_homes": more}
    seen = _facts.observation(options, world.host)
    assert [(i["openclaw_home"], i["slug"]) for i in seen["instances"]] == [
        (str(far), "acme"),
        (str(far), "beta"),
        (str(world.home), "acme"),
    ]
    assert seen["homes"] == [str(world.home), str(far), gone]
    assert codes(seen["warnings"]) == ["DOCKER_UNANSWERED"]
    named = {"openclaw_home": str(world.home), "more_homes": [*more, gone]}
    assert _facts.observation(named, world.host)["homes"] == [str(world.home)]


def test_a_home_that_nobody_lets_us_look_at_was_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch)
    monkeypatch.setattr(_facts.os.path, "isdir", lambda _path: False)

    def refuse(*_arguments: Any, **_more: Any) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_facts.os, "stat", refuse)
    assert _facts.observation({"more_homes": ["/closed"]})["homes"] == [ALL]


def params(slug: str, home: Path | None = None, **more: Any) -> dict[str, Any]:
    return {"slug": slug, "openclaw_home": str(home) if home else None, **more}


def test_instances_of_one_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, (str(tmp_path), "acme"), (str(tmp_path), "beta"), (ALL, "acme"))
    every = {"openclaw_home": str(tmp_path)}
    assert [i["slug"] for i in _facts.list_instances(every)] == ["acme", "beta"]
    assert [i["slug"] for i in _facts.list_instances(params("beta", tmp_path))] == ["beta"]
    assert _facts.list_instances(params("nobody", tmp_path)) == []


def test_one_instance_by_home_and_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, (str(tmp_path), "acme"), (ALL, "acme"))
    for adopted in (None, {"state_dir": ""}):
        found = _facts.find_one(params("acme", tmp_path, adopted=adopted))
        assert found["openclaw_home"] == str(tmp_path)
    with pytest.raises(ClawPilotError, match=f"no instance 'nobody' in {tmp_path}") as failed:
        _facts.find_one(params("nobody", tmp_path))
    assert failed.value.code == "INSTANCE_NOT_FOUND"


def test_an_adopted_one_is_found_by_its_directory_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, (str(tmp_path), "found"), (ALL, "theirs"))
    there = {"state_dir": f"{tmp_path}/.openclaw-found"}
    found = _facts.find_one(params("named", tmp_path, adopted=there))
    assert (found["slug"], found["state_dir"]) == ("named", there["state_dir"])
    theirs = {"state_dir": f"{ALL}/.openclaw-theirs"}
    assert _facts.find_one(params("x", adopted=theirs))["openclaw_home"] == ALL
    assert _facts.find_one(params("x", tmp_path, adopted=theirs))["openclaw_home"] == ALL
    with pytest.raises(ClawPilotError, match="no instance 'x' in /gone/.openclaw-x"):
        _facts.find_one(params("x", tmp_path, adopted={"state_dir": "/gone/.openclaw-x"}))
