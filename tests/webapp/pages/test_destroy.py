# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last question before an instance is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.claw.pilot.webapp.pages import destroy
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

    from tests.webapp.fakes import FakeJobs


@pytest.fixture
def line(services: Services) -> dict[str, object]:
    return dict(next(one for one in services.live.lines() if one["registry"] == "created"))


@pytest.fixture
def path(line: dict[str, object]) -> str:
    return f"/hosts/{line['host']}/{line['slug']}/destroy?home={line['openclaw_home']}"


def test_it_says_what_goes_and_what_stays(
    client: FlaskClient, line: dict[str, object], path: str
) -> None:
    page = client.get(path).get_data(as_text=True)
    goes, stays = page.index("What goes, for good"), page.index("What stays")
    assert goes < page.index(f"/opt/openclaw/.openclaw-{line['slug']}") < stays
    assert goes < page.index(f"/data/projects/{line['slug']}") < stays
    assert f'data-must-be="{line["slug"]}"' in page


def test_the_slug_has_to_be_typed(client: FlaskClient, path: str, fake_jobs: FakeJobs) -> None:
    for typed in ("", "yes", "ACME"):
        answer = client.post(path, data={"confirm": typed, "backup": "yes"})
        assert answer.status_code == 400
        assert "Nothing was done" in answer.get_data(as_text=True)
    assert fake_jobs.requests == []


@pytest.mark.parametrize(("choice", "backup"), [("yes", True), ("no", False)])
def test_it_becomes_a_job_with_the_chosen_backup(
    client: FlaskClient,
    line: dict[str, object],
    path: str,
    fake_jobs: FakeJobs,
    choice: str,
    backup: bool,
) -> None:
    answer = client.post(path, data={"confirm": line["slug"], "backup": choice})
    (request,) = fake_jobs.requests
    assert answer.location == f"/jobs/{next(iter(fake_jobs.all))}"
    assert request.playbook == "destroy_instance"
    assert request.variables["confirm"] == line["slug"]
    assert request.variables["backup"] is backup


def test_a_backup_is_chosen_unless_somebody_says_no(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    assert 'name="backup" value="yes" checked' in page


def test_an_adopted_instance_keeps_its_project_directory() -> None:
    facts = {"state_dir": "/home/ada/.openclaw", "project_dir": "/home/ada/projects/x"}
    assert [path for _words, path in destroy.removed(facts, adopted=True)] == [
        "/home/ada/.openclaw"
    ]
    assert ("Project directory", "/home/ada/projects/x") in destroy.kept(facts, adopted=True)


def test_an_instance_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/hosts/web1/nobody/destroy").status_code == 404
