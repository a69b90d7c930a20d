# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is taken over, what is refused, and that all can be put back as it was."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import (
    _handover,
    _instance,
    _journal,
    _predecessor,
)
from ansible_collections.claw.pilot.plugins.module_utils._foreign_services import ForeignService
from ansible_collections.claw.pilot.plugins.module_utils._handover import Handover
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._remove import removal, remove
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState
from ansible_collections.claw.pilot.plugins.module_utils._unit import Runtime

from tests.unit.observed import observe_only

TOKEN = "canary-gateway-token-0001"
CONFIG: dict[str, Any] = {"gateway": {"port": 19000, "auth": {"token": TOKEN}}}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(str(tmp_path), "acme")
    os.mkdir(found.state_dir, 0o755)
    write(found, CONFIG)
    return found


def write(layout: Layout, config: Any) -> None:
    Path(layout.config_path).write_text(json.dumps(config))


def shape(layout: Layout, **more: Any) -> dict[str, Any]:
    service = {"manager": "none", "scope": "", "name": "", "definition_path": "", "pid": 0}
    service |= {"active": False, "enabled": False, **more.pop("service", {})}
    return {
        "slug": "acme",
        "openclaw_user": pwd.getpwuid(os.geteuid()).pw_name,
        "openclaw_home": layout.home,
        "openclaw_version": "2026.9.6",
        "state_dir": layout.state_dir,
        "config_path": layout.config_path,
        "told_by": 0,
        "port": 19000,
        "agents": [{"id": "main"}],
        "process": {"pid": 0},
        "problems": [],
        "service": service,
        **more,
    }


