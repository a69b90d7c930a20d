# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which processes are a job's, and the cgroup that it may have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.webapp.jobs import cgroup, processes

from tests.job_room import gone, kill, wait_for

TREE = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "300"], env={}, start_new_session=True)
print(child.pid, flush=True)
time.sleep(300)
"""
ORPHAN = """
import os, sys, time
if os.fork():
    os._exit(0)
if len(sys.argv) > 1:
    os.setsid()
sys.stdout.write(str(os.getpid()) + "\\n")
sys.stdout.flush()
time.sleep(300)
"""


@pytest.fixture(params=["/proc", "/nonexistent"])
def proc(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With /proc, and with ps alone, as on macOS."""
    monkeypatch.setattr(processes, "PROC", request.param)


@pytest.fixture
def started() -> Iterator[list[int]]:
    """Processes to end after a test."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        kill(pid)


def marked(*words: str, job: str = "") -> subprocess.Popen[str]:
    """A process with the mark of a job, or without any."""
    environment = {"PATH": os.defpath, **({processes.MARK: job} if job else {})}
    return subprocess.Popen(
        [sys.executable, "-c", *words], env=environment, stdout=subprocess.PIPE, text=True
    )


def line(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


@pytest.mark.usefixtures("proc")
def test_a_process_is_not_another_that_has_its_number() -> None:
    me = processes.identity(os.getpid())
    assert processes.alive(me)
    assert not processes.alive(me.rpartition(" ")[0] + " 1")
    assert not processes.alive("") and not processes.alive("999999999 x 1")
    assert not processes.send("999999999 x 1", signal.SIGTERM)


@pytest.mark.usefixtures("proc")
def test_a_zombie_is_gone() -> None:
    child = subprocess.Popen(["true"])
    try:
        wait_for(lambda: not processes.identity(child.pid))
    finally:
        child.wait()


@pytest.mark.usefixtures("proc")
def test_pitfall_1_a_job_is_what_is_marked_and_all_below_whatever_its_environment(
    started: list[int],
) -> None:
    with marked(TREE, job="j1") as parent:
        started += [parent.pid, line(parent)]
        assert processes.of_job("j1") == set(started)
        assert processes.of_job("j") == processes.of_job("j11") == set()
        assert processes.end("j1")
        assert gone(started)


def test_pitfall_1_orphans_with_the_mark_are_found_and_services_without_are_not(
    started: list[int],
) -> None:
    with marked(ORPHAN, "session", job="j2") as one, marked(ORPHAN, "session") as two:
        orphan, service = line(one), line(two)
        started += [orphan, service]
        wait_for(lambda: one.poll() is not None and two.poll() is not None)
        assert processes.of_job("j2", strays=[orphan, service]) == {orphan}
        assert processes.end("j2", strays=[orphan, service])
        assert gone([orphan]) and not gone([service])


def test_pitfall_1_what_was_seen_below_the_playbook_is_ended_without_a_mark(
    started: list[int],
) -> None:
    with marked("import time; time.sleep(300)") as process:
        started.append(process.pid)
        seen = processes.identity(process.pid)
        assert processes.of_job("j3") == set()
        assert processes.end("j3", seen=[seen])
        assert gone([process.pid])


def test_a_cgroup_holds_its_process_and_lets_go_of_what_stays(
    tmp_path: Path, started: list[int]
) -> None:
    code = (
        "import sys; from ansible_collections.claw.pilot.webapp.jobs import cgroup\n"
        "print(cgroup.enter('t1') or '-', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdin
        folder = process.stdout.readline().strip()
        if folder != "-":  # a machine without cgroup v2, or with one that is not ours
            assert cgroup.members(folder) == [process.pid]
            cgroup.leave(folder)
            assert not Path(folder).exists()
        process.stdin.close()
    assert cgroup.members("") == []
    cgroup.leave("")
    cgroup.leave(str(tmp_path))
    assert tmp_path.exists()


def test_without_a_cgroup_of_version_2_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("", "1 2 0:1 / /sys/fs/cgroup ro - cgroup2 cgroup2 ro\n"):
        (tmp_path / "mounts").write_text(text)
        monkeypatch.setattr(cgroup, "MOUNTS", str(tmp_path / "mounts"))
        monkeypatch.setattr(cgroup, "OWN", str(tmp_path / "none"))
        assert cgroup.enter("t2") == ""


def systemd(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> Path:
    """A systemd-run that writes down how it is called, and starts what it is to start."""
    program, log = folder / "systemd-run", folder / "log"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\n[ {code} = 0 ] || exit {code}\n'
        'while [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(cgroup, "SYSTEMD", str(folder))
    monkeypatch.setattr(cgroup, "_answered", {})
    return log


def test_where_systemd_runs_a_job_is_a_scope_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = systemd(tmp_path, monkeypatch, 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    words = cgroup.scope("t3")
    assert " ".join(words[1:]) == ("--user --scope --quiet --collect --unit=claw-pilot-job-t3 --")
    assert cgroup.scope("t4")[-2] == "--unit=claw-pilot-job-t4"
    assert log.read_text() == "--user --scope --quiet --collect -- true\n"  # asked only once
    done = subprocess.run([*words, "echo", "done"], capture_output=True, text=True, check=True)
    assert done.stdout == "done\n"


def test_a_systemd_that_does_not_answer_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd(tmp_path, monkeypatch, 1)
    assert cgroup.scope("t5") == []
    monkeypatch.setattr(cgroup, "SYSTEMD", str(tmp_path / "none"))
    assert cgroup.scope("t5") == []


def test_becoming_the_parent_of_orphans() -> None:
    code = (
        "import os, sys, time\n"
        "from ansible_collections.claw.pilot.webapp.jobs import processes\n"
        "assert processes.become_subreaper()\n"
        "if not os.fork():\n"
        "    if not os.fork():\n"
        "        time.sleep(300)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "[orphan] = processes.below([os.getpid()], processes.parents())\n"
        "assert processes.end('none', strays=[orphan])\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
