# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Service managers: systemd user units and supervisor programs behind one interface.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import pwd
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ._host import Host, Result
from ._model import ClawPilotError, Layout
from ._sightings import ServiceState
from ._supervisor import SupervisorClient
from ._unit import Launch, supervisor_program, supervisord_config, systemd_unit

# What it makes before it has read its config, as its own log, is for its user only as well.
_PRIVATELY = ("/bin/sh", "-c", 'umask 077; exec "$@"', "sh")
SOCKET_PATH_MAX = 100  # sun_path holds 107 bytes on Linux and fewer elsewhere


class ServiceManager(ABC):
    """Keeps one gateway running."""

    kind = ""
    stop_timeout = 30

    def __init__(self, host: Host, layout: Layout) -> None:
        self.host = host
        self.layout = layout
        self.name = layout.service_name

    @property
    @abstractmethod
    def definition_path(self) -> str:
        """The file that defines the service."""

    @property
    @abstractmethod
    def folders(self) -> tuple[str, ...]:
        """Directories that define() needs, outermost first."""

    @abstractmethod
    def render(self, launched: Launch) -> str:
        """The definition's text."""

    @abstractmethod
    def state(self) -> ServiceState:
        """What is so now."""

    def definition(self) -> str | None:
        return self.host.read(self.definition_path)

    @abstractmethod
    def define(self, text: str) -> None:
        """Write the definition and make it known."""

    @abstractmethod
    def start(self) -> None:
        """Start the gateway, and again after a reboot. Returns before it is live."""

    @abstractmethod
    def stop(self) -> None:
        """Stop the gateway and keep it stopped over a reboot. Returns when it is gone."""

    @abstractmethod
    def undefine(self) -> None:
        """Forget the stopped service; removes what define() made, but no directory."""


class Systemd(ServiceManager):
    """systemd user units of the user that this process runs as."""

    kind = "systemd"

    @property
    def definition_path(self) -> str:
        return os.path.join(self._folder, f"{self.name}.service")

    @property
    def _folder(self) -> str:
        return self.folders[-1]

    @property
    def folders(self) -> tuple[str, ...]:
        # The user's systemd reads units in the account's home, wherever the instances are.
        home = account_home()
        return tuple(
            os.path.join(home, *parts)
            for parts in ((".config",), (".config", "systemd"), (".config", "systemd", "user"))
        )

    def render(self, launched: Launch) -> str:
        return systemd_unit(launched)

    def state(self) -> ServiceState:
        wanted = "LoadState,UnitFileState,ActiveState,MainPID,ExecMainStatus,NRestarts"
        result = self._systemctl("show", f"--property={wanted}", "--", self.name + ".service")
        defined = self.host.exists(self.definition_path)
        return replace(shown_state(result.out), defined=defined)

    def define(self, text: str) -> None:
        self.host.write(self.definition_path, text, 0o600)
        self._must("daemon-reload")

    def start(self) -> None:
        self._systemctl("reset-failed", "--", self.name)
        self._must("enable", "--now", "--", self.name + ".service")

    def stop(self) -> None:
        self._must("disable", "--now", "--", self.name + ".service")

    def undefine(self) -> None:
        self.host.remove_file(self.definition_path)
        wants = os.path.join(self._folder, "default.target.wants")
        self.host.remove_file(os.path.join(wants, f"{self.name}.service"))
        self.host.remove_dir_if_empty(wants)
        self._must("daemon-reload")
        self._systemctl("reset-failed", "--", self.name)

    def _must(self, *words: str) -> None:
        result = self._systemctl(*words)
        if result.code != 0:
            raise ClawPilotError(
                "SERVICE_MANAGER_FAILED",
                f"systemctl --user {' '.join(words)} failed: {result.text}.",
                "Is the user's systemd running (loginctl enable-linger)?",
            )

    def _systemctl(self, *words: str) -> Result:
        command = ("systemctl", "--user", *words)
        return self.host.run(
            command, env=systemd_environment(os.getuid()), timeout=self.stop_timeout + 90
        )


