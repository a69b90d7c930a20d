# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue as views use it: what is refused, what is kept, who waits for whom."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.jobs import Event, Job, Jobs, Request, store
from ansible_collections.claw.pilot.webapp.jobs.model import Here, stamp
from ansible_collections.claw.pilot.webapp.jobs.store import Store
from ansible_collections.claw.pilot.webapp.jobs.supervisor import Supervisor

from tests.job_room import Room, holding


def ask(queue: Jobs, slug: str = "acme", **more: Any) -> Job:
    variables = {"slug": slug, **more.pop("variables", {})}
    return queue.submit(Request("hello", variables, **{"actor": "ann", **more}))


def code_of(what: pytest.ExceptionInfo[ClawPilotError]) -> str:
    return what.value.code


@pytest.fixture(autouse=True)
def hello(room: Room) -> None:
    room.has("hello")


def claim(queue: Jobs, limit: int = 9) -> int | None:
    row = queue.store.claim(limit, "")
    return row["number"] if row else None


@pytest.mark.parametrize("name", ["nosuch", "../hello", "token", "", "hello.yml"])
def test_an_unknown_playbook_is_refused(queue: Jobs, room: Room, name: str) -> None:
    room.has("token")
    with pytest.raises(ClawPilotError) as error:
        queue.submit(Request(name))
    assert code_of(error) == "UNKNOWN_PLAYBOOK"
    assert queue.list() == []


