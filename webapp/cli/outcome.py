# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the command ends: its exit codes, and an error as a sentence or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import ClawPilotError

DONE, FAILED, USAGE, NOT_FOUND, UNREACHABLE, UNWELL, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
EXIT_CODES = """\b
Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    no such instance or host, or more than one
  4    a host cannot be reached
  5    asked, and not well: not running, or an error found
  130  interrupted (128 and the signal's number)
"""
_BY_ERROR = {
    "CONFIG_KEY_UNKNOWN": USAGE,
    "CONFIG_VALUE_INVALID": USAGE,
    "HOST_NOT_FOUND": NOT_FOUND,
    "HOST_UNREACHABLE": UNREACHABLE,
    "INSTANCE_AMBIGUOUS": NOT_FOUND,
    "INSTANCE_NOT_FOUND": NOT_FOUND,
    "USAGE": USAGE,
}
# What ansible-playbook means by its own codes (ansible.cli.ExitCode), where it is not a failure.
_BY_PLAYBOOK = {0: DONE, 4: UNREACHABLE, 5: USAGE, 99: INTERRUPTED}
_LAST_SIGNAL = 128 + 64


def by_error(code: str) -> int:
    """The exit code for the machine code of an error."""
    return _BY_ERROR.get(code, FAILED)


def by_playbook(code: int, failures: Sequence[Mapping[str, Any]] = ()) -> int:
    """The exit code for that of ansible-playbook; failures: of its result, where that is known."""
    if 128 < code <= _LAST_SIGNAL:
        return code
    ours = _BY_PLAYBOOK.get(code, FAILED)
    found = [by_error(str(failure.get("code", ""))) for failure in failures]
    # Instances that are missing on some hosts only are a failure as every other.
    return found[0] if ours == FAILED and found and len(set(found)) == 1 else ours


def usage_error(message: str, hint: str = "") -> ClawPilotError:
    """An error of the command line that click does not find by itself."""
    return ClawPilotError("USAGE", message, hint)


def print_json(value: Any) -> None:
    """One JSON document. ASCII only: it then holds no control character of a terminal."""
    click.echo(json.dumps(value, indent=2))


def print_error(error: ClawPilotError, as_json: bool) -> None:
    if as_json:
        print_json({"error": error.as_dict()})
        return
    click.echo(f"Error: {shown(error.message)}", err=True)
    if error.hint:
        click.echo(f"Hint: {shown(error.hint)}", err=True)


class Program(click.Group):
    """The command group that ends with our exit codes, and without a traceback of our errors."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        words = list(args) if args is not None else sys.argv[1:]
        extra["standalone_mode"] = False
        sys.exit(self._guarded(words, "--json" in words, rest, extra))

    def _guarded(
        self, words: list[str], as_json: bool, rest: tuple[Any, ...], extra: dict[str, Any]
    ) -> int:
        try:
            code = super().main(words, *rest, **extra)
        except click.Abort:
            click.echo("Interrupted.", err=True)
            return INTERRUPTED
        except ClawPilotError as error:
            print_error(error, as_json)
            return by_error(error.code)
        except click.ClickException as error:
            if as_json:
                name = "USAGE" if error.exit_code == USAGE else "FAILED"
                print_error(ClawPilotError(name, error.format_message()), as_json)
            else:
                error.show()
            return error.exit_code
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            print_error(ClawPilotError("IO_ERROR", f"{where}{error.strerror or error}."), as_json)
            return FAILED
        return code if isinstance(code, int) else DONE
