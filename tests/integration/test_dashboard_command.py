# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard behind the terminal, as `make up` and `make down` start and stop it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .foreign import free_port

COMMAND = str(Path(sys.executable).with_name("claw-pilot"))


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    run(tmp_path / "data", "--stop")


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "dashboard", *words],
        env={**os.environ, "CLAW_PILOT_HOME": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_is_left_running_once_and_stopped(data: Path) -> None:
    port = str(free_port())
    first = run(data, "--background", "--port", port)
    assert f"The dashboard is at http://127.0.0.1:{port}/" in first.stdout, first.stderr
    again = run(data, "--background", "--port", port)
    assert f"runs already at http://127.0.0.1:{port}/" in again.stdout
    links = [line.split()[-1] for line in (first.stdout + again.stdout).splitlines() if "?" in line]
    assert len(set(links)) == 2
    assert (data / "dashboard.log").stat().st_mode & 0o777 == 0o600
    assert "login?link=" not in (data / "dashboard.log").read_text()
    assert run(data, "--stop").stdout == "The dashboard is stopped.\n"
    assert run(data, "--stop").stdout == "No dashboard runs.\n"
    gone = run(data, "--url")
    assert gone.returncode != 0 and "Start it with claw-pilot dashboard" in gone.stderr


def test_one_that_cannot_start_says_why(data: Path) -> None:
    taken = str(free_port())
    assert run(data, "--background", "--port", taken).returncode == 0
    other = data.with_name("other")
    refused = run(other, "--background", "--port", taken)
    assert refused.returncode != 0
    assert "did not come up" in refused.stderr
    assert "dashboard.log" in refused.stderr
