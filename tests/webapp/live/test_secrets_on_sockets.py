# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over /ws is taken from the same places as pages are; here it is looked at once more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Jobs

from tests.planted import Planted, variables
from tests.webapp.live.conftest import Place
from tests.webapp.test_secrets import ran


@pytest.fixture
def jobs(services: Any) -> Iterator[Jobs]:
    made = Jobs(services.settings)
    services.jobs = made
    yield made
    made.stop()


def test_no_secret_of_a_job_goes_over_a_socket(place: Place, services: Any, jobs: Jobs) -> None:
    planted = Planted()
    job = ran(jobs, variables(planted))
    token = services.doors.make_token("reader", "read")
    browser = place.browser({"Authorization": f"Bearer {token}"})
    browser.subscribe("job", id=job)
    told = json.dumps(browser.payload("job_event"))
    assert "Say" in told
    assert planted.seen_in(told) == []
