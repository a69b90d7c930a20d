# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of every kind are planted, and looked for in everything that can be read.

Every GET of the application is asked with a token that may only read, so a new page or a new part
of the API is in it by itself. What else is shown or kept is named here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _answers, _doctor, _takeover
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._secrets import REDACTED
from ansible_collections.claw.pilot.webapp.fleet import HostPlace
from ansible_collections.claw.pilot.webapp.jobs import Jobs, Request
from ansible_collections.claw.pilot.webapp.jobs.secrets import Redactor
from ansible_collections.claw.pilot.webapp.jobs.writer import Writer

from tests.planted import Planted, config, variables
from tests.unit.a_host import World
from tests.webapp.a_fleet import host_facts

Data = dict[str, Any]


class Host:
    """A host with one instance that is full of secrets, and a monitor that asks it in earnest."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.planted = Planted()
        self.config = config(self.planted)
        self.world = World(folder, monkeypatch)
        dotenv = self.planted.like(".env", "A_NAME=")
        state = self.world.instance("acme", self.config, _env=dotenv)
        # What the marker wants is added by the next run, and what it had once is taken away.
        self.wanted = Planted("wishword")
        more = {"plugins": {"entries": {"wanted": {"config": config(self.wanted)}}}}
        once = {"channels": self.config["channels"], "plugins": self.config["plugins"]}
        marker = {"slug": "acme", "port": 18790, "spec": {"slug": "acme", "config": more}}
        (state / ".claw-pilot.json").write_text(json.dumps({**marker, "rendered": once}))
        (state / "logs").mkdir()
        lines = [
            json.dumps({"0": f"I know {value}", "_meta": {"logLevelName": "INFO"}})
            for value in self.planted.secrets.values()
        ]
        (state / "logs/gateway.log").write_text("\n".join(lines) + "\n")
        self.observation = self.world.observe()
        self.observation["host"] = host_facts("one", random.Random(1))
        (self.instance,) = self.observation["instances"]
        self.instance["log_path"] = str(state / "logs/gateway.log")

    def ask(self, _host: str, question: Mapping[str, Any], _timeout: float = 10) -> Any:
        answer = _answers.answer(question, self.instance, self.world.host)
        return {"lines": answer} if question["ask"] == "logs" else answer


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    (tmp_path / "host").mkdir()
    return Host(tmp_path / "host", monkeypatch)


@pytest.fixture
def jobs(services: Any) -> Iterator[Jobs]:
    made = Jobs(services.settings)
    services.jobs = made
    yield made
    made.stop()


def ran(jobs: Jobs, given: Data) -> str:
    """A job that was given these, printed all of it and answered with all of it."""
    job = jobs.submit(Request("create_instance", given, actor="ann", instance="acme"))
    row = jobs.store.claim(9, "")
    assert row is not None
    redactor = Redactor(jobs.files.variables(job.id))
    writer = Writer(jobs.store, row["number"], redactor, 10_000_000)
    for number, text in enumerate((json.dumps(given), json.dumps(given, indent=2), str(given))):
        data = {"host": "localhost", "task": f"Say {given['anthropic_api_key']}", "res": {}}
        writer.put({"event": "runner_on_ok", "event_data": data, "stdout": text, "n": number})
    writer.close()
    result = redactor.data({"msg": given, "before": str(given)})
    jobs.store.finish(row["number"], "successful", result=result)
    jobs.files.remove(job.id)
    return job.id


def addresses(app: Any, job: str) -> Iterator[str]:
    """Every address that can be got, about the instance acme and that job."""
    values = {"host": "one", "slug": "acme", "id": job, "tab": "config", "verb": "stop"}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.rule != "/ws" and "filename" not in rule.arguments:
                known = {name: values.get(name, "x") for name in rule.arguments}
                yield app.url_map.bind("localhost").build(rule.endpoint, known)


def test_no_secret_is_told_to_who_may_only_read(
    app: Any, services: Any, live: Any, host: Host, jobs: Jobs
) -> None:
    given = variables(host.planted)
    live.set_hosts([HostPlace("one")])
    live.observe("one", host.observation)
    services.monitor.ask = host.ask
    job = ran(jobs, given)
    client = app.test_client()
    secret = services.doors.make_token("reader", "read")
    told = {}
    more = [f"/hosts/one/acme/{tab}?now=1" for tab in ("config", "logs", "events", "agents")]
    for address in [*addresses(app, job), *more, "/hosts/one/acme/config?part=panel"]:
        answer = client.get(address, headers={"Authorization": f"Bearer {secret}", "Origin": None})
        told[address] = (answer.status_code, answer.get_data(as_text=True))
    assert told["/api/instances/acme/config"][0] == 200
    drift = told["/api/instances/acme/config"][1].partition('"drift"')[2]
    assert "wishword" not in drift and "wanted" in drift
    assert '"botToken"' in drift and "encryptKey" in drift and drift.count(REDACTED) > 150
    assert told["/api/instances/acme/logs"][0] == 200
    assert told[f"/api/jobs/{job}/events"][0] == 200
    assert told[f"/jobs/{job}"][0] == 200
    assert told["/api/instances/acme/logs"][1].count("I know") > 60
    found = {
        address: host.planted.seen_in(text) + host.wanted.seen_in(text)
        for address, (_code, text) in told.items()
    }
    assert {address: kinds for address, kinds in found.items() if kinds} == {}


def test_no_secret_is_kept_of_a_job(services: Any, jobs: Jobs) -> None:
    planted = Planted()
    ran(jobs, variables(planted))
    home = services.settings.home
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"create_instance" in kept
    assert planted.seen_in(kept.decode("utf-8", "replace")) == []


def test_no_secret_is_in_what_a_host_tells_by_itself(host: Host) -> None:
    told = json.dumps([host.observation, _doctor.findings(host.observation, [], "doctor")])
    assert host.planted.seen_in(told) == []
    assert host.wanted.seen_in(told) == []


def test_no_secret_is_in_a_difference(host: Host) -> None:
    other = config(Planted())
    for pair in ((host.config, {}), ({}, host.config), (host.config, other)):
        assert host.planted.seen_in(json.dumps(_takeover.shown(*pair))) == []


def test_no_secret_is_in_an_error(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ClawPilotError("X", f"It said {host.planted.secrets['.env']}.", "")

    monkeypatch.setattr(_answers, "devices", fail)
    with pytest.raises(ClawPilotError) as error:
        host.ask("one", {"ask": "devices"})
    assert host.planted.seen_in(str(error.value.as_dict())) == []
