# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ending jobs: FIELD 5.1 to 5.4, with small playbooks and the real ansible-runner."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Request, processes, supervisor

from tests.job_room import Room, gone, kill, main_of, of, output, sleeper, wait_for


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def left_over(room: Room) -> list[Path]:
    """Files of jobs, besides the database."""
    return [path for path in room.home.rglob("*") if "jobs.db" not in path.name and path.is_file()]


def test_pitfall_1_cancel_ends_the_module_and_its_children_too(room: Room) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs)
        family = of(job)
        assert set(sleepers) < family
        assert len(family) >= 4  # ansible-playbook, a worker, the module, what it runs
        assert jobs.cancel(job.id, "ben").canceled_by == "ben"
        done = room.end(jobs, job)
    assert done.state == "canceled"
    assert gone(list(family))
    assert done.failures[0]["code"] == "JOB_CANCELED"
    assert "ben has canceled it" in done.failures[0]["message"]
    assert done.code is None
    assert left_over(room) == []


def test_pitfall_1_what_ignores_sigterm_is_killed_after_the_grace_time(room: Room) -> None:
    room.has(
        "deaf",
        f"""
    - name: Deaf
      ansible.builtin.shell:
        cmd: "trap '' TERM INT HUP; echo $$ > {room.note}; sleep 300 & echo $! >> {room.note}; wait"
        executable: /bin/bash
""",
    )
    with room.running(grace_seconds=1) as jobs:
        job, sleepers = room.asleep(jobs, "deaf")
        os.kill(main_of(job), signal.SIGSTOP)  # nor does ansible-playbook itself hear
        jobs.cancel(job.id, "ben")
        done = room.end(jobs, job)
    assert done.state == "canceled"
    assert gone(sleepers)


def test_pitfall_1_a_service_that_the_job_has_started_lives_on(room: Room) -> None:
    service = room.folder / "service.py"
    service.write_text(
        "import os, sys, time\n"
        "if os.fork():\n    os._exit(0)\n"
        "os.setsid()\n"
        f"open({str(room.folder / 'service.pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(300)\n"
    )
    start = f"env -i {sys.executable} {service} </dev/null >/dev/null 2>&1"
    room.has("both", f"    - ansible.builtin.shell: {start}\n" + sleeper(room.note))
    pid = 0
    try:
        with room.running() as jobs:
            job, sleepers = room.asleep(jobs, "both")
            pid = int((room.folder / "service.pid").read_text())
            jobs.cancel(job.id, "ben")
            assert room.end(jobs, job).state == "canceled"
        assert gone(sleepers)
        assert not gone([pid])
    finally:
        if pid:
            kill(pid)


def test_pitfall_2_a_signal_to_the_process_of_the_job_is_a_cancel(room: Room) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs)
        runner = processes.pid_of(jobs.store.row(job.id)["process"])
        for ignored in (signal.SIGINT, signal.SIGHUP):
            os.kill(runner, ignored)
        time.sleep(0.3)
        assert not gone(sleepers)
        os.kill(runner, signal.SIGTERM)
        assert room.end(jobs, job).state == "canceled"
    assert gone(sleepers)


def test_pitfall_2_the_process_is_in_a_session_and_where_there_is_one_a_cgroup_of_its_own(
    room: Room,
) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs)
        row = jobs.store.row(job.id)
        runner = processes.pid_of(row["process"])
        assert os.getsid(runner) == runner != os.getsid(0)
        if row["cgroup"]:
            inside = (Path(row["cgroup"]) / "cgroup.procs").read_text().split()
            assert {str(pid) for pid in (runner, *sleepers)} <= set(inside)
        jobs.cancel(job.id, "ben")
        room.end(jobs, job)
    assert not row["cgroup"] or not Path(row["cgroup"]).exists()


def test_pitfall_3_a_cancel_that_only_the_database_knows_is_seen_as_well(room: Room) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs)
        jobs.stop()  # nobody is there to send a signal
        assert room.jobs().store.ask_to_cancel(job.id, "ben")
        wait_for(lambda: gone(sleepers), "it went on")
        later = room.jobs()
        done = room.end(later, job)
        later.stop()
    assert (done.state, done.canceled_by) == ("canceled", "ben")


def test_pitfall_3_a_job_that_takes_too_long_or_is_silent_is_ended_like_a_canceled_one(
    room: Room,
) -> None:
    for policy, code in ({"job_seconds": 4}, "JOB_TIMEOUT"), ({"idle_seconds": 3}, "JOB_SILENT"):
        with room.running(**policy) as jobs:
            job, sleepers = room.asleep(jobs)
            done = room.end(jobs, job)
        assert (done.state, done.failures[0]["code"]) == ("failed", code)
        assert gone(sleepers)


