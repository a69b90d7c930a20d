# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's client against a fake gateway: calls, refusals, and what a connection may do."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._frames import (
    BINARY,
    PING,
    TEXT,
    encode,
)
from ansible_collections.claw.pilot.plugins.module_utils._gateway import ADMIN, READ, Session
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.webapp.gateway import (
    Access,
    GatewayClient,
    Loopback,
    Pace,
    Status,
    connection,
)

from tests.fake_gateway import FakeGateway, Refuse, recorded
from tests.loop import run, until

TOKEN = "fake-gateway-token"
QUICK = Pace(first=0.01, longest=0.05, pairing=0.01)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as made:
        yield made


def client_of(gateway: FakeGateway, token: str = TOKEN, **options: Any) -> GatewayClient:
    options.setdefault("pace", QUICK)
    return GatewayClient(Loopback(gateway.port), Access(token), **options)


async def failure(client: GatewayClient, *call: Any, **options: Any) -> GatewayError:
    """Of a call, or of connect when none is given."""
    with pytest.raises(GatewayError) as caught:
        await (client.call(*call, **options) if call else client.connect(**options))
    assert TOKEN not in repr((caught.value.as_dict(), caught.value.details))
    return caught.value


async def trouble(client: GatewayClient) -> GatewayError:
    """The next error of the connection; the status itself may be well again in a moment."""
    async for item in client.events():
        if isinstance(item, Status) and item.error:
            return item.error
    raise AssertionError("the stream has ended")


def test_a_wrong_token_ends_all_trying(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway, "canary-wrong-token") as client:
            error = await failure(client)
            assert error.code == "GATEWAY_TOKEN_REFUSED"
            assert client.status == Status("refused", error)
            assert (await failure(client, "health")) is error
            depth = len(traceback.extract_tb(error.__traceback__))
            for _turn in range(3):
                await failure(client, "health")
            assert len(traceback.extract_tb(error.__traceback__)) == depth
            await asyncio.sleep(0.2)  # twenty tries, if it tried
            assert len(gateway.connects) == 1
            gateway.token = "canary-wrong-token"
            assert await client.connect()  # asked to, it tries anew

    run(test())


def test_a_port_without_a_gateway_is_tried_with_growing_pauses() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async def test(port: int) -> None:
        pace = Pace(sleep=sleep, chance=lambda: 0.5)
        async with GatewayClient(Loopback(port), Access(TOKEN), pace=pace) as client:
            client.start()
            await until(lambda: len(pauses) >= 8)
            error = await failure(client, timeout=0.01)
            assert error.code == "GATEWAY_UNREACHABLE"
            assert error.message == (
                f"The gateway on port {port} cannot be reached: nothing listens there."
            )

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        run(test(listener.getsockname()[1]))
    assert pauses[:8] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_gateway_that_is_starting_is_asked_again_when_it_says(gateway: FakeGateway) -> None:
    async def test() -> None:
        gateway.starting = 3
        async with client_of(gateway, pace=Pace(first=100)) as client:
            await client.connect()
        assert len(gateway.connects) == 4

    run(test())


def test_a_request_that_is_refused_by_a_starting_gateway_is_repeated(
    gateway: FakeGateway,
) -> None:
    answers: list[Any] = [{**recorded("connect-starting"), "retryAfterMs": 10}] * 2

    def health(_params: Any) -> Any:
        if answers:
            raise Refuse(answers.pop())
        return "well"

    async def test() -> None:
        gateway.methods["health"] = health
        async with client_of(gateway) as client:
            await client.connect()
            assert await client.call("health") == "well"

    run(test())


def test_the_hello_says_what_the_connection_may_do(gateway: FakeGateway) -> None:
    async def test() -> None:
        client = GatewayClient(Loopback(gateway.port), Access(TOKEN, scopes=[READ]))
        async with client:
            hello = await client.connect()
            assert client.hello is hello and hello.scopes == {READ}
            assert (await client.call("config.get"))["valid"] is True
            error = await failure(client, "config.patch", {"raw": "{}"})
            assert error.code == "GATEWAY_SCOPE_MISSING" and ADMIN in error.message
        assert client.hello is None

    run(test())