class Supervisor(ServiceManager):
    """supervisor programs under the one supervisord of this home, started when it is not there."""

    kind = "supervisor"

    def __init__(self, host: Host, layout: Layout, supervisor_python: str = "") -> None:
        super().__init__(host, layout)
        self._python = supervisor_python
        self._socket = os.path.join(layout.service_dir, "supervisor.sock")

    @property
    def _client(self) -> SupervisorClient:
        return SupervisorClient(self._socket, timeout=self.stop_timeout + 30)

    @property
    def definition_path(self) -> str:
        return os.path.join(self.folders[0], f"{self.name}.ini")

    @property
    def _disabled_path(self) -> str:
        return self.definition_path + ".off"

    @property
    def folders(self) -> tuple[str, ...]:
        return (os.path.join(self.layout.service_dir, "supervisor.d"),)

    def render(self, launched: Launch) -> str:
        return supervisor_program(launched)

    def definition(self) -> str | None:
        enabled = self.host.read(self.definition_path)
        return enabled if enabled is not None else self.host.read(self._disabled_path)

    def state(self) -> ServiceState:
        info = self._client.info(self.name) if self._client.alive() else None
        enabled = self.host.exists(self.definition_path)
        defined = enabled or self.host.exists(self._disabled_path)
        return supervisor_state(info, defined, enabled)

    def define(self, text: str) -> None:
        enabled = self.host.exists(self.definition_path)
        self.host.write(self.definition_path if enabled else self._disabled_path, text)

    def start(self) -> None:
        self._ensure_running()
        if self.host.exists(self._disabled_path):
            self.host.rename(self._disabled_path, self.definition_path)
        self._client.add(self.name)
        self._client.start(self.name)

    def stop(self) -> None:
        if self._client.alive():
            self._client.stop(self.name)
        if self.host.exists(self.definition_path):
            self.host.rename(self.definition_path, self._disabled_path)

    def undefine(self) -> None:
        self.host.remove_file(self.definition_path)
        self.host.remove_file(self._disabled_path)
        with self.host.lock(self.layout.home):  # a create may be about to use supervisord
            if not self.host.names(self.folders[0]):
                self._shut_down()

    def _ensure_running(self) -> None:
        with self.host.lock(self.layout.home):
            if self._client.alive():
                return
            self._check_startable()
            config = os.path.join(self.layout.service_dir, "supervisord.conf")
            self.host.write(config, supervisord_config(self.layout.service_dir))
            result = self.host.run(
                (*_PRIVATELY, self._python, "-m", "supervisor.supervisord", "-c", config),
                env={"HOME": self.layout.home, "PATH": os.defpath},
            )
            if result.code != 0 or not self._wait(alive=True):
                raise ClawPilotError(
                    "SERVICE_MANAGER_FAILED",
                    f"supervisord did not start: {result.text}.",
                    f"See {self.layout.service_dir}/supervisord.log.",
                )

    def _check_startable(self) -> None:
        if len(self._socket) > SOCKET_PATH_MAX:
            raise ClawPilotError(
                "PATH_TOO_LONG",
                f"The path {self._socket} is too long for a socket.",
                f"Use an openclaw_home with at most {SOCKET_PATH_MAX - 40} characters.",
            )
        if not self._python:
            raise ClawPilotError(
                "SERVICE_MANAGER_FAILED",
                "supervisor is not installed on this host.",
                "Run the openclaw_host role with service_manager=supervisor first.",
            )

    def _shut_down(self) -> None:
        if self._client.alive():
            self._client.shutdown()
            self._wait(alive=False)
        for name in self.host.names(self.layout.service_dir):
            if name.startswith("supervisor") and name != "supervisor.d":
                self.host.remove_file(os.path.join(self.layout.service_dir, name))
        self.host.remove_dir_if_empty(self.folders[0])

    def _wait(self, alive: bool, seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            gone = not self.host.exists(os.path.join(self.layout.service_dir, "supervisord.pid"))
            if self._client.alive() if alive else gone:
                return True
            time.sleep(0.05)
        return False


def shown_state(text: str) -> ServiceState:
    """One state from what `systemctl show` prints of a unit."""
    shown = dict(line.partition("=")[::2] for line in text.splitlines())
    active = shown.get("ActiveState", "inactive")
    return ServiceState(
        defined=shown.get("LoadState") == "loaded",
        enabled=shown.get("UnitFileState") == "enabled",
        active=active in ("active", "activating", "reloading"),
        failed=active == "failed",
        pid=int(shown.get("MainPID") or 0),
        exit_code=int(shown.get("ExecMainStatus") or 0),
        restarts=int(shown.get("NRestarts") or 0),
    )


def supervisor_state(info: Mapping[str, Any] | None, defined: bool, enabled: bool) -> ServiceState:
    """One state from supervisor's getProcessInfo; None: it does not know the program."""
    word = info["statename"] if info else "STOPPED"
    return ServiceState(
        defined=defined,
        enabled=enabled,
        active=word in ("STARTING", "RUNNING", "BACKOFF", "STOPPING"),
        failed=word in ("FATAL", "EXITED", "BACKOFF"),
        pid=info["pid"] if info else 0,
        exit_code=info["exitstatus"] if info else None,
    )


def account_home() -> str:
    """The home of the account that this process runs as."""
    return pwd.getpwuid(os.geteuid()).pw_dir


def systemd_environment(uid: int) -> dict[str, str]:
    """What systemctl needs to reach that user's systemd; set by hand, since a become or an ssh
    command has no session.
    """
    own = os.environ.get("XDG_RUNTIME_DIR") if uid == os.getuid() else None
    return {
        "PATH": os.defpath + ":/usr/sbin:/sbin",
        "XDG_RUNTIME_DIR": own or f"/run/user/{uid}",
        "LANG": "C.UTF-8",
    }


def has_user_systemd(host: Host) -> bool:
    """Whether the user's systemd answers; a stat of its socket, no process."""
    folder = systemd_environment(os.getuid())["XDG_RUNTIME_DIR"]
    return host.exists(os.path.join(folder, "systemd", "private"))


def service_manager(
    kind: str, host: Host, layout: Layout, supervisor_python: str = ""
) -> ServiceManager:
    """The service manager of that kind: auto (systemd where it answers), systemd, supervisor."""
    if kind == "auto":
        kind = "systemd" if has_user_systemd(host) else "supervisor"
    if kind == "systemd":
        if not has_user_systemd(host):
            raise ClawPilotError(
                "NO_USER_SYSTEMD",
                "The user's systemd does not answer on this host.",
                "Turn lingering on (loginctl enable-linger), or use service_manager=supervisor.",
            )
        return Systemd(host, layout)
    return Supervisor(host, layout, supervisor_python)
