# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adopted instances: started, stopped and removed as they are, and nothing else with them."""

from __future__ import annotations

import os
import pwd
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _adopted
from ansible_collections.claw.pilot.plugins.module_utils._foreign_services import (
    ForeignProgram,
    ForeignService,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._remove import archive
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState

from tests.unit.observed import observe_only

ME = pwd.getpwuid(os.geteuid()).pw_name


class Service(ForeignService):
    """What runs it; notes what it is told."""

    def __init__(self, host: Host, instance: dict[str, Any], active: bool = False) -> None:
        super().__init__(host, instance)
        self.active = active
        self.files: list[str] = []
        self.told: list[str] = []

    def state(self) -> ServiceState:
        return ServiceState(active=self.active)

    def own_files(self) -> list[str]:
        return self.files

    def start(self) -> None:
        self.active = True
        self.told.append("start")

    def stop(self) -> None:
        self.active = False
        self.told.append("stop")

    def disable(self) -> None:
        self.told.append("disable")

    def reload(self) -> None:
        self.told.append("reload")


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The one instance that is observed; a test changes it."""
    state_dir = tmp_path / ".openclaw-acme"
    state_dir.mkdir()
    (state_dir / "openclaw.json").write_text("{}")
    found = {
        "slug": "acme-2",
        "managed": False,
        "openclaw_user": ME,
        "openclaw_home": str(tmp_path),
        "state_dir": str(state_dir),
        "port": 0,
        "log_path": "",
        "process": {"pid": 0},
        "service": {"manager": "systemd", "scope": "user", "name": "x", "definition_path": ""},
    }
    observe_only(monkeypatch, found)
    return found


@pytest.fixture
def service(seen: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service(Host(), {**seen, "slug": "acme"})
    monkeypatch.setattr(_adopted, "foreign_service", lambda *_: made)
    return made


def params(seen: dict[str, Any], **more: Any) -> dict[str, Any]:
    adopted = {"state_dir": str(seen["state_dir"])}
    return {"slug": "acme", "wait": "none", "adopted": adopted, "state": "absent", **more}


@pytest.mark.parametrize(
    ("state", "active", "steps"),
    [
        ("started", False, ["start"]),
        ("started", True, []),
        ("stopped", True, ["stop"]),
        ("stopped", False, []),
        ("restarted", True, ["stop", "start"]),
        ("restarted", False, ["start"]),
    ],
)
def test_it_is_brought_to_a_state(
    seen: dict[str, Any], service: Service, state: str, active: bool, steps: list[str]
) -> None:
    service.active = active
    shown = _adopted.run_state(params(seen, state=state), True, Host())
    assert (shown["steps"], service.told) == (steps, [])
    done = _adopted.run_state(params(seen, state=state), False, Host())
    assert (done["steps"], done["changed"]) == (steps, bool(steps))
    assert service.told == steps
    assert done["instance"]["slug"] == "acme"


def test_what_cannot_be_started_again_is_not_stopped_for_it(
    seen: dict[str, Any], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Service, "startable", False)
    service.active = True
    with pytest.raises(ClawPilotError) as failure:
        _adopted.run_state(params(seen, state="restarted"), False, Host())
    assert failure.value.code == "NO_SERVICE"
    assert service.told == []
    assert _adopted.run_state(params(seen, state="stopped"), False, Host())["changed"] is True


def test_one_that_comes_back_is_told_of(seen: dict[str, Any], service: Service) -> None:
    seen["process"] = {"pid": 4711}
    with pytest.raises(ClawPilotError, match="process 4711") as failure:
        _adopted.run_state(params(seen, state="stopped"), False, Host())
    assert failure.value.code == "STOP_FAILED"


@pytest.mark.parametrize("change", [{"state_dir": "/gone"}, {"managed": True}])
def test_what_is_gone_or_ours_is_not_found(
    seen: dict[str, Any], service: Service, change: dict[str, Any]
) -> None:
    asked = params(seen)
    seen.update(change)
    for given in (asked, {**asked, "adopted": {"state_dir": ""}}):
        with pytest.raises(ClawPilotError) as failure:
            _adopted.find(Host(), given)
        assert failure.value.code == "INSTANCE_NOT_FOUND"


def test_a_link_in_its_place_leads_to_nobody(
    seen: dict[str, Any], service: Service, tmp_path: Path
) -> None:
    """Its user puts a link to another's there, and root would remove that."""
    link = tmp_path / ".openclaw-alice"
    link.symlink_to(seen["state_dir"])
    for inside in (link, link / "." / "inner" / ".."):
        with pytest.raises(ClawPilotError) as failure:
            remove({**seen, "state_dir": str(inside)}, confirm="acme")
        assert failure.value.code == "UNSAFE_PATH"
    assert os.path.isdir(seen["state_dir"]) and service.told == []


@pytest.mark.parametrize("name", ["openclaw_home", "openclaw_user"])
def test_what_is_found_of_another_is_left_alone(
    seen: dict[str, Any], service: Service, name: str
) -> None:
    asked = params(seen, confirm="acme")
    asked["adopted"] |= {key: seen[key] for key in ("openclaw_home", "openclaw_user")}
    assert _adopted.find(Host(), asked)["slug"] == "acme"
    asked["adopted"][name] = "/home/alice"
    for work in (_adopted.run_state, lambda *words: _adopted.remove(*words, "")):
        with pytest.raises(ClawPilotError) as failure:
            work({**asked, "state": "stopped"}, False, Host())
        assert failure.value.code == "UNSAFE_PATH"
    assert os.path.isdir(seen["state_dir"]) and service.told == []


def remove(seen: dict[str, Any], check: bool = False, folder: str = "", **more: Any) -> Any:
    return _adopted.remove(params(seen, **more), check, Host(), folder)


def test_it_goes_with_its_service_and_an_archive(
    seen: dict[str, Any], service: Service, tmp_path: Path
) -> None:
    unit, keep = tmp_path / "x.service", tmp_path / "keep.txt"
    drop_ins = tmp_path / "x.service.d"
    drop_ins.mkdir()
    unit.write_text("[Unit]")
    keep.write_text("mine")
    service.files, service.active = [str(unit), str(drop_ins)], True
    with pytest.raises(ClawPilotError) as failure:
        remove(seen)
    assert failure.value.code == "NOT_CONFIRMED"
    planned = remove(seen, check=True)
    assert planned["removal"]["paths"] == [str(seen["state_dir"]), *service.files]
    assert service.told == []
    done = remove(seen, folder=str(tmp_path / "backup"), confirm="acme")
    assert service.told == ["stop", "disable", "reload"]
    assert os.path.getsize(done["backup"]) > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "keep.txt"]


