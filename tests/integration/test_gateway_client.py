# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's client against a real gateway, and the fake one against the same tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv
from ansible_collections.claw.pilot.plugins.module_utils._gateway import READ, SCOPES, WRITE, Event
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    GATEWAY_TOKEN_VARIABLE,
    OPENCLAW_VERSION,
)
from ansible_collections.claw.pilot.webapp.gateway import (
    Access,
    GatewayClient,
    Identity,
    Loopback,
    Missed,
    Pace,
    Process,
    Status,
)

from tests.fake_devices import FakeDevices
from tests.fake_gateway import FakeGateway
from tests.loop import run, until

from .conftest import new_home

WRONG = "canary-wrong-token"
PATIENT = 60.0  # seconds, for a machine that is busy with other things
QUICK = Pace(first=0.2, longest=2, pairing=0.2)
PROXY = {"X-Forwarded-For": "10.1.2.3"}
# What `ssh -W` does, where there is no sshd.
RELAY = """
import os, select, socket, sys
stream = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
while True:
    for source in select.select([0, stream], [], [])[0]:
        data = os.read(0, 65536) if source == 0 else stream.recv(65536)
        if not data:
            sys.exit()
        if source == 0:
            stream.sendall(data)
        while source != 0 and data:
            data = data[os.write(1, data):]
"""


@dataclass(frozen=True)
class Gateway:
    port: int
    token: str
    restart: Callable[[], Any]
    tick: float  # seconds


@pytest.fixture(scope="module")
def real(real_prefix: Path) -> Iterator[Gateway]:
    home = new_home(real_prefix)
    try:
        made = home.instance("client", providers=[{"name": "anthropic", "api_key": "sk-ant-none"}])
        env = (home.state_dir("client") / ".env").read_text()
        token = _dotenv.parse(env)[GATEWAY_TOKEN_VARIABLE]
        port = made["instance"]["port"]
        yield Gateway(port, token, lambda: home.instance("client", state="restarted"), 30)
    finally:
        home.clean_up()


@pytest.fixture(scope="module")
def fake() -> Iterator[Gateway]:
    with FakeGateway(tick=5, ticking=True) as gateway:
        FakeDevices().serve(gateway)
        yield Gateway(gateway.port, gateway.token, gateway.restart, gateway.tick)


@pytest.fixture(params=["real", "fake"])
def gateway(request: pytest.FixtureRequest) -> Gateway:
    found: Gateway = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity.load(tmp_path / "identity.json")


def owner_of(gateway: Gateway, **options: Any) -> GatewayClient:
    """As the dashboard on the gateway's own host: with its token, without a device."""
    access = Access(gateway.token)
    return GatewayClient(Loopback(gateway.port), access, pace=QUICK, timeout=PATIENT, **options)


def device_of(
    gateway: Gateway, identity: Identity, token: str | None = None, **options: Any
) -> GatewayClient:
    """As from elsewhere: a device that has to be approved."""
    options = {"scopes": [READ], "headers": PROXY, **options}
    token = gateway.token if token is None else token
    access = Access(token, identity=identity, gateway="box/client", **options)
    return GatewayClient(Loopback(gateway.port), access, pace=QUICK, timeout=PATIENT)


async def failure(client: GatewayClient, secret: str) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        await client.connect(PATIENT)
    if secret:
        assert secret not in repr((caught.value.as_dict(), caught.value.details))
    return caught.value


async def approve(owner: GatewayClient, client: GatewayClient) -> None:
    """Its pending request, and wait for what comes of it."""
    request_id = await until(lambda: client.status.request_id)
    await owner.call("device.pair.approve", {"requestId": request_id})
    await client.connect(PATIENT, through_pairing=True)


def test_the_token_gives_a_connection_with_all_scopes(gateway: Gateway) -> None:
    async def test() -> None:
        async with owner_of(gateway) as client:
            hello = await client.connect()
            assert (hello.version, hello.scopes) == (OPENCLAW_VERSION, set(SCOPES))
            assert not hello.device_token
            asked = [client.call("health") for _call in range(20)]
            assert all(health["ok"] is True for health in await asyncio.gather(*asked))

    run(test())


