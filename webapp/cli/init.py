# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""init: find the instances of a host and adopt them, through the playbook discover."""

from __future__ import annotations

import click

from ...plugins.module_utils._hostile import shown
from . import local, outcome, place, run
from .options import Ansible, ansible_options, host_option, json_option
from .variables import parse_pairs, typed


@click.command()
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--adopt/--no-adopt", default=None, help="Adopt what is new, without asking.")
@click.option("--prune", is_flag=True, help="Drop from the registry what is gone.")
@host_option
@json_option
@ansible_options()
@click.pass_context
def init(
    context: click.Context,
    /,
    pairs: tuple[str, ...],
    adopt: bool | None,
    prune: bool,
    host: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    """Find the OpenClaw instances of this machine and adopt them. No file of theirs is changed.

    With --json nobody is asked: nothing is adopted without --adopt.
    """
    where = place.of_host(host, ansible)
    variables = {**where.variables, **parse_pairs(pairs)}
    if adopt is not None or as_json:
        variables["adopt"] = bool(adopt)
    if prune:
        variables["prune"] = True
    show, names = bool(ansible.verbose), typed(pairs)
    call = run.Call("discover", variables, ansible.words, where.registry, show, names)
    answer = run.run_playbook(call, captured=as_json)
    if as_json:
        context.exit(run.finish(answer))
    if answer.code == outcome.DONE:
        show_next(shared=where.local and not ansible.inventory)
    context.exit(answer.code)


def show_next(shared: bool) -> None:
    """What the instances of this machine can share, and what to do next."""
    if shared:
        from . import views

        services = local.observe()["host"].get("shared") or {}
        click.echo(f"Shared resources: {shown(views.shared(services))}.")
    click.echo("Next: claw-pilot list shows the instances, claw-pilot create makes one.")


COMMANDS = [init]
