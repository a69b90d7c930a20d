# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of others: what their managers are told, and never a signal to somebody else."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _foreign_services
from ansible_collections.claw.pilot.plugins.module_utils._foreign_services import (
    ForeignContainer,
    ForeignProcess,
    ForeignProgram,
    ForeignUnit,
    foreign_service,
    halt,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host, Result
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

ME = pwd.getpwuid(os.geteuid())
UNIT = "openclaw-gateway-acme"
UP = "LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nMainPID=0\n"


class FakeHost(Host):
    """Commands are noted; the first answer whose words are all in the command is given."""

    def __init__(self, **answers: Result) -> None:
        self.answers = {key.replace("_", " "): result for key, result in answers.items()}
        self.commands: list[tuple[str, ...]] = []
        self.accounts: list[tuple[int, int] | None] = []

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        stdin: str = "",
        account: tuple[int, int] | None = None,
    ) -> Result:
        self.commands.append(tuple(argv))
        self.accounts.append(account)
        for words, result in self.answers.items():
            if set(words.split()) <= set(argv):
                return result
        return Result(0, "", "")

    @property
    def verbs(self) -> list[str]:
        verbs = [next(w for w in c[1:] if not w.startswith("-")) for c in self.commands]
        return [verb for verb in verbs if verb != "show"]


def instance(manager: str = "systemd", **more: Any) -> dict[str, Any]:
    service = {"manager": manager, "scope": "user", "name": UNIT, "definition_path": ""}
    return {
        "slug": "acme",
        "openclaw_user": ME.pw_name,
        "service": {**service, **more.pop("service", {})},
        "process": {"pid": 0},
        **more,
    }


def ok(text: str = "") -> Result:
    return Result(0, text, "")


def test_a_unit_of_a_user_is_asked_as_that_user() -> None:
    host = FakeHost(show=ok(UP))
    service = foreign_service(host, instance())
    assert isinstance(service, ForeignUnit)
    assert service.state().active is True
    assert host.commands[0][:2] == ("systemctl", "--user")
    assert host.commands[0][-2:] == ("--", f"{UNIT}.service")
    assert host.accounts == [(ME.pw_uid, ME.pw_gid)]


def test_a_unit_that_nobody_answers_for_is_not_called_stopped() -> None:
    host = FakeHost(show=Result(1, "", "Failed to connect to bus"))
    with pytest.raises(ClawPilotError, match="Failed to connect to bus") as failure:
        foreign_service(host, instance()).state()
    assert failure.value.code == "SERVICE_MANAGER_FAILED"


def test_a_unit_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_foreign_services, "KILL_SECONDS", 0.01)
    host = FakeHost(show=ok("ActiveState=deactivating\n"))
    service = foreign_service(host, instance())
    service.stop_timeout = 0
    with pytest.raises(ClawPilotError) as failure:
        service.stop()
    assert failure.value.code == "STOP_FAILED"
    assert host.verbs == ["stop", "kill"]
    host = FakeHost(show=ok("ActiveState=inactive\n"))
    foreign_service(host, instance()).stop()
    assert host.verbs == ["stop"]


def test_only_root_stops_a_unit_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_foreign_services.os, "geteuid", lambda: 4711)
    with pytest.raises(ClawPilotError) as failure:
        foreign_service(FakeHost(), instance(service={"scope": "system"})).stop()
    assert failure.value.code == "NOT_ROOT"


