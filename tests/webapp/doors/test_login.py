# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in by token or by link, staying logged in, and logging out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors import access
from flask.testing import FlaskClient

COOKIE = "claw_pilot_session"


@pytest.fixture
def clock(services: Any, app: Any) -> Callable[[float], None]:
    """Let time pass for sessions and links."""
    began = services.doors.store.now()
    passed = [0.0]
    services.doors.store.now = lambda: began + passed[0]

    def let_pass(seconds: float) -> None:
        passed[0] += seconds

    return let_pass


def is_in(client: FlaskClient) -> bool:
    return client.get("/api/health").status_code == 200


@pytest.mark.parametrize("given", ["", "wrong", "0" * 64, "cp_" + "a" * 40, "é" * 64, "\x00" * 64])
def test_a_wrong_token_opens_nothing(anonymous: FlaskClient, given: str) -> None:
    answer = anonymous.post("/login", data={"token": given})
    assert answer.status_code == 401
    assert "not the token" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not is_in(anonymous)


def test_an_api_token_does_not_log_in(services: Any, anonymous: FlaskClient) -> None:
    token = services.doors.make_token("admin", "admin")
    assert anonymous.post("/login", data={"token": token}).status_code == 401


def test_the_token_logs_in_and_the_cookie_is_for_this_site_only(
    anonymous: FlaskClient, token: str
) -> None:
    answer = anonymous.post("/login", data={"token": f" {token}\n", "next": "/jobs?state=failed"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs?state=failed")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie  # over plain HTTP the browser would not keep it
    assert token not in cookie
    assert is_in(anonymous)


def test_behind_tls_the_cookie_is_secure(anonymous: FlaskClient, token: str) -> None:
    answer = anonymous.post("/login", data={"token": token}, base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/login?next=/login",
        "/logout",
        "",
    ],
)
def test_a_login_never_leads_elsewhere(anonymous: FlaskClient, token: str, target: str) -> None:
    answer = anonymous.post("/login", data={"token": token, "next": target})
    assert answer.headers["Location"] == "/"


def test_logging_out_ends_the_session_for_good(client: FlaskClient) -> None:
    cookie = client.get_cookie(COOKIE)
    assert cookie and is_in(client)
    answer = client.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, cookie.value)
    assert not is_in(client)


def test_who_is_logged_in_does_not_see_the_login_page(client: FlaskClient) -> None:
    assert client.get("/login?next=/jobs").headers["Location"] == "/jobs"


def test_a_link_is_used_up_by_its_button_and_not_by_looking(
    services: Any, anonymous: FlaskClient
) -> None:
    code = services.doors.make_link()
    for _turn in range(2):  # a preview or a virus scanner looks at it, too
        page = anonymous.get(f"/login?link={code}")
        assert page.status_code == 200
        assert code in page.text
        assert not is_in(anonymous)
    assert anonymous.post("/login", data={"link": code}).status_code == 303
    assert is_in(anonymous)
    again = anonymous.application.test_client().post("/login", data={"link": code})
    assert again.status_code == 401
    assert "used already" in again.text


def test_a_link_is_good_for_five_minutes(
    services: Any, anonymous: FlaskClient, clock: Callable[[float], None]
) -> None:
    code = services.doors.make_link()
    clock(access.LINK_SECONDS + 1)
    assert anonymous.post("/login", data={"link": code}).status_code == 401


def test_a_session_ends_after_a_week_without_use_and_after_a_month_anyway(
    client: FlaskClient, clock: Callable[[float], None]
) -> None:
    for _turn in range(4):
        clock(access.IDLE_SECONDS - 10)
        assert is_in(client)
    clock(3 * 86400)
    assert not is_in(client)


def test_a_session_that_nobody_uses_ends(
    client: FlaskClient, clock: Callable[[float], None]
) -> None:
    clock(access.IDLE_SECONDS + 10)
    assert not is_in(client)


def test_another_token_in_the_file_ends_every_session(
    services: Any, client: FlaskClient, token: str
) -> None:
    other = access.Doors.of(services.settings)  # as the command line does it, in another process
    other.rotate()
    other.store.close()
    assert not is_in(client)
    assert services.doors.file.read() != token
    assert client.post("/login", data={"token": token}).status_code == 401
    assert client.post("/login", data={"token": services.doors.file.read()}).status_code == 303


def test_sessions_outlive_a_restart(services: Any, client: FlaskClient) -> None:
    from ansible_collections.claw.pilot.webapp.app import create_app

    cookie = client.get_cookie(COOKIE)
    services.doors.store.close()
    app = create_app(services.settings, services)
    again = app.test_client()
    assert cookie
    again.set_cookie(COOKIE, cookie.value)
    assert is_in(again)


def test_the_database_has_no_secret_as_it_is(services: Any, anonymous: FlaskClient) -> None:
    doors = services.doors
    secrets = [doors.open_session(), doors.make_link(), doors.make_token("ci", "read")]
    secrets.append(doors.file.read())
    with closing(sqlite3.connect(services.settings.database)) as database:
        dump = "\n".join(database.iterdump())
    assert "tokens" in dump
    assert [secret for secret in secrets if secret in dump] == []
    files = [services.settings.database, services.settings.token_path]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]
