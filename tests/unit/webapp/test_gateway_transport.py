# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to a gateway: the loopback, and processes that relay, fail, hang, flood and die."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.webapp.gateway import (
    Access,
    GatewayClient,
    Loopback,
    Missed,
    Pace,
    Process,
    Status,
    Transport,
    transport,
)

from tests.fake_gateway import FakeGateway
from tests.loop import run, until

TOKEN = "fake-gateway-token"
QUICK = Pace(first=0.01, longest=0.05)
# What `ssh -W` and `docker exec -i ... nc` do: bytes of the input to the port, and back.
RELAY = """
import os, select, socket, sys
open(sys.argv[2], "a").write(f"{os.getpid()}\\n")
stream = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
ways = {0: lambda data: stream.sendall(data), stream.fileno(): lambda data: write(data)}
def write(data):
    while data:
        data = data[os.write(1, data):]
while True:
    for source in select.select(list(ways), [], [])[0]:
        data = os.read(source, 65536) if source == 0 else stream.recv(65536)
        if not data:
            sys.exit()
        ways[source](data)
"""


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as made:
        yield made


def python(script: str, *words: object) -> Process:
    return Process((sys.executable, "-c", script, *map(str, words)))


def client_to(way: Transport, **options: Any) -> GatewayClient:
    return GatewayClient(way, Access(TOKEN), name="The gateway alpha", pace=QUICK, **options)


async def trouble(client: GatewayClient) -> GatewayError:
    """The first error of the connection, however long that takes."""
    client.start()
    async for item in client.events():
        if isinstance(item, Status) and item.error:
            return item.error
    raise AssertionError("the stream has ended")


def is_gone(pid: int) -> bool:
    """Neither running nor a zombie."""
    return not Path(f"/proc/{pid}").exists()


