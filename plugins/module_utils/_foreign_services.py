# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Start and stop a gateway that others have set up, through whatever keeps it running.

Private to the claw.pilot collection. Python 3.9 or later. Whether it starts at boot stays as it
is: that is its owner's to say.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from ._commands import is_gateway
from ._host import Host, Result
from ._hostile import shown, unit_fault
from ._journal import process_start
from ._model import ClawPilotError
from ._procfs import arguments
from ._services import shown_state, supervisor_state, systemd_environment
from ._sightings import ServiceState
from ._supervisor import BAD_NAME, SupervisorClient
from ._supervisor_scan import socket_of

SHOWN = "LoadState,UnitFileState,ActiveState,MainPID,ExecMainStatus,NRestarts"
KILL_SECONDS = 10.0  # for a process to be gone after SIGKILL
POLL_SECONDS = 0.1
TRANSIENT = "/systemd/transient/"
_UNIT_FOLDERS = (".config/systemd/user", ".local/share/systemd/user")
_SYSTEM_UNITS = "/etc/systemd/system"


class ForeignService(ABC):
    """One gateway of others. stop_timeout: seconds that it gets to stop by itself."""

    stop_timeout = 30

    def __init__(self, host: Host, instance: Mapping[str, Any]) -> None:
        self.host = host
        self.instance = instance
        self.name = str(instance["service"]["name"])
        self.definition_path = str(instance["service"]["definition_path"])

    @abstractmethod
    def state(self) -> ServiceState:
        """What is so now. Raises when nobody can say."""

    @abstractmethod
    def start(self) -> None:
        """Start it; returns before it is live."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it; returns when it is gone."""

    @property
    def startable(self) -> bool:
        """Whether it can be started once it is stopped."""
        return True

    def check_startable(self) -> None:
        """Raise NO_SERVICE when it could not be started again."""
        if not self.startable:
            slug = self.instance["slug"]
            raise ClawPilotError(
                "NO_SERVICE",
                f"No service runs {slug!r}: it was started by hand, and how is not known.",
                "Start it by hand, or have it taken over: create_instance with take_over=true.",
            )

    def own_files(self) -> list[str]:
        """The files that define this service and nothing else, where its owner put them."""
        return []

    def disable(self) -> None:  # noqa: B027 - most have nothing to do for it
        """Have it not start at boot any more."""

    def enable(self) -> None:  # noqa: B027
        """Have it start at boot again."""

    def reload(self) -> None:  # noqa: B027
        """Have its manager read the files anew."""

    def _must(self, result: Result, words: str) -> None:
        if result.code != 0:
            raise ClawPilotError(
                "SERVICE_MANAGER_FAILED",
                f"{words} failed: {result.text}.",
                "See whether you may do that by hand.",
            )


