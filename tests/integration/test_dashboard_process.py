# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""claw-pilot dashboard as a process: gunicorn, its worker, signals, and a start after another."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

COMMAND = str(Path(sys.executable).with_name("claw-pilot"))
SECONDS = 60.0


@dataclass
class Program:
    """The command with a home of its own; it watches no host."""

    home: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "CLAW_PILOT_HOME": str(self.home / "data")}

    @property
    def token(self) -> str:
        return (self.home / "data" / "dashboard-token").read_text().strip()

    def start(self) -> str:
        """Start it; the link that it prints."""
        inventory = self.home / "hosts.json"
        inventory.write_text('{"all": {"hosts": {}}}')
        words = ["dashboard", "--port", str(self.port), "-i", str(inventory)]
        with (self.home / "errors").open("a") as errors:
            self.process = subprocess.Popen(
                [COMMAND, *words],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout
        for line in self.process.stdout:
            if "login?link=" in line:
                link = line.split()[-1]
                self.port = urlsplit(link).port or 0
                return link
        raise AssertionError((self.home / "errors").read_text())

    def end(self, number: int = signal.SIGTERM) -> float:
        """Send the signal; how long it took to end, in seconds."""
        assert self.process and self.process.stdout
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(SECONDS)
        self.process.stdout.close()
        return time.monotonic() - began

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, "dashboard", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read().decode()
        connection.close()
        return found

    def log_in(self, link: str) -> tuple[int, str]:
        """Status and cookie of pressing the link's button."""
        code = parse_qs(urlsplit(link).query)["link"][0]
        status, headers, _text = self.ask(
            "POST",
            "/login",
            urlencode({"link": code}),
            Content_Type="application/x-www-form-urlencoded",
            Origin=f"http://127.0.0.1:{self.port}",
        )
        return status, headers.get("Set-Cookie", "").partition(";")[0]


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
