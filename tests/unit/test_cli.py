# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How claw-pilot runs playbooks: with an ansible-playbook that only writes down its call."""

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
from ansible_collections.claw.pilot.webapp.cli import local, options, run, variables
from click.testing import CliRunner, Result

KEY = "sk-not-to-be-seen"
FAKE = """\
#!{python}
import json, os, pathlib, sys, time, yaml
print(end=os.environ.get("FAKE_OUTPUT", ""))
here = pathlib.Path(__file__).parent
path = sys.argv[-1][1:]
seen = {{"argv": sys.argv[1:], "path": path, "mode": os.stat(path).st_mode}}
seen["env"] = dict(os.environ)
seen["variables"] = {{}}
for word in sys.argv:
    if word.startswith("@"):
        text = pathlib.Path(word[1:]).read_text().removeprefix("!unsafe ")
        seen["variables"].update(yaml.safe_load(text))
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
    monkeypatch.setattr(run.playbook.sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", "none")
    monkeypatch.setattr(local, "observe", lambda _rows=(): {"instances": [], "observed_at": ""})
    return fake


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create"], "needs its slug"),
        (["create", "--json"], "needs its slug"),
        (["destroy", "demo"], "needs a confirmation"),
        (["destroy", "demo", "--json"], "needs a confirmation"),
        (["destroy", "demo", "--confirm", "other"], "is not the name"),
        (["token", "demo", "--json"], "never part of a JSON document"),
        (["stop", "demo", "--target", "web", "--host", "web"], "--host picks"),
        (["logs", "demo", "-f", "-K"], "cannot ask for a password"),
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
    monkeypatch.setattr(run.playbook.sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = invoke("start", "demo")
    assert result.exit_code == 1
    assert "ansible-playbook is missing" in result.output


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [(0, 0), (1, 1), (4, 4), (5, 2), (99, 130), (143, 143), (250, 1)],
)
def test_the_exit_code_of_the_playbook_is_put_into_ours(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch, theirs: int, ours: int
) -> None:
    monkeypatch.setattr(local, "fleet", lambda slug: ({}, [{"slug": slug}]))
    monkeypatch.setenv("FAKE_CODE", str(theirs))
    assert invoke("stop", "demo").exit_code == ours


def test_a_failure_for_an_instance_that_is_nowhere_has_its_own_code(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_CODE", "2")
    assert invoke("stop", "demo").exit_code == 3
    assert invoke("stop", "demo", "--target", "web").exit_code == 1
    assert invoke("create", "demo").exit_code == 1


COMMANDS = {
    ("create", "demo"): ("create_instance", {"slug": "demo"}),
    ("start", "demo"): ("start_instance", {"slug": "demo"}),
    ("stop", "demo"): ("stop_instance", {"slug": "demo"}),
    ("restart", "demo"): ("restart_instance", {"slug": "demo"}),
    ("destroy", "demo", "--confirm", "demo"): (
        "destroy_instance",
        {"slug": "demo", "confirm": "demo"},
    ),
    ("token", "demo"): ("token", {"slug": "demo"}),
    ("init", "--adopt", "--prune", "-i", "x,"): ("discover", {"adopt": True, "prune": True}),
    ("init", "--no-adopt", "-i", "x,"): ("discover", {"adopt": False}),
    ("init", "-i", "x,", "openclaw_home=/opt/x"): ("discover", {"openclaw_home": "/opt/x"}),
}


@pytest.mark.parametrize("arguments", list(COMMANDS), ids=" ".join)
def test_each_verb_runs_its_playbook(playbook: Playbook, arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments)
    name, given = COMMANDS[arguments]
    assert result.exit_code == 0, result.output
    assert playbook.seen["argv"][0] == f"claw.pilot.{name}"
    assert playbook.seen["variables"] == given
    assert playbook.seen["env"]["CLAW_PILOT_ORIGIN"] == "cli"
    assert "ANSIBLE_STDOUT_CALLBACK" not in playbook.seen["env"]


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
    assert variables.parse_pairs([f"note={text}"]) == {"note": value}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("port", "gateway_port"),
        ("timeout", "wait_timeout"),
        ("notify", "notify_sender"),
        ("environment", "instance_environment"),
        ("become_user", "docs/playbooks.md"),
    ],
)
def test_a_word_of_ansible_is_refused_before_ansible_reads_it(
    playbook: Playbook, name: str, meant: str
) -> None:
    result = invoke("create", "demo", f"{name}=1", "--json")
    error = json.loads(result.output)["error"]
    assert error["code"] == "VARIABLE_REFUSED" and meant in error["hint"]
    assert result.exit_code != 0 and not (playbook.folder / "seen.json").exists()


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
        f"cli.run.playbook.sysconfig.get_path = lambda _name: {str(tmp_path)!r}\n"
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
    asked = options.Ansible(ask_become_pass=True, ask_vault_password=True)
    assert asked.words == ("--ask-become-pass", "--ask-vault-password")


DOCUMENT = {"playbook": "stop_instance", "ok": True, "failures": [], "result": {"a": 1}}


def test_json_is_the_document_of_the_result_callback_and_nothing_else(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_OUTPUT", f"Using a config file\n{json.dumps(DOCUMENT)}\n")
    result = invoke("stop", "demo", "--json", "-v")
    assert json.loads(result.stdout) == DOCUMENT
    assert "ansible-playbook claw.pilot.stop_instance" in result.stderr
    assert playbook.seen["env"]["ANSIBLE_STDOUT_CALLBACK"] == "claw.pilot.result"
    assert playbook.seen["env"]["ANSIBLE_VERBOSE_TO_STDERR"] == "true"


def test_json_adopts_nothing_unless_told_to(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_OUTPUT", json.dumps(DOCUMENT))
    assert invoke("init", "--json").exit_code == 0
    assert playbook.seen["variables"] == {"adopt": False}


@pytest.mark.parametrize(
    ("code", "failures", "ours"),
    [
        ("2", [{"code": "INSTANCE_NOT_FOUND"}], 3),
        ("2", [{"code": "INSTANCE_NOT_FOUND"}, {"code": "PORT_CONFLICT"}], 1),
        ("2", [{"code": "PORT_CONFLICT"}], 1),
        ("4", [{"code": "INSTANCE_NOT_FOUND"}], 4),
    ],
)
def test_the_result_tells_which_failure_it_was(
    playbook: Playbook,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    failures: list[dict[str, str]],
    ours: int,
) -> None:
    monkeypatch.setenv("FAKE_CODE", code)
    monkeypatch.setenv("FAKE_OUTPUT", json.dumps({**DOCUMENT, "failures": failures}))
    result = invoke("stop", "demo", "--json")
    assert result.exit_code == ours
    assert json.loads(result.stdout)["failures"] == failures


@pytest.mark.parametrize("output", ["", "ERROR! no such playbook", "{broken\n{'x'}"])
def test_a_playbook_that_ends_without_a_document_is_an_error_as_json(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setenv("FAKE_CODE", "4")  # also what ansible-playbook says of a broken playbook
    monkeypatch.setenv("FAKE_OUTPUT", output)
    result = invoke("stop", "demo", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "PLAYBOOK_FAILED"
