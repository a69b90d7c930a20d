# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wait has proven holds for that gateway alone, for as long as it has its port."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import (
    _adopted,
    _attribution,
    _health,
    _instance,
)
from ansible_collections.claw.pilot.plugins.module_utils._health import probe
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._ports import Listener
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState
from ansible_collections.claw.pilot.plugins.module_utils._state_words import (
    Health,
    Proof,
    standing,
    state_word,
)

from tests.unit.a_host import HEALTHY, serving

PORT, GATEWAY, STRANGER = 19100, "5", "99"  # a port, and the sockets of two that want it
READY, SILENT = Health(True, True), Health()


class Table:
    """Of processes that have no children, but that all are below 0."""

    def family(self, pid: int) -> list[int]:
        return [pid] if pid else [0, 1, 10, 11]


def attributed(
    monkeypatch: pytest.MonkeyPatch,
    sockets: set[str] | None,
    listening: Iterable[tuple[int, str]],
    answer: Health = SILENT,
    **more: Any,
) -> _attribution.Attribution:
    """After process 10 has proven to be ready. sockets: its own; more: of its claim now."""
    monkeypatch.setattr(_attribution, "sockets_of", lambda _pids: sockets)
    heard = {PORT: answer}
    monkeypatch.setattr(
        _attribution, "_ask", lambda asked: {p: heard.get(p, SILENT) for p in asked}
    )
    pid = more.pop("pid", 10)
    proof = Proof(PORT, more.pop("proven", 10), READY)
    claim = _attribution.Claim(0, PORT, pid, more.pop("runs", bool(pid)), **more)
    listeners = [Listener(port, "127.0.0.1", inode, 0) for port, inode in listening]
    table: Any = Table()
    return _attribution.attribute([claim], listeners, table, False, proof)


@pytest.mark.parametrize("sockets", [{GATEWAY}, None], ids=["seen", "not to be seen"])
def test_who_listens_still_is_as_it_proved_though_it_is_not_heard(
    monkeypatch: pytest.MonkeyPatch, sockets: set[str] | None
) -> None:
    found = attributed(monkeypatch, sockets, [(PORT, GATEWAY)])
    assert (found.health, found.taken) == ({0: READY}, {})


def test_a_container_is_as_it_proved_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes and sockets are beyond what this host can compare."""
    told: dict[str, Any] = {"pid": 0, "proven": 0, "beyond": True}
    assert attributed(monkeypatch, None, [], runs=True, **told).health == {0: READY}
    assert attributed(monkeypatch, None, [], runs=False, **told).health == {}


@pytest.mark.parametrize("answer", [SILENT, READY], ids=["silent", "answers like a gateway"])
@pytest.mark.parametrize("sockets", [set[str](), {"7"}], ids=["no socket", "another socket"])
def test_a_stranger_on_the_port_is_not_what_proved_itself(
    monkeypatch: pytest.MonkeyPatch, answer: Health, sockets: set[str]
) -> None:
    """The launcher lives, its gateway died, and somebody else was quicker than the next."""
    listening = [(PORT, STRANGER), (PORT + 1, "7")]
    found = attributed(monkeypatch, sockets, listening, answer)
    word = state_word(ServiceState(active=True, pid=10), found.health.get(0, Health()))
    assert word == "starting"
    assert 0 not in found.health
    assert (0 in found.taken) is (not sockets)


def test_a_launcher_whose_gateway_died_has_proven_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert attributed(monkeypatch, set(), []).health == {}


@pytest.mark.parametrize("pid", [0, 11])
def test_a_proof_without_a_process_is_nobodys(monkeypatch: pytest.MonkeyPatch, pid: int) -> None:
    """Every process of a host is below 0."""
    found = attributed(monkeypatch, {GATEWAY}, [(PORT, GATEWAY)], proven=0, pid=pid)
    assert found.health in ({}, {0: SILENT})
    assert state_word(ServiceState(), found.health.get(0, Health())) == "stopped"


def test_not_ready_without_a_reason_is_the_gateways_own_word_too() -> None:
    with serving({**HEALTHY, "/readyz": (503, {"ready": False, "failing": []})}) as port:
        seen = probe(port)
    assert standing(READY, seen) == seen == Health(True, False)


def waited(monkeypatch: pytest.MonkeyPatch, port: int, own: Any, **state: Any) -> Proof:
    """Wait while somebody answers as a gateway that is ready."""
    monkeypatch.setattr(_health, "probe", lambda *_arguments: READY)
    given = {"active": True, "pid": os.getpid(), **state}
    return _health.wait("ready", port, 0.3, lambda: ServiceState(**given), lambda: [], own)


@pytest.mark.parametrize("state", [{"active": False}, {"failed": True}])
def test_a_service_that_does_not_run_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, state: dict[str, bool]
) -> None:
    with pytest.raises(ClawPilotError):
        waited(monkeypatch, PORT, lambda *_arguments: True, **state)


@pytest.mark.parametrize("whose", ["ours", "adopted"])
@pytest.mark.parametrize("listens", [True, False])
def test_who_does_not_listen_any_more_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, whose: str, listens: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        if not listens:
            held.close()
        own: list[Any] = []
        monkeypatch.setattr(_health, "wait", lambda *given: own.append(given[-1]))
        service: Any = type("Service", (), {"state": None})
        if whose == "ours":
            instance = _instance.Instance(Host(), Layout(str(tmp_path), "acme"), service, None)
            instance.await_health("ready", port, 1)
        else:
            known = {"log_path": "", "port": port, "state_dir": str(tmp_path), "told_by": 0}
            _adopted._await(Host(), service, known, {"wait": "ready", "start_timeout": 1})
        assert own[0](port, ServiceState(active=True, pid=os.getpid())) is listens
