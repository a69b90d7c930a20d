# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs with the real playbooks and gateway: created, canceled, created, stopped, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp.jobs import Job, Jobs, Policy, Request, accepted
from ansible_collections.claw.pilot.webapp.settings import Settings

from tests.job_room import gone, holding, of, output, wait_for

from .conftest import Home, new_home

KEY = "sk-ant-canary-of-the-jobs"


@dataclass
class Place:
    """A home for gateways and jobs that work there. The tests of this file build on each other."""

    home: Home
    jobs: Jobs

    @property
    def registry(self) -> Path:
        return self.jobs.settings.registry

    def ask(self, playbook: str, check: bool = False, **more: Any) -> Job:
        given = {"openclaw_home": str(self.home.path), "prefix": str(self.home.prefix), **more}
        given["service_manager"] = "supervisor"
        taken = accepted.own().playbooks[playbook]
        given = {name: value for name, value in given.items() if name in taken}
        request = Request(playbook, given, actor="ann", instance=more.get("slug", ""), check=check)
        return self.jobs.submit(request)

    def end(self, job: Job) -> Job:
        wait_for(lambda: not self.jobs.get(job.id).is_active, "the job never ended")
        return self.jobs.get(job.id)

    def run(self, playbook: str, **more: Any) -> Job:
        return self.end(self.ask(playbook, **more))

    def state(self) -> str:
        with Registry(self.registry) as registry:
            return ",".join(row["state"] for row in registry.instances())


@pytest.fixture(scope="module")
def place(real_prefix: Path) -> Iterator[Place]:
    home = new_home(real_prefix)
    home.slugs.add("demo")
    pilot = home.path / "pilot"
    jobs = Jobs(Settings(home=pilot, registry=pilot / "registry.db"), Policy())
    jobs.start()
    try:
        yield Place(home, jobs)
    finally:
        jobs.stop()
        home.clean_up()


def test_1_a_preview_changes_nothing(place: Place) -> None:
    done = place.run("create_instance", slug="demo", check=True)
    assert done.state == "successful", done.failures
    assert done.check and "--check" in done.command
    assert not place.home.state_dir("demo").exists()


def test_2_a_create_that_is_canceled_leaves_no_work_behind(place: Place) -> None:
    job = place.ask("create_instance", slug="demo", anthropic_api_key=KEY)
    wait_for(lambda: place.home.state_dir("demo").exists(), "nothing was begun")
    family = of(job)
    assert family
    place.jobs.cancel(job.id, "ben")
    done = place.end(job)
    assert done.state == "canceled"
    assert gone(list(family))


def test_3_the_same_once_more_converges(place: Place) -> None:
    done = place.run("create_instance", slug="demo", anthropic_api_key=KEY)
    assert done.state == "successful", (done.failures, output(place.jobs.events(done.id)))
    instance = done.result["instances"][0]
    assert (instance["slug"], instance["state"]) == ("demo", "running")
    assert done.stats["localhost"]["changed"]
    assert done.task and done.progress == 100
    assert "\x1b[0;" in output(place.jobs.events(done.id))
    told = json.dumps([e.as_dict() for e in place.jobs.events(done.id)] + [done.as_dict()])
    assert KEY not in told
    pilot = place.jobs.settings.home
    assert holding(pilot, KEY) == []
    assert list((pilot / "jobs").iterdir()) == []


def test_4_the_registry_knows_who_did_it_and_from_where(place: Place) -> None:
    with Registry(place.registry) as registry:
        events = registry.events()
    assert {(e["actor"], e["origin"]) for e in events} == {("ann", "dashboard")}
    assert place.state() == "running"


def test_5_two_jobs_on_it_queue_and_both_are_done(place: Place) -> None:
    stop = place.ask("stop_instance", slug="demo")
    start = place.ask("start_instance", slug="demo")
    wait_for(lambda: place.jobs.get(stop.id).state == "running")
    assert place.jobs.get(start.id).state == "queued"
    done = place.end(stop)
    assert done.state == "successful", done.failures
    begun = place.end(start)
    assert begun.state == "successful", begun.failures
    assert (place.jobs.get(start.id).started_at or "") >= (done.finished_at or "~")
    assert place.state() == "running"


def test_6_an_error_of_a_module_is_told_with_its_code_and_hint(place: Place) -> None:
    done = place.run("start_instance", slug="nosuch")
    assert done.state == "failed"
    assert done.failures[0]["code"] == "INSTANCE_NOT_FOUND"
    assert done.failures[0]["host"] == "localhost"
    assert done.failures[0]["hint"]


def test_7_a_look_at_the_host_hands_its_findings_on(place: Place) -> None:
    done = place.run("discover", adopt=False)
    assert done.state == "successful", done.failures
    assert [i["slug"] for i in done.result["instances"]] == ["demo"]


def test_8_destroy_removes_it(place: Place) -> None:
    refused = place.run("destroy_instance", slug="demo")
    assert refused.state == "failed"
    assert "needs confirm=demo" in refused.failures[0]["message"]
    done = place.run("destroy_instance", slug="demo", confirm="demo")
    assert done.state == "successful", done.failures
    assert not place.home.state_dir("demo").exists()
    assert place.state() == ""
