# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of what was found and is not in the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

    from tests.webapp.fakes import FakeJobs, FakeMonitor


@pytest.fixture
def foreign(services: Services) -> list[str]:
    """Ids of two instances on web1 that the registry does not have."""
    import random

    from tests.webapp import a_fleet

    dice = random.Random(1)
    found = [
        a_fleet.instance_facts("hand-made", 20001, dice, state="running", confidence="medium"),
        a_fleet.instance_facts(
            "broken",
            20121,
            dice,
            state="stopped",
            problems=[{"code": "NO_CONFIG", "message": "Its config is not there."}],
        ),
    ]
    services.live.set_rows([])  # type: ignore[attr-defined]
    for host in ("localhost", "web2"):
        services.live.observe(host, a_fleet.observation(host, [], dice))  # type: ignore[attr-defined]
    services.live.observe("web1", a_fleet.observation("web1", found, dice))  # type: ignore[attr-defined]
    return [
        str(services.live.find(slug, "web1")["id"])  # by name, as they were given
        for slug in ("hand-made", "broken")
    ]


def test_it_shows_evidence_confidence_and_problems(client: FlaskClient, foreign: list[str]) -> None:
    page = client.get("/discover").get_data(as_text=True)
    assert "2 instances found that are not adopted" in page
    for words in ("/opt/openclaw/.openclaw-hand-made", "medium", "Its config is not there."):
        assert words in page


def test_one_is_adopted_by_its_own_button(
    client: FlaskClient, foreign: list[str], fake_jobs: FakeJobs
) -> None:
    answer = client.post("/discover", data={"do": "adopt", "one": foreign[0], "ids": foreign[1]})
    (request,) = fake_jobs.requests
    assert answer.location == f"/jobs/{next(iter(fake_jobs.all))}"
    assert (request.playbook, request.host) == ("discover", "web1")
    assert request.variables["only"] == ["hand-made"]
    assert request.variables["adopt"] is True


def test_all_that_are_ticked_are_one_job_of_their_host(
    client: FlaskClient, foreign: list[str], fake_jobs: FakeJobs
) -> None:
    client.post("/discover", data={"do": "adopt", "ids": foreign})
    (request,) = fake_jobs.requests
    assert request.variables["only"] == ["broken", "hand-made"]


def test_one_of_two_with_the_same_name_is_adopted_alone(
    client: FlaskClient, foreign: list[str], services: Services, fake_jobs: FakeJobs
) -> None:
    import random

    from tests.webapp import a_fleet

    dice = random.Random(2)
    found = [
        a_fleet.instance_facts("twin", port, dice, openclaw_home=home)
        for port, home in ((20001, "/home/ada"), (20121, "/home/bob"))
    ]
    services.live.observe("web1", a_fleet.observation("web1", found, dice))  # type: ignore[attr-defined]
    bob = services.live.find("twin", "web1", "/home/bob")
    client.post("/discover", data={"do": "adopt", "one": bob["id"]})
    (request,) = fake_jobs.requests
    assert request.variables["only"] == ["twin"]
    assert request.variables["openclaw_home"] == ["/home/bob"]


def test_nothing_ticked_is_said(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    assert client.post("/discover", data={"do": "adopt"}).status_code == 400
    assert fake_jobs.requests == []


def test_what_is_in_the_registry_is_not_adopted_again(
    client: FlaskClient, services: Services, fake_jobs: FakeJobs
) -> None:
    known = next(line for line in services.live.lines() if line["registry"] != "none")
    assert client.post("/discover", data={"do": "adopt", "ids": known["id"]}).status_code == 400
    assert fake_jobs.requests == []


def test_look_again_asks_the_monitor(client: FlaskClient, fake_monitor: FakeMonitor) -> None:
    assert client.post("/discover", data={"do": "scan"}).location == "/discover"
    assert fake_monitor.refreshed == [""]


def test_the_playbook_can_be_run_without_adopting(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    client.post("/discover", data={"do": "run", "host": "web1"})
    assert fake_jobs.requests[0].variables["adopt"] is False


def test_nothing_new_is_said_kindly(client: FlaskClient, services: Services) -> None:
    for host in ("localhost", "web1", "web2"):
        services.live.observe(host, _nothing(host))  # type: ignore[attr-defined]
    assert "Nothing new" in client.get("/discover").get_data(as_text=True)


def test_one_host_alone_can_be_shown(client: FlaskClient, foreign: list[str]) -> None:
    page = client.get("/discover?host=web2").get_data(as_text=True)
    assert "hand-made" not in page


def _nothing(host: str) -> dict[str, object]:
    import random

    from tests.webapp import a_fleet

    return a_fleet.observation(host, [], random.Random(1))


def test_what_has_a_hostile_name_has_no_button_and_is_not_adopted(
    client: FlaskClient, services: Services, fake_jobs: FakeJobs
) -> None:
    import random

    from tests.webapp import a_fleet

    dice = random.Random(1)
    bad = a_fleet.instance_facts("bad", 20001, dice, state_dir="/tmp/{{ x }}/.openclaw-bad")
    services.live.observe("web1", a_fleet.observation("web1", [bad], dice))  # type: ignore[attr-defined]
    one = str(services.live.find("bad", "web1")["id"])
    page = client.get("/discover").get_data(as_text=True)
    assert "has the marks of a template. It cannot be adopted." in page
    assert f'name="one" value="{one}"' not in page
    client.post("/discover", data={"do": "adopt", "one": one})
    assert fake_jobs.requests == []
