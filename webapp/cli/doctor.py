# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""doctor: what is wrong, how we know, and the command that mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import click

from ...plugins.module_utils._hostile import shown
from . import asking, local, outcome, place, store, words
from .options import Ansible, ansible_options, host_option, json_option
from .variables import parse_pairs, typed

Data = dict[str, Any]


@click.command()
@click.argument("slug", default="")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@host_option
@json_option
@ansible_options(changes=False)
@click.pass_context
def doctor(
    context: click.Context,
    /,
    slug: str,
    pairs: tuple[str, ...],
    host: str,
    as_json: bool,
    ansible: Ansible,
) -> None:
    """Examine all instances of this machine, or one, or another host's with --host or --target.

    Exit code 5 when an error was found.
    """
    variables = parse_pairs(pairs)
    where = place.find(slug, ansible, host, variables) if slug else place.of_host(host, ansible)
    if ansible.chooses_hosts or asking.must_be_asked(slug, where, variables):
        asked = {"slug": slug, **variables} if slug else variables
        answer = asking.ask("doctor", where, asked, ansible, typed(pairs))
        found, code = list(answer.result.get("findings") or []), answer.code
    else:
        found, code = here(slug, where, variables), outcome.DONE
    found = sorted(found, key=order)
    counts = Counter(str(finding["severity"]) for finding in found)
    if as_json:
        summary = {severity: counts[severity] for severity in words.SEVERITIES}
        outcome.print_json({"findings": found, "summary": summary})
    else:
        show(found, counts)
        others = store.hosts() if not slug and where.local else []
        if others:
            click.echo(f"Not examined: {shown(', '.join(others))} (claw-pilot doctor --host NAME)")
    context.exit(code or (outcome.UNWELL if counts["error"] else outcome.DONE))


def here(slug: str, where: place.Place, variables: Mapping[str, Any]) -> list[Data]:
    """Findings of this machine, or of one instance. Raises INSTANCE_NOT_FOUND."""
    from ...plugins.module_utils import _doctor, _examine
    from ...plugins.module_utils._host import Host

    rows = store.rows(slug)
    seen = local.observe(rows)
    home = str(variables.get("openclaw_home") or where.variables.get("openclaw_home") or "")
    if slug and local.the_one(slug, seen, home) is None:
        raise local.gone(slug, rows) if rows else local.not_found(slug)
    asked = [instance for instance in seen["instances"] if slug in ("", instance["slug"])]
    examined = _examine.examine(Host(), asked)
    found = _doctor.findings(seen, examined, place.login())
    return [{"host": where.host, **f} for f in found if slug in ("", f["slug"])]


def order(finding: Data) -> tuple[str, str, int, str]:
    """By host, the host itself first, then by instance, the worst first."""
    severities = list(words.SEVERITIES)
    severity = str(finding["severity"])
    rank = severities.index(severity) if severity in severities else len(severities)
    return str(finding.get("host") or ""), str(finding["slug"]), rank, str(finding["check"])


def show(found: Iterable[Data], counts: Mapping[str, int]) -> None:
    """Findings by instance, then a line that sums them up."""
    group = None
    for finding in found:
        owner = (finding.get("host"), finding["slug"])
        if owner != group:
            group = owner
            name = f"{finding['slug']} on {owner[0]}" if finding["slug"] else f"{owner[0]}"
            click.secho(shown(name), bold=True)
        show_finding(finding)
    if not counts:
        click.secho("All is well.", fg="green")
        return
    parts = [
        words.number(counts[severity], noun)
        for severity, noun in (("error", "error"), ("warning", "warning"), ("info", "note"))
        if counts.get(severity)
    ]
    click.echo(f"{', '.join(parts)}.")


def show_finding(finding: Data) -> None:
    colour, word = words.looks(words.SEVERITIES, str(finding["severity"]))
    message = shown(str(finding["message"]))
    click.echo(f"  {click.style(word, fg=colour)}  {shown(finding['check'])}: {message}")
    if finding.get("evidence"):
        click.secho(f"      {shown(str(finding['evidence']))}", dim=True)
    if finding.get("fix"):
        click.echo(f"      {click.style('fix:', dim=True)} {shown(finding['fix'])}")


COMMANDS = [doctor]