@pytest.mark.parametrize(
    ("token", "details"),
    [(WRONG, "AUTH_TOKEN_MISMATCH"), ("", "DEVICE_IDENTITY_REQUIRED")],
)
def test_a_wrong_token_or_none_ends_all_trying(gateway: Gateway, token: str, details: str) -> None:
    async def test() -> None:
        async with GatewayClient(Loopback(gateway.port), Access(token), pace=QUICK) as client:
            error = await failure(client, token)
            assert (error.code, error.details_code) == ("GATEWAY_TOKEN_REFUSED", details)
            assert client.status == Status("refused", error)

    run(test())


def test_a_proxied_connection_without_a_device_has_no_scopes(gateway: Gateway) -> None:
    async def test() -> None:
        access = Access(gateway.token, headers=PROXY)
        async with GatewayClient(Loopback(gateway.port), access, timeout=PATIENT) as client:
            assert (await client.connect()).scopes == set()
            with pytest.raises(GatewayError) as caught:
                await client.call("device.pair.list")
            assert caught.value.code == "GATEWAY_SCOPE_MISSING"

    run(test())


def test_a_device_on_loopback_needs_no_approval(gateway: Gateway, identity: Identity) -> None:
    async def test() -> None:
        async with device_of(gateway, identity, headers={}) as client:
            hello = await client.connect()
            assert (hello.scopes, hello.device_token) == ({READ}, "")
        assert not identity.token("box/client")

    run(test())