def test_pitfall_3_a_process_that_does_not_hear_is_ended_from_outside(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_DEAF_SECONDS", 0.5)
    with room.running(grace_seconds=0.5) as jobs:
        job, sleepers = room.asleep(jobs)
        runner = processes.pid_of(jobs.store.row(job.id)["process"])
        os.kill(runner, signal.SIGSTOP)
        jobs.cancel(job.id, "ben")
        done = room.end(jobs, job)
    assert (done.state, done.failures[0]["code"]) == ("canceled", "JOB_CANCELED")
    assert gone([runner, *sleepers])
    assert left_over(room) == []


def test_pitfall_4_a_job_whose_process_was_killed_is_lost_and_nothing_of_it_goes_on(
    room: Room,
) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs, api_key="sk-canary-lost")
        family = of(job)
        kill(processes.pid_of(jobs.store.row(job.id)["process"]))
        done = room.end(jobs, job)
    assert done.state == "lost"
    assert gone([*sleepers, *family])
    why = done.failures[0]
    assert why["code"] == "JOB_LOST"
    assert "run the job again" in why["hint"]
    assert left_over(room) == []


def test_pitfall_4_a_killed_ansible_playbook_is_a_failure_without_survivors(room: Room) -> None:
    with room.running() as jobs:
        job, sleepers = room.asleep(jobs)
        family = of(job)
        kill(main_of(job))
        done = room.end(jobs, job)
    assert done.state == "failed"
    assert done.failures[0]["code"] == "PLAYBOOK_FAILED"
    assert "ended by a signal" in done.failures[0]["message"]
    assert gone([*sleepers, *family])


WEB = """
import sys, time
from pathlib import Path
from tests.job_room import Room, Request
from ansible_collections.claw.pilot.webapp.jobs import Jobs, Policy
from ansible_collections.claw.pilot.webapp.jobs.catalog import Catalog
from ansible_collections.claw.pilot.webapp.settings import Settings
folder = Path(sys.argv[1])
home = folder / "pilot"
jobs = Jobs(Settings(home=home, registry=home / "r.db"), None, Catalog(folder / "playbooks"))
jobs.start()
print(jobs.submit(Request(sys.argv[2])).id, flush=True)
time.sleep(300)
"""


def test_pitfall_4_a_job_goes_on_when_the_web_process_is_killed_and_is_followed_by_the_next(
    room: Room,
) -> None:
    flag = room.folder / "go"
    room.has(
        "patient",
        f"""
    - name: Wait
      ansible.builtin.shell: "echo $$ $$ > {room.note}; while [ ! -e {flag} ]; do sleep 0.1; done"
    - name: After
      ansible.builtin.debug:
        msg: all of it
""",
    )
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-c", WEB, str(room.folder), "patient"]
    with subprocess.Popen(arguments, cwd=root, stdout=subprocess.PIPE, text=True) as web:
        assert web.stdout
        id = web.stdout.readline().strip()  # noqa: A001
        room.sleepers()
        web.kill()
    seen: list[str] = []
    with room.running() as jobs:
        jobs.subscribe(seen.append)
        job = jobs.get(id)
        assert job.state == "running"
        before = len(jobs.events(id))
        assert before
        flag.touch()
        done = room.end(jobs, job)
        assert done.state == "successful"
        assert "all of it" in output(jobs.events(id, after=before))
        wait_for(lambda: id in seen)


def test_pitfall_4_a_job_found_without_its_process_at_start_up_is_lost(room: Room) -> None:
    jobs = room.jobs()
    room.has("hello")
    job = jobs.submit(Request("hello", {"api_key": "sk-canary-x"}))
    row = jobs.store.claim(2, "1 no-such-boot 1")
    assert row
    jobs.store.note_process(row["number"], "999999 no-such-boot 5")
    jobs.stop()
    later = room.jobs()
    finished: list[str] = []
    later.on_finished.append(lambda job: finished.append(job.state))
    later.start()
    done = room.end(later, job)
    wait_for(lambda: finished)
    later.stop()
    assert done.state == "lost"
    assert finished == ["lost"]
    assert left_over(room) == []
    assert json.loads(json.dumps(done.as_dict()))["failures"][0]["code"] == "JOB_LOST"
