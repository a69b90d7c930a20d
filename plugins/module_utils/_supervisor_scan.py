# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Find the supervisor programs that run a gateway: ours in each home, and those of the system.

Private to the claw.pilot collection. Python 3.9 or later. Never changes anything.
"""

from __future__ import annotations

import glob
import os
import xmlrpc.client
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.parsers.expat import ExpatError

from ._definitions import Definition, included_files, programs, supervisor_socket
from ._model import ClawPilotError, Layout
from ._reading import read_bounded
from ._service_scan import command_of, home_of_user
from ._services import supervisor_state
from ._sightings import Account, Service, Warnings
from ._supervisor import SupervisorClient

MAX_FILE_BYTES = 1024 * 1024
ASK_SECONDS = 5.0
OFF = ".off"  # what a program that is stopped is called, so that supervisord does not start it
_SYSTEM_CONFIGS = (
    "/etc/supervisor/supervisord.conf",
    "/etc/supervisord.conf",
    "/usr/local/etc/supervisord.conf",
)
_DEFAULT_SOCKET = "/var/run/supervisor.sock"

Scan = tuple[list[Service], Warnings]


def supervisor_programs(account: Account, openclaw_home: str) -> Scan:
    """The programs that Claw Pilot has made for the instances of this home."""
    folder = Layout(openclaw_home, "").service_dir
    programs_dir = os.path.join(folder, "supervisor.d")
    found = [
        # Only root's supervisord can run it as somebody else, and that is none of a home.
        (os.path.join(programs_dir, name), replace(program, user=account.name), uid or account.uid)
        for name in _names(programs_dir)
        if name.endswith((".ini", ".ini" + OFF))
        for program, uid in _programs(os.path.join(programs_dir, name))
    ]
    return _asked(found, os.path.join(folder, "supervisor.sock"), "user")


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def system_programs() -> Scan:
    """The programs of a supervisord that the system runs."""
    services: list[Service] = []
    warnings: Warnings = []
    for config in _SYSTEM_CONFIGS:
        text = _text(config)
        if not text:
            continue
        found = [
            (path, replace(program, user=program.user or "root"), 0)
            for path in (config, *_included(config, text))
            for program, _uid in _programs(path)
        ]
        more, unasked = _asked(found, supervisor_socket(text) or _DEFAULT_SOCKET, "system")
        services += more
        warnings += unasked
    return services, warnings


def _included(config: str, text: str) -> Iterator[str]:
    here = os.path.dirname(config)
    for pattern in included_files(text):
        yield from sorted(
            glob.glob(os.path.join(glob.escape(here), pattern.replace("%(here)s", here)))
        )


def _programs(path: str) -> list[tuple[Definition, int]]:
    """The gateways that a file defines, each with the uid of who has the file."""
    text, uid = _read(path)
    return [(p, uid) for p in programs(text, os.path.dirname(path)) if p.is_gateway]


def _text(path: str) -> str:
    return _read(path)[0]


def _read(path: str) -> tuple[str, int]:
    """Its text and whose it is; '' of what cannot be read."""
    try:
        text, status = read_bounded(path, MAX_FILE_BYTES)
    except (OSError, ClawPilotError):
        return "", 0
    return text, status.st_uid


def _asked(found: list[tuple[str, Definition, int]], socket: str, scope: str) -> Scan:
    if not found:
        return [], []
    warnings = []
    known: Mapping[str, Mapping[str, Any]] = {}
    asked = os.path.exists(socket)
    if asked:
        try:
            known = _by_program(SupervisorClient(socket, ASK_SECONDS).all_info())
        except (ClawPilotError, xmlrpc.client.Error, ExpatError, ValueError, TypeError, KeyError):
            asked = False
            message = f"The supervisord behind {socket} did not answer."
            warnings.append({"code": "SUPERVISOR_UNANSWERED", "path": socket, "message": message})
    # No socket: no supervisord runs, and so none of its programs.
    settled = asked or not os.path.lexists(socket)
    services = [
        _service(path, program, told_by, known.get(program.name), scope, settled)
        for path, program, told_by in found
    ]
    return services, warnings


def _by_program(processes: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What is told of each program; of one with several processes, of that which runs.

    A program's process may have another name: then its group has the program's.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for info in processes.values():
        told = {
            "statename": str(info["statename"]),
            "pid": int(info["pid"]),
            "exitstatus": int(info["exitstatus"]),
        }
        for name in (str(info["name"]), str(info.get("group", ""))):
            if name not in found or told["pid"]:
                found[name] = told
    return found


def _service(
    path: str,
    program: Definition,
    told_by: int,
    info: Mapping[str, Any] | None,
    scope: str,
    asked: bool,
) -> Service:
    return Service(
        manager="supervisor",
        scope=scope,
        name=program.name,
        definition_path=path[: -len(OFF)] if path.endswith(OFF) else path,
        user=program.user,
        command=command_of(program, home_of_user(program.user)),
        state=supervisor_state(info, defined=True, enabled=not path.endswith(OFF)),
        asked=asked,
        told_by=told_by,
    )


def socket_of(definition_path: str) -> str:
    """The socket of the supervisord that a program's file belongs to."""
    for config in _SYSTEM_CONFIGS:
        text = _text(config)
        if definition_path in (config, *_included(config, text)):
            return supervisor_socket(text) or _DEFAULT_SOCKET
    ours = os.path.dirname(os.path.dirname(definition_path))
    return os.path.join(ours, "supervisor.sock")
