# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several commands have, under the names that ansible-playbook has for them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
host_option = click.option("--host", default="", help="The host, as the registry names it.")


@dataclass(frozen=True)
class Ansible:
    """What the user wants of ansible-playbook."""

    target: str = ""
    inventory: str = ""
    ask_become_pass: bool = False
    ask_vault_password: bool = False
    check: bool = False
    diff: bool = False
    verbose: int = 0

    @property
    def chooses_hosts(self) -> bool:
        """Whether the hosts are named here, so that nobody else is to choose."""
        return bool(self.target or self.inventory)

    @property
    def words(self) -> tuple[str, ...]:
        """The same as options of ansible-playbook; the target is a variable."""
        flags = ("ask_become_pass", "ask_vault_password", "check", "diff")
        return (
            *(("--inventory", self.inventory) if self.inventory else ()),
            *(f"--{name.replace('_', '-')}" for name in flags if getattr(self, name)),
            *(("-" + "v" * self.verbose,) if self.verbose else ()),
        )


_RUN = (
    click.option("--target", default="", help="Hosts of the inventory.  [default: localhost]"),
    click.option("-i", "--inventory", default="", help="Inventory file or list of hosts."),
    click.option("-K", "--ask-become-pass", is_flag=True, help="Ask for the sudo password."),
    click.option("-J", "--ask-vault-password", is_flag=True, help="Ask for the vault password."),
    click.option("-v", "--verbose", count=True, help="Show the ansible-playbook command."),
)
_CHANGE = (
    click.option("--check", is_flag=True, help="Only say what would change."),
    click.option("--diff", is_flag=True, help="Show what changes."),
)


def ansible_options(changes: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a command that runs a playbook; the command gets them as `ansible`."""
    options = (*_RUN, *(_CHANGE if changes else ()))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(*args: Any, **given: Any) -> Any:
            names = Ansible.__dataclass_fields__.keys() & given.keys()
            ansible = Ansible(**{name: given.pop(name) for name in names})
            return function(*args, ansible=ansible, **given)

        for option in reversed(options):
            option(command)
        return command

    return decorate
