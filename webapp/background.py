# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dashboard that runs on behind the terminal: started, found again and stopped."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ..plugins.module_utils._model import ClawPilotError
from . import databases
from .doors import Doors
from .jobs import processes
from .settings import Settings

START_SECONDS, STOP_SECONDS = 60.0, 30.0
ANSWER_SECONDS = 3.0  # that a dashboard gets to answer
LOG = "dashboard.log"
_PROGRAM = "import sys; from {package}.cli import main; sys.exit(main())"


def address(settings: Settings) -> str:
    """Where this user's dashboard answers; empty when none does."""
    noted = _note(settings, "address")
    return noted if noted and answers(noted) else ""


def answers(place: str) -> bool:
    """Whether a dashboard answers at that address."""
    parts = urlsplit(place)
    if not parts.hostname:
        return False
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def link(settings: Settings) -> str:
    """An address that logs in once at the dashboard that runs. Raises DASHBOARD_NOT_RUNNING."""
    place = address(settings)
    if not place:
        noted = _note(settings, "address")
        raise ClawPilotError(
            "DASHBOARD_NOT_RUNNING",
            f"No dashboard of this user answers{f' at {noted}' if noted else ''}.",
            "Start it with claw-pilot dashboard.",
        )
    doors = Doors.of(settings)
    code = doors.make_link()
    doors.store.close()
    return f"{place}/login?link={code}"


def start(settings: Settings, words: Sequence[str], warn: Callable[[str], None]) -> bool:
    """Have one run, with these words for `claw-pilot dashboard`; whether it was started just now.

    warn: is told what is amiss. Raises DASHBOARD_NOT_STARTED and what databases.check_all() does.
    """
    if address(settings):
        return False
    databases.check_all(settings, warn)
    log = settings.home / LOG
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    program = _PROGRAM.format(package=__package__)
    with open(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", program, "dashboard", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it says a login link there, which belongs into no file
            stderr=errors,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not address(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            raise ClawPilotError(
                "DASHBOARD_NOT_STARTED",
                f"The dashboard did not come up: {_last_words(log) or 'it said nothing'}.",
                f"Read {log}, or run claw-pilot dashboard without --background.",
            )
        time.sleep(0.2)
    return True


def stop(settings: Settings) -> bool:
    """End the one that runs; whether there was one. Jobs go on. Raises DASHBOARD_NOT_STOPPED."""
    process = _note(settings, "process")
    if not process or not processes.send(process, signal.SIGTERM):
        return False
    deadline = time.monotonic() + STOP_SECONDS
    while processes.alive(process):
        if time.monotonic() > deadline:
            raise ClawPilotError(
                "DASHBOARD_NOT_STOPPED",
                f"The dashboard (process {processes.pid_of(process)}) does not end.",
                f"End it with kill -9 {processes.pid_of(process)}; jobs go on.",
            )
        time.sleep(0.1)
    return True


def _note(settings: Settings, name: str) -> str:
    if not settings.database.exists():
        return ""
    doors = Doors.of(settings)
    note = doors.store.find("notes", "name", name)
    doors.store.close()
    return str(note["text"]) if note else ""


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (errors or lines or [""])[-1].strip().rstrip(".")
