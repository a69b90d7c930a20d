# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the Control UI's address with its token on the terminal, and nowhere else."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._model import ClawPilotError
from ..plugin_utils.host_module import refuse_facts
from ..plugin_utils.registry_door import failed

# Set by ansible-runner (and so by AWX), and variables of jobs: their terminal is a recording.
RECORDERS = ("AWX_ISOLATED_DATA_DIR", "RUNNER_OMIT_EVENTS")
JOBS = ("awx_job_id", "tower_job_id")
STDOUT, STDERR = 1, 2
# What of the module's answer is a result: no part that may hold the token, as its raw output.
SHOWN = ("changed", "failed", "failure", "instance", "msg", "unreachable", "warnings")


class ActionModule(ActionBase):
    """Runs the module, shows what it says, and returns all but the token."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            refuse_facts(variables)
            if any(variables.get(name) for name in JOBS):
                raise no_terminal()
            # A worker has no terminal; the process that started it has.
            stream = terminal_of(os.getppid(), os.environ)
            if constants.DEFAULT_DEBUG:
                raise debugged()
        except ClawPilotError as error:
            return {**result, **failed(error)}
        with self._unlogged():
            answer: dict[str, Any] = self._execute_module(
                module_name="claw.pilot.openclaw_token",
                module_args=self._task.args,
                task_vars=task_vars,
            )
        token = answer.get("token")
        if token and not answer.get("failed"):
            # Not in the log, in no callback; the process that has the terminal writes it there.
            Display().display(
                f"\n{address(answer['instance']['url'], token)}\n",
                stderr=stream == STDERR,
                screen_only=True,
            )
        return {**result, **{key: answer[key] for key in SHOWN if key in answer}}

    @contextlib.contextmanager
    def _unlogged(self) -> Iterator[None]:
        """Without the module's output in what -vvv shows.

        The task says it for the module, its play context and that of the connection, which is
        another one, for what ssh and its like have received.
        """
        places = (self._task, self._play_context, self._connection._play_context)
        before = [place.no_log for place in places]
        for place in places:
            place.no_log = True
        try:
            yield
        finally:
            for place, no_log in zip(places, before, strict=True):
                place.no_log = no_log


def address(url: str, token: str) -> str:
    """The URL with the token in its fragment, which browsers send nowhere."""
    shown = "".join(character for character in url if character.isprintable())
    return f"{shown}#token={quote(token, safe='')}"


def terminal_of(pid: int, environment: Mapping[str, str]) -> int:
    """The output of that process that is a terminal: 2 or 1. Raises NO_TERMINAL.

    Standard error comes first: standard output may be a document, or go through a pipe.
    """
    if not any(environment.get(name) for name in RECORDERS):
        for number in (STDERR, STDOUT):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{number}").startswith(
                    ("/dev/pts/", "/dev/tty", "/dev/console")
                ):
                    return number
    raise no_terminal()


def no_terminal() -> ClawPilotError:
    return ClawPilotError(
        "NO_TERMINAL",
        "A token is only shown on a terminal, and here is none.",
        "Run it in a shell: claw-pilot token SLUG.",
    )


def debugged() -> ClawPilotError:
    return ClawPilotError(
        "DEBUG_LOG",
        "With ANSIBLE_DEBUG, Ansible writes down all that hosts answer, which would be the token.",
        "Run it without.",
    )
