# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events over restarts, holes in them, slow readers, and devices, against a fake gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway import READ, Event
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.webapp.gateway import (
    Access,
    GatewayClient,
    Identity,
    Item,
    Loopback,
    Missed,
    Pace,
    Status,
)

from tests.fake_devices import FakeDevices
from tests.fake_gateway import FakeGateway
from tests.loop import run, until

TOKEN = "fake-gateway-token"
QUICK = Pace(first=0.01, longest=0.05, pairing=0.01)
PROXY = {"X-Forwarded-For": "10.1.2.3"}


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as made:
        yield made


@pytest.fixture
def devices(gateway: FakeGateway) -> FakeDevices:
    made = FakeDevices()
    made.serve(gateway)
    return made


def client_of(gateway: FakeGateway, **options: Any) -> GatewayClient:
    return GatewayClient(Loopback(gateway.port), Access(TOKEN), pace=QUICK, **options)


async def next_of(client: GatewayClient, *kinds: type) -> Item:
    async for item in client.events():
        if isinstance(item, kinds):
            return item
    raise AssertionError("the stream has ended")


def test_events_come_in_their_order(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            for n in range(3):
                gateway.emit("health", {"n": n})
            found = [await next_of(client, Event) for _turn in range(3)]
            assert found == [Event("health", {"n": n}, n + 1) for n in range(3)]

    run(test())


def test_a_restart_of_the_gateway_brings_back_connection_and_subscriptions(
    gateway: FakeGateway,
) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            assert await client.subscribe("sessions.subscribe") == {"subscribed": True}
            await client.subscribe("sessions.subscribe", {})  # the same: it is repeated once
            gateway.requests.clear()
            gateway.restart()
            assert await next_of(client, Event) == Event(
                "shutdown", {"reason": "gateway stopping"}, 1
            )
            assert await next_of(client, Missed) == Missed("reconnect")
            await client.connect()
            assert gateway.requests == [("sessions.subscribe", {})]
            await client.call("sessions.create", {"key": "agent:main:x"})
            found = await next_of(client, Event)
            assert found == Event("sessions.changed", {"sessionKey": "agent:main:x"}, 1)

    run(test())


def test_a_subscription_without_connection_is_done_on_connect(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            assert await client.subscribe("sessions.subscribe") is None
            await client.connect()
            assert gateway.requests == [("sessions.subscribe", {})]

    run(test())


def test_a_refused_subscription_is_not_repeated(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            with pytest.raises(GatewayError, match="no method"):
                await client.subscribe("nosuch.subscribe")
            gateway.restart()
            assert await next_of(client, Missed) == Missed("reconnect")
            assert gateway.requests == []

    run(test())


def test_a_subscription_that_cannot_be_repeated_is_told(gateway: FakeGateway) -> None:
    async def test() -> None:
        gateway.methods["old.subscribe"] = {}
        async with client_of(gateway) as client:
            await client.connect()
            await client.subscribe("old.subscribe")
            del gateway.methods["old.subscribe"]
            gateway.restart()
            found = await next_of(client, Missed)
            assert isinstance(found, Missed) and found.why == "subscription"
            assert found.error and found.error.code == "GATEWAY_METHOD_MISSING"
            assert await next_of(client, Missed) == Missed("reconnect")

    run(test())


def test_a_hole_in_the_numbers_is_told(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway) as client:
            await client.connect()
            gateway.emit("health", 1)
            gateway.emit("health", 2, lost=3)
            found = [await next_of(client, Event, Missed) for _turn in range(3)]
            assert found == [Event("health", 1, 1), Missed("sequence", 3), Event("health", 2, 5)]

    run(test())


def test_a_hole_is_filled_by_asking_anew(gateway: FakeGateway) -> None:
    asked: list[Any] = []

    async def refill(client: GatewayClient) -> None:
        asked.append(await client.call("device.pair.list"))

    async def test() -> None:
        async with client_of(gateway, refill=refill) as client:
            await client.connect()
            gateway.emit("health", 1)
            gateway.emit("health", 2, lost=3)
            await until(lambda: len(asked) == 1)
            gateway.restart()
            await until(lambda: len(asked) == 2)
            assert all(answer["pending"] for answer in asked)
        assert not [item async for item in client.events() if isinstance(item, Missed)]

    run(test())


def test_holes_while_one_is_filled_are_filled_together(gateway: FakeGateway) -> None:
    began: list[int] = []
    go = asyncio.Event()
    no = GatewayError("GATEWAY_REFUSED", "no")

    async def refill(_client: GatewayClient) -> None:
        began.append(1)
        await go.wait()
        if len(began) == 2:
            raise no

    async def test() -> None:
        async with client_of(gateway, refill=refill) as client:
            await client.connect()
            gateway.emit("health", 0)
            for n in range(1, 10):
                gateway.emit("health", n, lost=1)
                await until(lambda: began)
            await client.call("health")  # its answer comes after the events
            go.set()
            assert await next_of(client, Missed) == Missed("sequence", 8, no)
        assert len(began) == 2

    run(test())


@pytest.mark.parametrize("trouble", [GatewayError("GATEWAY_REFUSED", "no"), ValueError("a bug")])
def test_a_hole_that_cannot_be_filled_is_told(gateway: FakeGateway, trouble: Exception) -> None:
    async def refill(_client: GatewayClient) -> None:
        raise trouble

    async def test() -> None:
        async with client_of(gateway, refill=refill) as client:
            await client.connect()
            for n in range(2):
                gateway.emit("health", n)
                gateway.emit("health", n, lost=7)
                found = await next_of(client, Missed)
                assert isinstance(found, Missed) and (found.why, found.count) == ("sequence", 7)
                assert (
                    found.error and found.error.code == "GATEWAY_PROTOCOL" or found.error is trouble
                )

    run(test())


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway, max_items=10) as client:
            await client.connect()
            for n in range(100):
                gateway.emit("health", n)
            await client.call("health")  # its answer comes after the events
            found = [await next_of(client, Event, Missed) for _turn in range(11)]
            # 100 events, and the two words on the connection before them
            assert found[0] == Missed("slow", 92)
            assert [item.payload for item in found[1:]] == list(range(90, 100))  # type: ignore[union-attr]
            gateway.emit("health", "next")
            assert await next_of(client, Event, Missed) == Event("health", "next", 101)

    run(test())


def test_few_large_events_are_too_many_as_well(gateway: FakeGateway) -> None:
    async def test() -> None:
        async with client_of(gateway, max_size=10_000) as client:
            await client.connect()
            for n in range(9):
                gateway.emit("health", [n, "x" * 3000])
            gateway.emit("health", ["larger than all", "x" * 20_000])
            gateway.emit("health", ["last"])
            await client.call("health")
            assert await next_of(client, Missed, Event) == Missed("slow", 12)
            assert await next_of(client, Missed, Event) == Event("health", ["last"], 11)

    run(test())


def device_client(
    gateway: FakeGateway, identity: Identity, token: str = TOKEN, scopes: list[str] | None = None
) -> GatewayClient:
    access = Access(
        token, identity=identity, gateway="box/alpha", scopes=scopes or [READ], headers=PROXY
    )
    return GatewayClient(Loopback(gateway.port), access, pace=QUICK)


async def paired(gateway: FakeGateway, devices: FakeDevices, identity: Identity) -> None:
    """Have the device approved by somebody who may."""
    async with device_client(gateway, identity) as client, client_of(gateway) as owner:
        await owner.connect()
        client.start()
        await until(lambda: client.status.request_id)
        await owner.call("device.pair.approve", {"requestId": client.status.request_id})
        await client.connect(through_pairing=True)


def test_a_device_waits_for_its_approval_and_is_told_the_request(
    gateway: FakeGateway, devices: FakeDevices, tmp_path: Path
) -> None:
    async def test() -> None:
        identity = Identity.load(tmp_path / "identity.json")
        async with device_client(gateway, identity) as client, client_of(gateway) as owner:
            await owner.connect()
            with pytest.raises(GatewayError) as caught:
                await client.connect()
            assert caught.value.code == "PAIRING_REQUIRED"
            (request_id,) = devices.pending
            assert client.status.request_id == caught.value.request_id == request_id
            await until(lambda: len(gateway.connects) >= 5)  # it goes on, with the same request
            assert list(devices.pending) == [request_id]
            with pytest.raises(GatewayError) as caught:
                await client.connect(0.1, through_pairing=True)
            assert caught.value.code == "PAIRING_REQUIRED"
            await owner.call("device.pair.approve", {"requestId": request_id})
            assert (await client.connect(through_pairing=True)).scopes == {READ}
        assert identity.token("box/alpha") == devices.tokens[identity.device_id]

    run(test())


def test_the_device_token_is_used_the_next_time(
    gateway: FakeGateway, devices: FakeDevices, tmp_path: Path
) -> None:
    async def test() -> None:
        identity = Identity.load(tmp_path / "identity.json")
        await paired(gateway, devices, identity)
        again = Identity.load(tmp_path / "identity.json")
        async with device_client(gateway, again, token="") as client:
            await client.connect()
        assert gateway.connects[-1]["auth"]["token"] == devices.tokens[identity.device_id]

    run(test())


def test_a_refused_device_token_is_forgotten_and_the_device_asks_anew(
    gateway: FakeGateway, devices: FakeDevices, tmp_path: Path
) -> None:
    async def test() -> None:
        identity = Identity.load(tmp_path / "identity.json")
        await paired(gateway, devices, identity)
        async with device_client(gateway, identity) as client, client_of(gateway) as owner:
            await client.connect()
            await owner.connect()
            device = {"deviceId": identity.device_id, "role": "operator"}
            await owner.call("device.token.revoke", device)
            await until(lambda: client.status.state == "pairing")
            assert list(devices.pending) == [client.status.request_id]
            assert not identity.token("box/alpha")
            assert gateway.connects[-1]["auth"]["token"] == TOKEN

    run(test())


def test_a_refused_device_token_without_another_one_ends_all_trying(
    gateway: FakeGateway, devices: FakeDevices, tmp_path: Path
) -> None:
    async def test() -> None:
        identity = Identity.load(tmp_path / "identity.json")
        identity.learn("box/alpha", "canary-old-device-token")
        async with device_client(gateway, identity, token="") as client:
            with pytest.raises(GatewayError) as caught:
                await client.connect()
            assert caught.value.code == "GATEWAY_TOKEN_REFUSED"
            assert "canary" not in repr((caught.value.as_dict(), client.status, identity))
        assert client.status == Status("closed") and len(gateway.connects) == 1
        assert not Identity.load(tmp_path / "identity.json").token("box/alpha")

    run(test())


@pytest.mark.parametrize(("token", "state"), [(TOKEN, "pairing"), ("", "refused")])
def test_more_scopes_than_approved_are_asked_for_with_the_gateways_token(
    gateway: FakeGateway, devices: FakeDevices, tmp_path: Path, token: str, state: str
) -> None:
    async def test() -> None:
        identity = Identity.load(tmp_path / "identity.json")
        await paired(gateway, devices, identity)
        wide = ["operator.read", "operator.write"]
        async with device_client(gateway, identity, token, wide) as client:
            client.start()
            await until(lambda: client.status.state == state)
            assert client.status.error
            assert bool(client.status.request_id) == bool(token)
        assert identity.token("box/alpha")  # good for the scopes that it has

    run(test())