def test_a_wrong_signature_is_refused(
    gateway: Gateway, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Identity.proof
    monkeypatch.setattr(Identity, "proof", lambda *words: {**right(*words), "signature": "A" * 86})

    async def test() -> None:
        async with device_of(gateway, identity) as client:
            client.start()
            error = (await until(lambda: client.status.error)) or GatewayError("x", "x")
            assert error.details_code == "DEVICE_AUTH_SIGNATURE_INVALID"
            assert error.code == "GATEWAY_REFUSED"

    run(test())


def test_a_device_is_approved_by_another_connection_and_then_comes_in_by_itself(
    gateway: Gateway, identity: Identity, tmp_path: Path
) -> None:
    async def test() -> None:
        async with owner_of(gateway) as owner, device_of(gateway, identity) as client:
            await owner.connect()
            error = await failure(client, gateway.token)
            assert (error.code, error.details["reason"]) == ("PAIRING_REQUIRED", "not-paired")
            request_id = client.status.request_id
            assert request_id == error.request_id and error.details["deviceId"]
            heard = await next_event(owner, "device.pair.requested")
            assert heard.payload["requestId"] == request_id
            assert heard.payload["deviceId"] == identity.device_id
            assert heard.payload["remoteIp"] == "10.1.2.3"
            await asyncio.sleep(1)  # some more tries, which make no other request
            pending = (await owner.call("device.pair.list"))["pending"]
            assert [p["requestId"] for p in pending] == [request_id]
            await approve(owner, client)
            heard = await next_event(owner, "device.pair.resolved")
            assert (heard.payload["requestId"], heard.payload["decision"]) == (
                request_id,
                "approved",
            )
            assert client.hello and client.hello.scopes == {READ}
            with pytest.raises(GatewayError, match="unknown requestId"):
                await owner.call("device.pair.approve", {"requestId": request_id})
        again = Identity.load(tmp_path / "identity.json")
        assert again.token("box/client")
        async with device_of(gateway, again, token="") as client:
            assert (await client.connect()).scopes == {READ}

    run(test())


def test_a_revoked_device_is_refused_and_asks_anew(gateway: Gateway, identity: Identity) -> None:
    async def test() -> None:
        async with owner_of(gateway) as owner, device_of(gateway, identity) as client:
            await owner.connect()
            client.start()
            await approve(owner, client)
            first = identity.token("box/client")
            device = {"deviceId": identity.device_id, "role": "operator"}
            await owner.call("device.token.revoke", device)
            await until(lambda: client.status.request_id)
            assert client.status.error
            assert client.status.error.details["reason"] == "role-upgrade"
            assert not identity.token("box/client")
            await approve(owner, client)
            assert identity.token("box/client") not in ("", first)

    run(test())


def test_more_scopes_are_asked_for_with_the_gateways_token_only(
    gateway: Gateway, identity: Identity
) -> None:
    wide = [READ, WRITE]

    async def test() -> None:
        async with owner_of(gateway) as owner, device_of(gateway, identity) as narrow:
            await owner.connect()
            narrow.start()
            await approve(owner, narrow)
        async with device_of(gateway, identity, token="", scopes=wide) as client:
            error = await failure(client, identity.token("box/client"))
            assert error.details_code == "AUTH_SCOPE_MISMATCH"
            assert client.status.state == "refused"
        wider = device_of(gateway, identity, scopes=wide)
        async with owner_of(gateway) as owner, wider as client:
            await owner.connect()
            error = await failure(client, gateway.token)
            assert error.details["reason"] == "scope-upgrade"
            await approve(owner, client)
            assert client.hello and client.hello.scopes == set(wide)

    run(test())


def test_a_restarted_gateway_has_its_client_and_its_subscriptions_back(gateway: Gateway) -> None:
    filled: list[Any] = []

    async def refill(client: GatewayClient) -> None:
        filled.append(await client.call("device.pair.list"))

    async def test() -> None:
        async with owner_of(gateway) as client, owner_of(gateway, refill=refill) as filling:
            await filling.connect()
            await client.connect()
            assert (await client.subscribe("sessions.subscribe"))["subscribed"] is True
            await asyncio.to_thread(gateway.restart)
            heard = await next_event(client, "shutdown")
            assert heard.payload["reason"] == "gateway stopping"
            lost = await next_of(client, lambda item: isinstance(item, Status) and item.error)
            assert lost.error.code == "GATEWAY_UNREACHABLE" and "(1012)" in lost.error.message
            await next_of(client, lambda item: item == Missed("reconnect"))
            await client.connect(PATIENT)
            await until(lambda: filled)
            await filling.connect(PATIENT)
            await filling.call("sessions.create", {"key": "agent:main:again"})
            key = "agent:main:again"
            await next_of(client, lambda item: is_change(item, key))
        assert not [item async for item in filling.events() if is_change(item, key)]

    run(test())


def test_a_process_carries_the_connection(gateway: Gateway) -> None:
    async def test() -> None:
        relay = Process((sys.executable, "-c", RELAY, str(gateway.port)))
        access = Access(gateway.token)
        async with GatewayClient(relay, access, pace=QUICK, timeout=PATIENT) as client:
            assert (await client.connect()).scopes == set(SCOPES)
            assert (await client.call("config.get"))["valid"] is True

    run(test())


def test_a_gateway_ticks(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sign of life that silence is measured by: not handed on, so looked for underneath."""
    ticks: list[Any] = []
    heard = GatewayClient._heard

    def watched(self: GatewayClient, item: Any, size: int) -> None:
        ticks.extend([item] if isinstance(item, Event) and item.name == "tick" else [])
        heard(self, item, size)

    monkeypatch.setattr(GatewayClient, "_heard", watched)

    async def test() -> None:
        async with owner_of(gateway) as client:
            hello = await client.connect()
            assert hello.tick_seconds == gateway.tick
            await until(lambda: ticks)
            assert client.status.state == "ready"

    run(test())


def is_change(item: Any, key: str) -> bool:
    if not isinstance(item, Event) or item.name != "sessions.changed":
        return False
    return bool(item.payload.get("sessionKey") == key)


async def next_of(client: GatewayClient, true: Callable[[Any], Any]) -> Any:
    async for item in client.events():
        if true(item):
            return item
    raise AssertionError("the stream has ended")


async def next_event(client: GatewayClient, name: str) -> Event:
    found: Event = await next_of(client, lambda i: isinstance(i, Event) and i.name == name)
    return found
