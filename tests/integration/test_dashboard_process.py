# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""claw-pilot dashboard as a process: gunicorn, its worker, signals, and a start after another."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.integration.dashboard_program import SECONDS, Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.end()


def test_it_prints_a_link_that_logs_in_once_and_sessions_outlive_a_restart(
    program: Program,
) -> None:
    link = program.start()
    status, cookie = program.log_in(link)
    assert status == 303
    assert program.log_in(link)[0] == 401
    assert program.ask("GET", "/api/hosts", Cookie=cookie)[0] == 200
    program.end()
    program.start()
    assert program.ask("GET", "/api/hosts", Cookie=cookie)[0] == 200
    again = program.run("--url").stdout.strip()
    assert program.log_in(again)[0] == 303
    assert program.run("--rotate-token").returncode == 0
    assert program.ask("GET", "/api/hosts", Cookie=cookie)[0] == 401
    header = f"Bearer {program.token}"
    assert program.ask("GET", "/api/hosts", Authorization=header)[0] == 200


def test_a_second_one_on_its_port_says_so_and_the_first_goes_on(program: Program) -> None:
    program.start()
    other = program.run("--port", str(program.port))
    assert other.returncode == 1
    assert "is taken, perhaps by a dashboard that runs already" in other.stderr
    assert "Traceback" not in other.stderr
    status, _headers, text = program.ask("GET", "/healthz")
    assert (status, json.loads(text)["ok"]) == (200, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_soon_and_quietly_though_browsers_are_connected(
    program: Program, number: int
) -> None:
    program.start()
    header = {"Authorization": f"Bearer {program.token}"}
    url = f"ws://127.0.0.1:{program.port}/ws"
    with connect(url, additional_headers=header, proxy=None) as browser:
        browser.send('{"type": "subscribe", "payload": {"channel": "fleet"}}')
        assert json.loads(browser.recv(SECONDS))["type"] == "snapshot"
        assert program.end(number) < 10  # what gunicorn would give to connections that stay
        with pytest.raises(ConnectionClosed):
            while True:
                browser.recv(SECONDS)
    assert "Traceback" not in (program.home / "errors").read_text()


def test_more_workers_are_never_made(program: Program) -> None:
    program.start()
    assert program.process
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children")
    before = children.read_text()
    for number in (signal.SIGTTIN, signal.SIGUSR2):
        program.process.send_signal(number)
    time.sleep(1.5)
    assert program.process.poll() is None
    assert children.read_text() == before


def test_neither_output_nor_files_have_a_secret(program: Program) -> None:
    link = program.start()
    status, cookie = program.log_in(link)
    assert status == 303
    program.ask("GET", "/login?link=canary-link", Host="evil.example")
    program.ask("GET", "/", Cookie=cookie)
    program.end()
    secrets = [program.token, cookie.partition("=")[2], parse_qs(urlsplit(link).query)["link"][0]]
    own = program.home / "data" / "dashboard-token"
    for path in (path for path in program.home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found = [secret for secret in (*secrets, "canary-link") if secret.encode() in content]
        assert found == ([program.token] if path == own else []), path
    assert not re.search(r"GET|POST", (program.home / "errors").read_text())