def test_so_many_jobs_wait_and_no_more(queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_WAITING", 2)
    first = ask(queue, "a")
    ask(queue, "b")
    with pytest.raises(ClawPilotError) as error:
        ask(queue, "c")
    assert code_of(error) == "TOO_MANY_JOBS"
    assert len(queue.list()) == len(list(queue.files.folder.iterdir())) == 2
    queue.cancel(first.id, "ann")
    ask(queue, "c")


@pytest.mark.parametrize("variables", [{"bad-name": 1}, {"x": object()}, {"x": {1, 2}}])
def test_variables_that_ansible_cannot_have_are_refused(
    queue: Jobs, variables: dict[str, Any]
) -> None:
    with pytest.raises(ClawPilotError) as error:
        queue.submit(Request("hello", variables))
    assert code_of(error) == "INVALID_VARIABLES"
    assert not queue.files.folder.exists()


def test_what_a_playbook_would_ask_for_has_to_be_given(queue: Jobs, room: Room) -> None:
    text = "- hosts: all\n  vars_prompt:\n    - name: slug\n      prompt: Which?\n"
    (room.playbooks / "asks.yml").write_text(text)
    room.takes("asks")
    with pytest.raises(ClawPilotError) as error:
        queue.submit(Request("asks"))
    assert code_of(error) == "INVALID_VARIABLES"
    assert queue.submit(Request("asks", {"slug": "acme"})).state == "queued"


def test_a_queued_job_is_told_without_its_secrets(queue: Jobs, room: Room) -> None:
    reach = Here({"target": "web1", "openclaw_home": "/opt/x"}, "", "/r/registry.db")
    job = ask(queue, variables={"api_key": "canary"}, host="web1", reach=reach, check=True)
    assert (job.number, job.state, job.host, job.instance) == (1, "queued", "web1", "acme")
    assert job.openclaw_home == "/opt/x"
    assert job.title == "Hello acme"
    assert job.has_secrets
    assert job.variables["api_key"] == "********"
    assert job.variables["target"] == "web1"
    assert job.command.startswith(
        "ansible-playbook claw.pilot.hello --inventory fleet.claw_pilot.yml --check --extra-vars"
    )
    assert '"registry": "/r/registry.db"' in job.command
    data = json.loads(json.dumps(job.as_dict()))
    assert data["duration_seconds"] is None and data["progress"] is None
    assert "canary" not in json.dumps(data)
    with pytest.raises(ClawPilotError):
        queue.get("nosuch")
    assert holding(room.home, "canary") == [f"jobs/{job.id}/variables.json"]


def test_a_waiting_job_can_be_canceled_once(queue: Jobs) -> None:
    heard: list[str] = []
    queue.subscribe(heard.append)
    job = ask(queue)
    assert queue.files.of(job.id).is_dir()
    done = queue.cancel(job.id, "ben")
    assert (done.state, done.canceled_by) == ("canceled", "ben")
    assert heard == [job.id, job.id]
    assert not queue.files.of(job.id).exists()
    assert claim(queue) is None
    with pytest.raises(ClawPilotError) as error:
        queue.cancel(job.id, "ben")
    assert code_of(error) == "JOB_FINISHED"
    with pytest.raises(ClawPilotError) as error:
        queue.cancel("nosuch", "ben")
    assert code_of(error) == "JOB_NOT_FOUND"


def test_pitfall_12_a_job_waits_for_those_before_it_on_its_instance(queue: Jobs) -> None:
    first, second, third = ask(queue), ask(queue), ask(queue, "beta")
    assert claim(queue) == first.number
    assert claim(queue) == third.number
    assert claim(queue) is None
    assert queue.store.finish(first.number, "successful")
    assert claim(queue) == second.number


def test_pitfall_12_a_job_never_overtakes_an_earlier_one_that_waits(queue: Jobs) -> None:
    ask(queue, openclaw_home="/a")
    ask(queue)  # its home is not named: it may be any
    ask(queue, openclaw_home="/b")
    assert [claim(queue) for _turn in range(3)] == [1, None, None]


def test_pitfall_12_homes_and_hosts_are_told_apart_and_looks_wait_for_nobody(
    queue: Jobs, room: Room
) -> None:
    for name in ("discover", "doctor"):
        room.has(name)
    ask(queue, openclaw_home="/a")
    ask(queue, openclaw_home="/b")
    ask(queue, host="web1")
    ask(queue, check=True)
    for name in ("doctor", "discover", "discover"):
        queue.submit(Request(name))
    queue.submit(Request("discover", host="web1"))
    assert [claim(queue) for _turn in range(8)] == [1, 2, 3, 4, 5, 6, 8, None]


def test_pitfall_12_the_limit_is_one_for_all(queue: Jobs) -> None:
    ask(queue, "one"), ask(queue, "two"), ask(queue, "three")
    assert [claim(queue, limit=2) for _turn in range(3)] == [1, 2, None]
    assert queue.counts() == {"queued": 1, "running": 2}


def test_again_asks_for_the_same(queue: Jobs) -> None:
    reach = Here({"target": "web1"}, "hosts.yml")
    job = ask(queue, host="web1", reach=reach, diff=True, title="Mine")
    copy = queue.again(job.id, "ben")
    same = ("playbook", "variables", "host", "instance", "command", "diff", "title")
    assert all(getattr(copy, name) == getattr(job, name) for name in same)
    assert (copy.number, copy.actor, copy.again_of) == (2, "ben", 1)
    with pytest.raises(ClawPilotError) as error:
        queue.again(job.id, "ben", failed_hosts=True)
    assert code_of(error) == "JOB_NOTHING_FAILED"


SECRETS = {
    "who": "ann",
    "instance_environment": {"A/B~": "one-value", "PORT": 8080},
    "providers": [{"name": "x", "api_key": "two-value", "base_url": "https://u:three@x/v1"}],
}
GIVEN = {
    "/instance_environment/A~1B~0": "one-value",
    "/instance_environment/PORT": 8080,
    "/providers/0/api_key": "two-value",
    "/providers/0/base_url": "https://u:three@x/v1",
}


def test_again_asks_for_exactly_the_secrets_that_were_given(queue: Jobs, room: Room) -> None:
    room.takes("hello", "slug", *SECRETS)
    job = ask(queue, variables=SECRETS)
    queue.store.claim(9, "")
    queue.store.finish(job.number, "failed")
    queue.files.remove(job.id)
    for given in ({}, {"/providers/0/api_key": "two-value"}, {"/providers/0/api_key": "********"}):
        with pytest.raises(ClawPilotError) as error:
            queue.again(job.id, "ben", secrets=given)
        whole = {name for name, value in given.items() if value == "two-value"}
        assert code_of(error) == "SECRETS_NEEDED"
        assert set(error.value.secrets) == set(GIVEN) - whole
    with pytest.raises(ClawPilotError) as other:
        queue.again(job.id, "ben", secrets={**GIVEN, "/who": "eve"})
    assert code_of(other) == "INVALID_VARIABLES"
    copy = queue.again(job.id, "ben", secrets=GIVEN)
    assert queue.files.variables(copy.id) == {"slug": "acme", **SECRETS}
    assert copy.variables == job.variables and copy.has_secrets
    assert queue.get(job.id).variables == job.variables


def test_a_job_with_a_secret_in_a_name_cannot_be_repeated(queue: Jobs, room: Room) -> None:
    room.takes("hello", "slug", "a")
    job = ask(queue, variables={"a": {"https://u:secret@x/": "y"}})
    assert "secret@" not in str(job.variables)
    with pytest.raises(ClawPilotError) as error:
        queue.again(job.id, "ben")
    assert code_of(error) == "SECRETS_GONE"


def test_the_list_has_the_newest_first_in_pages_and_by_what_is_asked_for(queue: Jobs) -> None:
    for slug, host in ("a1", "web1"), ("b1", "web1"), ("a1", "web2"):
        ask(queue, slug, host=host)
    queue.store.claim(1, "")

    def numbers(**by: Any) -> list[int]:
        return [job.number for job in queue.list(**by)]

    assert numbers() == [3, 2, 1]
    assert numbers(limit=2) == [3, 2]
    assert numbers(before=2) == [1]
    assert numbers(host="web1") == [2, 1]
    assert numbers(instance="a1") == [3, 1]
    assert numbers(state="running") == [1]
    assert numbers(state="active", host="web2") == [3]
    assert numbers(state="failed") == []


def event(counter: int, text: str) -> Event:
    return Event(counter, "2026-11-21T12:00:00.000Z", "ok", "web1", "a task", text, True)


def finished(queue: Jobs, text: str, days: float = 0) -> Job:
    job = ask(queue)
    number = claim(queue)
    assert number == job.number
    queue.store.record(number, [event(1, text)], "a task", 4)
    queue.store.finish(number, "successful", code=0)
    ended = stamp(datetime.now(UTC) - timedelta(days=days))
    queue.store._do("UPDATE jobs SET finished_at = ? WHERE number = ?", ended, number)
    return queue.get(job.id)


def test_pitfall_8_old_jobs_go_and_the_oldest_events_when_there_are_too_many(queue: Jobs) -> None:
    ancient = finished(queue, "x" * 10, days=31)
    older, newer = finished(queue, "x" * 600), finished(queue, "y" * 600)
    assert queue.store.drop_older(stamp(datetime.now(UTC) - timedelta(days=30))) == 1
    assert queue.store.trim(1000) == 1
    queue.store.give_space_back()
    with pytest.raises(ClawPilotError):
        queue.events(ancient.id)
    assert queue.events(older.id) == []
    assert queue.get(older.id).trimmed
    assert queue.events(newer.id) == [event(1, "y" * 600)]
    assert not queue.get(newer.id).trimmed


def test_progress_is_what_an_earlier_run_tells(queue: Jobs) -> None:
    assert finished(queue, "x").progress == 100
    job = ask(queue)
    claim(queue)
    assert queue.get(job.id).progress == 0
    queue.store.record(job.number, [event(1, "x")], "third", 3)
    assert queue.get(job.id).progress == 50
    queue.store.record(job.number, [event(2, "x")], "more than then", 9)
    assert queue.get(job.id).progress == 99
    assert [e.counter for e in queue.events(job.id, after=1)] == [2]


def test_an_end_is_written_once(queue: Jobs) -> None:
    job = ask(queue)
    claim(queue)
    assert queue.store.finish(job.number, "failed", failures=[{"code": "X"}], code=2)
    assert not queue.store.finish(job.number, "lost")
    assert not queue.store.begin(job.number, "1 a 1")
    done = queue.get(job.id)
    assert (done.state, done.code, done.failures) == ("failed", 2, [{"code": "X"}])


def test_two_stores_see_each_others_changes(queue: Jobs) -> None:
    job = ask(queue)
    other = Store(queue.files.database)
    try:
        before = other.data_version()
        queue.store.claim(1, "")
        assert other.data_version() != before
        assert other.versions([])[job.id][1] == "running"
    finally:
        other.close()


def test_the_database_and_the_folders_are_private(queue: Jobs) -> None:
    job = ask(queue)
    modes = [
        path.stat().st_mode & 0o777
        for path in (queue.files.database, queue.files.folder, queue.files.of(job.id))
    ]
    assert modes == [0o600, 0o700, 0o700]


def test_pitfall_8_the_supervisor_drops_what_is_too_old_and_folders_of_no_job(
    queue: Jobs, room: Room
) -> None:
    old, young = finished(queue, "x", days=31), finished(queue, "x")
    waits = ask(queue)
    (queue.files.folder / "leftover").mkdir()
    told: list[Any] = []
    supervisor = Supervisor(room.settings(), queue.store, queue.policy, told.append, told.append)
    supervisor._clear_up()
    supervisor._sweep()
    (queue.files.folder / "just-made").mkdir()
    supervisor._sweep()
    assert [job.number for job in queue.list()] == [waits.number, young.number]
    names = {path.name for path in queue.files.folder.iterdir()}
    assert {"just-made", waits.id} <= names
    assert "leftover" not in names
    assert old.number not in [job.number for job in queue.list()]


def test_what_a_killed_job_leaves_elsewhere_is_found_and_removed(
    queue: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, memory = tmp_path / ("t" * 60), tmp_path / "memory"
    for folder in (temporary, memory):
        folder.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    job = ask(queue)
    private = queue.files.private(job.id)
    sockets = queue.files.sockets(job.id, private)
    assert (private.parent, sockets.parent) == (memory, temporary)
    assert private.stat().st_mode & 0o777 == sockets.stat().st_mode & 0o777 == 0o700
    queue.files.remove(job.id)
    assert [*temporary.iterdir(), *memory.iterdir(), *queue.files.folder.iterdir()] == []


def test_a_job_that_is_killed_while_it_makes_its_folders_leaves_a_note(
    queue: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(queue)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")

    def killed(*_: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", killed)
    with pytest.raises(KeyboardInterrupt):
        queue.files.private(job.id)
    assert "claw-pilot-job-" in (queue.files.of(job.id) / "elsewhere").read_text()


def test_a_note_names_nothing_but_our_own_folders(queue: Jobs, tmp_path: Path) -> None:
    job = ask(queue)
    (tmp_path / "theirs").mkdir()
    (queue.files.of(job.id) / "elsewhere").write_text(f'"{tmp_path / "theirs"}"\n')
    queue.files.remove(job.id)
    assert (tmp_path / "theirs").is_dir()
    assert not queue.files.of(job.id).exists()
