# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to supervisord: XML-RPC over a unix socket, with its faults and without leaks."""

from __future__ import annotations

import gc
import os
import socketserver
import threading
import xmlrpc.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xmlrpc.server import SimpleXMLRPCDispatcher, SimpleXMLRPCRequestHandler

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _supervisor
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._supervisor import SupervisorClient


class Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/RPC2",)
    disable_nagle_algorithm = False
    protocol_version = "HTTP/1.1"  # as supervisord: the connection stays open

    def address_string(self) -> str:
        return "local"

    def log_message(self, *_args: Any) -> None:
        pass


class Server(socketserver.ThreadingUnixStreamServer, SimpleXMLRPCDispatcher):
    """Answers as supervisord does, with the functions that a test registers."""

    daemon_threads = True
    logRequests = False

    def __init__(self, path: str) -> None:
        SimpleXMLRPCDispatcher.__init__(self, allow_none=True)
        socketserver.ThreadingUnixStreamServer.__init__(self, path, Handler)

    def answer(self, name: str, function: Callable[..., Any]) -> None:
        self.register_function(function, f"supervisor.{name}")


def fault(code: int) -> Callable[..., Any]:
    def raise_fault(*_arguments: Any) -> None:
        raise xmlrpc.client.Fault(code, "NO")

    return raise_fault


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A short path: the one of tmp_path may be too long for a socket."""
    monkeypatch.chdir(tmp_path)
    return Path(".")


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server(str(folder / "sock")) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(folder: Path) -> SupervisorClient:
    return SupervisorClient(str(folder / "sock"), timeout=5)


def test_without_a_socket_supervisord_is_not_alive(client: SupervisorClient) -> None:
    assert not client.alive()


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_a_call_that_fails_closes_its_socket(client: SupervisorClient) -> None:
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))
        assert not client.alive()
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        gc.enable()


@pytest.mark.parametrize(("state", "alive"), [("RUNNING", True), ("SHUTDOWN", False)])
def test_only_a_running_supervisord_is_alive(
    server: Server, client: SupervisorClient, state: str, alive: bool
) -> None:
    server.answer("getState", lambda: {"statecode": 1, "statename": state})
    assert client.alive() is alive


def test_a_program_that_is_not_known_has_no_info(server: Server, client: SupervisorClient) -> None:
    server.answer("getProcessInfo", fault(_supervisor.BAD_NAME))
    assert client.info("openclaw-acme") is None


def test_a_program_has_the_info_that_supervisord_gives(
    server: Server, client: SupervisorClient
) -> None:
    server.answer("getProcessInfo", lambda name: {"name": name, "statename": "RUNNING", "pid": 1})
    info = client.info("openclaw-acme")
    assert info == {"name": "openclaw-acme", "statename": "RUNNING", "pid": 1}


def test_a_fault_that_is_not_expected_is_raised(server: Server, client: SupervisorClient) -> None:
    server.answer("getProcessInfo", fault(1))
    with pytest.raises(ClawPilotError, match="supervisor refused getProcessInfo") as caught:
        client.info("openclaw-acme")
    assert caught.value.code == "SERVICE_MANAGER_FAILED"


def test_stopping_what_is_stopped_or_unknown_is_done(
    server: Server, client: SupervisorClient
) -> None:
    server.answer("stopProcess", fault(_supervisor.NOT_RUNNING))
    server.answer("removeProcessGroup", fault(_supervisor.BAD_NAME))
    client.stop("openclaw-acme")


def test_starting_what_is_started_is_done(server: Server, client: SupervisorClient) -> None:
    server.answer("reloadConfig", lambda: [])
    server.answer("addProcessGroup", fault(_supervisor.ALREADY_ADDED))
    server.answer("startProcess", fault(_supervisor.ALREADY_STARTED))
    client.add("openclaw-acme")
    client.start("openclaw-acme")
