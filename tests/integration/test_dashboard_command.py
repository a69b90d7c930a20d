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
    assert (data / "dashboard.log").read_text() == ""
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
    assert f"did not come up: Port {taken} of" in refused.stderr
    assert "dashboard.log" in refused.stderr


def test_a_damaged_file_of_the_past_is_set_aside_and_all_are_private(data: Path) -> None:
    data.mkdir(mode=0o777)
    data.chmod(0o777)
    for name in ("jobs.db", "history.db"):
        (data / name).write_bytes(b"no database at all " * 300)
        (data / name).chmod(0o666)
    umask = os.umask(0)
    try:
        started = run(data, "--background", "--port", str(free_port()))
    finally:
        os.umask(umask)
    assert "The dashboard is at" in started.stdout, started.stderr
    assert started.stderr.count("was damaged") == 2
    assert len(list(data.glob("*.broken-*"))) == 2
    everything = [data, *data.rglob("*")]
    assert {path.name for path in everything} >= {"jobs.db-wal", "history.db-wal", "dashboard.db"}
    assert [path for path in everything if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("registry.db", "is not a registry"), ("dashboard.db", "dashboard.db")],
)
def test_a_damaged_file_that_is_needed_ends_it_with_a_sentence(
    data: Path, name: str, words: str
) -> None:
    data.mkdir()
    (data / name).write_bytes(b"no database at all " * 300)
    for how in ((), ("--background",)):
        refused = run(data, *how, "--port", str(free_port()))
        assert refused.returncode == 1, refused.stdout
        assert words in refused.stderr and "Traceback" not in refused.stderr
    assert (data / name).read_bytes().startswith(b"no database")


CANNOT_BEGIN = """
import sys
from ansible_collections.claw.pilot.webapp.cli import main
from ansible_collections.claw.pilot.webapp.jobs import Jobs
def start(self):
    raise OSError(28, "No space left on device")
Jobs.start = start
sys.argv = ["claw-pilot", "dashboard", "--port", "0"]
sys.exit(main())
"""


def test_a_worker_that_cannot_begin_ends_the_server_with_a_sentence(data: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-c", CANNOT_BEGIN],
        env={**os.environ, "CLAW_PILOT_HOME": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "\nError: The dashboard cannot begin: OSError: " in ended.stderr
    assert ended.stderr.count("No space left on device") == 1
    assert "Traceback" not in ended.stderr
