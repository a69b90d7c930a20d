# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Talk to supervisord over its unix socket (XML-RPC, https://supervisord.org/api.html).

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import http.client
import socket
import xmlrpc.client
from typing import Any
from xml.parsers.expat import ExpatError

from ._model import ClawPilotError

# xmlrpc's own: a password is wanted, or what answers is no supervisord.
_NO_ANSWER = (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError, ExpatError)
BAD_NAME, NOT_RUNNING, ALREADY_STARTED, ALREADY_ADDED = 10, 70, 60, 90


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.settimeout(self.timeout)
        try:
            opened.connect(self._path)
        except OSError:
            opened.close()
            raise
        self.sock = opened


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__()
        self._path = path
        self._timeout = timeout

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = _UnixConnection(self._path, self._timeout)
        self._connection = host, connection  # so that close() closes it
        return connection


class SupervisorClient:
    """The calls that we need; each opens a connection of its own."""

    def __init__(self, socket_path: str, timeout: float = 60) -> None:
        self._path = socket_path
        self._timeout = timeout

    def call(self, method: str, *arguments: Any, ignore: tuple[int, ...] = ()) -> Any:
        """Call supervisor.METHOD; faults in `ignore` give None.

        Raises SERVICE_MANAGER_FAILED for other faults and when supervisord does not answer.
        """
        try:
            return self._call(method, arguments, ignore)
        except _NO_ANSWER as error:
            raise ClawPilotError(
                "SERVICE_MANAGER_FAILED",
                f"supervisor did not answer {method} within {self._timeout:.0f} s: {error}.",
                "See supervisord.log beside its socket.",
            ) from error

    def _call(self, method: str, arguments: tuple[Any, ...], ignore: tuple[int, ...]) -> Any:
        transport = _UnixTransport(self._path, self._timeout)
        with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as proxy:
            try:
                return getattr(proxy.supervisor, method)(*arguments)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode in ignore:
                    return None
                words = " ".join(str(argument) for argument in arguments)
                raise ClawPilotError(
                    "SERVICE_MANAGER_FAILED",
                    f"supervisor refused {method} {words}: {fault.faultString}.",
                    "See supervisord.log beside its socket.",
                ) from fault

    def alive(self) -> bool:
        try:
            state = self._call("getState", (), ())
        except _NO_ANSWER:
            return False
        return bool(state.get("statename") == "RUNNING")

    def info(self, name: str) -> dict[str, Any] | None:
        """getProcessInfo (statename, pid, exitstatus, spawnerr, start, ...), None when unknown."""
        info = self.call("getProcessInfo", name, ignore=(BAD_NAME,))
        return dict(info) if info else None

    def all_info(self) -> dict[str, dict[str, Any]]:
        """getProcessInfo of every program, by name."""
        return {info["name"]: dict(info) for info in self.call("getAllProcessInfo")}

    def add(self, name: str) -> None:
        """Read the files again and add the program; autostart starts it."""
        self.call("reloadConfig")
        self.call("addProcessGroup", name, ignore=(ALREADY_ADDED,))

    def start(self, name: str) -> None:
        self.call("startProcess", name, False, ignore=(ALREADY_STARTED,))

    def halt(self, name: str) -> None:
        """Stop the program and wait until it is gone."""
        self.call("stopProcess", name, True, ignore=(BAD_NAME, NOT_RUNNING))

    def stop(self, name: str) -> None:
        """Stop the program, wait until it is gone, and forget it."""
        self.halt(name)
        self.call("removeProcessGroup", name, ignore=(BAD_NAME,))

    def shutdown(self) -> None:
        self.call("shutdown")