def test_without_start_there_is_no_connection(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            error = await failure(client, "health")
            assert error.message == f"The gateway on port {gateway.port} is not connected."
        assert gateway.connects == []

    run(test())


def test_calls_run_side_by_side(gateway: FakeGateway) -> None:
    gateway.methods["status"] = lambda params: params["n"]

    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            asked = [client.call("status", {"n": n}) for n in range(100)]
            assert await asyncio.gather(*asked) == list(range(100))

    run(test())


def test_a_call_waits_for_a_connection_that_is_being_made(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            client.start()
            assert (await client.call("health"))["ok"] is True

    run(test())


def test_a_call_that_is_not_answered_ends_in_time_and_leaves_the_rest_alone(
    gateway: FakeGateway,
) -> None:
    go = threading.Event()

    def slow(_params: Any) -> str:
        go.wait(30)
        return "late"

    async def test() -> None:
        gateway.methods["status"] = slow
        async with client_of(gateway) as client:
            await client.connect()
            error = await failure(client, "status", timeout=0.1)
            assert error.code == "GATEWAY_TIMEOUT" and "answer status in time" in error.message
            go.set()  # its answer comes now, and nobody waits for it
            assert (await client.call("health"))["ok"] is True
            assert client.status.state == "ready"

    run(test())


def test_calls_that_are_never_answered_do_not_pile_up(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[Session] = []
    greeted = Access.session
    monkeypatch.setattr(
        Access, "session", lambda *words: sessions.append(greeted(*words)) or sessions[-1]
    )

    async def test() -> None:
        gateway.mute = True
        async with client_of(gateway) as client:
            await client.connect()
            for _turn in range(3):
                assert (await failure(client, "health", timeout=0.01)).code == "GATEWAY_TIMEOUT"
            assert vars(sessions[0])["_pending"] == {}

    run(test())


def test_a_call_in_flight_fails_when_the_connection_ends(gateway: FakeGateway) -> None:
    async def test() -> None:
        gateway.mute = True
        async with client_of(gateway) as client:
            await client.connect()
            asked = asyncio.create_task(failure(client, "health"))
            await until(lambda: gateway.requests)
            gateway.stop()
            error = await asked
            assert error.code == "GATEWAY_UNREACHABLE" and "service restart" in error.message
            # and the next one at once, with the reason
            await until(lambda: client.status.state == "waiting")
            assert (await failure(client, "health")).code == "GATEWAY_UNREACHABLE"

    run(test())


def test_a_call_in_flight_fails_when_the_client_is_closed(gateway: FakeGateway) -> None:
    async def test() -> None:
        gateway.mute = True
        client = client_of(gateway)
        await client.connect()
        asked = asyncio.create_task(failure(client, "health"))
        await until(lambda: gateway.requests)
        await client.close()
        await client.close()
        assert (await asked).code == "GATEWAY_UNREACHABLE"
        assert client.status.state == "closed"
        assert (await failure(client, "health")).code == "GATEWAY_UNREACHABLE"
        assert (await failure(client)).code == "GATEWAY_UNREACHABLE"
        assert [item async for item in client.events()][-1] == Status("closed")

    run(test())


@pytest.mark.parametrize(
    "noise",
    [b"\xff\xff", encode(TEXT, b"no json"), encode(TEXT, b"\xff"), encode(TEXT, b"[]")],
)
def test_garbage_ends_the_connection_and_a_new_one_is_made(
    gateway: FakeGateway, noise: bytes
) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            gateway.push(noise)
            assert (await trouble(client)).code == "GATEWAY_PROTOCOL"
            await until(lambda: client.status.state == "ready")
            assert len(gateway.connects) == 2

    run(test())


def test_a_frame_beyond_all_measure_is_refused_before_it_is_read(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            gateway.push(b"\x81\x7f" + (1 << 40).to_bytes(8, "big"))
            error = await trouble(client)
            assert error.code == "GATEWAY_PROTOCOL" and "breaks the rules" in error.message

    run(test())


def test_large_answers_in_pieces_and_other_frames_between_are_no_trouble(
    gateway: FakeGateway,
) -> None:
    gateway.methods["status"] = {"text": "x" * 5_000_000}
    gateway.noise = [encode(PING, b"there?"), encode(BINARY, b"{}"), encode(TEXT, b'{"type":"x"}')]
    gateway.piece = 100_000

    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            assert len((await client.call("status"))["text"]) == 5_000_000
            assert b"there?" in gateway.pongs

    run(test())


def test_a_silent_gateway_is_left_for_a_new_connection() -> None:
    async def test(gateway: FakeGateway) -> None:
        async with client_of(gateway) as client:
            await client.connect()
            error = await trouble(client)
            assert error.code == "GATEWAY_TIMEOUT" and "said nothing for 0.2 s" in error.message
            await until(lambda: len(gateway.connects) >= 2)

    with FakeGateway(tick=0.1) as gateway:
        run(test(gateway))


def test_ticks_are_signs_of_life_and_not_events() -> None:
    async def test(gateway: FakeGateway) -> None:
        async with client_of(gateway) as client:
            await client.connect()
            await asyncio.sleep(2.5)  # longer than the silence that would be too long
            assert len(gateway.connects) == 1
        assert [type(item) async for item in client.events()] == [Status] * 3

    with FakeGateway(tick=1, ticking=True) as gateway:
        run(test(gateway))


def test_a_gateway_that_takes_the_connection_and_says_nothing_is_a_timeout() -> None:
    async def test(gateway: FakeGateway) -> None:
        async with client_of(gateway, timeout=0.2) as client:
            client.start()
            error = await trouble(client)
            assert error.code == "GATEWAY_TIMEOUT" and "say hello in time" in error.message

    with FakeGateway(silent=True) as gateway:
        run(test(gateway))


def test_a_mistake_in_the_client_does_not_end_it(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = connection.connect

    async def wrong(*_arguments: Any) -> Any:
        monkeypatch.setattr(connection, "connect", right)
        raise ValueError(TOKEN)

    async def test() -> None:
        monkeypatch.setattr(connection, "connect", wrong)
        async with client_of(gateway) as client:
            await client.connect()
            error = await trouble(client)
            assert "unexpected ValueError" in error.message
        assert "ValueError" in caplog.text and "in wrong" in caplog.text
        assert TOKEN not in caplog.text + repr(error)

    run(test())


def test_no_secret_is_in_logs_or_words(
    gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """With everything logged, also what the WebSocket library would say of each frame."""
    caplog.set_level(logging.DEBUG)

    async def test() -> None:
        access = Access(TOKEN)
        async with GatewayClient(Loopback(gateway.port), access, pace=QUICK) as client:
            await client.connect()
            gateway.methods["health"] = Refuse(
                {"code": "INVALID_REQUEST", "message": f"not with {TOKEN}", "details": {"t": TOKEN}}
            )
            error = await failure(client, "health")
            assert "not with ****" in error.message
            gateway.push(b"\xff\xff")
            await until(lambda: len(gateway.connects) == 2)
            await client.connect()
            words = repr((client, access, client.hello, client.status))
        words += repr([item async for item in client.events()])
        assert TOKEN not in words + caplog.text

    run(test())
    sent = json.dumps(gateway.connects)
    assert TOKEN in sent  # so there was something to find
