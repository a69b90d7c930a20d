# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claw-pilot command: one verb per playbook. It runs the playbook and does nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..plugins.module_utils._merge import redact

VERBS = {
    "create": "Create an instance, or bring it to what is asked for.",
    "destroy": "Remove an instance with its data.",
    "start": "Start an instance.",
    "stop": "Stop an instance and keep its data.",
    "restart": "Restart an instance.",
}
ROOT = Path(__file__).parent.parent
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_JSON_SCALAR = re.compile(r"(true|false|null|-?(0|[1-9][0-9]*))\Z")


def collection_version() -> str:
    """The version in galaxy.yml, its only home."""
    text = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    found = re.search(r"^version: (\S+)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"


def parse_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """`key=value` words as playbook variables."""
    variables: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.isidentifier():
            # The word itself is not repeated: it may be a secret in the wrong place.
            raise click.BadParameter("Variables have the form key=value.")
        variables[key] = parse_value(key, text)
    return variables


def parse_value(key: str, text: str) -> Any:
    """What a value means: @file is the text of that file, JSON is JSON, all else is a string."""
    if text.startswith("@"):
        return read_value(key, Path(text[1:]).expanduser())
    if redact(text, key) != text:
        return text  # a secret stays what it is, even one of digits only
    if _JSON_SCALAR.match(text) or text.startswith(("[", "{", '"')):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def read_value(key: str, path: Path) -> str:
    """The text of a file without the line end: how a secret stays out of the process list."""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise click.BadParameter(f"{key}: cannot read {path}: {error}") from error


def playbook_variables(slug: str, target: str | None, pairs: Iterable[str]) -> dict[str, Any]:
    """Everything the playbook gets."""
    variables = parse_pairs(pairs)
    for name in ("slug", "target"):
        if name in variables:
            raise click.BadParameter(f"{name} has its own place on the command line.")
    return {"slug": slug, **({"target": target} if target else {}), **variables}


def ansible_playbook() -> str:
    """The ansible-playbook of this Python environment, else the one on PATH."""
    own = Path(sysconfig.get_path("scripts"), "ansible-playbook")
    found = str(own) if own.is_file() else shutil.which("ansible-playbook")
    if not found:
        raise click.ClickException("ansible-playbook is missing: pip install ansible-core.")
    return found


def equivalent(playbook: str, options: Sequence[str], variables: Mapping[str, Any]) -> str:
    """The same run as a command line for a person to read, secrets masked."""
    shown = json.dumps(redact(dict(variables)), ensure_ascii=False)
    return shlex.join(["ansible-playbook", playbook, *options, "--extra-vars", shown])


@contextmanager
def variables_file(variables: Mapping[str, Any]) -> Iterator[str]:
    """A file that only this user can read, there as long as the playbook runs."""
    descriptor, path = tempfile.mkstemp(prefix="claw-pilot-", suffix=".json")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(variables, stream)
        yield path
    finally:
        os.unlink(path)


def run(command: Sequence[str]) -> int:
    """Run in the foreground; what would end this process is the playbook's to answer."""
    environment = {"ANSIBLE_LOCALHOST_WARNING": "false", **os.environ}
    environment.setdefault("ANSIBLE_INVENTORY_UNPARSED_WARNING", "false")
    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: object) -> None:
        # A terminal sends its Ctrl-C to the playbook as well: that one is not handed on.
        if process and number != signal.SIGINT:
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in ENDING}
    try:
        process = subprocess.Popen(command, env=environment)
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def run_verb(verb: str, variables: Mapping[str, Any], options: Sequence[str], show: bool) -> int:
    """Run the playbook of a verb and return its exit code."""
    playbook = f"claw.pilot.{verb}_instance"
    if show:
        click.echo(equivalent(playbook, options, variables), err=True)
    with variables_file(variables) as path:
        return run([ansible_playbook(), playbook, *options, "--extra-vars", f"@{path}"])


def playbook_options(inventory: str | None, flags: Mapping[str, bool], verbose: int) -> list[str]:
    """The options that ansible-playbook has under the same names."""
    return [
        *(["--inventory", inventory] if inventory else []),
        *(f"--{name.replace('_', '-')}" for name, given in flags.items() if given),
        *(["-" + "v" * verbose] if verbose else []),
    ]


def verb_command(verb: str, summary: str) -> click.Command:
    """The click command of one verb."""

    @click.command(name=verb, help=f"{summary} Variables: key=value; key=@file reads a file.")
    @click.argument("slug")
    @click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
    @click.option("--target", help="Hosts of the inventory to work on.  [default: localhost]")
    @click.option("-i", "--inventory", help="Inventory file or list of hosts.")
    @click.option("-K", "--ask-become-pass", is_flag=True, help="Ask for the sudo password.")
    @click.option("-J", "--ask-vault-password", is_flag=True, help="Ask for the vault password.")
    @click.option("--check", is_flag=True, help="Only say what would change.")
    @click.option("--diff", is_flag=True, help="Show what changes.")
    @click.option("-v", "--verbose", count=True, help="Show the ansible-playbook command.")
    @click.pass_context
    def command(
        context: click.Context,
        /,
        slug: str,
        pairs: tuple[str, ...],
        target: str | None,
        inventory: str | None,
        verbose: int,
        **flags: bool,
    ) -> None:
        variables = playbook_variables(slug, target, pairs)
        options = playbook_options(inventory, flags, verbose)
        context.exit(run_verb(verb, variables, options, show=bool(verbose)))

    return command


@click.group()
@click.version_option(collection_version(), prog_name="claw-pilot")
def main() -> None:
    """Provision and run OpenClaw instances through the playbooks of claw.pilot."""


for _verb, _summary in VERBS.items():
    main.add_command(verb_command(_verb, _summary))
