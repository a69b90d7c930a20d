# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook. The one place that starts ansible-playbook."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import click

from ...plugins.module_utils._hostile import shown_lines
from ...plugins.module_utils._model import ClawPilotError
from .. import extra_vars, playbook
from . import outcome

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESULT_CALLBACK = "claw.pilot.result"
INTERRUPTED_BY_ANSIBLE = 99


@dataclass(frozen=True)
class Call:
    """A run of a playbook.

    options: words for ansible-playbook; registry: path of the registry that is the inventory, or
    empty; show: print the equivalent command line first; typed: names of the variables that the
    person at the terminal typed, which may be templates. All others are data.
    """

    playbook: str
    variables: dict[str, Any]
    options: tuple[str, ...] = ()
    registry: str = ""
    show: bool = False
    typed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """A finished run. code: our exit code; document: of the result callback, empty without it."""

    code: int
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def result(self) -> dict[str, Any]:
        """What the playbook answers (its custom stats)."""
        return dict(self.document.get("result") or {})

    @property
    def failures(self) -> list[dict[str, Any]]:
        return list(self.document.get("failures") or [])


def run_playbook(call: Call, captured: bool = False) -> Answer:
    """Run it to its end. captured: no questions, and its result as a document, not on screen."""
    inventory = playbook.registry_inventory(call.registry) if call.registry else None
    with ExitStack() as files:
        options = [*call.options]
        if inventory:
            text = json.dumps(inventory)
            path = files.enter_context(extra_vars.private_file(text, playbook.INVENTORY_SUFFIX))
            options = ["--inventory", path, *options]
        if call.show:
            shown = playbook.equivalent(
                call.playbook, call.variables, options, inventory, call.typed
            )
            click.echo(shown_lines(shown), err=True)
        words = files.enter_context(extra_vars.files(call.variables, call.typed))
        name = playbook.full_name(call.playbook)
        code, text = run([playbook.ansible_playbook(), name, *options, *words], captured)
    document = parse_document(text)
    if captured and code == outcome.UNREACHABLE and not document:
        code = outcome.FAILED  # ansible-playbook has the same code for what it cannot parse
    return Answer(outcome.by_playbook(code, document.get("failures") or []), document)


def run(command: Sequence[str], captured: bool) -> tuple[int, str]:
    """Exit code and captured output; what would end this process is the playbook's to answer."""
    process: subprocess.Popen[bytes] | None = None
    got: list[int] = []

    def forward(number: int, _frame: object) -> None:
        got.append(number)
        # A terminal sends its Ctrl-C to the playbook as well: that one is not handed on.
        if process and number != signal.SIGINT:
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in ENDING}
    try:
        process = subprocess.Popen(
            command,
            env=environment(captured),
            stdin=subprocess.DEVNULL if captured else None,
            stdout=subprocess.PIPE if captured else None,
        )
        output, _errors = process.communicate()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    if code == INTERRUPTED_BY_ANSIBLE and got:
        code = 128 + got[0]
    return code, (output or b"").decode("utf-8", "replace")


def environment(captured: bool) -> dict[str, str]:
    """The playbook's environment: ours, who asked, and how to answer."""
    answer = {"ANSIBLE_STDOUT_CALLBACK": RESULT_CALLBACK, "ANSIBLE_VERBOSE_TO_STDERR": "true"}
    return playbook.environment("cli", **(answer if captured else {}))


def parse_document(text: str) -> dict[str, Any]:
    """The JSON object in the output, {} when there is none. Others may have written before it."""
    decoder = json.JSONDecoder()
    start = 0
    for line in text.splitlines(keepends=True):
        if line.startswith("{"):
            try:
                found, _end = decoder.raw_decode(text, start)
            except ValueError:
                found = None
            if isinstance(found, dict) and "failures" in found:
                return found
        start += len(line)
    return {}


def finish(answer: Answer) -> int:
    """Print the document of a captured run; the exit code."""
    if answer.document:
        outcome.print_json(answer.document)
    else:
        outcome.print_error(no_answer(), as_json=True)
    return answer.code or (outcome.DONE if answer.document else outcome.FAILED)


def no_answer() -> ClawPilotError:
    return ClawPilotError(
        "PLAYBOOK_FAILED",
        "ansible-playbook ended without a result.",
        "Read what it wrote on standard error, or run the command without --json and with -v.",
    )
