# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of supervisor: ours in each home and the system's, with a real supervisord's words."""

from __future__ import annotations

import os
import socketserver
import threading
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _supervisor_scan
from ansible_collections.claw.pilot.plugins.module_utils._sightings import Account, Service
from ansible_collections.claw.pilot.plugins.module_utils._supervisor_scan import (
    supervisor_programs,
    system_programs,
)

from tests.unit.a_host import INDEX, World, world

__all__ = ["world"]
# As supervisord 4.3 answers getAllProcessInfo.
INFO = {
    "name": "openclaw-acme",
    "group": "openclaw-acme",
    "start": 1763712992,
    "stop": 0,
    "now": 1763713000,
    "state": 20,
    "statename": "RUNNING",
    "spawnerr": "",
    "exitstatus": 0,
    "logfile": "/x",
    "stdout_logfile": "/x",
    "stderr_logfile": "",
    "pid": 4711,
    "description": "pid 4711, uptime 0:00:08",
}


def program(slug: str = "acme", home: str = "/home/claw") -> str:
    return f"""[program:openclaw-{slug}]
command=/usr/bin/node {INDEX} gateway --port 18790
environment=OPENCLAW_STATE_DIR="{home}/.openclaw-{slug}",TOKEN="canary"
"""


def folder_of(world: World) -> Path:
    folder = world.home / ".local/state/claw-pilot/supervisor.d"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scan(world: World, home: Path | None = None) -> tuple[dict[str, Service], list[str]]:
    account = Account("claw", os.getuid(), os.getgid(), str(world.home))
    services, warnings = supervisor_programs(account, str(home or world.home))
    return {service.name: service for service in services}, [w["code"] for w in warnings]


@contextmanager
def answering(path: Path, answer: bytes) -> Iterator[None]:
    """A supervisord that gives this HTTP answer to whatever it is asked."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            for line in iter(self.rfile.readline, b"\r\n"):
                name, _colon, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            self.rfile.read(length)  # all of it: else the kernel cuts the connection
            self.wfile.write(answer)

    path.parent.mkdir(parents=True, exist_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield
        server.shutdown()


def http(body: str, status: str = "200 OK") -> bytes:
    data = body.encode()
    head = f"HTTP/1.0 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def telling(*infos: dict[str, Any]) -> bytes:
    return http(xmlrpc.client.dumps((list(infos),), methodresponse=True))


@pytest.fixture
def socket_path(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The socket's path, short enough for the kernel however long the test's folder is."""
    monkeypatch.chdir(folder_of(world).parent)
    real = _supervisor_scan.SupervisorClient
    monkeypatch.setattr(
        _supervisor_scan,
        "SupervisorClient",
        lambda path, seconds: real(os.path.basename(path), seconds),
    )
    return Path("supervisor.sock")


def test_programs_that_are_on_and_off_are_found(world: World) -> None:
    (folder_of(world) / "openclaw-acme.ini").write_text(program())
    (folder_of(world) / "openclaw-beta.ini.off").write_text(program("beta"))
    (folder_of(world) / "other.ini").write_text("[program:other]\ncommand=/usr/bin/true\n")
    (folder_of(world) / "openclaw-bak.ini.bak").write_text(program("bak"))
    (folder_of(world) / "broken.ini").write_bytes(b"\xff[program:\0x\ncommand=openclaw gateway")
    (folder_of(world) / "folder.ini").mkdir()
    found, warnings = scan(world)
    assert {n: s.state.enabled for n, s in found.items()} == {
        "openclaw-acme": True,
        "openclaw-beta": False,
    }
    acme, beta = found["openclaw-acme"], found["openclaw-beta"]
    assert acme.command.state_dir == "/home/claw/.openclaw-acme" and acme.command.port == 18790
    assert beta.definition_path.endswith("openclaw-beta.ini")
    # No socket: no supervisord runs, and so it is known that they do not, either.
    assert acme.asked and not acme.state.active and not warnings
    assert "canary" not in repr(found)


