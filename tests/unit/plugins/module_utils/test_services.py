# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service managers as they answer: what systemctl prints and supervisord returns, as one state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _services
from ansible_collections.claw.pilot.plugins.module_utils._host import Host, Result
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState

SHOWN = "LoadState=loaded\nUnitFileState={}\nActiveState={}\nMainPID={}\nExecMainStatus={}\n"


class FakeHost(Host):
    """Real files, but commands are only noted, and answered with one text."""

    def __init__(self, out: str = "", code: int = 0) -> None:
        self.answer = Result(code, out, "" if code == 0 else "Failed to connect to bus")
        self.commands: list[tuple[str, ...]] = []

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        stdin: str = "",
    ) -> Result:
        self.commands.append(tuple(argv))
        return self.answer


@pytest.fixture(autouse=True)
def account_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units go to the account's home: not to that of whoever runs the tests."""
    monkeypatch.setattr(_services, "account_home", lambda: str(tmp_path))


def systemd(tmp_path: Path, host: Host) -> _services.Systemd:
    return _services.Systemd(host, Layout(str(tmp_path), "acme"))


@pytest.mark.parametrize(
    ("out", "state"),
    [
        ("", ServiceState(exit_code=0)),
        (
            "LoadState=not-found\nUnitFileState=\nActiveState=inactive\nMainPID=0\nNRestarts=0\n",
            ServiceState(exit_code=0),
        ),
        (
            SHOWN.format("enabled", "active", 4711, 0) + "NRestarts=2\n",
            ServiceState(enabled=True, active=True, pid=4711, exit_code=0, restarts=2),
        ),
        (
            SHOWN.format("enabled", "activating", 0, 1),
            ServiceState(enabled=True, active=True, exit_code=1),
        ),
        (
            SHOWN.format("disabled", "failed", 0, 78),
            ServiceState(failed=True, exit_code=78),
        ),
    ],
    ids=["no answer", "unknown unit", "active", "starting again", "failed"],
)
def test_the_state_of_a_unit_is_read_from_systemctl_show(
    tmp_path: Path, out: str, state: ServiceState
) -> None:
    assert systemd(tmp_path, FakeHost(out)).state() == state


def test_a_command_that_systemd_refuses_is_an_error_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        systemd(tmp_path, FakeHost(code=1)).start()
    assert caught.value.code == "SERVICE_MANAGER_FAILED"
    assert "Failed to connect to bus" in caught.value.message


def test_a_unit_is_written_privately_and_gone_again_with_its_link(tmp_path: Path) -> None:
    manager = systemd(tmp_path, FakeHost())
    for folder in manager.folders:
        Path(folder).mkdir()
    manager.define("[Unit]\n")
    assert Path(manager.definition_path).stat().st_mode & 0o777 == 0o600
    assert manager.definition() == "[Unit]\n"
    wants = Path(manager.definition_path).parent / "default.target.wants"
    wants.mkdir()
    (wants / "openclaw-acme.service").symlink_to(manager.definition_path)
    manager.undefine()
    assert list(Path(manager.folders[-1]).iterdir()) == []


class FakeClient:
    """supervisord's answers to one program."""

    def __init__(self, info: dict[str, Any] | None, alive: bool = True) -> None:
        self.answer = info
        self.up = alive

    def alive(self) -> bool:
        return self.up

    def info(self, name: str) -> dict[str, Any] | None:
        return self.answer

    def stop(self, name: str) -> None:
        self.answer = None


def supervisor(
    tmp_path: Path, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> _services.Supervisor:
    monkeypatch.setattr(_services, "SupervisorClient", lambda socket, timeout: client)
    manager = _services.Supervisor(Host(), Layout(str(tmp_path), "acme"))
    Path(manager.folders[0]).mkdir(parents=True)
    return manager


@pytest.mark.parametrize(
    ("word", "active", "failed"),
    [
        ("RUNNING", True, False),
        ("STARTING", True, False),
        ("BACKOFF", True, True),
        ("STOPPING", True, False),
        ("STOPPED", False, False),
        ("EXITED", False, True),
        ("FATAL", False, True),
    ],
)
def test_the_state_of_a_program_is_read_from_supervisord(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, active: bool, failed: bool
) -> None:
    info = {"statename": word, "pid": 4711, "exitstatus": 78}
    state = supervisor(tmp_path, FakeClient(info), monkeypatch).state()
    assert (state.active, state.failed, state.pid, state.exit_code) == (active, failed, 4711, 78)


def test_without_supervisord_a_program_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = supervisor(tmp_path, FakeClient(None, alive=False), monkeypatch)
    assert manager.state() == ServiceState()


def test_a_stopped_program_stays_defined_and_is_not_started_with_supervisord(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = FakeClient({"statename": "RUNNING", "pid": 1, "exitstatus": 0})
    manager = supervisor(tmp_path, client, monkeypatch)
    Path(manager.definition_path).write_text("[program:openclaw-acme]\n")
    assert manager.state().enabled
    manager.stop()
    state = manager.state()
    assert (state.defined, state.enabled, state.active) == (True, False, False)
    assert manager.definition() == "[program:openclaw-acme]\n"
    assert not list(Path(manager.folders[0]).glob("*.ini"))


def test_a_systemd_that_does_not_answer_is_an_error_or_means_supervisor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    layout = Layout(str(tmp_path), "acme")
    with pytest.raises(ClawPilotError) as caught:
        _services.service_manager("systemd", Host(), layout)
    assert caught.value.code == "NO_USER_SYSTEMD"
    assert _services.service_manager("auto", Host(), layout).kind == "supervisor"


def test_auto_is_systemd_where_the_users_systemd_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "systemd").mkdir()
    (tmp_path / "systemd" / "private").touch()
    layout = Layout(str(tmp_path), "acme")
    assert _services.service_manager("auto", Host(), layout).kind == "systemd"


def test_a_home_that_is_too_long_for_a_socket_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = supervisor(tmp_path / ("x" * 90), FakeClient(None, alive=False), monkeypatch)
    with pytest.raises(ClawPilotError) as caught:
        manager.start()
    assert caught.value.code == "PATH_TOO_LONG"


def test_a_host_without_supervisor_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = supervisor(tmp_path, FakeClient(None, alive=False), monkeypatch)
    monkeypatch.setattr(_services, "SOCKET_PATH_MAX", 1000)
    with pytest.raises(ClawPilotError) as caught:
        manager.start()
    assert "openclaw_host" in caught.value.hint
