# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on the real playbooks: nothing that others say runs on the controller."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp import playbook
from ansible_collections.claw.pilot.webapp.app import create_app
from ansible_collections.claw.pilot.webapp.cli import place, run
from ansible_collections.claw.pilot.webapp.fleet import Fleet
from ansible_collections.claw.pilot.webapp.jobs import Jobs, accepted
from ansible_collections.claw.pilot.webapp.monitor import Live
from ansible_collections.claw.pilot.webapp.services import Services

from tests import attacks
from tests.job_room import output, wait_for
from tests.webapp.fakes import FakeMonitor, services_of

TEXTS = attacks.texts(attacks.TEMPLATE, attacks.EXPRESSION)
# These decide whether and where a play runs at all.
STEER = {"target", "openclaw_user", "registry", "registry_token", "slug", "yes", "confirm", "adopt"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's registry and home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path / "pilot"))
    for name in ("CLAW_PILOT_REGISTRY", "CLAW_PILOT_REGISTRY_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", sorted(path.stem for path in playbook.PLAYBOOKS.glob("*.yml")))
def test_no_playbook_runs_what_a_variable_says(name: str, tmp_path: Path) -> None:
    """Every variable that it takes is an attack; each attack is in one of them."""
    salvo = attacks.Salvo(tmp_path, *TEXTS)
    names = sorted(accepted.own().playbooks[name] - STEER)
    values = itertools.cycle(salvo.values.values())
    variables = dict(zip(names, values, strict=False))
    lists = {"agents", "providers"} & variables.keys()
    variables |= {one: [{"id": "dev", "name": list(salvo.values.values())}] for one in lists}
    answer = run.run_playbook(
        run.Call(name, {"slug": "acme", "yes": True, **variables}, ("--check",)), captured=True
    )
    assert answer.document["hosts"], "it did not run"
    assert salvo.fired == []


def test_the_home_of_a_row_is_a_folder_and_nothing_else(tmp_path: Path) -> None:
    """Whoever may make a folder on a host may say this."""
    (folder,) = (attack for attack in TEXTS if attack.name == "a folder's name")
    salvo = attacks.Salvo(tmp_path, folder)
    row = {"connection": "local", "openclaw_home": salvo.values[folder.name]}
    where = place.of_row({"hostname": "localhost", **row})
    call = run.Call("start_instance", {"slug": "acme", **where.variables})
    assert run.run_playbook(call, captured=True).document["hosts"]
    assert salvo.fired == []


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """A dashboard with the real queue, the real fleet and nothing to watch."""
    made: Services = services_of(tmp_path / "pilot", Live())
    made.jobs = jobs = Jobs(made.settings)
    made.fleet = Fleet(made.settings.registry)
    assert isinstance(made.monitor, FakeMonitor)
    jobs.start()
    yield made
    jobs.stop()


def test_a_token_of_the_scope_operate_runs_nothing_on_the_controller(
    services: Services, tmp_path: Path
) -> None:
    """By whatever POST /api/instances can be given, as a preview that changes nothing."""
    app = create_app(services.settings, services)
    tokens = {scope: services.doors.make_token(scope, scope) for scope in ("operate", "admin")}
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.TEMPLATE, attacks.KEY, attacks.EXPRESSION))
    marked = {n: v for n, v in salvo.values.items() if "__ansible" in json.dumps(v)}
    plain = {n: v for n, v in salvo.values.items() if n not in marked}
    texts = [value for value in plain.values() if isinstance(value, str)]
    client = app.test_client()

    def create(scope: str, **variables: Any) -> Any:
        body = {"slug": "acme", "check": True, "variables": variables}
        header = {"Authorization": f"Bearer {tokens[scope]}"}
        return client.post("/api/instances", json=body, headers=header)

    for value in marked.values():
        refused = create("admin", config={"x": value})
        assert (refused.status_code, refused.json["error"]["code"]) == (400, "VARIABLE_REFUSED")
    told: dict[str, Any] = {
        "display_name": texts[0],
        "default_model": texts[1],
        "agents": [{"id": "dev", "name": text} for text in texts],
    }
    more: dict[str, Any] = {
        "openclaw_home": str(tmp_path / "home"),
        "config": {"x": list(plain.values())},
        "instance_environment": {"X": texts},
    }
    assert create("operate", **told, **more).status_code == 403
    answers = [
        create("operate", **told),
        create("admin", **told, **more),
        create("admin", openclaw_home=texts[-1], display_name="x"),
    ]
    ids = [answer.json["job"]["id"] for answer in answers]
    for one in ids:
        wait_for(lambda one=one: not services.jobs.get(one).is_active, "the job never ended")
        assert "Traceback" not in output(list(services.jobs.events(one)))
        assert services.jobs.get(one).stats["localhost"]
    assert salvo.fired == []
    services.hub.stop()
    services.hub.join_thread()
    services.doors.store.close()
