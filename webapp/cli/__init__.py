# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claw-pilot command: a thin layer over the playbooks, the probe and the registry."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from . import dashboard, doctor, init, logs, looks, outcome, settings, verbs

ROOT = Path(__file__).parent.parent.parent


def collection_version() -> str:
    """The version in galaxy.yml, its only home."""
    text = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    found = re.search(r"^version: (\S+)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"


@click.group(cls=outcome.Program, epilog=outcome.EXIT_CODES)
@click.version_option(collection_version(), prog_name="claw-pilot")
@click.pass_context
def main(context: click.Context) -> None:
    """Find, create, watch and run OpenClaw instances through the playbooks of claw.pilot."""
    if os.environ.get("NO_COLOR"):
        context.color = False


for _part in (init, verbs, looks, logs, doctor, settings, dashboard):
    for _command in _part.COMMANDS:
        main.add_command(_command)