def test_a_transient_unit_is_not_stopped_to_be_started_again() -> None:
    place = "/run/user/1000/systemd/transient/run-u1.service"
    service = foreign_service(FakeHost(), instance(service={"definition_path": place}))
    assert service.startable is False
    with pytest.raises(ClawPilotError) as failure:
        service.check_startable()
    assert failure.value.code == "NO_SERVICE"


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of units in the home of an account."""
    entry = pwd.struct_passwd(("u", "x", os.geteuid(), os.getegid(), "", str(tmp_path), ""))
    monkeypatch.setattr(_foreign_services.pwd, "getpwall", lambda: [entry])
    monkeypatch.setattr(_foreign_services.pwd, "getpwnam", lambda _name: entry)
    folder = tmp_path / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    return folder


def files(path: Path, **more: Any) -> list[str]:
    service = {"name": path.stem, "definition_path": str(path), **more}
    return foreign_service(Host(), instance(service=service)).own_files()


def test_a_unit_goes_with_its_own_drop_ins(units: Path) -> None:
    unit = units / f"{UNIT}.service"
    unit.write_text("[Service]\n")
    (units / f"{UNIT}.service.d").mkdir()
    assert files(unit) == [str(unit), f"{unit}.d"]


def test_templates_packages_and_other_places_do_not_go(units: Path, tmp_path: Path) -> None:
    template = units / "claw@.service"
    template.write_text("[Service]\n")
    assert files(template, name="claw@acme") == []
    elsewhere = tmp_path / "other.service"
    elsewhere.write_text("[Service]\n")
    assert files(elsewhere) == []
    for place in ("/usr/lib/systemd/system/x.service", "/etc/systemd/user/x.service"):
        assert files(Path(place), scope="system") == []
        assert files(Path(place)) == []


def test_a_folder_of_units_that_leads_out_of_the_home_is_not_followed(
    units: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("etc")
    units.rmdir()
    units.symlink_to(out)
    (out / f"{UNIT}.service").write_text("[Service]\n")
    assert files(units / f"{UNIT}.service") == []


GATEWAY = """
import signal, time
if {deaf}:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def run(deaf: bool = False) -> subprocess.Popen[bytes]:
    """A process with a gateway's title."""
    process = subprocess.Popen(
        ["openclaw-gateway", "-c", GATEWAY.format(deaf=deaf)],
        executable=sys.executable,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


@pytest.fixture
def gateway() -> Iterator[subprocess.Popen[bytes]]:
    process = run()
    yield process
    process.kill()
    process.wait()


def test_a_bare_gateway_gets_sigterm(gateway: subprocess.Popen[bytes]) -> None:
    service = foreign_service(Host(), instance("none", process={"pid": gateway.pid}))
    assert service.state().pid == gateway.pid
    service.stop()
    assert gateway.wait(5) == -signal.SIGTERM
    assert service.state().active is False
    with pytest.raises(ClawPilotError) as failure:
        service.start()
    assert failure.value.code == "NO_SERVICE"


def test_one_that_does_not_hear_is_killed() -> None:
    process = run(deaf=True)
    service = foreign_service(Host(), instance("none", process={"pid": process.pid}))
    service.stop_timeout = 0
    service.stop()
    assert process.wait(5) == -signal.SIGKILL


def test_no_other_process_is_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    time.sleep(0.1)
    try:
        service = ForeignProcess(Host(), instance("none", process={"pid": other.pid}))
        assert service.state().active is False
        service.stop()
        assert other.poll() is None
        assert ForeignProcess(Host(), instance("none", process={"pid": 1})).pid == 0
    finally:
        other.kill()
        other.wait()


def test_a_process_id_that_was_given_again_is_somebody_else(
    gateway: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = foreign_service(Host(), instance("none", process={"pid": gateway.pid}))
    noted = {"pid": gateway.pid, "started": "before the host was started again"}
    assert ForeignProcess(Host(), instance("none", process=noted)).state().active is False
    monkeypatch.setattr(_foreign_services, "process_start", lambda _pid: "later")
    service.stop()
    assert gateway.poll() is None


def test_a_gateway_beside_its_service_is_stopped_with_it(
    gateway: subprocess.Popen[bytes],
) -> None:
    host = FakeHost(show=ok("ActiveState=inactive\n"))
    halt(foreign_service(host, instance(process={"pid": gateway.pid})))
    assert gateway.wait(5) == -signal.SIGTERM
    assert host.verbs == []


def test_a_container_is_asked_stopped_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_foreign_services.shutil, "which", lambda name: name == "docker" or None)
    host = FakeHost(inspect=ok("true 17 3\n"))
    service = foreign_service(host, instance("docker", service={"name": "claw"}))
    assert isinstance(service, ForeignContainer)
    state = service.state()
    assert (state.active, state.pid, state.restarts) == (True, 17, 3)
    service.stop()
    service.start()
    service.remove()
    assert host.commands[1:] == [
        ("docker", "stop", "-t", "30", "--", "claw"),
        ("docker", "start", "--", "claw"),
        ("docker", "rm", "--force", "--", "claw"),
    ]
    with pytest.raises(ClawPilotError, match="claw failed"):
        foreign_service(FakeHost(), instance("docker", service={"name": "claw"})).state()


class Client:
    """supervisord with one program in a group."""

    calls: list[tuple[str, str]] = []  # noqa: RUF012
    known = {"claw_00": {"name": "claw_00", "group": "claw", "pid": 7, "statename": "RUNNING"}}

    def __init__(self, *_where: Any, **_more: Any) -> None:
        pass

    def all_info(self) -> dict[str, dict[str, Any]]:
        return {name: {**info, "exitstatus": 0} for name, info in self.known.items()}

    def start(self, name: str) -> None:
        self.calls.append(("start", name))

    def halt(self, name: str) -> None:
        self.calls.append(("halt", name))


def test_a_program_is_called_by_its_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_foreign_services, "SupervisorClient", Client)
    monkeypatch.setattr(_foreign_services, "socket_of", lambda _path: str(tmp_path))
    service = foreign_service(Host(), instance("supervisor", service={"name": "claw"}))
    assert isinstance(service, ForeignProgram)
    assert service.state().active is True
    service.stop()
    service.start()
    assert Client.calls == [("halt", "claw:claw_00"), ("start", "claw:claw_00")]
    monkeypatch.setattr(_foreign_services, "socket_of", lambda _path: str(tmp_path / "none"))
    assert service.state().active is False


@pytest.mark.parametrize("name", ["a*", "a?", "a[0-9]*", "-Hevil", "a b"])
def test_a_unit_that_is_a_pattern_is_nothing_to_systemctl(name: str) -> None:
    service = {"manager": "systemd", "scope": "user", "name": name, "definition_path": "/x"}
    host = FakeHost()
    unit = ForeignUnit(host, {"slug": "acme", "openclaw_user": ME.pw_name, "service": service})
    for act in (unit.state, unit.start, unit.stop, unit.disable):
        with pytest.raises(ClawPilotError) as caught:
            act()
        assert caught.value.code == "NO_SERVICE"
    assert host.commands == []
