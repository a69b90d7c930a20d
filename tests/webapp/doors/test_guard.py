# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check before every view: Host, login, same origin, scope, and headers of every answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors.origin import host_name, is_same_origin
from ansible_collections.claw.pilot.webapp.services import NAME
from ansible_collections.claw.pilot.webapp.settings import Settings
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.routes import routes

OPEN = {"doors.login", "doors.enter", "healthz", "static"}


def test_everything_but_the_login_page_liveness_and_static_files_needs_a_login(
    app: Flask, anonymous: FlaskClient
) -> None:
    walked = routes(app)
    assert len(walked) > 40
    let_in = set()
    for endpoint, method, path in walked:
        socket = {"Connection": "Upgrade", "Upgrade": "websocket"} if path == "/ws" else {}
        answer = anonymous.open(path, method=method, headers=socket)
        told = answer.status_code == 401 and "takes a login" in answer.text
        if not (told or answer.headers.get("Location", "").startswith("/login?next=")):
            let_in.add(endpoint)
        elif path.startswith("/api/") or method != "GET":
            assert told, path
    assert let_in == OPEN


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/api", "/ws", "/%2e%2e/etc/passwd"])
def test_what_is_not_there_is_not_told_to_strangers(anonymous: FlaskClient, path: str) -> None:
    assert anonymous.get(path).status_code in (303, 401)


def test_a_page_leads_to_the_login_and_back(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/create?host=web1&x=/y")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=%2Fcreate%3Fhost%3Dweb1%26x%3D%2Fy"


def test_htmx_is_told_to_go_to_the_login(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=%2F"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "192.0.2.1",
        "",
        "localhost:x",
        "localhost@evil.example",
        "localhost/evil",
        "[::2]",
    ],
)
def test_an_unknown_name_in_the_host_header_gets_nothing(client: FlaskClient, host: str) -> None:
    for path in ("/", "/api/instances", "/login", "/healthz", "/static/css/base.css"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost:19000", "127.0.0.1", "[::1]:19000", "LOCALHOST"])
def test_the_names_of_this_machine_are_known(anonymous: FlaskClient, host: str) -> None:
    assert anonymous.get("/healthz", headers={"Host": host}).status_code == 200


def test_names_that_were_allowed_are_known(
    app: Flask, anonymous: FlaskClient, services: Any
) -> None:
    services.settings = replace(services.settings, allowed_hosts=("Claw.example.org",))
    assert app.extensions[NAME].settings.host_names >= {"claw.example.org"}
    header = {"Host": "claw.example.org"}
    assert anonymous.get("/healthz", headers=header).status_code == 200


def test_on_every_address_any_address_is_known_but_no_name(
    anonymous: FlaskClient, services: Any
) -> None:
    services.settings = replace(services.settings, bind="0.0.0.0")
    codes = [
        anonymous.get("/healthz", headers={"Host": host}).status_code
        for host in ("192.0.2.7:19000", "[2001:db8::1]", "evil.example")
    ]
    assert codes == [200, 200, 400]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None, "Sec-Fetch-Site": None},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": None},
        {"Origin": "http://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": None},
        {"Origin": "http://localhost:81", "Sec-Fetch-Site": None},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost:x", "Sec-Fetch-Site": None},
    ],
)
def test_a_change_that_no_page_of_ours_asks_for_is_refused(
    client: FlaskClient, services: Any, headers: dict[str, Any], token: str
) -> None:
    for method, path, options in (
        ("POST", "/api/jobs", {"json": {"playbook": "discover"}}),
        ("DELETE", "/api/tokens/x", {}),
        ("PUT", "/api/config", {"json": {"port_step": "10"}}),
        ("POST", "/logout", {}),
        ("POST", "/login", {"data": {"token": token}}),
    ):
        answer = client.open(path, method=method, headers=headers, **options)
        assert answer.status_code == 403, path
    assert services.jobs.requests == []


def test_a_token_needs_no_origin(anonymous: FlaskClient, token: str) -> None:
    answer = anonymous.post(
        "/api/discover",
        json={},
        headers={"Authorization": f"Bearer {token}", "Origin": None, "Sec-Fetch-Site": None},
    )
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("headers", "host", "same"),
    [
        ({"Origin": "https://claw.example.org"}, "claw.example.org", True),  # TLS ends before us
        ({"Origin": "https://claw.example.org"}, "claw.example.org:443", True),
        ({"Origin": "http://[::1]:19000"}, "[::1]:19000", True),
        ({"Origin": "http://127.0.0.1:19000"}, "localhost:19000", False),
        ({"Sec-Fetch-Site": "same-origin"}, "localhost", True),
        ({}, "localhost", False),
    ],
)
def test_what_is_of_the_same_origin(headers: dict[str, str], host: str, same: bool) -> None:
    assert is_same_origin(headers, host) is same


def test_a_socket_needs_an_origin() -> None:
    assert not is_same_origin({"Sec-Fetch-Site": "same-origin"}, "localhost", socket=True)
    assert is_same_origin({"Origin": "http://localhost"}, "localhost", socket=True)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LocalHost:80", "localhost"),
        ("[::1]:80", "[::1]"),
        ("a@b", ""),
        ("a:b", ""),
        ("a/b", ""),
        ("a\\b", ""),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_a_revoked_token_opens_nothing(services: Any, anonymous: FlaskClient) -> None:
    token = services.doors.make_token("ci", "admin")
    header = {"Authorization": f"Bearer {token}"}
    assert anonymous.get("/api/instances", headers=header).status_code == 200
    assert anonymous.delete("/api/tokens/ci", headers=header).status_code == 204
    assert anonymous.get("/api/instances", headers=header).status_code == 401


def test_who_acts_is_the_token_by_its_name(
    services: Any, anonymous: FlaskClient, client: FlaskClient
) -> None:
    header = {"Authorization": f"Bearer {services.doors.make_token('ci', 'operate')}"}
    anonymous.post("/api/discover", json={}, headers=header)
    client.post("/api/discover", json={})
    assert [request.actor for request in services.jobs.requests] == ["ci", "dashboard"]


@pytest.mark.parametrize("given", ["", "Basic YTpi", "Bearer", "Bearer  ", "bearer x y"])
def test_a_header_without_a_token_is_none(client: FlaskClient, given: str) -> None:
    answer = client.get("/api/instances", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_answer_has_the_headers_that_keep_others_out(
    app: Flask, client: FlaskClient, anonymous: FlaskClient
) -> None:
    answers = [
        client.get("/"),
        client.get("/api/instances"),
        client.get("/nothing"),
        anonymous.get("/login"),
        anonymous.get("/healthz"),
        anonymous.get("/static/css/base.css"),
        anonymous.get("/", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_settings_know_where_they_listen() -> None:
    from pathlib import Path

    here = Settings(Path("/h"), Path("/r"))
    assert here.is_loopback and not here.is_everywhere
    assert here.host_names == {"127.0.0.1", "localhost", "[::1]"}
    open_ = replace(here, bind="::")
    assert open_.is_everywhere and not open_.is_loopback
    assert replace(here, bind="localhost").is_loopback