@pytest.fixture
def seen(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The one instance that is observed; a test changes it."""
    found = shape(layout)
    observe_only(monkeypatch, found)
    return found


def find(layout: Layout) -> _predecessor.Predecessor:
    found = _predecessor.find(Host(), layout)
    assert found is not None
    return found


def test_a_stopped_one_is_taken_with_its_token(layout: Layout, seen: dict[str, Any]) -> None:
    theirs = find(layout)
    assert theirs.secrets == {"OPENCLAW_GW_AUTH_TOKEN": TOKEN}
    assert theirs.spec["port"] == seen["port"]
    assert (theirs.service, theirs.ran, theirs.agents) == (None, False, ("main",))


def test_nothing_is_nothing_and_a_stray_folder_is_refused(
    layout: Layout, seen: dict[str, Any], tmp_path: Path
) -> None:
    assert _predecessor.find(Host(), Layout(str(tmp_path), "other")) is None
    seen["state_dir"] = "/elsewhere"
    with pytest.raises(ClawPilotError, match="holds no OpenClaw instance"):
        find(layout)


SYSTEM = {"manager": "systemd", "scope": "system", "name": "claw", "active": True}
PROGRAM = {"manager": "supervisor", "scope": "system", "name": "claw", "enabled": True}
SHARED = {"manager": "systemd", "scope": "user", "name": "x", "active": True}
SHARED["definition_path"] = "/etc/systemd/user/x.service"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"service": {"manager": "docker"}}, "runs in a container"),
        ({"service": SYSTEM}, "service of the system"),
        ({"service": PROGRAM}, "service of the system"),
        ({"service": SHARED}, "not of this user alone"),
        ({"config_path": "/etc/openclaw.json"}, "its config is /etc/openclaw.json"),
        ({"port": 0}, "port is none"),
        ({"problems": [{"code": "TWO_SERVICES", "message": "Several run it."}]}, "several run it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_could_not_be_ours_is_refused(
    layout: Layout, seen: dict[str, Any], more: dict[str, Any], why: str
) -> None:
    seen.update(shape(layout, **more))
    with pytest.raises(ClawPilotError, match=why) as failure:
        find(layout)
    assert failure.value.code == "TAKE_OVER_REFUSED"
    assert failure.value.hint


@pytest.mark.parametrize("name", ["openclaw.json", ".env"])
def test_links_are_not_replaced(
    layout: Layout, seen: dict[str, Any], tmp_path: Path, name: str
) -> None:
    path = Path(layout.state_dir, name)
    real = tmp_path / "dotfiles"
    real.write_text(json.dumps(CONFIG))
    path.unlink(missing_ok=True)
    path.symlink_to(real)
    with pytest.raises(ClawPilotError, match="symbolic link"):
        find(layout)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"$include": "./more.json"}', "includes other files"),
        ("{gateway:", "openclaw.json"),
        ("[]", "no mapping"),
        ('{"gateway": {"auth": {"token": {"source": "exec", "id": "x"}}}}', "secret provider"),
    ],
)
def test_configs_that_cannot_be_kept_are_refused(
    layout: Layout, seen: dict[str, Any], text: str, why: str
) -> None:
    Path(layout.config_path).write_text(text)
    with pytest.raises(ClawPilotError, match=why) as failure:
        find(layout)
    assert failure.value.code == "TAKE_OVER_REFUSED"
    assert TOKEN not in failure.value.message


UNIT = """[Service]
ExecStart=/usr/bin/node --max-old-space-size=4096 /usr/lib/node_modules/openclaw/dist/index.js {}
Environment=OPENCLAW_GATEWAY_TOKEN=of-the-unit DISCORD_TOKEN=d-1234 HOME=/home/x NODE_OPTIONS=
EnvironmentFile=-%h/more.env
"""


@pytest.fixture
def unit(layout: Layout, seen: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's unit that runs it, stopped."""
    entry = pwd.struct_passwd(("u", "x", os.geteuid(), os.getegid(), "", layout.home, ""))
    monkeypatch.setattr(pwd, "getpwall", lambda: [entry])
    path = Path(layout.home, ".config", "systemd", "user", "openclaw-gateway-acme.service")
    path.parent.mkdir(parents=True)
    path.write_text(UNIT.format("gateway"))
    Path(layout.home, "more.env").write_text("SLACK_TOKEN=s-1234\n")
    seen["service"].update(manager="systemd", scope="user", name=path.stem, enabled=True)
    seen["service"]["definition_path"] = str(path)
    return path


def test_a_stopped_service_tells_its_variables(layout: Layout, unit: Path) -> None:
    write(layout, {"gateway": {"port": 19000}})
    theirs = find(layout)
    assert theirs.secrets == {
        "OPENCLAW_GW_AUTH_TOKEN": "of-the-unit",
        "DISCORD_TOKEN": "d-1234",
        "SLACK_TOKEN": "s-1234",
    }
    assert theirs.spec["heap_limit_mb"] == 4096


def test_the_environment_comes_before_dotenv(layout: Layout, unit: Path) -> None:
    write(layout, {"gateway": {"port": 19000, "auth": {"token": "${DISCORD_TOKEN}"}}})
    Path(layout.env_path).write_text("DISCORD_TOKEN=of-dotenv\nMINE=1\n")
    assert find(layout).secrets["OPENCLAW_GW_AUTH_TOKEN"] == "d-1234"


@pytest.mark.parametrize(
    "words", ["gateway --bind lan", "gateway --token=x", "gateway --auth none"]
)
def test_what_its_command_line_says_is_not_lost(layout: Layout, unit: Path, words: str) -> None:
    unit.write_text(UNIT.format(words))
    with pytest.raises(ClawPilotError, match="starts it with --"):
        find(layout)


@pytest.mark.parametrize(
    ("theirs", "ours", "refused"),
    [("2026.10.1", "2026.9.6", True), ("2026.9.6", "2026.10.1", False), ("", "2026.9.6", False)],
)
def test_a_newer_state_is_refused(
    layout: Layout, seen: dict[str, Any], theirs: str, ours: str, refused: bool
) -> None:
    seen["openclaw_version"] = theirs
    found, runtime = find(layout), Runtime("node", "24", ours, "entry")
    _predecessor.check_version(None, runtime)
    if not refused:
        _predecessor.check_version(found, runtime)
        return
    with pytest.raises(ClawPilotError) as failure:
        _predecessor.check_version(found, runtime)
    assert failure.value.code == "STATE_TOO_NEW"


class Manager:
    """Ours, which defines one file."""

    kind = "fake"
    folders: tuple[str, ...] = ()

    def __init__(self, path: str) -> None:
        self.definition_path = path

    def state(self) -> ServiceState:
        return ServiceState(defined=os.path.exists(self.definition_path))

    def stop(self) -> None:
        pass

    def undefine(self) -> None:
        Path(self.definition_path).unlink(missing_ok=True)


class Service(ForeignService):
    """Theirs, which notes what it is told."""

    def __init__(self, host: Host, instance: dict[str, Any], active: bool) -> None:
        super().__init__(host, instance)
        self.active = active
        self.told: list[str] = []

    def state(self) -> ServiceState:
        return ServiceState(active=self.active)

    def own_files(self) -> list[str]:
        return [path for path in [self.definition_path] if os.path.exists(path)]

    def start(self) -> None:
        self.active = True
        self.told.append("start")

    def stop(self) -> None:
        self.active = False
        self.told.append("stop")

    def disable(self) -> None:
        self.told.append("disable")

    def enable(self) -> None:
        self.told.append("enable")


@pytest.mark.parametrize("same", [False, True], ids=["another name", "our name"])
@pytest.mark.parametrize("resumed", [False, True], ids=["at once", "after a kill"])
def test_all_is_put_back_byte_for_byte(
    layout: Layout, seen: dict[str, Any], tmp_path: Path, same: bool, resumed: bool
) -> None:
    host, unit = Host(), tmp_path / "theirs.service"
    unit.write_text("[Unit]\n# theirs\n")
    Path(layout.env_path).write_text("MINE=1\n")
    os.chmod(layout.config_path, 0o644)
    seen["service"].update(definition_path=str(unit), manager="systemd", enabled=True)
    service = Service(host, seen, active=True)
    manager: Any = Manager(str(unit if same else tmp_path / "ours.service"))
    before = tree(tmp_path)

    handover = Handover(host, layout, manager, service, ran=True)
    folder = str(tmp_path / ".local")
    handover.begin(seen, {"slug": "acme"}, [("a", "b")], [layout.logs_dir, folder])
    assert handover.made_outside() == [folder]
    host.make_dir(folder)
    handover.put_aside(layout.env_path)
    host.write(layout.env_path, "OURS=1\n")
    host.make_dir(layout.logs_dir)
    handover.stop()
    handover.put_aside(layout.config_path)
    host.write(layout.config_path, "{}")
    host.set_mode(layout.state_dir, 0o700)
    handover.retire(manager.definition_path)
    host.write(manager.definition_path, "[Unit]\n# ours\n")
    handover.retire()
    assert not service.active
    with pytest.raises(ClawPilotError) as failure:
        _handover.check_finished(host, layout)
    assert failure.value.code == "TAKE_OVER_UNFINISHED"
    if resumed:
        handover = Handover(host, layout, manager, service, ran=True)
        handover.begin(seen, {}, [], [])
    said = handover.back([])
    assert "runs again" in said
    assert tree(tmp_path) == before
    assert service.active
    assert service.told[-2:] == ["enable", "start"]
    _handover.check_finished(host, layout)


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        changed = status.st_mtime_ns if path.is_file() else 0
        found[str(path)] = (status.st_mode, changed, content)
    return found


def test_the_record_and_what_stays_hold_no_secret_that_others_may_read(
    layout: Layout, seen: dict[str, Any]
) -> None:
    host = Host()
    manager: Any = Manager(layout.home + "/ours.service")
    handover = Handover(host, layout, manager, None, ran=False)
    theirs = find(layout)
    handover.begin(seen, theirs.spec, theirs.kept, [])
    record = Path(_handover.record_path(layout))
    assert TOKEN not in record.read_text()
    os.chmod(layout.config_path, 0o644)
    handover.put_aside(layout.config_path)
    aside = layout.config_path + _handover.BEFORE
    assert host.mode(aside) == 0o644
    _handover.finish(host, layout)
    assert host.mode(aside) == 0o600
    assert not record.exists()
    handover = Handover(host, layout, manager, None, ran=False)
    assert handover.back([]) == "Nothing was changed."


def test_a_bare_gateway_cannot_be_started_again_and_that_is_said(
    layout: Layout, seen: dict[str, Any]
) -> None:
    class Bare(Service):
        startable = False

    manager: Any = Manager(layout.home + "/ours.service")
    handover = Handover(Host(), layout, manager, Bare(Host(), seen, True), ran=True)
    handover.begin(seen, {}, [], [])
    handover.stop()
    assert "start it again as you did" in handover.back([])


def test_destroying_it_later_takes_the_retired_service_along(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_instance, "account_home", lambda: str(tmp_path))
    unit, keep = tmp_path / "x.service.retired", tmp_path / "keep.service"
    drop_ins = tmp_path / "x.service.d.retired"
    drop_ins.mkdir()
    for path in (unit, keep, drop_ins / "a.conf"):
        path.write_text("[Unit]")
    retired = [str(path) for path in (unit, drop_ins, keep)]  # the last has another ending
    made = [*_journal.missing_parents(Host(), layout.service_dir, layout.home), layout.state_dir]
    record = _journal.record(layout, 19000, made, project_dir="", retired=retired)
    Host().write_json(layout.marker_path, record)
    instance = _instance.Instance(Host(), layout, _Removable(str(tmp_path / "ours")), None)  # type: ignore[arg-type]
    assert set(retired[:2]) < set(removal(instance).paths)
    remove(instance)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep.service"]


class _Removable(Manager):
    """Ours, of an instance that is finished."""

    name = "openclaw-acme"


@pytest.mark.parametrize("text", ["²", "9" * 5000, "", "x"])
def test_figures_that_are_none_are_left_out(text: str) -> None:
    definition = SimpleNamespace(argv=("node", f"--max-old-space-size={text}", "index.js"))
    assert _predecessor._heap(definition) == {}  # type: ignore[arg-type]
    assert _predecessor._parts(f"2026.{text}.1") == [2026, 1]