def test_a_home_may_have_brackets_in_its_name(world: World) -> None:
    home = world.make_home("[x]*", 4000)
    folder = home / ".local/state/claw-pilot/supervisor.d"
    folder.mkdir(parents=True)
    (folder / "openclaw-acme.ini").write_text(program())
    assert set(scan(world, home)[0]) == {"openclaw-acme"}


def test_a_running_supervisord_is_asked_once(world: World, socket_path: Path) -> None:
    (folder_of(world) / "openclaw-acme.ini").write_text(program())
    (folder_of(world) / "openclaw-beta.ini").write_text(program("beta"))
    fatal = {**INFO, "name": "beta_00", "group": "openclaw-beta", "pid": 0, "statename": "FATAL"}
    with answering(socket_path, telling(INFO, fatal)):
        found, warnings = scan(world)
    acme, beta = found["openclaw-acme"].state, found["openclaw-beta"].state
    assert (acme.active, acme.pid, beta.failed, beta.active) == (True, 4711, True, False)
    assert all(service.asked for service in found.values()) and not warnings


def test_of_a_program_with_several_processes_that_which_runs_counts(
    world: World, socket_path: Path
) -> None:
    (folder_of(world) / "openclaw-acme.ini").write_text(program())
    up = {**INFO, "name": "acme_00"}
    down = {**up, "name": "acme_01", "pid": 0, "statename": "STOPPED"}
    for infos in ((up, down), (down, up)):
        with answering(socket_path, telling(*infos)):
            state = scan(world)[0]["openclaw-acme"].state
        socket_path.unlink()
        assert (state.active, state.pid) == (True, 4711)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        http("no xml"),
        http("", "401 Unauthorized"),
        http("", "500 Oops"),
        telling({"name": "openclaw-acme"}),
        telling({**INFO, "pid": "x"}),
        http(xmlrpc.client.dumps((5,), methodresponse=True)),
        http(xmlrpc.client.dumps((["x"],), methodresponse=True)),
        http(xmlrpc.client.dumps(xmlrpc.client.Fault(1, "UNKNOWN_METHOD"))),
    ],
)
def test_a_supervisord_that_makes_no_sense_is_warned_of(
    world: World, socket_path: Path, answer: bytes
) -> None:
    (folder_of(world) / "openclaw-acme.ini").write_text(program())
    with answering(socket_path, answer):
        found, warnings = scan(world)
    assert set(found) == {"openclaw-acme"} and not found["openclaw-acme"].asked
    assert warnings == ["SUPERVISOR_UNANSWERED"]


def test_a_socket_that_nobody_listens_on_is_warned_of(world: World) -> None:
    (folder_of(world) / "openclaw-acme.ini").write_text(program())
    (folder_of(world).parent / "supervisor.sock").touch()
    found, warnings = scan(world)
    assert not found["openclaw-acme"].asked and warnings == ["SUPERVISOR_UNANSWERED"]


def test_programs_of_the_system_are_found_through_its_includes(world: World) -> None:
    config = world.root / "etc/supervisord.conf"
    (config.parent / "conf.d").mkdir()
    config.write_text(
        "[unix_http_server]\nfile=/nowhere/s.sock\n[include]\nfiles = conf.d/*.conf /gone/*\n"
    )
    path = config.parent / "conf.d/claw.conf"
    path.write_text(
        f"[program:claw]\ncommand=/usr/bin/node {INDEX} --profile sys gateway\nuser=claw\n"
    )
    (service,) = system_programs()[0]
    assert (service.scope, service.name, service.user) == ("system", "claw", "claw")
    assert service.command.state_dir == f"{world.home}/.openclaw-sys"
    assert service.definition_path == str(path)
    assert _supervisor_scan.socket_of(str(path)) == "/nowhere/s.sock"


def test_without_supervisor_there_is_nothing(world: World) -> None:
    assert scan(world) == ({}, [])
    assert system_programs() == ([], [])
