# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the command ends: sentences, codes, and a manual that has them all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp import cli
from ansible_collections.claw.pilot.webapp.cli import looks, outcome
from click.testing import CliRunner

MANUAL = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()


@pytest.mark.parametrize("name", sorted(cli.main.commands))
def test_every_command_is_in_the_manual_and_has_a_help(name: str) -> None:
    assert re.search(rf"`{name}[` ]", MANUAL)
    result = CliRunner().invoke(cli.main, [name, "--help"])
    assert result.exit_code == 0
    assert cli.main.commands[name].get_short_help_str()


def test_the_help_and_the_manual_have_the_same_exit_codes() -> None:
    shown = CliRunner().invoke(cli.main, ["--help"]).output
    in_help = re.findall(r"^    (\d+) +\S", shown, re.M)
    in_manual = re.findall(r"^\| (\d+) \|", MANUAL, re.M)
    names = "DONE FAILED USAGE NOT_FOUND UNREACHABLE UNWELL INTERRUPTED".split()
    codes = [str(getattr(outcome, name)) for name in names]
    assert in_help == in_manual == codes


@pytest.mark.parametrize(
    ("raised", "code", "word"),
    [
        (ClawPilotError("INSTANCE_NOT_FOUND", "No x.", "Look."), 3, "INSTANCE_NOT_FOUND"),
        (ClawPilotError("HOST_UNREACHABLE", "No y."), 4, "HOST_UNREACHABLE"),
        (ClawPilotError("REGISTRY_TOO_NEW", "Too new."), 1, "REGISTRY_TOO_NEW"),
        (PermissionError(13, "Permission denied", "/root/x"), 1, "IO_ERROR"),
        (click.ClickException("ansible-playbook is missing"), 1, "FAILED"),
        (click.UsageError("wrong"), 2, "USAGE"),
    ],
)
def test_an_error_is_a_sentence_with_its_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, code: int, word: str
) -> None:
    def fail(slug: str = "") -> None:
        raise raised

    monkeypatch.setattr(looks.local, "fleet", fail)
    result = CliRunner().invoke(cli.main, ["list"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Error: " in result.stderr and "Traceback" not in result.stderr
    result = CliRunner().invoke(cli.main, ["list", "--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["error"]["code"] == word


def test_a_defect_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(slug: str = "") -> None:
        raise KeyError("slug")

    monkeypatch.setattr(looks.local, "fleet", fail)
    assert isinstance(CliRunner().invoke(cli.main, ["list"]).exception, KeyError)


def test_what_an_interrupted_command_prints_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(slug: str = "") -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(looks.local, "fleet", interrupt)
    result = CliRunner().invoke(cli.main, ["list"])
    assert (result.exit_code, result.stderr.split()) == (130, ["Interrupted."])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", r"a\tb\nc"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\u202eabc", r"\u202eabc"),
        ("a\u00a0b", "a b"),
        ("Zoë ●", "Zoë ●"),
    ],
)
def test_text_is_shown_without_what_steers_a_terminal(text: str, shown: str) -> None:
    assert outcome.shown(text) == shown
