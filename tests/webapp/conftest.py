# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dashboard in memory: a real app over a real Live, with monitor, fleet and jobs as fakes."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.monitor import Live
    from ansible_collections.claw.pilot.webapp.services import Services
    from ansible_collections.claw.pilot.webapp.settings import Settings

    from tests.webapp.fakes import FakeJobs, FakeMonitor

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("webapp_checkout", ROOT / "tests/unit/conftest.py")
assert _spec and _spec.loader
_checkout = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_checkout)
_checkout.pytest_configure()  # this checkout is ansible_collections.claw.pilot

SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


class Browser(FlaskClient):
    """A client that sends what browsers send with requests of our own pages."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = {**SAME_ORIGIN, **dict(kwargs.pop("headers", None) or {})}
        given = {name: value for name, value in headers.items() if value is not None}
        return super().open(*args, headers=given, **kwargs)


@pytest.fixture
def settings(services: Services) -> Settings:
    return services.settings


@pytest.fixture
def live() -> Live:
    """3 hosts with 12 instances, as they were seen just now."""
    from ansible_collections.claw.pilot.webapp.monitor import Live

    from tests.webapp import a_fleet

    made = Live()
    a_fleet.fill(made)
    return made


@pytest.fixture
def services(tmp_path: Path, live: Live, monkeypatch: pytest.MonkeyPatch) -> Services:
    """What create_app() gets. The fakes are services.monitor, .fleet and .jobs."""
    from tests.webapp.fakes import services_of

    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path))
    monkeypatch.delenv("CLAW_PILOT_REGISTRY", raising=False)
    made: Services = services_of(tmp_path, live)
    return made


@pytest.fixture
def fake_monitor(services: Services) -> FakeMonitor:
    return services.monitor  # type: ignore[return-value]


@pytest.fixture
def fake_jobs(services: Services) -> FakeJobs:
    return services.jobs  # type: ignore[return-value]


@pytest.fixture
def app(services: Services) -> Iterator[Flask]:
    from ansible_collections.claw.pilot.webapp.app import create_app

    made = create_app(services.settings, services)
    made.test_client_class = Browser
    made.config["PROPAGATE_EXCEPTIONS"] = True
    yield made
    services.hub.stop()
    services.hub.join_thread()
    services.doors.store.close()


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    """A browser that is not logged in."""
    return app.test_client()


@pytest.fixture
def client(app: Flask, services: Services) -> FlaskClient:
    """A browser that is logged in."""
    made = app.test_client()
    made.set_cookie("claw_pilot_session", services.doors.open_session())
    return made


@pytest.fixture
def token(services: Services, app: Flask) -> str:
    """The dashboard's own token."""
    return services.doors.file.read()
