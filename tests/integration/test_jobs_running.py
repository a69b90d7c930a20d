# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running jobs: FIELD 5.5 to 5.12, with small playbooks and the real ansible-runner."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Request, processes
from ansible_collections.claw.pilot.webapp.jobs.model import Here

from tests.job_room import Room, command, holding, main_of, of, output, sleeper, wait_for

CANARY = "sk-ant-canary-4711-of-this-test"
OTHER = "canary-without-a-telling-name"
NUMBER = 7261_5544_3321


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def in_processes(secret: str) -> list[str]:
    """Processes that show the secret in their arguments or environment, other than ours."""
    found = []
    for pid in set(processes.parents()) - {os.getpid()}:
        for name in ("cmdline", "environ"):
            try:
                text = Path(f"/proc/{pid}/{name}").read_bytes()
            except OSError:
                continue
            if secret.encode() in text and b"pytest" not in text:
                found.append(f"{name} of {command(pid)}")
    return found


def test_pitfall_5_and_6_secrets_are_in_private_files_while_a_job_runs_and_nowhere_afterwards(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCLAW_TOKEN", "canary-of-the-dashboard")
    monkeypatch.setenv("SOME_PASSWORD", "canary-of-the-dashboard")
    monkeypatch.setenv("PYTHONPATH", "/canary-of-the-dashboard")
    room.has(
        "shows",
        """
    - name: Show
      ansible.builtin.debug:
        msg: "{{ api_key }} {{ instance_environment }} {{ bot_token }}"
    - name: "Named {{ api_key }}"
      ansible.builtin.command: "echo {{ api_key }}"
    - name: Hand on
      ansible.builtin.set_stats:
        data:
          password: "{{ api_key }}"
          deep: ["the {{ instance_environment.OWN }}"]
    - name: Fail
      ansible.builtin.fail:
        msg: "no {{ api_key }}"
      ignore_errors: true
"""
        + sleeper(room.note),
    )
    given = {
        "api_key": CANARY,
        "bot_token": NUMBER,
        "instance_environment": {"OWN": OTHER, "SKIP": "1"},
    }
    with room.running() as jobs:
        job, _sleeper = room.asleep(jobs, "shows", **given)
        held = {path: (room.home / path) for path in holding(room.home, CANARY)}
        ours, for_ansible = sorted(held, key=len)  # where there is no folder in memory
        assert ours == f"jobs/{job.id}/variables.json"
        assert for_ansible.startswith(f"jobs/{job.id}/claw-pilot-job-")
        assert for_ansible.endswith("/variables.yml")
        for path in held.values():
            assert path.stat().st_mode & 0o777 == 0o600
            assert path.parent.stat().st_mode & 0o777 == 0o700
        assert in_processes(CANARY) == []
        assert in_processes(OTHER) == []
        family = of(job) | {processes.pid_of(jobs.store.row(job.id)["process"])}
        for pid in family:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"canary" not in environment
            assert b"CLAW_PILOT_ORIGIN=dashboard" in environment
            assert b"CLAW_PILOT_ACTOR=ann" in environment
        private = Path(jobs.store.row(job.id)["folder"])
        assert private.stat().st_mode & 0o777 == 0o700
        assert b"canary" not in (private / "artifacts" / "run" / "command").read_bytes()
        shown = output(jobs.events(job.id))
        jobs.cancel(job.id, "ann")
        done = room.end(jobs, job)
        told = json.dumps(done.as_dict()) + json.dumps([e.as_dict() for e in jobs.events(job.id)])
    assert "********" in shown
    assert "canary" not in shown
    assert str(NUMBER) not in shown
    assert "canary" not in told
    assert done.variables == {
        "api_key": "********",
        "bot_token": "********",
        "instance_environment": {"OWN": "********", "SKIP": "********"},
    }
    for secret in (CANARY, OTHER, str(NUMBER)):
        assert holding(room.folder, secret) == []
    assert not private.exists()


def test_pitfall_5_a_variable_is_data_and_no_template_that_runs_here(room: Room) -> None:
    room.has("hello")
    flag = room.folder / "flag"
    evil = "{{ 6 * 7 }}{{ lookup('pipe', 'touch " + str(flag) + "') }}"
    with room.running() as jobs:
        done = room.run(jobs, "hello", who=evil)
        shown = output(jobs.events(done.id))
    assert done.state == "successful"
    assert "hello {{ 6 * 7 }}{{" in shown
    assert not flag.exists()


def test_pitfall_7_two_jobs_at_once_have_nothing_in_common(room: Room) -> None:
    room.has("left", sleeper(room.folder / "left.note"))
    room.has("right", sleeper(room.folder / "right.note"))
    with room.running(limit=2) as jobs:
        both = [jobs.submit(Request(name, {"slug": name})) for name in ("left", "right")]
        wait_for(lambda: len([r for r in jobs.store.running() if r["folder"]]) == 2)
        rows = jobs.store.running()
        assert len({row["folder"] for row in rows}) == 2
        for job in both:
            jobs.cancel(job.id, "ann")
        assert [room.end(jobs, job).state for job in both] == ["canceled", "canceled"]
    assert not any(Path(row["folder"]).exists() for row in rows)


def test_pitfall_8_no_file_is_kept_of_any_event(room: Room) -> None:
    room.has(
        "many",
        "    - ansible.builtin.debug:\n        msg: x\n      loop: '{{ range(40) | list }}'\n"
        + sleeper(room.note),
    )
    with room.running() as jobs:
        job, _sleeper = room.asleep(jobs, "many")
        folder = Path(jobs.store.row(job.id)["folder"]) / "artifacts" / "run"
        wait_for(lambda: len(jobs.events(job.id)) > 40)
        assert list((folder / "job_events").glob("*.json")) == []
        assert not (folder / "stdout").exists()
        jobs.cancel(job.id, "ann")
        room.end(jobs, job)


def test_pitfall_8_a_job_that_prints_too_much_keeps_what_matters(room: Room) -> None:
    room.has(
        "loud",
        """
    - name: Loud
      ansible.builtin.debug:
        msg: "{{ 'x' * 2000 }}"
      loop: "{{ range(20) | list }}"
    - name: Fails
      ansible.builtin.fail:
        msg: why it failed
""",
    )
    with room.running(job_bytes=10_000) as jobs:
        done = room.run(jobs, "loud")
        events = jobs.events(done.id)
    assert sum(len(event.stdout) for event in events) < 14_000
    assert "more than is kept" in output(events)
    assert "why it failed" in output(events)
    assert [event.kind for event in events][-1] == "stats"
    assert done.failures[0]["message"] == "why it failed"


def test_pitfall_9_events_go_on_while_the_database_is_locked_by_another(room: Room) -> None:
    room.has("hello")
    with room.running() as jobs:
        blocker = sqlite3.connect(
            jobs.files.database, isolation_level=None, check_same_thread=False
        )
        job = jobs.submit(Request("hello"))
        wait_for(lambda: jobs.events(job.id))
        blocker.execute("BEGIN IMMEDIATE")
        release = threading.Timer(2, blocker.rollback)
        release.start()
        release.join()
        blocker.close()
        done = room.end(jobs, job)
        events = jobs.events(job.id)
    assert done.state == "successful"
    assert [event.counter for event in events] == list(range(1, len(events) + 1))
    assert [e.kind for e in events] == ["play", "task", "ok", "stats"]


def test_pitfall_9_a_listener_learns_of_every_state_and_can_read_on_from_a_counter(
    room: Room,
) -> None:
    room.has("hello")
    seen: list[str] = []
    with room.running() as jobs:
        unsubscribe = jobs.subscribe(lambda job: seen.append(jobs.get(job).state))
        jobs.subscribe(lambda _id: 1 // 0)  # one that fails is in nobody's way
        done = room.run(jobs, "hello")
        wait_for(lambda: seen[-1] == "successful")
        unsubscribe()
        first = jobs.events(done.id, limit=2)
        rest = jobs.events(done.id, after=first[-1].counter)
        count = len(seen)
        room.run(jobs, "hello")
    assert seen[0] == "queued"
    assert "running" in seen
    assert len(seen) == count
    assert [event.kind for event in (*first, *rest)] == ["play", "task", "ok", "stats"]


def test_pitfall_10_a_pattern_that_matches_no_host_is_a_failure(room: Room) -> None:
    room.has("nowhere", hosts="nosuchhost")
    with room.running() as jobs:
        done = room.run(jobs, "nowhere")
    assert (done.state, done.code) == ("failed", 0)
    assert done.failures[0]["code"] == "JOB_NO_HOST"


def test_pitfall_10_a_host_that_the_result_lacks_is_a_failure(room: Room) -> None:
    room.has("hello")
    with room.running() as jobs:
        job = jobs.submit(Request("hello", host="web1"))
        done = room.end(jobs, job)
    assert done.state == "failed"
    assert "(web1)" in done.failures[0]["message"]


INVENTORY = """
all:
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  hosts:
    good: {ansible_connection: local}
    bad: {ansible_connection: local, wrong: true}
    away: {ansible_host: 127.0.0.1, ansible_port: 1, ansible_connection: ssh}
"""


def test_pitfall_10_unreachable_and_failed_hosts_are_told_and_can_be_run_again_alone(
    room: Room,
) -> None:
    inventory = room.folder / "hosts.yml"
    inventory.write_text(INVENTORY)
    room.has(
        "mixed",
        """
    - name: Ping
      ansible.builtin.ping:
    - name: Fail
      ansible.builtin.fail:
        msg: it is wrong
      when: wrong is defined
""",
        "'{{ target }}'",
    )
    reach = Here({}, str(inventory))
    with room.running() as jobs:
        job = jobs.submit(Request("mixed", {"target": "all"}, host="", reach=reach, actor="ann"))
        done = room.end(jobs, job)
        away = jobs.submit(Request("mixed", {"target": "away"}, host="away", reach=reach))
        assert room.end(jobs, away).state == "unreachable"
        again = room.end(jobs, jobs.again(job.id, "ben", failed_hosts=True))
    assert done.state == "failed"
    assert {(f["host"], f["code"]) for f in done.failures} == {
        ("bad", "TASK_FAILED"),
        ("away", "HOST_UNREACHABLE"),
    }
    assert sorted(done.failed_hosts) == ["away", "bad"]
    assert set(again.stats) == {"away", "bad"}
    assert (again.actor, again.again_of) == ("ben", job.number)
    assert "--limit" in again.command and str(inventory) in again.command


def test_pitfall_10_a_playbook_that_cannot_be_read_says_so(room: Room) -> None:
    room.has("broken", "    - no_such_module_at_all:\n")
    with room.running() as jobs:
        done = room.run(jobs, "broken")
    assert done.state == "failed"
    assert done.code not in (0, None)
    assert done.failures[0]["code"] == "PLAYBOOK_FAILED"
    assert "no_such_module_at_all" in done.failures[0]["message"]


def test_pitfall_10_a_question_has_nobody_to_answer_and_ends(room: Room) -> None:
    room.has(
        "asks",
        """
    - name: Ask
      ansible.builtin.pause:
        prompt: Sure?
    - name: On
      ansible.builtin.debug:
        msg: went on
""",
    )
    with room.running() as jobs:
        done = room.run(jobs, "asks")
    assert done.state == "successful"  # as without a terminal: pause warns and goes on


def test_pitfall_11_ansible_works_with_this_collection_and_in_folders_of_the_job(
    room: Room,
) -> None:
    room.has(
        "config",
        """
    - ansible.builtin.set_stats:
        data:
          collections: "{{ lookup('ansible.builtin.config', 'COLLECTIONS_PATHS') }}"
          local: "{{ lookup('ansible.builtin.config', 'DEFAULT_LOCAL_TMP') }}"
          keys: "{{ lookup('ansible.builtin.config', 'HOST_KEY_CHECKING') }}"
          sockets: >-
            {{ lookup('ansible.builtin.config', 'control_path_dir', plugin_type='connection',
            plugin_name='ssh') }}
""",
    )
    with room.running() as jobs:
        done = room.run(jobs, "config")
    found = done.result
    assert Path(found["collections"][0], "ansible_collections/claw/pilot/galaxy.yml").is_file()
    assert "claw-pilot-job-" in found["local"]
    assert "claw-pilot-job-" in found["sockets"]
    assert len(found["sockets"]) < 70
    assert found["keys"] is True  # ansible-runner turns it off unless it is told


def test_pitfall_12_two_jobs_on_one_instance_run_one_after_the_other_and_others_beside(
    room: Room,
) -> None:
    room.has("sleeper", sleeper(room.note))
    room.has("hello")
    with room.running(limit=2) as jobs:
        first, _sleeper = room.asleep(jobs, slug="acme")
        second = jobs.submit(Request("hello", {"slug": "acme"}))
        other = jobs.submit(Request("hello", {"slug": "beta"}))
        assert room.end(jobs, other).state == "successful"
        assert jobs.get(second.id).state == "queued"
        jobs.cancel(first.id, "ann")
        assert room.end(jobs, second).state == "successful"
    assert jobs.get(second.id).started_at >= (jobs.get(first.id).finished_at or "~")
    jobs.stop()


def test_pitfall_12_no_more_jobs_run_than_the_limit(room: Room) -> None:
    room.has("hello")
    with room.running(limit=1) as jobs:
        first, _sleeper = room.asleep(jobs, slug="acme")
        waiting = jobs.submit(Request("hello", {"slug": "beta"}))
        wait_for(lambda: jobs.counts()["running"] == 1)
        assert jobs.counts()["queued"] == 1
        assert main_of(first)
        jobs.cancel(first.id, "ann")
        assert room.end(jobs, waiting).state == "successful"
