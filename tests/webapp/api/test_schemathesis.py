# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent, answers keep to openapi.yml: made-up requests to every operation."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

pytestmark = pytest.mark.timeless

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 10  # of each operation
HEADERS = {"Accept-Encoding": "identity"}  # over WSGI, schemathesis unpacks nothing
METHODS = ("get", "post", "put", "delete")


def operations() -> list[tuple[str, str]]:
    from ansible_collections.claw.pilot.webapp.api import document

    return sorted(document.operations())


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One dashboard for all of them; the requests themselves carry the token."""
    from ansible_collections.claw.pilot.webapp.app import create_app
    from ansible_collections.claw.pilot.webapp.monitor.live import Live

    from tests.webapp import a_fleet
    from tests.webapp.fakes import services_of

    live = Live()
    a_fleet.fill(live)
    services = services_of(tmp_path_factory.mktemp("home"), live)
    app = create_app(services.settings, services)
    HEADERS["Authorization"] = f"Bearer {services.doors.file.read()}"
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", app, headers=HEADERS)
    services.doors.store.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        there = operations()
        metafunc.parametrize("operation", there, ids=[f"{m} {p}" for p, m in there])


@pytest.mark.filterwarnings("ignore")
def test_answers_keep_to_the_document(schema: Any, operation: tuple[str, str], caplog: Any) -> None:
    path, method = operation
    case_of = schema[path][method].as_strategy()

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=case_of)
    def check(case: Any) -> None:
        case.headers = {**(case.headers or {}), **HEADERS}
        response = case.call()
        case.validate_response(response, checks=CHECKS)

    check()
    mistakes = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert not [text for text in mistakes if not re.match(r"HTTP", text)]
