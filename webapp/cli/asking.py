# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask hosts through a playbook, where this process cannot look itself, and take its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ...plugins.module_utils._model import ClawPilotError
from . import local, outcome, place, run
from .options import Ansible

SIGNALLED = 128


def ask(
    playbook: str,
    where: place.Place,
    variables: Mapping[str, Any],
    ansible: Ansible,
    typed: frozenset[str],
) -> run.Answer:
    """The answer of a playbook that changes nothing. typed: see run.Call.

    Failures of some hosts beside the answer of others are shown on standard error; when there is
    no answer at all they are the error. Raises ClawPilotError, and Exit when interrupted.
    """
    given = {**where.variables, **variables}
    call = run.Call(playbook, given, ansible.words, where.registry, bool(ansible.verbose), typed)
    answer = run.run_playbook(call, captured=True)
    if answer.code > SIGNALLED:
        raise click.exceptions.Exit(answer.code)
    if not answer.document:
        raise run.no_answer()
    errors = failures(answer)
    if not answer.document.get("hosts"):
        raise ClawPilotError(
            "HOST_NOT_FOUND",
            f"No host matches {given.get('target') or place.LOCALHOST!r}.",
            "Check --target and --inventory.",
        )
    if answer.code and not answer.result:
        raise errors[0] if errors else run.no_answer()
    for error in errors:
        outcome.print_error(error, as_json=False)
    return answer


def failures(answer: run.Answer) -> list[ClawPilotError]:
    """What went wrong, per host."""
    found = [
        ClawPilotError(
            str(failure.get("code") or "PLAYBOOK_FAILED"),
            f"{failure.get('host')}: {failure.get('message')}",
            str(failure.get("hint") or ""),
        )
        for failure in answer.failures
    ]
    # The worst first: what could not be reached.
    return sorted(found, key=lambda error: error.code != "HOST_UNREACHABLE")


def must_be_asked(slug: str, where: place.Place, variables: Mapping[str, Any]) -> bool:
    """Whether the instance is out of this process's sight: on another host, or another user's."""
    if not where.local or variables.get("openclaw_user"):
        return True
    row = {"slug": slug, **where.variables}
    return bool(where.variables.get("openclaw_home")) and local.is_hidden(row)
