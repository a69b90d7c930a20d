# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard at a real pseudo-terminal; the playbook it would run is written down instead."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.cli import known, wizard
from ansible_collections.claw.pilot.webapp.cli.known import Known
from ansible_collections.claw.pilot.webapp.cli.options import Ansible

pytestmark = pytest.mark.timeless

KEY, TOKEN = "sk-not-to-be-seen", "123:not-to-be-seen"
PROGRAM = """\
import json, sys
sys.path[:] = {path!r}
from ansible_collections.claw.pilot.webapp import cli
from ansible_collections.claw.pilot.webapp.cli import known, run

def run_playbook(call, captured=False):
    with open({seen!r}, "w") as stream:
        json.dump([call.playbook, call.variables], stream)
    print("the playbook runs")
    return run.Answer(0)

run.run_playbook = run_playbook
shared = {{name: {{"running": {shared}, "version": "1.0", "url": "http://127.0.0.1:1"}}
          for name in ("ollama", "qdrant")}}
known.of = lambda ansible: known.Known(
    slugs=frozenset({slugs!r}), listening=frozenset([18909]), claimed={{18789: "old"}},
    providers={{slug: frozenset({providers!r}) for slug in {slugs!r}}}, shared=shared)
cli.main({arguments!r})
"""
MINIMAL = [
    ("Slug", "acme"),
    ("Display name", ""),
    ("Port of the gateway", ""),
    ("Number", "1"),
    ("Number", "1"),
    ("Number", "1"),
    ("API key of anthropic: ", KEY),
    ("Telegram", "n"),
    ("reverse proxy", "n"),
    ("mem0\\?", "n"),
    ("Create it", "y"),
]


class Terminal:
    """A claw-pilot create that is waiting for answers."""

    def __init__(
        self,
        folder: Path,
        slugs: tuple[str, ...],
        shared: bool,
        *options: str,
        providers: tuple[str, ...] = ("anthropic",),
    ) -> None:
        self.seen = folder / "seen.json"
        program = folder / "program.py"
        program.write_text(
            PROGRAM.format(
                path=sys.path,
                seen=str(self.seen),
                slugs=slugs,
                providers=providers,
                shared=shared,
                arguments=["create", *options],
            )
        )
        self.child = pexpect.spawn(
            sys.executable,
            [str(program)],
            encoding="utf-8",
            timeout=20,
            dimensions=(50, 160),
            # Whatever runs the tests in the background has Ctrl-C ignored, which is handed on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.log = ""

    def answer(self, *steps: tuple[str, str]) -> None:
        for wanted, text in steps:
            self.child.expect(wanted)
            self.log += (self.child.before or "") + str(self.child.after)
            self.child.sendline(text)

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.log += self.child.before or ""
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)

    @property
    def variables(self) -> dict[str, Any]:
        name, variables = json.loads(self.seen.read_text())
        assert name == "create_instance"
        return dict(variables)


def test_a_minimal_instance_takes_the_suggestions(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, (), False)
    terminal.answer(*MINIMAL)
    assert terminal.end() == 0, terminal.log
    assert terminal.variables == {
        "slug": "acme",
        "display_name": "Acme",
        "gateway_port": 19029,  # 18789 is claimed, 18909 has a listener
        "default_model": "anthropic/claude-sonnet-4-6",
        "anthropic_api_key": KEY,
    }
    assert KEY not in terminal.log
    assert "the playbook runs" in terminal.log