def has_ended(pid: int) -> bool:
    """Gone, or a zombie that its new parent has not yet seen."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def test_both_loopback_addresses_are_tried() -> None:
    async def test(gateway: FakeGateway) -> None:
        async with client_to(Loopback(gateway.port)) as client:
            await client.connect()

    with FakeGateway(address="::1") as gateway:
        run(test(gateway))


@pytest.mark.parametrize("port", [0, 65536, 99999999])
def test_a_port_that_is_none_is_unreachable(port: int) -> None:
    async def test() -> None:
        async with client_to(Loopback(port)) as client:
            assert (await trouble(client)).code == "GATEWAY_UNREACHABLE"

    run(test())


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>", "GATEWAY_PROTOCOL", "answers HTTP 200"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "GATEWAY_PROTOCOL", "does not answer as WebSocket"),
        (b"\x00" * 100_000, "GATEWAY_PROTOCOL", "does not answer as WebSocket"),
        (b"", "GATEWAY_UNREACHABLE", "closed the connection"),
    ],
)
def test_something_else_on_the_port_is_said_to_be_that(
    answer: bytes, code: str, words: str
) -> None:
    async def test(gateway: FakeGateway) -> None:
        async with client_to(Loopback(gateway.port)) as client:
            error = await trouble(client)
            assert error.code == code and words in error.message

    with FakeGateway(upgrade=answer) as gateway:
        run(test(gateway))


def test_the_token_does_not_follow_a_redirect(gateway: FakeGateway) -> None:
    async def test(stranger: FakeGateway) -> None:
        async with client_to(Loopback(stranger.port)) as client:
            assert "HTTP 302" in (await trouble(client)).message

    place = f"ws://127.0.0.1:{gateway.port}/".encode()
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"
    with FakeGateway(upgrade=answer) as stranger:
        run(test(stranger))
    assert gateway.connects == []


def test_no_proxy_of_the_environment_is_used(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "ws_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def test() -> None:
        async with client_to(Loopback(gateway.port)) as client:
            await client.connect()

    run(test())


def test_a_process_carries_the_connection_and_ends_with_it(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    gateway.methods["status"] = lambda params: {"text": params["text"] * 2}

    async def test() -> None:
        pids = tmp_path / "pids"
        async with client_to(python(RELAY, gateway.port, pids)) as client:
            await client.connect()
            text = "x" * 3_000_000
            assert (await client.call("status", {"text": text}))["text"] == text * 2
            (pid,) = map(int, pids.read_text().split())
            assert not is_gone(pid)
        assert is_gone(pid)

    run(test())


def test_a_process_that_dies_is_replaced_by_a_new_one(gateway: FakeGateway, tmp_path: Path) -> None:
    async def test() -> None:
        pids = tmp_path / "pids"
        async with client_to(python(RELAY, gateway.port, pids)) as client:
            await client.connect()
            os.kill(int(pids.read_text()), signal.SIGKILL)
            async for item in client.events():
                if isinstance(item, Missed):
                    break
            assert (await client.call("health"))["ok"] is True
            found = [int(pid) for pid in pids.read_text().split()]
        assert len(found) == 2 and all(is_gone(pid) for pid in found)

    run(test())


def test_a_restarted_gateway_is_reached_through_a_new_process(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async def test() -> None:
        pids = tmp_path / "pids"
        async with client_to(python(RELAY, gateway.port, pids)) as client:
            await client.connect()
            gateway.restart()
            async for item in client.events():
                if isinstance(item, Missed):
                    break
        assert all(is_gone(int(pid)) for pid in pids.read_text().split())

    run(test())


def test_the_last_words_of_a_process_say_why_it_has_failed() -> None:
    script = "import sys; sys.exit('ssh: connect to host box:\\n  Connection refused.')"

    async def test() -> None:
        async with client_to(python(script)) as client:
            error = await trouble(client)
            assert error.code == "GATEWAY_UNREACHABLE"
            assert error.message == (
                "The gateway alpha closed the connection: ssh: connect to host box:"
                " Connection refused (1006)."
            )

    run(test())


def test_a_process_that_repeats_what_it_is_told_does_not_tell_the_token() -> None:
    script = f"import sys; sys.exit('debug: auth {TOKEN} sent')"

    async def test() -> None:
        async with client_to(python(script)) as client:
            error = await trouble(client)
            assert "debug: auth" in error.message and TOKEN not in error.message

    run(test())


def test_a_process_that_floods_its_error_output_blocks_nothing(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    flood = "import os\nfor _turn in range(200): os.write(2, b'noise ' * 10000)\n"

    async def test() -> None:
        async with client_to(python(flood + RELAY, gateway.port, tmp_path / "pids")) as client:
            assert await client.connect()

    run(test())


def test_a_command_that_does_not_exist_is_unreachable() -> None:
    async def test() -> None:
        async with client_to(Process(("no-such-command-of-ours",))) as client:
            error = await trouble(client)
            assert error.code == "GATEWAY_UNREACHABLE"
            assert "No such file or directory" in error.message

    run(test())


def test_a_process_that_hangs_and_does_not_want_to_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TERMINATE_SECONDS", 0.1)
    script = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(600)
"""

    async def test() -> None:
        pids = tmp_path / "pids"
        async with client_to(python(script, pids), timeout=60) as client:
            client.start()
            await until(lambda: pids.exists() and pids.read_text().endswith("\n"))
        assert all(is_gone(int(pid)) for pid in pids.read_text().split())

    run(test())


def test_a_process_that_says_nothing_is_a_timeout() -> None:
    async def test() -> None:
        async with client_to(python("import time; time.sleep(600)"), timeout=0.3) as client:
            error = await trouble(client)
            assert error.code == "GATEWAY_TIMEOUT" and "say hello in time" in error.message

    run(test())


def test_what_a_process_has_started_is_ended_with_it(tmp_path: Path) -> None:
    """As ssh's ProxyCommand does."""
    script = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{child.pid}\\n")
child.wait()
"""

    async def test() -> None:
        pid = tmp_path / "pid"
        async with client_to(python(script, pid), timeout=60) as client:
            client.start()
            await until(lambda: pid.exists() and pid.read_text().endswith("\n"))
            assert not has_ended(int(pid.read_text()))
        # it is not our child: whoever inherits it takes its last breath
        await until(lambda: has_ended(int(pid.read_text())))

    run(test())


def test_many_connections_leave_no_open_files(gateway: FakeGateway, tmp_path: Path) -> None:
    async def test() -> None:
        for way in (Loopback(gateway.port), python(RELAY, gateway.port, tmp_path / "pids")):
            async with client_to(way) as client:
                await client.connect()
            before = len(os.listdir("/proc/self/fd"))
            for _turn in range(3):
                async with client_to(way) as client:
                    await client.connect()
            await asyncio.sleep(0.1)  # the fake gateway's own ends
            assert len(os.listdir("/proc/self/fd")) <= before + 3  # which it keeps to its end

    run(test())
