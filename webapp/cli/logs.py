# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""logs: the last lines of an instance's log, and what is added to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import click

from ...plugins.module_utils._hostile import shown
from . import asking, local, outcome, place, store, words
from .options import Ansible, ansible_options, host_option
from .variables import parse_pairs, typed

Data = dict[str, Any]
MAX_MESSAGE = 20_000  # characters of one line
LOCAL_SECONDS, REMOTE_SECONDS = 0.5, 2.0


@click.command()
@click.argument("slug")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until Ctrl-C.")
@click.option(
    "-n", "--lines", default=100, show_default=True, type=click.IntRange(0), help="Lines to show."
)
@click.option(
    "--level",
    default="info",
    show_default=True,
    type=click.Choice(list(words.LEVELS)),
    help="The lowest level to show.",
)
@host_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with -f one object per line.")
@ansible_options(changes=False)
@click.pass_context
def logs(
    context: click.Context,
    /,
    slug: str,
    pairs: tuple[str, ...],
    follow: bool,
    lines: int,
    level: str,
    host: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    """Show the log of an instance."""
    if follow and (ansible.ask_become_pass or ansible.ask_vault_password):
        raise outcome.usage_error(
            "Following asks the host again and again, so it cannot ask for a password.",
            "Leave -f out, or give the password by a file or an agent.",
        )
    variables = parse_pairs(pairs)
    where = place.find(slug, ansible, host, variables)
    wanted = {"slug": slug, "lines": lines, "level": level, **variables}
    if ansible.chooses_hosts or asking.must_be_asked(slug, where, variables):
        batches = remote(where, wanted, ansible, typed(pairs))
    else:
        batches = here(where, wanted)
    if not follow:
        show(next(batches), as_json)
        return
    try:
        for batch in batches:
            stream(batch, as_json)
    except KeyboardInterrupt:
        context.exit(outcome.DONE)
    except click.exceptions.Exit as ended:  # Ctrl-C while the playbook was asked
        context.exit(outcome.DONE if ended.exit_code == outcome.INTERRUPTED else ended.exit_code)


def here(where: place.Place, wanted: Mapping[str, Any]) -> Iterator[list[Data]]:
    """The last lines, then what was added since, for ever. Raises INSTANCE_NOT_FOUND."""
    slug, rows = str(wanted["slug"]), store.rows(str(wanted["slug"]))
    home = str(wanted.get("openclaw_home") or where.variables.get("openclaw_home") or "")
    instance = local.the_one(slug, local.observe(rows), home)
    if instance is None:
        raise local.gone(slug, rows) if rows else local.not_found(slug)
    from ...plugins.module_utils import _logs

    cursor = None
    while True:
        entries, cursor = _logs.tail(instance, int(wanted["lines"]), str(wanted["level"]), cursor)
        yield entries
        time.sleep(LOCAL_SECONDS)


def remote(
    where: place.Place, wanted: Mapping[str, Any], ansible: Ansible, names: frozenset[str]
) -> Iterator[list[Data]]:
    """The same from another host, by the playbook logs."""
    cursor: dict[str, Any] = {}
    while True:
        asked = {**wanted, **cursor}
        answer = asking.ask("logs", where, asked, ansible, names - {*cursor})
        result = answer.result
        cursor = {"cursor": result["cursor"]} if "cursor" in result else {}
        ansible = replace(ansible, verbose=0)  # the command line is shown once
        yield list(result.get("lines") or [])
        time.sleep(REMOTE_SECONDS)


def show(entries: Iterable[Data], as_json: bool) -> None:
    if as_json:
        outcome.print_json({"lines": list(entries)})
    else:
        stream(entries, as_json)


def stream(entries: Iterable[Data], as_json: bool) -> None:
    """A line for each entry, at once."""
    for entry in entries:
        click.echo(json.dumps(entry) if as_json else line_of(entry))


def line_of(entry: Mapping[str, Any]) -> str:
    """Time, level, subsystem and message."""
    level = str(entry.get("level") or "").lower()
    moment = shown(str(entry.get("time") or "")[:19].replace("T", " "))
    subsystem = shown(str(entry.get("subsystem") or ""))
    message = shown(str(entry.get("message") or ""), MAX_MESSAGE)
    severity = click.style(f"{shown(level):<5}", fg=words.LEVELS.get(level))
    source = f"{subsystem}: " if subsystem else ""
    return f"{click.style(moment, dim=True)} {severity} {source}{message}"


COMMANDS = [logs]