def test_everything_can_be_asked_for_and_wrong_answers_are_asked_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ("old", "zulu"), True, providers=("anthropic", "openai"))
    terminal.answer(
        ("Slug", "Not a slug"),
        ("is not usable as an instance name", "old"),
        ("already an instance 'old'", "acme"),
        ("Display name", "Acme Ltd"),
        ("Port of the gateway", "many"),
        ("not a number", "80"),
        ("out of range", "18909"),
        ("has a listener", "18789"),
        ("belongs to the instance 'old'", "20000"),
        ("Number", "2"),
        ("Agent id", "main"),
        ("already an agent 'main'", "Dev!"),
        ("is not usable", "dev"),
        ("Its name", ""),
        ("Its model", "gpt"),
        ("not written as PROVIDER/MODEL", "openai/gpt-6"),
        ("Another agent", "y"),
        ("Agent id", "ops"),
        ("Its name", "Operations"),
        ("Its model", ""),
        ("Another agent", "n"),
        ("Number", "4"),
        ("Model as PROVIDER", "nothing"),
        ("not written as PROVIDER/MODEL", "anthropic/claude-x"),
        ("API key of anthropic", ""),
        ("Copy from", "2"),
        ("API key of openai", "2"),
        ("API key of openai: ", KEY),
        ("Telegram", "y"),
        ("BotFather: ", TOKEN),
        ("reverse proxy", "y"),
        ("Its domain", "not a domain"),
        ("is no domain", "https://claw.example.org/"),
        ("Found Ollama 1.0 and Qdrant 1.0", ""),
        ("Create it", "y"),
    )
    assert terminal.end() == 0, terminal.log
    assert terminal.variables == {
        "slug": "acme",
        "display_name": "Acme Ltd",
        "gateway_port": 20000,
        "agents": [
            {"id": "main", "name": "Main"},
            {"id": "dev", "name": "Dev", "model": "openai/gpt-6"},
            {"id": "ops", "name": "Operations"},
        ],
        "default_model": "anthropic/claude-x",
        "providers": [{"name": "anthropic"}, {"name": "openai", "api_key": KEY}],
        "secrets_from": "zulu",
        "telegram_bot_token": TOKEN,
        "domain": "claw.example.org",
        "mem0": {"enabled": True, "ollama_url": "http://127.0.0.1:1"},
    }
    assert KEY not in terminal.log and TOKEN not in terminal.log
    summary = terminal.log[terminal.log.index("Summary") :]
    assert re.search(r"Telegram +•+", summary)
    assert "anthropic copied from zulu, openai ••••" in summary
    assert "main, dev, ops" in summary


@pytest.mark.parametrize("steps", range(0, len(MINIMAL), 3))
def test_ctrl_c_at_any_question_does_nothing(tmp_path: Path, steps: int) -> None:
    terminal = Terminal(tmp_path, (), False)
    terminal.answer(*MINIMAL[:steps])
    terminal.child.expect(MINIMAL[steps][0])
    terminal.child.sendintr()
    assert terminal.end() == 130, terminal.log
    assert "Interrupted." in terminal.log
    assert not terminal.seen.exists()


def test_no_to_the_summary_does_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, (), False)
    terminal.answer(*MINIMAL[:-1], ("Create it", "n"))
    assert terminal.end() == 130
    assert not terminal.seen.exists()


def test_yes_leaves_the_last_question_out(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, (), False, "--yes")
    terminal.answer(*MINIMAL[:-1])
    assert terminal.end() == 0
    assert terminal.variables["slug"] == "acme"


def test_the_models_to_choose_from_are_those_that_a_config_lists() -> None:
    assert wizard.known_models()[0] == ("anthropic/claude-sonnet-4-6", "Claude Sonnet 4.6")


def test_a_provider_without_a_key_is_asked_for_as_one() -> None:
    answers = {"providers": [{"name": "ollama", "key_required": False}]}
    assert wizard.key_words(answers) == "ollama none"


def test_another_host_chooses_its_own_port() -> None:
    assert wizard.port(Known(local=False, host="web1")) == {}


def test_a_key_is_only_to_be_copied_from_where_there_is_one(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ("old",), False, providers=("openai",))
    terminal.answer(*MINIMAL)
    assert terminal.end() == 0, terminal.log
    assert "copy it" not in terminal.log
    assert terminal.variables["anthropic_api_key"] == KEY


def test_no_port_that_the_registry_holds_is_suggested_or_taken() -> None:
    free = Known(reserved={18789: "stopped"})
    assert free.choose_port(None) == 18909
    with pytest.raises(ClawPilotError, match="18789"):
        free.choose_port(18789)


def test_what_is_known_comes_from_the_probe_and_the_registry(world: Any) -> None:
    world.has("acme", port=20000)
    world.has("beta", home="/opt/other", port=20120)
    world.records("gamma", port=20240)
    world.records("delta", host="web1", port=20360)
    world.invoke("config", "set", "port_range_start", "20000")
    here = known.of(Ansible())
    assert here.slugs == {"acme"}
    assert here.service("ollama") == "Ollama 0.9.1"
    assert here.choose_port(None) == 20360
    there = known.of(Ansible(target="web1"))
    assert (there.local, there.slugs, dict(there.reserved)) == (False, {"delta"}, {20360: "delta"})
