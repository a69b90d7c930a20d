# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""create, destroy, start, stop, restart, token: one playbook each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from . import local, outcome, place, run
from .options import Ansible, ansible_options, host_option, json_option
from .variables import parse_pairs, typed

PLAIN = {
    "start": "Start an instance.",
    "stop": "Stop an instance and keep its data.",
    "restart": "Restart an instance.",
}
PAIRS = "Variables: key=value; key=@file reads a file."
pairs_argument = click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")


def run_for(
    playbook: str,
    slug: str,
    ansible: Ansible,
    host: str,
    variables: Mapping[str, Any],
    typed: frozenset[str],
    as_json: bool = False,
) -> int:
    """Run a playbook on the instance, wherever it is; the exit code. typed: see run.Call."""
    where = place.find(slug, ansible, host, variables)
    given = {"slug": slug, **where.variables, **variables}
    call = run.Call(playbook, given, ansible.words, where.registry, bool(ansible.verbose), typed)
    answer = run.run_playbook(call, captured=as_json)
    if as_json:
        return run.finish(answer)
    if answer.code == outcome.FAILED and is_nowhere(slug, where, given):
        return outcome.NOT_FOUND
    return answer.code


def is_nowhere(slug: str, where: place.Place, variables: Mapping[str, Any]) -> bool:
    """Whether the playbook failed since this machine has no such instance.

    What a playbook shows on the screen cannot be asked afterwards, so the machine is.
    """
    if not where.local or variables.get("openclaw_home") or variables.get("openclaw_user"):
        return False
    return not local.fleet(slug)[1]


def plain_command(verb: str, summary: str) -> click.Command:
    """start, stop or restart."""

    @click.command(name=verb, help=f"{summary} {PAIRS}")
    @click.argument("slug")
    @pairs_argument
    @host_option
    @json_option
    @ansible_options()
    @click.pass_context
    def command(
        context: click.Context,
        /,
        slug: str,
        pairs: tuple[str, ...],
        host: str,
        as_json: bool,
        ansible: Ansible,
    ) -> None:
        variables = parse_pairs(pairs)
        playbook = f"{verb}_instance"
        context.exit(run_for(playbook, slug, ansible, host, variables, typed(pairs), as_json))

    return command


@click.command(help=f"Remove an instance with its data. {PAIRS}")
@click.argument("slug")
@pairs_argument
@click.option("--confirm", default="", help="The slug again; asked for at a terminal.")
@host_option
@json_option
@ansible_options()
@click.pass_context
def destroy(
    context: click.Context,
    /,
    slug: str,
    pairs: tuple[str, ...],
    confirm: str,
    host: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    variables = parse_pairs(pairs)
    if confirm:
        variables["confirm"] = confirm
    confirmed = variables.get("confirm")
    if confirmed not in (None, slug):
        raise outcome.usage_error(
            f"Nothing was removed: {confirmed!r} is not the name of the instance.",
            f"Confirm with --confirm {slug}.",
        )
    if confirmed is None and not ansible.check and (as_json or not sys.stdin.isatty()):
        raise outcome.usage_error(
            f"Nothing was removed: destroying {slug} needs a confirmation.",
            f"Give --confirm {slug}, or run it at a terminal.",
        )
    # At a terminal the playbook itself asks, once it has shown what would go.
    names = typed(pairs)
    context.exit(run_for("destroy_instance", slug, ansible, host, variables, names, as_json))


@click.command(
    help=f"Create an instance, or bring it to what is asked for. Without SLUG it asks. {PAIRS}"
)
@click.argument("slug", required=False)
@pairs_argument
@click.option("--yes", is_flag=True, help="Do not ask whether the summary is right.")
@json_option
@ansible_options()
@click.pass_context
def create(
    context: click.Context,
    /,
    slug: str | None,
    pairs: tuple[str, ...],
    yes: bool,
    as_json: bool,
    ansible: Ansible,
) -> None:
    if slug is None:
        variables = asked(ansible, yes, as_json)
    else:
        variables = {"slug": slug, **parse_pairs(pairs)}
    if ansible.target:
        variables["target"] = ansible.target
    call = run.Call(
        "create_instance",
        variables,
        ansible.words,
        show=bool(ansible.verbose),
        typed=typed(pairs),
    )
    answer = run.run_playbook(call, captured=as_json)
    context.exit(run.finish(answer) if as_json else answer.code)


def asked(ansible: Ansible, yes: bool, as_json: bool) -> dict[str, Any]:
    """The variables from the wizard, which needs somebody to answer."""
    if as_json or not sys.stdin.isatty():
        raise outcome.usage_error(
            "Creating an instance needs its slug where nobody can be asked.",
            "Write claw-pilot create SLUG [KEY=VALUE]...",
        )
    from . import known, wizard

    return wizard.ask(known.of(ansible), yes)


@click.command()
@click.argument("slug")
@pairs_argument
@host_option
@click.option("--json", "as_json", is_flag=True, hidden=True)
@ansible_options(changes=False)
@click.pass_context
def token(
    context: click.Context,
    /,
    slug: str,
    pairs: tuple[str, ...],
    host: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    """Print the address of the Control UI with its token, on this terminal only."""
    if as_json:
        raise outcome.usage_error(
            "The token is a secret, so it is never part of a JSON document.",
            f"Run claw-pilot token {slug} at a terminal.",
        )
    context.exit(run_for("token", slug, ansible, host, parse_pairs(pairs), typed(pairs)))


COMMANDS = [
    create,
    destroy,
    *(plain_command(verb, summary) for verb, summary in PLAIN.items()),
    token,
]
