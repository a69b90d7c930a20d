# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a port is: real servers that answer as gateways do, or otherwise, on made-up sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _attribution
from ansible_collections.claw.pilot.plugins.module_utils._attribution import (
    Attribution,
    Claim,
    address_of,
    attribute,
)
from ansible_collections.claw.pilot.plugins.module_utils._ports import Listener
from ansible_collections.claw.pilot.plugins.module_utils._procfs import ProcessTable

from tests.unit.a_host import HEALTHY, NODE, World, serving, world

__all__ = ["world"]


def of(
    claims: list[Claim], listeners: list[Listener], strangers: bool = False, **_: object
) -> Attribution:
    return attribute(claims, listeners, ProcessTable(), strangers)


def listener(port: int, inode: int = 1, address: str = "127.0.0.1", uid: int = 0) -> Listener:
    return Listener(port, address, str(inode), uid)


def run(world: World, pid: int, *sockets: int) -> int:
    world.process(pid, NODE, {}, sockets=sockets)
    return pid


@contextmanager
def speaking(words: bytes, seconds: float = 0.0) -> Iterator[int]:
    """A server that says these words, a byte at a time, and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            try:
                connection, _address = server.accept()
                with connection:
                    for place in range(len(words)):
                        connection.sendall(words[place : place + 1])
                        time.sleep(seconds)
            except OSError:
                return

        threading.Thread(target=work, daemon=True).start()
        yield server.getsockname()[1]


def test_a_gateway_that_holds_its_port_is_asked(world: World) -> None:
    pid = run(world, 50, 7)
    with serving() as port:
        found = of([Claim(0, port, pid, runs=True)], [listener(port, 7)])
    health = found.health[0]
    assert (health.live, health.ready, health.version) == (True, True, "2026.9.6")
    assert not found.taken and not found.strangers


def test_a_port_in_a_config_proves_nothing(world: World) -> None:
    """Two configs name one port; only one has the process that holds it."""
    pid = run(world, 50, 7)
    with serving() as port:
        claims = [Claim(0, port, 0, runs=False), Claim(1, port, pid, runs=True)]
        found = of(claims, [listener(port, 7)])
    assert set(found.health) == {1} and found.taken == {0: port}


def test_a_child_of_the_service_may_hold_the_port(world: World) -> None:
    world.process(50, NODE, {})
    world.process(51, ("worker",), {}, parent=50, sockets=(7,))
    with serving() as port:
        assert of([Claim(0, port, 50, runs=True)], [listener(port, 7)]).health[0].live


def test_a_gateway_that_starts_while_another_has_its_port_is_not_live(world: World) -> None:
    pid = run(world, 50)
    with serving() as port:
        found = of([Claim(0, port, pid, runs=True)], [listener(port, 7)])
    assert not found.health and found.taken == {0: port}


def test_sockets_that_may_not_be_seen_go_to_whom_runs(world: World) -> None:
    claims = [Claim(0, 0, 0, False, tells=False), Claim(1, 0, 999, True)]
    with serving() as port:
        claims = [Claim(c.number, port, c.pid, c.runs, c.tells) for c in claims]
        assert set(of(claims, [listener(port)]).health) == {1}
        assert set(of(claims[:1], [listener(port)]).health) == {0}


def test_a_socket_of_another_user_is_not_ones_own(world: World) -> None:
    with serving() as port:
        found = of([Claim(0, port, 999, True, uid=1000)], [listener(port, uid=33)])
    assert found.taken == {0: port}


def test_a_stopped_instance_does_not_get_the_answer_of_another(world: World) -> None:
    with serving() as port:
        found = of([Claim(0, port, 0, runs=False)], [listener(port)])
    assert found.taken == {0: port} and not found.health


def test_a_gateway_that_listens_elsewhere_than_its_config_says_is_found(world: World) -> None:
    """The config was changed after the start."""
    with serving() as port, serving({}) as browser:
        pid = run(world, 50, 7, 8)
        sockets = [listener(port, 7), listener(browser, 8), listener(18790, 99)]
        found = of([Claim(0, 18790, pid, runs=True)], sockets, strangers=True)
    assert found.ports == {0: port} and found.health[0].ready
    assert not found.taken and not found.strangers


def test_a_port_of_a_container_is_asked_without_a_listener(world: World) -> None:
    with serving() as port:
        found = of([Claim(0, port, 0, runs=True, beyond=True)], [])
        assert found.health[0].live
        assert not of([Claim(0, port, 0, runs=False, beyond=True)], []).health


@pytest.mark.parametrize(
    "answers",
    [
        {"/healthz": (200, {"status": "ok"})},
        {"/healthz": (200, {"ok": True})},
        {"/healthz": (200, [])},
        {"/healthz": (200, b"<html>live</html>")},
        {"/healthz": (200, b"[" * 60_000)},
        {"/healthz": (500, {"status": "live"})},
        {"/healthz": (302, b"")},
        {},
    ],
)
def test_another_program_on_the_port_is_no_gateway(
    world: World, answers: dict[str, tuple[int, object]]
) -> None:
    pid = run(world, 50, 7)
    with serving(answers) as port:
        found = of([Claim(0, port, pid, runs=True)], [listener(port, 7)])
        assert not found.health[0].live
        assert not of([], [listener(port, 7)], strangers=True).strangers


@pytest.mark.parametrize("words", [b"220 mail ESMTP\r\n", b"", b"\0" * 99, b"HTTP/1.1 200"])
def test_a_program_that_speaks_no_http_is_no_gateway(world: World, words: bytes) -> None:
    with speaking(words) as port:
        assert not of([], [listener(port)], strangers=True).strangers


def test_a_program_that_never_comes_to_an_end_keeps_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_attribution, "ASK_SECONDS", 0.1)
    monkeypatch.setattr(_attribution, "STRANGER_SECONDS", 0.1)
    forever = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10_000
    with speaking(forever, 0.05) as slow, serving() as port:
        claims = [Claim(0, slow, 0, True, tells=False), Claim(1, port, 999, True)]
        begin = time.monotonic()
        found = of(claims, [listener(slow, 1), listener(port, 2)])
        assert time.monotonic() - begin < 30  # not 500 s, and no neighbour is missing
    assert found.health[1].live and 0 not in found.health


def test_a_stranger_has_to_answer_as_openclaw_does(world: World) -> None:
    alike = {"/healthz": (200, {"ok": True, "status": "live"})}
    with serving() as port, serving(alike) as other:
        found = of([], [listener(port), listener(other, 2)], strangers=True)
        assert set(found.strangers) == {port}
        assert not of([], [listener(port)], strangers=False).strangers


def test_printers_and_system_services_are_not_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(_attribution, "_ask", lambda q: (asked.extend(q), {})[1])
    of([], [listener(port) for port in (22, 443, 9100)], strangers=True)
    assert asked == []


def test_a_host_with_very_many_listeners_is_asked_in_part(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_attribution, "MAX_STRANGERS", 3)
    asked: list[int] = []
    health = _attribution.Health()
    monkeypatch.setattr(
        _attribution, "_ask", lambda q: (asked.extend(q), dict.fromkeys(q, health))[1]
    )
    of([Claim(0, 20005, 0, False)], [listener(port) for port in range(20000, 20010)], True)
    assert sorted(asked) == [20000, 20001, 20002, 20005]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_gateway_is_asked_where_it_listens(world: World, address: str) -> None:
    try:
        opened = serving(HEALTHY, address)
        with opened as port:
            pid = run(world, 50, 7)
            found = of([Claim(0, port, pid, runs=True)], [listener(port, 7, address)])
    except OSError:
        pytest.skip(f"{address} is not there")
    assert found.health[0].ready


def test_two_programs_may_share_a_port_at_two_addresses(world: World) -> None:
    with serving(HEALTHY, "127.0.0.2") as port:
        pid = run(world, 50, 7)
        sockets = [listener(port, 8, "127.0.0.1"), listener(port, 7, "127.0.0.2")]
        assert of([Claim(0, port, pid, runs=True)], sockets).health[0].live


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["10.0.0.5"], "10.0.0.5"),
        (["10.0.0.5", "127.0.0.1"], "127.0.0.1"),
        (["0.0.0.0"], "127.0.0.1"),
        (["::"], "::1"),
        (["::", "0.0.0.0"], "127.0.0.1"),
        (["::1"], "::1"),
    ],
)
def test_every_way_to_bind_has_an_address_to_ask(addresses: list[str], expected: str) -> None:
    assert address_of([listener(1, 1, address) for address in addresses]) == expected