class ForeignUnit(ForeignService):
    """A unit of a user's systemd, or of the system's."""

    def state(self) -> ServiceState:
        result = self._systemctl("show", f"--property={SHOWN}", "--", self._unit)
        self._must(result, f"systemctl show {self._unit}")
        return shown_state(result.out)

    @property
    def startable(self) -> bool:
        return TRANSIENT not in self.definition_path  # which is gone when it stops

    def start(self) -> None:
        self.check_startable()
        self._systemctl("reset-failed", "--", self._unit)
        self._do("start", "--no-block")

    def stop(self) -> None:
        self._do("stop", "--no-block")
        if self._gone(self.stop_timeout):
            return
        self._do("kill", "--signal=SIGKILL")
        if not self._gone(KILL_SECONDS):
            raise _still_there(f"The service {self._unit}")

    def _gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            result = self._systemctl("show", "--property=ActiveState", "--", self._unit)
            if result.code == 0 and result.out.strip().endswith(("inactive", "failed")):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)

    def disable(self) -> None:
        if self.startable:
            self._do("disable")

    def enable(self) -> None:
        self._do("enable")

    def reload(self) -> None:
        self._must(self._systemctl("daemon-reload"), "systemctl daemon-reload")

    def own_files(self) -> list[str]:
        """A template is for others, too, and what a package brought is the package's."""
        folder = os.path.dirname(self.definition_path)
        if self.is_system:
            usual = folder == _SYSTEM_UNITS
        else:
            home = self._owner.pw_dir
            places = [os.path.join(home, f) for f in _UNIT_FOLDERS]
            usual = folder in places and self.host.is_below(folder, home)
        if not usual or "@" in self.name or os.path.basename(self.definition_path) != self._unit:
            return []
        found = (self.definition_path, f"{self.definition_path}.d")
        return [path for path in found if self.host.exists(path)]

    @property
    def _unit(self) -> str:
        why = unit_fault(self.name)
        if why:  # systemctl would do it to every unit that fits a pattern
            raise ClawPilotError(
                "NO_SERVICE",
                f"The service {shown(self.name, 120)} {why}.",
                "See by hand how it is started, and rename its unit.",
            )
        return f"{self.name}.service"

    @property
    def is_system(self) -> bool:
        return bool(self.instance["service"]["scope"] == "system")

    @property
    def _owner(self) -> pwd.struct_passwd:
        """Whose systemd runs it: the account in whose home its file is, else the instance's."""
        folder = os.path.dirname(self.definition_path)
        for entry in pwd.getpwall():
            if any(folder == os.path.join(entry.pw_dir, place) for place in _UNIT_FOLDERS):
                return entry
        name = str(self.instance["openclaw_user"])
        try:
            return pwd.getpwnam(name)
        except KeyError:
            raise ClawPilotError(
                "USER_NOT_FOUND", f"There is no user {name!r} on this host.", "Name its owner."
            ) from None

    def _do(self, *words: str) -> None:
        owner = 0 if self.is_system else self._owner.pw_uid
        if os.geteuid() not in (0, owner):
            raise ClawPilotError(
                "NOT_ROOT",
                f"{self._unit} is not a service of this user, who cannot {words[0]} it.",
                "Run the play with become: true and without openclaw_user.",
            )
        said = f"systemctl {words[0]} {self._unit}"
        self._must(self._systemctl(*words, "--", self._unit), said)

    def _systemctl(self, *words: str) -> Result:
        timeout = self.stop_timeout + 90
        if self.is_system:
            return self.host.run(("systemctl", *words), systemd_environment(0), timeout)
        owner = self._owner
        return self.host.run(
            ("systemctl", "--user", *words),
            env=systemd_environment(owner.pw_uid),
            timeout=timeout,
            account=(owner.pw_uid, owner.pw_gid),
        )


class ForeignProgram(ForeignService):
    """A program of a supervisord."""

    @property
    def _client(self) -> SupervisorClient:
        return SupervisorClient(socket_of(self.definition_path), timeout=self.stop_timeout + 30)

    def state(self) -> ServiceState:
        if not self.host.exists(socket_of(self.definition_path)):
            return ServiceState(defined=True, enabled=True)
        return supervisor_state(self._info(), defined=True, enabled=True)

    def start(self) -> None:
        self._client.start(self._process)

    def stop(self) -> None:
        self._client.halt(self._process)

    def disable(self) -> None:
        """Have the supervisord that runs forget it."""
        if self.host.exists(socket_of(self.definition_path)):
            self._client.call("removeProcessGroup", self.name, ignore=(BAD_NAME,))

    def _info(self) -> dict[str, Any] | None:
        """Of its process: one of a group, or with a name of its own, has the program's group."""
        known = self._client.all_info()
        mine = [i for i in known.values() if self.name in (i["name"], i.get("group"))]
        return next((info for info in mine if info["pid"]), mine[0] if mine else None)

    @property
    def _process(self) -> str:
        info = self._info()
        return f"{info['group']}:{info['name']}" if info else self.name


