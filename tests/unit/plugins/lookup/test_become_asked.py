# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether --become was given: as Ansible reads a command line, and where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants, context
from ansible.cli.playbook import PlaybookCLI
from ansible.utils.context_objects import CLIArgs
from ansible_collections.claw.pilot.plugins.lookup.become_asked import LookupModule

PLAYBOOKS = sorted((Path(__file__).parents[4] / "playbooks").glob("*.yml"))


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command line yet, and none of this test for the others."""
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({}))
    monkeypatch.setattr(context, "GlobalCLIArgs", CLIArgs)  # which would keep the first for ever


def asked() -> list[bool]:
    return LookupModule().run([], variables={"openclaw_user": "ann"})


def test_without_a_command_line_nobody_has_asked() -> None:
    assert asked() == [False]


@pytest.mark.parametrize(
    ("words", "become"),
    [
        ([], False),
        (["-b"], True),
        (["--become"], True),
        (["-b", "--become-user", "claw"], True),
        (["--become-user", "claw"], False),
        (["-e", "ansible_become=true"], False),
        (["-K"], False),
    ],
)
def test_it_is_what_stands_on_the_command_line(words: list[str], become: bool) -> None:
    PlaybookCLI(["ansible-playbook", *words, "site.yml"]).parse()
    assert asked() == [become]


def test_a_setting_of_ansible_counts_like_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_BECOME", True)
    PlaybookCLI(["ansible-playbook", "site.yml"]).parse()
    assert asked() == [True]


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_play_that_may_become_root_asks(path: Path) -> None:
    plays: list[dict[str, Any]] = yaml.safe_load(path.read_text())
    for play in plays:
        words = str(play.get("become", ""))
        assert not words or "lookup('claw.pilot.become_asked')" in words
