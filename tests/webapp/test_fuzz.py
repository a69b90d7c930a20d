# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent to whatever address: an answer with a code and a sentence, never a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Jobs
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.routes import routes

pytestmark = pytest.mark.timeless

WEBAPP = Path(__file__).parents[2] / "webapp"
VALUES = (
    "",
    "²",
    "٣",
    "-1",
    "0",
    "1.5",
    "1e9",
    "NaN",
    "9" * 18,
    "9" * 30,
    "9" * 5000,
    "a\x00b",
    "\x00",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "'\" OR 1=1 --",
    "{{ 7 * 7 }}",
    "%s%n",
    "\ud800",  # no character
    "\u202e",
    "x" * 20_000,
    "\U0001f980",
)
BROKEN = ("%", "%zz", "%ff%fe", "%c0%80", "%ed%a0%80", "%00", "&&==&", "a=b;c=d", "?" * 500)
BODIES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b"1e999",
    b"NaN",
    b'{"host": "web1", "host": "localhost"}',
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"slug": "a1", "slug": "b1"}',
    b'{"slug": NaN, "ids": [1e999]}',
    b'{"slug": "\\ud800", "ids": ["\\u0000"], "name": "\\ud800", "tags": ["\\ud800"]}',
    b'{"ids": ["' + "²".encode() + b'"], "action": "start"}',
    b'{"reports": [{"server": {"hostname": "\\u0000"}, "entries": [{"event": "\\ud800"}]}]}',
    b'{"variables": ' + b"9" * 5000 + b"}",
    b'{"playbook": "doctor", "variables": {"\\u0000": 1}}',
    b'{"port_step": "' + "²".encode() + b'"}',
)


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def names(source: str = "") -> list[str]:
    """The parameters that some page or call reads, or a page of that source does."""
    text = "\n".join(path.read_text() for path in WEBAPP.rglob(source or "*.py"))
    found = re.findall(r'(?:args|form|values)(?:\.get|\.getlist)?[\[(]"(\w+)"', text)
    found += re.findall(r'"(\w+)"', " ".join(re.findall(r"for name in \((.*?)\)", text)))
    if not source:
        found += re.findall(r"name: (\w+), in: query", (WEBAPP / "api/openapi.yml").read_text())
    return sorted({*found, "before", "limit", "sort"})


@pytest.fixture
def services(services: Any) -> Iterator[Any]:
    """With the real queue, which nobody works at."""
    services.jobs = Jobs(services.settings)
    yield services
    services.jobs.stop()


