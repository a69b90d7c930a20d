# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""list and status: what this machine shows and the registry knows, read in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import asking, local, outcome, place, store
from .options import Ansible, ansible_options, json_option
from .variables import parse_pairs, typed

Data = dict[str, Any]
EMPTY = "No instances. Next: claw-pilot init finds those that run, claw-pilot create makes one."
NO_MATCH = "No instance matches."
state_option = click.option(
    "--state",
    default="",
    type=click.Choice(
        ["running", "starting", "degraded", "stopped", "error", "unknown", local.GONE, ""]
    ),
    help="Only those in this state.",
    metavar="STATE",
)
host_filter = click.option("--host", default="", help="Only those of this host.")


@click.command(name="list")
@host_filter
@state_option
@json_option
def list_instances(host: str, state: str, as_json: bool) -> None:
    """List all instances: here as they are now, on other hosts as last recorded."""
    seen, every = local.fleet()
    lines = local.matching(every, host, state)
    if as_json:
        outcome.print_json({"instances": lines, "warnings": seen["warnings"]})
        return
    from . import views

    views.show_instances(lines, NO_MATCH if every else EMPTY)
    views.show_warnings(seen["warnings"])


@click.command(name="status")
@click.argument("slug", default="")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@host_filter
@state_option
@json_option
@ansible_options(changes=False)
@click.pass_context
def status(
    context: click.Context,
    /,
    slug: str,
    pairs: tuple[str, ...],
    host: str,
    state: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    """Show this machine and all instances; with SLUG, all that is known of that one.

    An instance of another host is looked at there, through the playbook status. Exit code 5 when
    that one instance is not running.
    """
    variables = parse_pairs(pairs)
    if slug or ansible.chooses_hosts:
        context.exit(status_of(slug, host, variables, typed(pairs), as_json, ansible))
    seen, every = local.fleet()
    lines = local.matching(every, host, state)
    counts = local.counts(lines)
    if as_json:
        document = {"host": seen["host"], "counts": counts, "instances": lines}
        outcome.print_json({**document, "warnings": seen["warnings"]})
        return
    from . import views

    views.show_host(seen["host"], counts)
    views.show_instances(lines, NO_MATCH if every else EMPTY)
    views.show_warnings(seen["warnings"])


def status_of(
    slug: str,
    host: str,
    variables: Mapping[str, Any],
    names: frozenset[str],
    as_json: bool,
    ansible: Ansible,
) -> int:
    """Show one instance, or what the named hosts have; the exit code. names: of what was typed."""
    where = place.find(slug, ansible, host, variables)
    if ansible.chooses_hosts or asking.must_be_asked(slug, where, variables):
        asked = {"slug": slug, **variables} if slug else variables
        answer = asking.ask("status", where, asked, ansible, names)
        found, code = list(answer.result.get("instances") or []), answer.code
    else:
        found, code = [here(slug, where, variables)], outcome.DONE
    if slug and not found:
        raise local.not_found(slug, f"on {where.host}")
    lines = [line_of(instance) for instance in found]
    if as_json:
        outcome.print_json({"instances": found, "warnings": []})
    else:
        show(found, lines, one=bool(slug))
    well = all(instance.get("state") == "running" for instance in found)
    return code or (outcome.DONE if well or not slug else outcome.UNWELL)


def here(slug: str, where: place.Place, variables: Mapping[str, Any]) -> Data:
    """The instance on this machine, with its host. Raises INSTANCE_NOT_FOUND."""
    home = str(variables.get("openclaw_home") or where.variables.get("openclaw_home") or "")
    rows = store.rows(slug)
    instance = local.the_one(slug, local.observe(rows), home)
    if instance is None:
        raise local.gone(slug, rows) if rows else local.not_found(slug)
    return {"host": where.host, **instance}


def line_of(instance: Data) -> Data:
    """The line of an instance that was just looked at."""
    host = str(instance.get("host") or place.LOCALHOST)
    rows = [row for row in store.rows(str(instance["slug"])) if row["hostname"] == host]
    row = next((r for r in rows if local.key_of(r) == local.key_of(instance)), None)
    return local.of_instance(instance, host, row, "")


def show(found: list[Data], lines: list[Data], one: bool) -> None:
    from . import views

    if not one:
        views.show_instances(lines, NO_MATCH)
        return
    for instance, line in zip(found, lines, strict=True):
        views.show_instance(line["host"], instance, line)


COMMANDS = [list_instances, status]
