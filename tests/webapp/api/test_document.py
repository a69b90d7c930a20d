# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""openapi.yml: it is valid, it has every route, and requests are checked against it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.api import document as known
from flask import Flask
from jsonschema import Draft202012Validator

from tests.webapp.api.conftest import Program

pytestmark = pytest.mark.timeless

OTHERS = {"/healthz", "/metrics"}  # documented, and not below /api
CANARY = "canary-secret-0123456789"


def test_every_route_is_documented_and_every_documented_one_is_there(app: Flask) -> None:
    there = {
        (known.path_of(rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") or rule.rule in OTHERS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == set(known.operations())


def test_the_document_is_served_with_the_version_and_is_valid(call: Program) -> None:
    status, served = call("GET", "/api/openapi.json")
    assert status == 200
    assert served["openapi"] == "3.1.0"
    assert served["info"]["version"].count(".") == 2
    assert "x-errors" not in served
    for schema in served["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    ids = [
        one["operationId"]
        for item in served["paths"].values()
        for m, one in item.items()
        if m in known.METHODS
    ]
    assert len(ids) == len(set(ids)) == len(known.operations())


def test_scopes_of_the_document_are_those_of_the_doors() -> None:
    from ansible_collections.claw.pilot.webapp.doors.who import SCOPES

    assert tuple(known.document()["components"]["schemas"]["Scope"]["enum"]) == SCOPES


def test_config_keys_of_the_document_are_those_of_the_registry() -> None:
    from ansible_collections.claw.pilot.plugins.plugin_utils.registry_config import DEFAULTS

    assert set(known.document()["components"]["schemas"]["Config"]["properties"]) == set(DEFAULTS)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is no JSON"),
        (b"{", "the body is no JSON"),
        (b'{"slug": "acme", "slug"}', "the body is no JSON"),
        (b'{"slug": "acme", "slug": "north"}', "has a name twice"),
        (b'{"slug": "acme", "variables": {"a": NaN}}', "the body is no JSON"),
        (b'{"slug": "acme", "variables": {"a": 1e999}}', "the body is no JSON"),
        (b"[]", "the body has to be of the type object"),
        (b"{}", "the body lacks a property that it has to have: slug"),
        (b'{"slug": "Acme"}', "slug has to look like"),
        (b'{"slug": "acme", "colour": "red"}', "a property that nobody knows"),
        (b'{"slug": "acme", "check": "yes"}', "check has to be of the type boolean"),
        (b'{"slug": "acme", "variables": {"A B": 1}}', "whose name cannot be one"),
        (b'{"slug": "acme", "variables": {"a": "\\ud800"}}', "the body is no JSON"),
        (b'{"slug": "acme", "variables": ' + b'{"a":' * 60 + b"1" + b"}" * 61, "deeper than"),
        (b"[" * 100_000, "the body is no JSON"),
        (b'{"slug": ' + b"1" * 10_000 + b"}", "the body is no JSON"),
    ],
)
def test_a_body_that_is_not_as_documented_is_refused_with_what_and_where(
    call: Program, services: Any, body: bytes, words: str
) -> None:
    status, answer = call("POST", "/api/instances", data=body, content_type="application/json")
    assert (status, answer["error"]["code"]) == (400, "REQUEST_INVALID")
    assert words in answer["error"]["message"]
    assert services.jobs.requests == []


def test_what_was_sent_is_never_in_the_complaint(call: Program) -> None:
    bodies = [
        {"slug": CANARY * 9},
        {"slug": "acme", CANARY: 1},
        {"slug": "acme", "check": CANARY},
        {"slug": "acme", "variables": CANARY},
        {"slug": "acme", "variables": {f"{CANARY} x": CANARY}},
    ]
    for body in bodies:
        status, answer = call("POST", "/api/instances", json=body)
        assert status == 400
        assert CANARY not in str(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_a_form_could_send_is_refused(call: Program, kind: str) -> None:
    status, answer = call("POST", "/api/instances", data=b'{"slug": "acme"}', content_type=kind)
    assert (status, answer["error"]["code"]) == (415, "NOT_JSON")


def test_a_body_of_more_than_a_megabyte_is_refused(call: Program) -> None:
    large = {"slug": "acme", "variables": {"note": "x" * 1_100_000}}
    status, answer = call("POST", "/api/instances", json=large)
    assert (status, answer["error"]["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "the parameter limit has to be at least 1"),
        ("limit=501", "the parameter limit has to be at most 500"),
        ("limit=ten", "the parameter limit has to be of the type integer"),
        ("limit=", "the parameter limit has to be of the type integer"),
        ("before=99999999999999999999", "the parameter before has to be"),
        ("state=asleep", "the parameter state has to be one of queued"),
    ],
)
def test_a_parameter_that_is_not_as_documented_is_refused(
    call: Program, query: str, words: str
) -> None:
    status, answer = call("GET", f"/api/jobs?{query}")
    assert (status, answer["error"]["code"]) == (400, "REQUEST_INVALID")
    assert words in answer["error"]["message"]


def test_the_depth_of_data() -> None:
    assert [known.depth(value) for value in (1, [], {"a": 1}, [[{}], 1])] == [0, 1, 1, 3]


def test_an_unknown_error_is_a_conflict_and_never_the_servers_own() -> None:
    from ansible_collections.claw.pilot.webapp.api.errors import status_of

    codes = {
        "INSTANCE_NOT_FOUND": 404,
        "CONFIG_VALUE_INVALID": 400,
        "INVALID_SLUG": 400,
        "GATEWAY_UNREACHABLE": 502,
        "HOST_UNREACHABLE": 502,
        "GATEWAY_TIMEOUT": 504,
        "REGISTRY_BUSY": 503,
        "REPORT_INVALID": 400,
        "INSTANCE_AMBIGUOUS": 409,
        "SOMETHING_ELSE": 409,
    }
    assert {code: status_of(ClawPilotError(code, "x")) for code in codes} == codes


def test_a_wrong_method_says_which_are_right(app: Flask, call: Program) -> None:
    answer = app.test_client().patch("/api/jobs", headers=call.header)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.json["error"]["code"] == "METHOD_NOT_ALLOWED"


def test_a_mistake_of_ours_is_told_without_what_it_was(
    app: Flask, call: Program, services: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken() -> None:
        raise RuntimeError(CANARY)

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(services.live, "hosts", broken)
    answer = app.test_client().get("/api/hosts", headers=call.header)
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "INTERNAL_ERROR"
    assert CANARY not in answer.text
    assert CANARY in caplog.text