@pytest.fixture
def answers(app: Flask, client: FlaskClient) -> Iterator[Any]:
    """Ask, and look at the answer."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def ask(method: str, path: str, **options: Any) -> None:
        answer = client.open(path, method=method, **options)
        assert answer.status_code < 500 or answer.status_code in (502, 503, 504), (method, path)
        if path.startswith("/api/") and answer.status_code >= 400:
            error = answer.json["error"]
            assert re.fullmatch(r"[A-Z_]+", error["code"])
            assert error["message"].endswith((".", "?", "!"))

    yield ask


@pytest.mark.parametrize("turn", range(6))
def test_parameters(app: Flask, answers: Any, turn: int) -> None:
    """All at once, each with another value."""
    given = [
        f"{name}={quoted(VALUES[(n * 5 + turn) % len(VALUES)])}" for n, name in enumerate(names())
    ]
    for _endpoint, method, path in routes(app):
        if path not in ("/ws", "/logout"):
            answers(method, f"{path}?{'&'.join(given)}")


@pytest.mark.parametrize("value", ["²", "٣", "9" * 30, "9" * 5000, "\x00", "\ud800"])
def test_one_parameter_of_a_page(services: Any, answers: Any, value: str) -> None:
    line = services.live.lines()[0]
    pages = {
        "/": "overview.py",
        "/jobs": "jobs.py",
        "/activity": "activity.py",
        "/create": "create.py",
        "/discover": "discover.py",
        f"/hosts/{line['host']}/{line['slug']}": "instance.py",
    }
    for path, source in pages.items():
        for name in names(f"pages/{source}"):
            answers("GET", f"{path}?{name}={quoted(value)}")


def test_parts_of_addresses(app: Flask, answers: Any) -> None:
    for value in (*map(quoted, VALUES[:19]), *BROKEN):
        known = {name: "VALUE" for name in ("host", "slug", "id", "name", "filename")}
        for _endpoint, method, path in routes(app, known):
            if "VALUE" in path:
                answers(method, path.replace("VALUE", value or "%20"))


def test_queries_that_are_none(app: Flask, answers: Any) -> None:
    for value in BROKEN:
        for _endpoint, method, path in routes(app):
            if path not in ("/ws", "/logout"):
                answers(method, f"{path}?{value}")


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies(app: Flask, answers: Any, body: bytes) -> None:
    for _endpoint, method, path in routes(app):
        if path.startswith("/api/") and method != "GET":
            answers(method, path, data=body, content_type="application/json")


def test_forms(app: Flask, client: FlaskClient, services: Any, answers: Any) -> None:
    line = services.live.lines()[0]
    forms = [
        *({name: value for name in names()} for value in VALUES),
        *({"do": f"drop:agents:{value}"} for value in VALUES[:12]),
        *({"approve": f"{line['id']} sender {value}"} for value in VALUES[:12]),
        *({"ids": [line["id"]] * 3, "do": "reject", "action": "stop"} for _turn in "1"),
    ]
    posts = [
        path
        for _e, method, path in routes(app, {"host": line["host"], "slug": line["slug"]})
        if method == "POST" and not path.startswith(("/api/", "/logout"))
    ]
    assert len(posts) > 10
    for form in forms:
        text = "&".join(
            f"{name}={quoted(one)}"
            for name, value in form.items()
            for one in (value if isinstance(value, list) else [value])
        )
        for path in posts:
            answers("POST", path, data=text, content_type="application/x-www-form-urlencoded")
    for body in (b"\xff\xfe=%ff", b"&" * 2000, b"a=1&" * 20_000, b"--x\r\n", b"=" * 100):
        for path in posts:
            for kind in (
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "text/plain",
                "\xff",
            ):
                answers("POST", path, data=body, content_type=kind)


@pytest.mark.parametrize(
    "header",
    "Authorization Cookie Accept Accept-Encoding If-None-Match Range X-Forwarded-For Content-Type"
    " Content-Length HX-Request If-Modified-Since Origin Host".split(),
)
def test_headers(answers: Any, header: str) -> None:
    values = ["\xff", "²", "Bearer \xff\xfe", "claw_pilot_session=\xff", "=;=", ",,;q=x"]
    for value in (*values, "bytes=9-1", "9" * 400, "-1", '"'):
        latin = value.encode().decode("latin-1")
        for path in ("/", "/login", "/api/instances", "/metrics", "/static/css/base.css"):
            answers("GET", path, headers={header: latin})
        answers("POST", "/login", data=b"token=x", headers={header: latin})


def test_messages_of_the_live_connection(services: Any, app: Flask) -> None:
    from types import SimpleNamespace

    from ansible_collections.claw.pilot.webapp.doors.who import Who
    from ansible_collections.claw.pilot.webapp.live.connection import Connection

    ws: Any = SimpleNamespace()
    made = Connection(ws, services.hub, False, lambda: True, Who("x", "admin"))
    told: list[str] = []
    made._refuse = lambda error, kind, one: told.append(error.code)  # type: ignore[method-assign]
    bodies: list[Any] = [body.decode("utf-8", "replace") for body in BODIES] + list(BODIES)
    for channel in ("fleet", "instance", "logs", "job", "jobs", "²", "\x00"):
        for value in (
            None,
            -1,
            1e400,
            "²",
            "\x00",
            "\ud800",
            [],
            {},
            [[]],
            ["\ud800"],
            True,
            9**99,
        ):
            payload = dict.fromkeys(("id", "ids", "since", "view", "lines", "after"), value)
            message = {"type": "subscribe", "payload": {"channel": channel, **payload}}
            bodies.append(json.dumps(message))
        bodies.append(json.dumps({"type": channel, "payload": {"channel": {"a": channel}}}))
    waiting = list(bodies)
    ws.receive = lambda timeout: waiting.pop() if waiting else None
    made._receive()
    assert len(told) > len(BODIES)
    assert set(told) <= {"MESSAGE_INVALID", "INSTANCE_NOT_FOUND", "JOB_NOT_FOUND"}
