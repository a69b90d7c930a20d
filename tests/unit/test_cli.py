# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claw-pilot command, against an ansible-playbook that only writes down how it was called."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp import cli
from click.testing import CliRunner, Result

KEY = "sk-not-to-be-seen"
FAKE = """\
#!{python}
import json, os, pathlib, sys, time
here = pathlib.Path(__file__).parent
path = sys.argv[-1][1:]
seen = {{"argv": sys.argv[1:], "path": path, "mode": os.stat(path).st_mode}}
seen["env"] = dict(os.environ)
seen["variables"] = json.loads(pathlib.Path(path).read_text())
(here / "seen.part").write_text(json.dumps(seen))
(here / "seen.part").rename(here / "seen.json")
time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
sys.exit(int(os.environ.get("FAKE_CODE", "0")))
"""


class Playbook:
    """The fake ansible-playbook and what it saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "ansible-playbook"
        self.program.write_text(FAKE.format(python=sys.executable))
        self.program.chmod(0o755)

    @property
    def called(self) -> bool:
        return (self.folder / "seen.json").exists()

    @property
    def seen(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "seen.json").read_text()))


@pytest.fixture
def playbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playbook:
    fake = Playbook(tmp_path)
    monkeypatch.setattr(cli.sysconfig, "get_path", lambda _name: str(tmp_path))
    return fake


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create"], "Missing argument 'SLUG'"),
        (["create", "demo", KEY], "key=value"),
        (["create", "demo", "not-a-name=1"], "key=value"),
        (["create", "demo", "slug=other"], "slug has its own place"),
        (["create", "demo", "target=web"], "target has its own place"),
        (["create", "demo", "anthropic_api_key=@/no/such/file"], "cannot read /no/such/file"),
        (["adopt", "demo"], "No such command"),
    ],
)
def test_a_wrong_command_line_is_refused_and_nothing_runs(
    playbook: Playbook, arguments: list[str], sentence: str
) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert KEY not in result.output
    assert not playbook.called


def test_a_missing_ansible_playbook_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = invoke("start", "demo")
    assert result.exit_code == 1
    assert "ansible-playbook is missing" in result.output


def test_the_exit_code_of_the_playbook_is_passed_through(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_CODE", "4")
    assert invoke("stop", "demo").exit_code == 4


@pytest.mark.parametrize("verb", list(cli.VERBS))
def test_each_verb_runs_its_playbook(playbook: Playbook, verb: str) -> None:
    result = invoke(verb, "demo")
    assert result.exit_code == 0
    assert playbook.seen["argv"][0] == f"claw.pilot.{verb}_instance"
    assert playbook.seen["variables"] == {"slug": "demo"}


def test_all_options_reach_ansible_playbook_under_their_own_names(playbook: Playbook) -> None:
    arguments = ["--target", "web", "-i", "hosts.yml", "--check", "--diff", "-vv"]
    assert invoke("create", "demo", *arguments).exit_code == 0
    options = playbook.seen["argv"][1:-2]
    assert options == ["--inventory", "hosts.yml", "--check", "--diff", "-vv"]
    assert playbook.seen["variables"] == {"slug": "demo", "target": "web"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18909", 18909),
        ("-1", -1),
        ("true", True),
        ("null", None),
        ('[{"id": "main"}]', [{"id": "main"}]),
        ('"@somebody"', "@somebody"),
        ("", ""),
        ("a=b", "a=b"),
        ("007", "007"),
        ("1e5", "1e5"),
        ("True story", "True story"),
        ("{{ lookup('env', 'X') }}", "{{ lookup('env', 'X') }}"),
    ],
)
def test_a_value_is_json_where_it_is_meant_so(text: str, value: object) -> None:
    assert cli.parse_pairs([f"note={text}"]) == {"note": value}


def test_a_secret_of_digits_stays_text(playbook: Playbook) -> None:
    invoke("create", "demo", "telegram_bot_token=123456", "-v")
    assert playbook.seen["variables"]["telegram_bot_token"] == "123456"


def test_a_value_is_read_from_a_file_without_its_line_end(
    playbook: Playbook, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    invoke("create", "demo", f"anthropic_api_key=@{tmp_path}/key")
    assert playbook.seen["variables"]["anthropic_api_key"] == KEY


def test_variables_travel_in_a_private_file_that_is_gone_afterwards(playbook: Playbook) -> None:
    assert invoke("create", "demo", f"anthropic_api_key={KEY}").exit_code == 0
    seen = playbook.seen
    assert seen["variables"]["anthropic_api_key"] == KEY
    assert stat.S_IMODE(seen["mode"]) == 0o600
    assert not os.path.exists(seen["path"])
    assert KEY not in " ".join(seen["argv"])
    assert KEY not in json.dumps(seen["env"])


def test_verbose_shows_the_equivalent_command_with_secrets_masked(playbook: Playbook) -> None:
    pairs = [f"anthropic_api_key={KEY}", f'mem0={{"api_key": "{KEY}"}}', "display_name=My Demo"]
    result = invoke("create", "demo", *pairs, "-v")
    assert result.exit_code == 0
    assert "ansible-playbook claw.pilot.create_instance -v --extra-vars" in result.output
    assert '"slug": "demo"' in result.output
    assert '"display_name": "My Demo"' in result.output
    assert result.output.count("********") == 2
    assert KEY not in result.output


def test_without_verbose_nothing_is_added_to_the_output(playbook: Playbook) -> None:
    assert invoke("start", "demo").output == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_playbook_and_the_file_still_goes(
    playbook: Playbook, tmp_path: Path, number: signal.Signals
) -> None:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from ansible_collections.claw.pilot.webapp import cli\n"
        f"cli.sysconfig.get_path = lambda _name: {str(tmp_path)!r}\n"
        "cli.main(['start', 'demo'])"
    )
    environment = {**os.environ, "FAKE_SECONDS": "60"}
    command = subprocess.Popen([sys.executable, "-c", code], env=environment)
    try:
        deadline = time.monotonic() + 20
        while not playbook.called:
            assert time.monotonic() < deadline, "the playbook was never started"
            time.sleep(0.02)
        command.send_signal(number)
        assert command.wait(timeout=20) == 128 + number
    finally:
        command.kill()
        command.wait()
    assert not os.path.exists(playbook.seen["path"])


def test_the_version_is_that_of_galaxy_yml() -> None:
    galaxy = (Path(__file__).parents[2] / "galaxy.yml").read_text()
    version = re.search(r"^version: (.+)$", galaxy, re.MULTILINE)
    assert version
    assert invoke("--version").output == f"claw-pilot, version {version.group(1)}\n"


def test_passwords_are_asked_for_by_ansible_itself() -> None:
    flags = {"ask_become_pass": True, "ask_vault_password": True, "check": False}
    assert cli.playbook_options(None, flags, 0) == ["--ask-become-pass", "--ask-vault-password"]
