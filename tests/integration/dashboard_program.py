# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command claw-pilot dashboard with a home of its own, for tests that need the real server."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

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
