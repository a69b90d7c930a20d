# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health of a gateway: probed over HTTP, told in one word, explained in one sentence."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _health
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState
from ansible_collections.claw.pilot.plugins.module_utils._state_words import Health, state_word

CONSOLE = Path(__file__).parents[2] / "fixtures" / "console"
LIVE = (200, {"ok": True, "status": "live"})
READY = (200, {"ready": True, "failing": [], "uptimeMs": 6184, "eventLoop": {"degraded": False}})
STARTING = (503, {"ready": False, "failing": ["startup-sidecars"], "uptimeMs": 1195})
PAGE = "<!doctype html><title>Not a gateway</title>"
UP = ServiceState(defined=True, enabled=True, active=True, pid=4711)
STOPPED = ServiceState(defined=True)
FAILED = ServiceState(defined=True, enabled=True, failed=True, exit_code=1)


class Service:
    """A service on a loopback port that answers as `answers` says, else as `other`."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.other: tuple[int, Any] = (404, {})
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = service.answers.get(self.path, service.other)
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self.server.server_address[1])
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def gateway(self, healthz: tuple[int, Any], readyz: tuple[int, Any]) -> None:
        self.answers = {"/healthz": healthz, "/readyz": readyz}
        self.other = (200, PAGE)  # the control UI swallows unknown paths


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    service.thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()
    service.thread.join()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def console(name: str) -> list[str]:
    return (CONSOLE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_a_port_that_nobody_listens_on_is_not_live(closed_port: int) -> None:
    assert _health.probe(closed_port) == Health()


def test_a_port_that_accepts_and_says_nothing_is_not_live() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        begin = time.monotonic()
        assert _health.probe(listener.getsockname()[1], timeout=0.2) == Health()
        assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    "answer",
    [
        (200, PAGE),
        (200, ""),
        (200, "ok"),
        (200, []),
        (200, "live"),
        (200, {"status": "ok"}),
        (200, {}),
        (503, {"status": "live"}),
        (500, PAGE),
        (404, {}),
    ],
    ids=repr,
)
def test_a_foreign_service_is_not_live(service: Service, answer: tuple[int, Any]) -> None:
    service.other = answer
    assert _health.probe(service.port) == Health()


def test_a_gateway_that_is_live_and_not_ready_says_what_it_waits_for(service: Service) -> None:
    service.gateway(LIVE, STARTING)
    assert _health.probe(service.port) == Health(True, False, ("startup-sidecars",))


@pytest.mark.parametrize(
    "readyz",
    [
        (503, {"ready": True}),
        (200, {"ready": "true"}),
        (200, {"ready": 1}),
        (200, PAGE),
        (200, {"ready": False, "failing": None}),
    ],
    ids=repr,
)
def test_only_a_true_ready_with_200_is_ready(service: Service, readyz: tuple[int, Any]) -> None:
    service.gateway(LIVE, readyz)
    health = _health.probe(service.port)
    assert health.live
    assert not health.ready


def test_a_gateway_that_is_ready_is_both(service: Service) -> None:
    service.gateway(LIVE, READY)
    assert _health.probe(service.port) == Health(True, True, ())


BACKOFF = ServiceState(defined=True, enabled=True, active=True, restarts=3)


@pytest.mark.parametrize(
    ("state", "health", "word"),
    [
        (UP, Health(True, True), "running"),
        (UP, Health(True, False, ("startup-sidecars",)), "starting"),
        (UP, Health(True, False, ("startup-sidecars", "telegram")), "starting"),
        (UP, Health(True, False, ("telegram",)), "degraded"),
        (UP, Health(True, False), "degraded"),
        (UP, Health(), "starting"),
        (STOPPED, Health(True, True), "degraded"),
        (STOPPED, Health(True, False), "degraded"),
        (STOPPED, Health(), "stopped"),
        (ServiceState(), Health(), "stopped"),
        (FAILED, Health(), "error"),
        (BACKOFF, Health(), "error"),
        (BACKOFF, Health(True, True), "running"),
    ],
)
def test_an_instance_has_one_state_word(state: ServiceState, health: Health, word: str) -> None:
    assert state_word(state, health) == word


def test_nobody_can_use_a_gateway_whose_token_does_not_work() -> None:
    assert state_word(UP, Health(True, True), locked_out=True) == "degraded"
    assert state_word(STOPPED, Health(), locked_out=True) == "stopped"


def ended(code: int | None) -> ServiceState:
    return ServiceState(defined=True, enabled=True, failed=True, exit_code=code)


@pytest.mark.parametrize(
    ("name", "exit_code", "code", "needle"),
    [
        ("unknown_key", 78, "CONFIG_REFUSED", 'Unrecognized key: "foo"'),
        ("unknown_key", 1, "CONFIG_REFUSED", 'Unrecognized key: "foo"'),
        ("missing_mode", 78, "CONFIG_REFUSED", "gateway.mode"),
        ("port_in_use", 1, "PORT_CONFLICT", "pid 4711"),
        ("heap_limit", 134, "OUT_OF_MEMORY", "memory"),
        ("module_missing", 1, "NODE_NOT_FOUND", "Cannot find module"),
        ("slow_start", 137, "OUT_OF_MEMORY", "killed"),
        ("slow_start", 9, "OUT_OF_MEMORY", "killed"),
        ("slow_start", 203, "NODE_NOT_FOUND", "could not be run"),
        ("slow_start", 127, "NODE_NOT_FOUND", "could not be run"),
        ("slow_start", 1, "GATEWAY_UNHEALTHY", "exit code 1"),
    ],
)
def test_a_gateway_that_ended_is_explained_with_its_own_words(
    name: str, exit_code: int, code: str, needle: str
) -> None:
    error = _health.explain(18790, ended(exit_code), console(name), 5)
    assert error.code == code
    assert needle in error.message
    assert "18790" in error.message
    assert error.message.splitlines()[-1] == console(name)[-1]
    assert error.hint


def test_a_state_directory_that_another_gateway_holds_is_no_matter_of_the_config() -> None:
    error = _health.explain(18790, ended(78), console("state_lock"), 3)
    assert "another OpenClaw process owns" in error.message
    assert error.code != "CONFIG_REFUSED"


@pytest.mark.parametrize(
    ("health", "needle"),
    [
        (Health(), "not live after 120 s"),
        (Health(True, False, ("startup-sidecars",)), "live but not ready (startup-sidecars)"),
    ],
)
def test_a_gateway_that_is_too_slow_is_told_from_one_that_ended(
    health: Health, needle: str
) -> None:
    error = _health.explain(18790, UP, console("slow_start"), 120.4, health)
    assert error.code == "GATEWAY_UNHEALTHY"
    assert needle in error.message


def test_a_gateway_that_said_nothing_is_explained_too() -> None:
    error = _health.explain(18790, STOPPED, [], 1)
    assert error.code == "GATEWAY_UNHEALTHY"
    assert "said nothing" in error.message
    assert "None" not in error.message


def test_only_the_last_lines_of_the_console_are_shown() -> None:
    error = _health.explain(18790, ended(1), [f"line {n}" for n in range(100)], 1)
    assert "line 99" in error.message
    assert "line 80" not in error.message


def test_waiting_ends_at_once_when_the_service_has_ended(closed_port: int) -> None:
    begin = time.monotonic()
    with pytest.raises(ClawPilotError) as caught:
        _health.wait("live", closed_port, 60, lambda: ended(78), lambda: console("unknown_key"))
    assert caught.value.code == "CONFIG_REFUSED"
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize("state", [UP, BACKOFF], ids=["slow", "restarting again and again"])
def test_waiting_ends_with_the_timeout_or_when_it_is_hopeless(
    closed_port: int, state: ServiceState
) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _health.wait("ready", closed_port, 0.7, lambda: state, lambda: console("slow_start"))
    assert caught.value.code == "GATEWAY_UNHEALTHY"
    assert "budget of 85000ms" in caught.value.message


def test_waiting_for_live_does_not_wait_for_ready(service: Service) -> None:
    service.gateway(LIVE, STARTING)
    assert _health.wait("live", service.port, 5, lambda: UP, list).health.live


def test_waiting_for_ready_sees_a_gateway_become_ready(service: Service) -> None:
    service.gateway(LIVE, STARTING)
    timer = threading.Timer(0.4, service.gateway, (LIVE, READY))
    timer.start()
    assert _health.wait("ready", service.port, 10, lambda: UP, list).health.ready
    timer.join()


def test_waiting_for_a_foreign_service_does_not_take_it_for_the_gateway(service: Service) -> None:
    service.other = (200, PAGE)
    with pytest.raises(ClawPilotError) as caught:
        _health.wait("live", service.port, 0.3, lambda: UP, lambda: console("port_in_use"))
    assert caught.value.code == "PORT_CONFLICT"


NO_TELEGRAM = (503, {"ready": False, "failing": ["telegram"], "uptimeMs": 9000})
REFUSED = (  # as OpenClaw 2026.9.6 says it
    'Telegram bot token unauthorized for account "default" (getMe returned 401 from Telegram;'
    " source: config)."
)


def test_waiting_ends_at_once_when_telegram_refuses_the_token(service: Service) -> None:
    service.gateway(LIVE, NO_TELEGRAM)
    begin = time.monotonic()
    with pytest.raises(ClawPilotError) as caught:
        _health.wait("ready", service.port, 60, lambda: UP, lambda: ["starting", REFUSED])
    assert time.monotonic() - begin < 10
    assert caught.value.code == "TELEGRAM_TOKEN_REFUSED"
    assert "Telegram refuses its bot token" in caught.value.message
    assert caught.value.message.splitlines()[-1] == REFUSED
    assert "telegram_bot_token" in caught.value.hint


@pytest.mark.parametrize(
    ("readyz", "lines", "looks"),
    [
        (NO_TELEGRAM, ["starting"], True),  # it only takes its time
        (STARTING, ["starting", REFUSED], False),  # these words may be of an earlier start
    ],
)
def test_a_gateway_is_waited_for_unless_telegram_refuses_the_token_now(
    service: Service, readyz: tuple[int, Any], lines: list[str], looks: bool
) -> None:
    service.gateway(LIVE, readyz)
    looked: list[bool] = []

    def console() -> list[str]:
        looked.append(True)
        return lines

    timer = threading.Timer(1.2, service.gateway, (LIVE, READY))
    timer.start()
    assert _health.wait("ready", service.port, 20, lambda: UP, console).health.ready
    timer.join()
    assert bool(looked) is looks
