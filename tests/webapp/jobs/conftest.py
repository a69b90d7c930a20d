# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room for jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Jobs

from tests.job_room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def queue(room: Room) -> Iterator[Jobs]:
    """Jobs that nobody runs."""
    jobs = room.jobs()
    yield jobs
    jobs.stop()
