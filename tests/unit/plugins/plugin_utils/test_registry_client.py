# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of another machine: a real HTTP server answers as a dashboard does, or does not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils import registry_client
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_client import Client
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_door import Door, host_view

pytestmark = pytest.mark.timeless

TOKEN = "canary-token-0123456789"
REPORTS = [
    {
        "server": {"hostname": "web-1.ü"},
        "entries": [
            {"event": "created", "instance": {"slug": "acme", "openclaw_home": "/o", "port": 100}}
        ],
    }
]


class Dashboard(ThreadingHTTPServer):
    """Answers for a registry; answer, when set, is (status, body, headers) for every request."""

    def __init__(self, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.path = path
        self.answer: tuple[int, bytes, dict[str, str]] | None = None
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Dashboard

    def do_GET(self) -> None:
        self.handle_request(None)

    def do_POST(self) -> None:
        self.handle_request(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def handle_request(self, body: Any) -> None:
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        status, content, headers = self.server.answer or self.as_dashboard(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def as_dashboard(self, body: Any) -> tuple[int, bytes, dict[str, str]]:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b"{}", {}
        given = body or {"actor": "", "origin": ""}
        with Registry(self.server.path, actor=given["actor"], origin=given["origin"]) as registry:
            if body:
                answer = registry.record(body["reports"])
            else:
                hostname = unquote(self.path.rpartition("/")[2])
                answer = host_view(registry.instances(hostname), registry.config())
        return 200, json.dumps(answer).encode(), {}

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy the machine has, this machine is reached without it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    with Dashboard(tmp_path / "registry.db") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def refused(url: str, token: str = TOKEN) -> ClawPilotError:
    """The error of both calls, in which the token is nowhere."""
    errors = []
    for call in (lambda c: c.report(REPORTS, "ann", "awx"), lambda c: c.host("web1")):
        with pytest.raises(ClawPilotError) as caught:
            call(Client(url, token))
        errors.append(caught.value)
        shown = f"{caught.value.as_dict()} {caught.value.__context__!r}"
        assert not token or token.strip() not in shown
    assert errors[0].code == errors[1].code
    return errors[0]


def test_a_wrong_token_is_refused_without_being_shown(dashboard: Dashboard) -> None:
    for token in ("", "canary-wrong"):
        error = refused(dashboard.url, token)
        assert error.code == "REGISTRY_REFUSED"
        assert "CLAW_PILOT_REGISTRY_TOKEN" in error.hint
    assert "Authorization" not in dashboard.requests[0][2]
    dashboard.answer = (403, b"", {})
    assert refused(dashboard.url).code == "REGISTRY_REFUSED"


@pytest.mark.parametrize("token", ["line\nbreak", "zwei Wörter", "ümlaut", "a b", "nul\0"])
def test_a_token_that_no_header_can_hold_is_refused_before_anything_is_sent(
    dashboard: Dashboard, token: str
) -> None:
    assert refused(dashboard.url, token).code == "REGISTRY_REFUSED"
    assert dashboard.requests == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{TOKEN}@127.0.0.1/",
        f"http://127.0.0.1/?token={TOKEN}",
        f"http://127.0.0.1/#token={TOKEN}",
        "http://",
        "https:///path",
        "http://127.0.0.1:port",
        "http://[::1",
    ],
)
def test_a_url_that_is_not_only_an_address_is_refused_without_being_shown(url: str) -> None:
    assert refused(url).code == "REGISTRY_URL_INVALID"


def test_nobody_there_is_one_clear_error(dashboard: Dashboard) -> None:
    error = refused("http://127.0.0.1:1")
    assert error.code == "REGISTRY_UNREACHABLE"
    assert "http://127.0.0.1:1" in error.message
    assert "registry=none" in error.hint


def test_a_server_that_does_not_answer_in_time_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_client, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert error.code == "REGISTRY_UNREACHABLE"
    assert "timed out" in error.message


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>"),
        (500, b""),
        (503, b'{"error": "busy"}'),
        (200, b"<html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"\xff"),
        (200, b'{"instances": [], "config": []}'),
        (200, b'{"instances": {}, "config": {}}'),
        (200, b'{"instances": [{"slug": "acme"}], "config": {}}'),
    ],
)
def test_another_answer_than_a_dashboards_is_an_error(
    dashboard: Dashboard, status: int, body: bytes
) -> None:
    dashboard.answer = (status, body, {})
    error = refused(dashboard.url)
    assert error.code == "REGISTRY_UNREACHABLE"
    assert status == 200 or str(status) in error.message


def test_a_dashboards_own_error_is_told_without_the_token(dashboard: Dashboard) -> None:
    said = {"error": {"code": "REPORT_INVALID", "message": f"No list. {TOKEN}", "hint": ""}}
    dashboard.answer = (400, json.dumps(said).encode(), {})
    assert "HTTP 400 No list. ***" in refused(dashboard.url).message


def test_the_token_is_not_taken_along_to_another_address(dashboard: Dashboard) -> None:
    dashboard.answer = (302, b"", {"Location": f"{dashboard.url}/elsewhere"})
    assert refused(dashboard.url).code == "REGISTRY_UNREACHABLE"
    assert {path for _verb, path, _headers, _body in dashboard.requests} == {
        "/api/registry/report",
        "/api/registry/hosts/web1",
    }


def test_a_netrc_file_does_not_take_the_tokens_place(
    dashboard: Dashboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Client(dashboard.url, TOKEN).host("web1")
    assert dashboard.requests[0][2]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("slash", ["", "/"])
def test_what_is_reported_is_recorded_there_and_seen_again(
    dashboard: Dashboard, slash: str
) -> None:
    door = Door(dashboard.url + slash, TOKEN, actor="ann", origin="awx")
    recorded = door.record(REPORTS)
    assert recorded["changed"] is True
    assert recorded["warnings"] == []
    (event,) = recorded["events"]
    assert (event["hostname"], event["actor"], event["origin"]) == ("web-1.ü", "ann", "awx")
    seen = door.host("web-1.ü", "acme")
    assert seen["instance"]["port"] == 100
    assert (seen["enabled"], seen["reserved_ports"]) == (True, [])
    assert door.host("web-1.ü")["reserved_ports"] == [100]
    assert all(TOKEN not in path for _verb, path, _headers, _body in dashboard.requests)
    assert TOKEN not in repr(door)
    assert TOKEN not in repr(Client(dashboard.url, TOKEN))


def test_check_mode_sends_nothing(dashboard: Dashboard) -> None:
    door = Door(dashboard.url, TOKEN)
    assert door.record(REPORTS, check=True, diff=True)["changed"] is True
    observed = [{**REPORTS[0], "entries": [{"event": "observed", "instance": {}}]}]
    assert door.record(observed, check=True)["changed"] is False
    assert dashboard.requests == []


def test_nothing_to_report_sends_nothing(dashboard: Dashboard) -> None:
    assert Door(dashboard.url, TOKEN).record([])["changed"] is False
    assert dashboard.requests == []
