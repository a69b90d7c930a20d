# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""logs and token through playbooks: what is shown, where, and what never is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from .controller import ROOT, Controller

TOKEN = "canary-0123456789abcdef"
SHOWN = "http://127.0.0.1:18789/#token="


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """Two hosts with the instance acme each; what their gateways log is the test's."""
    hosts: dict[str, dict[str, Any]] = {}
    for name in ("one", "two"):
        state = tmp_path / name / ".openclaw-acme"
        state.mkdir(parents=True)
        hosts[name] = {"openclaw_home": str(state.parent)}
    made = Controller(tmp_path, hosts)
    configure(made, "one", TOKEN)
    configure(made, "two", TOKEN)
    return made


def state_dir(controller: Controller, host: str = "one") -> Path:
    return controller.folder / host / ".openclaw-acme"


def configure(controller: Controller, host: str, token: Any, **gateway: Any) -> None:
    state = state_dir(controller, host)
    auth = {"mode": "token", "token": token}
    config = {
        "gateway": {"mode": "local", "port": 18789, "auth": auth, **gateway},
        "logging": {"file": str(state / "gateway.log")},
    }
    (state / "openclaw.json").write_text(json.dumps(config))


def log(controller: Controller, host: str, *messages: str) -> None:
    meta = {"logLevelName": "INFO"}
    with (state_dir(controller, host) / "gateway.log").open("a") as stream:
        for message in messages:
            stream.write(json.dumps({"_meta": meta, "time": "", "message": message}) + "\n")


def lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((line["host"], line["message"]) for line in found["result"]["lines"])