def test_a_backup_that_fails_leaves_all_of_it(
    seen: dict[str, Any], service: Service, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    service.active = True
    with pytest.raises(ClawPilotError):
        remove(seen, folder=str(tmp_path / "file" / "backup"), confirm="acme")
    assert service.told == ["stop", "start"]
    assert os.path.isdir(seen["state_dir"])


def test_what_of_it_belongs_to_another_stops_nothing(
    seen: dict[str, Any], service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of units may be another's: its user has put a link there."""
    unit, gone = tmp_path / "x.service", tmp_path / ".claw-pilot-openclaw-acme.gone"
    unit.touch()
    service.files, service.active = [str(unit)], True
    gone.symlink_to(tmp_path)
    with pytest.raises(ClawPilotError, match="symbolic link") as failure:
        remove(seen, confirm="acme")
    assert failure.value.code == "UNSAFE_PATH"
    gone.unlink()
    monkeypatch.setattr(_adopted, "_owners", lambda _instance: {os.geteuid() + 1})
    with pytest.raises(ClawPilotError, match="another user") as failure:
        remove(seen, confirm="acme")
    assert failure.value.code == "UNSAFE_PATH"
    assert unit.exists() and os.path.isdir(seen["state_dir"]) and service.told == []


def test_only_what_is_its_own_goes(
    seen: dict[str, Any], service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "_data"
    folder.mkdir()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"openclaw_home": "/etc"}, "below the home"),
        ({"openclaw_home": ""}, "below the home"),
        ({"openclaw_user": "nobody-like-that"}, "does not belong to"),
        ({"openclaw_user": "daemon"}, "does not belong to"),
        ({"state_dir": str(folder)}, "volume"),
    ]
    before = dict(seen)
    for change, why in cases:
        seen.clear()
        seen.update(before, **change)
        with pytest.raises(ClawPilotError, match=why) as failure:
            remove(seen, confirm="acme")
        assert failure.value.code == "UNSAFE_PATH"
    cell = tmp_path / ".openclaw" / "fleet" / "cells" / "one"
    cell.mkdir(parents=True)
    seen.clear()
    seen.update(before, state_dir=str(cell))
    with pytest.raises(ClawPilotError, match="openclaw fleet") as failure:
        remove(seen, confirm="acme")
    assert failure.value.code == "FLEET_CELL"
    assert os.path.isdir(before["state_dir"])
    assert service.told == []


PROGRAM = "[program:x]\ncommand=openclaw gateway\n"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        (PROGRAM, True),
        (f"; theirs\n{PROGRAM}", True),
        (f"{PROGRAM}[program:y]\ncommand=other\n", False),
        (f"[supervisord]\nlogfile=/x\n{PROGRAM}", False),
        ("", False),
    ],
)
def test_a_file_of_more_programs_is_not_removed(
    seen: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, alone: bool
) -> None:
    path = tmp_path / "x.conf"
    path.write_text(text)
    seen["service"] |= {"manager": "supervisor", "definition_path": str(path)}
    monkeypatch.setattr(ForeignProgram, "state", lambda _self: ServiceState())
    if alone:
        assert str(path) in remove(seen, check=True)["removal"]["paths"]
        return
    with pytest.raises(ClawPilotError, match="defines more than"):
        remove(seen, confirm="acme")
    assert path.exists()


def test_a_folder_that_is_called_like_an_option_of_tar_is_a_folder(tmp_path: Path) -> None:
    """tar runs what --checkpoint-action says once it has something to archive."""
    folders = [tmp_path / "a", tmp_path / "--checkpoint-action=exec=touch canary"]
    for folder in folders:
        folder.mkdir()
        (folder / "file").write_text("x" * 200_000)
    path = archive(Host(), str(tmp_path / "backups"), "acme", [str(one) for one in folders])
    with tarfile.open(path) as packed:
        names = packed.getnames()
    assert "a/file" in names and "./--checkpoint-action=exec=touch canary/file" in names
    assert not list(tmp_path.rglob("canary")) and not os.path.exists("canary")


def test_a_backup_never_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is put back gives the same second again."""
    monkeypatch.setattr(time, "strftime", lambda *_when: "20270328T010000Z")
    (tmp_path / "a").mkdir()
    made = {archive(Host(), str(tmp_path / "b"), "acme", [str(tmp_path / "a")]) for _n in range(3)}
    assert len(made) == 3 and all(os.path.getsize(path) for path in made)