class ForeignContainer(ForeignService):
    """A container of Docker or Podman."""

    def state(self) -> ServiceState:
        shown = "{{.State.Running}} {{.State.Pid}} {{.RestartCount}}"
        result = self._engine("inspect", "--type", "container", "--format", shown, "--", self.name)
        words = result.out.split()
        if len(words) != 3:
            self._must(Result(1, result.out, result.err), f"Asking for the container {self.name}")
        running = words[0] == "true"
        return ServiceState(True, running, running, False, int(words[1]), None, int(words[2]))

    def start(self) -> None:
        self._must(self._engine("start", "--", self.name), f"Starting the container {self.name}")

    def stop(self) -> None:
        words = ("stop", "-t", str(self.stop_timeout), "--", self.name)
        self._must(self._engine(*words), f"Stopping the container {self.name}")

    def remove(self) -> None:
        self._must(self._engine("rm", "--force", "--", self.name), f"Removing {self.name}")

    def _engine(self, *words: str) -> Result:
        """The answer of the engine that has it."""
        engines = [name for name in ("docker", "podman") if shutil.which(name)] or ["docker"]
        for engine in engines[:-1]:
            known = self.host.run((engine, "inspect", "--type", "container", "--", self.name))
            if known.code == 0:
                return self.host.run((engine, *words), timeout=self.stop_timeout + 60)
        return self.host.run((engines[-1], *words), timeout=self.stop_timeout + 60)


class ForeignProcess(ForeignService):
    """A gateway that nobody keeps running: it can be stopped, but there is nothing to start.

    A process id is used again: it is this gateway as long as it was started when it was.
    """

    def __init__(self, host: Host, instance: Mapping[str, Any]) -> None:
        super().__init__(host, instance)
        pid = int(instance["process"]["pid"])
        started = process_start(pid) if pid > 1 and is_gateway(arguments(pid)) else None
        noted = instance["process"].get("started")  # when it was seen by an earlier run
        self._started = started if noted in (None, started) else None
        self.pid = pid if self._started else 0

    @property
    def startable(self) -> bool:
        return False

    def state(self) -> ServiceState:
        alive = self._started is not None and process_start(self.pid) == self._started
        return ServiceState(active=alive, pid=self.pid if alive else 0)

    def start(self) -> None:
        self.check_startable()

    def stop(self) -> None:
        with self._handle() as handle:
            for number, seconds in (
                (signal.SIGTERM, float(self.stop_timeout)),
                (signal.SIGKILL, KILL_SECONDS),
            ):
                if self.state().active:
                    self._signal(handle, number)
                if self._gone(seconds):
                    return
        raise _still_there(f"The process {self.pid}")

    @contextlib.contextmanager
    def _handle(self) -> Iterator[int]:
        """A descriptor of this very process, -1 where the kernel has none."""
        try:
            handle = os.pidfd_open(self.pid)
        except (OSError, AttributeError):
            handle = -1
        try:
            yield handle
        finally:
            if handle >= 0:
                os.close(handle)

    def _gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.state().active:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _signal(self, handle: int, number: signal.Signals) -> None:
        try:
            if handle >= 0:
                signal.pidfd_send_signal(handle, number)
            else:
                os.kill(self.pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise ClawPilotError(
                "NOT_ROOT",
                f"The process {self.pid} belongs to {self.instance['openclaw_user']}.",
                "Run the play with become: true, or connect as that user.",
            ) from error


def _still_there(what: str) -> ClawPilotError:
    return ClawPilotError(
        "STOP_FAILED", f"{what} is still there after SIGKILL.", "See what it waits for."
    )


_KINDS = {
    "systemd": ForeignUnit,
    "supervisor": ForeignProgram,
    "docker": ForeignContainer,
    "none": ForeignProcess,
}


def foreign_service(host: Host, instance: Mapping[str, Any]) -> ForeignService:
    """What runs this observed instance (the instance shape)."""
    return _KINDS[instance["service"]["manager"]](host, instance)  # type: ignore[abstract]


def halt(service: ForeignService) -> None:
    """Stop it, and a gateway of the same instance that was started beside its service."""
    if service.state().active:
        service.stop()
    if not isinstance(service, (ForeignProcess, ForeignContainer)):
        beside = ForeignProcess(service.host, service.instance)
        beside.stop_timeout = service.stop_timeout
        if beside.state().active:
            beside.stop()