def codes(found: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((failure["host"], failure["code"]) for failure in found["failures"])


def test_logs_of_all_hosts_go_on_where_each_of_them_ended(controller: Controller) -> None:
    log(controller, "one", "a", "b", "c")
    log(controller, "two", "x")
    first = controller.document("logs", slug="acme", lines=2)
    assert lines(first) == [("one", "b"), ("one", "c"), ("two", "x")]
    assert first["changed"] is False
    cursor = first["result"]["cursor"]
    log(controller, "two", "y", "z")
    for given in (cursor, json.dumps(cursor)):
        more = controller.document("logs", slug="acme", lines=1, cursor=given)
        assert lines(more) == [("two", "y"), ("two", "z")]
    assert set(more["result"]["cursor"]) == {"one", "two"}


def test_logs_are_shown_as_lines_and_masked(controller: Controller) -> None:
    (state_dir(controller) / ".env").write_text("KEY=canary-of-the-env-file\n")
    log(controller, "one", "x" * 300, f"two\nlines {TOKEN} canary-of-the-env-file")
    controller.hosts.pop("two")
    env = {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}
    done = controller.run("logs", "-vvvv", env=env, slug="acme")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"- info  {'x' * 300}\n" in done.stdout
    # A line end in a message begins no line that looks like another message.
    assert "- info  two\\nlines ******** ********\n" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_logs_that_are_not_there_or_no_file_are_said(controller: Controller) -> None:
    os.mkfifo(state_dir(controller, "one") / "gateway.log")
    found = controller.document("logs", slug="acme")
    assert codes(found) == [("one", "LOG_NOT_FOUND"), ("two", "LOG_NOT_FOUND")]
    assert found["failures"][0]["message"] == "'acme' has no log yet."
    found = controller.document("logs", slug="nobody")
    assert codes(found) == [("one", "INSTANCE_NOT_FOUND"), ("two", "INSTANCE_NOT_FOUND")]
    log(controller, "two", "up")
    found = controller.document("logs", slug="acme", cursor={"two": {"offset": "x"}})
    assert codes(found) == [("one", "LOG_NOT_FOUND"), ("two", "INVALID_CURSOR")]


def test_an_adopted_instance_is_found_by_what_the_registry_knows(controller: Controller) -> None:
    del controller.hosts["two"]
    log(controller, "one", "up")
    controller.play("discover", adopt=True)
    del controller.hosts["one"]["openclaw_home"]
    assert lines(controller.document("logs", slug="acme")) == [("one", "up")]
    assert shown_at_terminal(controller.terminal("token", slug="acme")).count(SHOWN + TOKEN) == 1


def shown_at_terminal(terminal: pexpect.spawn) -> str:
    """All that a run shows that does well."""
    terminal.expect(pexpect.EOF)
    shown: str = terminal.before
    assert terminal.wait() == 0, shown
    return shown


@contextmanager
def arguments() -> Iterator[set[bytes]]:
    """The command lines of all processes of this machine meanwhile."""
    seen: set[bytes] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            for name in filter(str.isdigit, os.listdir("/proc")):
                try:
                    seen.add(Path("/proc", name, "cmdline").read_bytes())
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def everything(controller: Controller) -> bytes:
    """All that a run has left in the controller's folder, but for the hosts' homes."""
    homes = [controller.folder / name for name in ("one", "two")]
    files = [path for path in controller.folder.rglob("*") if path.is_file()]
    return b"".join(p.read_bytes() for p in files if not any(h in p.parents for h in homes))


# Takes the options of ssh, and runs the command on this machine.
SSH = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'


def connect_by_ssh(controller: Controller) -> None:
    """Have host one connected to by Ansible's ssh plugin, which tells more than the local one."""
    program = controller.folder / "ssh"
    program.write_text(SSH)
    program.chmod(0o755)
    controller.hosts["one"].update(
        ansible_connection="ssh",
        ansible_ssh_executable=str(program),
        ansible_ssh_transfer_method="piped",
    )


@pytest.mark.parametrize("pipelining", ["true", "false"])
@pytest.mark.parametrize("connection", ["local", "ssh"])
def test_at_a_terminal_the_address_is_shown_once_and_left_nowhere(
    controller: Controller, connection: str, pipelining: str
) -> None:
    controller.play("discover", adopt=True)
    if connection == "ssh":
        connect_by_ssh(controller)
    env = {
        "ANSIBLE_LOG_PATH": str(controller.folder / "ansible.log"),
        "ANSIBLE_PIPELINING": pipelining,
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.tree",
        "ANSIBLE_CALLBACK_TREE_DIR": str(controller.folder / "tree"),
    }
    flags = ("-vvvv", "--diff", "--forks", "5", "--limit", "one")
    with arguments() as seen:
        shown = shown_at_terminal(controller.terminal("token", *flags, env=env, slug="acme"))
    assert f"{SHOWN}{TOKEN}\r\n" in shown
    assert shown.count(TOKEN) == 1
    assert ("ESTABLISH SSH CONNECTION" in shown) is (connection == "ssh")
    assert any(b"claw.pilot.token" in words for words in seen)
    assert not any(TOKEN.encode() in words for words in seen)
    left = everything(controller)
    assert (controller.folder / "tree" / "one").exists()
    assert b"Show the address on the terminal" in left
    assert TOKEN.encode() not in left


def test_several_hosts_show_an_address_each(controller: Controller) -> None:
    configure(controller, "two", "other-canary", port=18909)
    shown = shown_at_terminal(controller.terminal("token", "--forks", "2", slug="acme"))
    assert shown.count(SHOWN + TOKEN) == 1
    assert shown.count("http://127.0.0.1:18909/#token=other-canary") == 1


def test_a_pipe_gets_everything_but_the_address(controller: Controller) -> None:
    command = controller.command("token", "--limit", "one", slug="acme")
    copy = controller.folder / "copy.txt"
    script = '"$@" | tee "$0" >/dev/null'
    terminal = pexpect.spawn(
        "/bin/sh",
        ["-c", script, str(copy), *command],
        cwd=str(ROOT),
        env=controller.environment(TERM="dumb"),
        encoding="utf-8",
        timeout=90,
    )
    assert shown_at_terminal(terminal).count(SHOWN + TOKEN) == 1
    assert "PLAY RECAP" in copy.read_text()
    assert TOKEN not in copy.read_text()


def test_the_document_at_a_terminal_has_no_token(controller: Controller) -> None:
    env = {"ANSIBLE_STDOUT_CALLBACK": "claw.pilot.result"}
    terminal = controller.terminal("token", "--limit", "one", env=env, slug="acme")
    shown = shown_at_terminal(terminal)
    assert shown.count(TOKEN) == 1
    (document,) = (line for line in shown.splitlines() if line.startswith("{"))
    assert json.loads(document)["ok"] is True
    assert TOKEN not in document


@pytest.mark.parametrize(
    ("env", "code"),
    [
        ({"AWX_ISOLATED_DATA_DIR": "/runner"}, "NO_TERMINAL"),
        ({"ANSIBLE_DEBUG": "1"}, "DEBUG_LOG"),
    ],
)
def test_where_a_terminal_is_recorded_there_is_no_token(
    controller: Controller, env: dict[str, str], code: str
) -> None:
    env = {"ANSIBLE_LOG_PATH": str(controller.folder / "ansible.log"), **env}
    terminal = controller.terminal("token", "--limit", "one", env=env, slug="acme")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() != 0
    assert code in terminal.before
    assert TOKEN not in terminal.before
    assert TOKEN.encode() not in everything(controller)


def test_without_a_terminal_there_is_no_token(controller: Controller) -> None:
    found = controller.document("token", slug="acme")
    assert codes(found) == [("one", "NO_TERMINAL"), ("two", "NO_TERMINAL")]
    assert "claw-pilot token" in found["failures"][0]["hint"]
    assert TOKEN not in json.dumps(found)


def test_the_token_is_the_gateways_own_and_the_base_path_stays(controller: Controller) -> None:
    """From .env, and before it from the environment of the process that runs."""
    del controller.hosts["two"]
    configure(controller, "one", "${THE_TOKEN}", controlUi={"basePath": "/gw/acme"})
    (state_dir(controller) / ".env").write_text("THE_TOKEN=of-the-file+1\n")
    shown = shown_at_terminal(controller.terminal("token", slug="acme"))
    assert shown.count("http://127.0.0.1:18789/gw/acme/#token=of-the-file%2B1\r\n") == 1
    environment = {
        "HOME": str(controller.folder / "one"),
        "OPENCLAW_STATE_DIR": str(state_dir(controller)),
        "THE_TOKEN": "of-the-process",
    }
    argv = ["openclaw-gateway", "-c", "import time; time.sleep(90)"]
    with subprocess.Popen(argv, executable=sys.executable, env=environment) as process:
        try:
            shown = shown_at_terminal(controller.terminal("token", slug="acme"))
        finally:
            process.kill()
    assert shown.count("/gw/acme/#token=of-the-process\r\n") == 1


def test_an_instance_without_a_token_is_one_sentence(controller: Controller) -> None:
    configure(controller, "one", "${UNSET}")
    terminal = controller.terminal("token", "--limit", "one", slug="acme")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() != 0
    assert "The token of 'acme' is not to be had" in terminal.before
    assert "NO_TOKEN" in terminal.before
