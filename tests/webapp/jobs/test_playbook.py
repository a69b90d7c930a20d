# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command and the jobs share about ansible-playbook."""

from __future__ import annotations

import json
import locale
import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp import playbook


def test_ansible_playbook_is_that_of_this_environment_else_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(sysconfig.get_path("scripts"), "ansible-playbook")
    assert playbook.ansible_playbook() == str(own)
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(own.parent))
    assert playbook.ansible_playbook() == str(own)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClawPilotError) as error:
        playbook.ansible_playbook()
    assert error.value.code == "ANSIBLE_NOT_FOUND"


def test_the_equivalent_command_can_be_copied_and_has_no_secret() -> None:
    variables = {"slug": "acme", "display_name": "A'b c", "api_key": "canary"}
    words = shlex.split(playbook.equivalent("stop_instance", variables, ["--check"]))
    assert words[:-1] == ["ansible-playbook", "claw.pilot.stop_instance", "--check", "--extra-vars"]
    assert json.loads(words[-1]) == {**variables, "api_key": "********"}
    inventory = playbook.registry_inventory("/r.db")
    second = playbook.equivalent("x", {}, [], inventory).splitlines()[1]
    assert second.startswith("# ") and json.dumps(inventory) in second


def test_the_environment_says_from_where_a_playbook_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_LOCALHOST_WARNING", "true")
    monkeypatch.setenv("ANSIBLE_INJECT_FACT_VARS", "true")
    env = playbook.environment("cli", MORE="x")
    assert env["ANSIBLE_INJECT_FACT_VARS"] == "false"  # a host never sets a variable
    assert (env["CLAW_PILOT_ORIGIN"], env["MORE"]) == ("cli", "x")
    assert env["ANSIBLE_LOCALHOST_WARNING"] == "true"  # the user's own word is kept
    assert env["ANSIBLE_INVENTORY_UNPARSED_WARNING"] == "false"


def test_a_locale_that_ansible_refuses_is_changed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for codeset, changed in ("ANSI_X3.4-1968", {"LC_ALL": "C.UTF-8"}), ("UTF-8", {}), ("utf8", {}):
        monkeypatch.setattr(locale, "nl_langinfo", lambda _item, found=codeset: found)
        assert playbook.utf8() == changed


def test_the_command_works_under_a_locale_that_ansible_refuses(tmp_path: Path) -> None:
    """What Ansible says of an unknown host says that it ran."""
    command = [
        sys.executable,
        "-c",
        "from ansible_collections.claw.pilot.webapp.cli import main; main()",
    ]
    words = ["start", "acme", "--target", "nosuch", "--json"]
    env = {**os.environ, "LC_ALL": "C", "CLAW_PILOT_HOME": str(tmp_path)}
    done = subprocess.run([*command, *words], env=env, capture_output=True, text=True, check=False)
    assert "UTF-8" not in done.stderr
    assert '"hosts"' in done.stdout


def test_the_collections_playbooks_are_there() -> None:
    assert (playbook.PLAYBOOKS / "create_instance.yml").is_file()
    assert playbook.full_name("x") == "claw.pilot.x"
