# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""config: the settings that are kept in the registry."""

from __future__ import annotations

import click

from ...plugins.module_utils._hostile import shown
from . import outcome, store
from .options import json_option


@click.group()
def config() -> None:
    """Read and change the settings of the registry."""


@config.command(name="list")
@json_option
def list_settings(as_json: bool) -> None:
    """Show all settings."""
    show(store.settings(), as_json)


@config.command(name="get")
@click.argument("key", default="")
@json_option
def get_setting(key: str, as_json: bool) -> None:
    """Show the value of KEY, or all settings."""
    values = store.settings(key)
    if key and not as_json:
        click.echo(shown(values[key]))
    else:
        show(values, as_json)


@config.command(name="set")
@click.argument("key")
@click.argument("value")
@json_option
def set_setting(key: str, value: str, as_json: bool) -> None:
    """Set KEY to VALUE."""
    show(store.settings(key, value), as_json)


def show(values: dict[str, str], as_json: bool) -> None:
    if as_json:
        outcome.print_json({"config": values})
        return
    for key, value in sorted(values.items()):
        click.echo(f"{key} = {shown(str(value))}")


COMMANDS = [config]
