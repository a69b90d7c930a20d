# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's gateway client against a real gateway, and the fake one against the same tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv, _gateway, _rpc
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    GATEWAY_TOKEN_VARIABLE,
    OPENCLAW_VERSION,
)

from tests.fake_gateway import FakeGateway

from .conftest import new_home

WRONG = "canary-wrong-token"


@dataclass(frozen=True)
class Gateway:
    port: int
    token: str


@pytest.fixture(scope="module")
def real(real_prefix: Path) -> Iterator[Gateway]:
    home = new_home(real_prefix)
    try:
        made = home.instance("rpc", providers=[{"name": "anthropic", "api_key": "sk-ant-none"}])
        env = (home.state_dir("rpc") / ".env").read_text()
        token = _dotenv.parse(env)[GATEWAY_TOKEN_VARIABLE]
        yield Gateway(made["instance"]["port"], token)
    finally:
        home.clean_up()


@pytest.fixture(scope="module")
def fake() -> Iterator[Gateway]:
    with FakeGateway() as gateway:
        yield Gateway(gateway.port, gateway.token)


@pytest.fixture(params=["real", "fake"])
def gateway(request: pytest.FixtureRequest) -> Gateway:
    found: Gateway = request.getfixturevalue(request.param)
    return found


def failure(gateway: Gateway, token: str, method: str = "health") -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        _rpc.call(gateway.port, token, method)
    if token:
        assert token not in repr((caught.value.as_dict(), caught.value.details))
    return caught.value


def test_a_wrong_token_is_refused(gateway: Gateway) -> None:
    error = failure(gateway, WRONG)
    assert (error.code, error.details_code) == ("GATEWAY_TOKEN_REFUSED", "AUTH_TOKEN_MISMATCH")
    assert error.gateway_code == "INVALID_REQUEST"


def test_no_token_is_refused(gateway: Gateway) -> None:
    error = failure(gateway, "")
    assert (error.code, error.details_code) == ("GATEWAY_TOKEN_REFUSED", "DEVICE_IDENTITY_REQUIRED")


def test_the_token_gives_all_scopes_that_are_asked_for(gateway: Gateway) -> None:
    with _rpc.connect(gateway.port, gateway.token) as connection:
        hello = connection.hello
    assert hello.version == OPENCLAW_VERSION
    assert hello.scopes == set(_gateway.SCOPES)
    assert set(_gateway.SCOPE_OF) <= hello.methods
    assert "device.pair.requested" in hello.events
    assert (hello.tick_seconds, hello.max_payload) == (30, 26214400)
    assert hello.connection_id and hello.boot_id and not hello.device_token


def test_several_calls_go_over_one_connection(gateway: Gateway) -> None:
    with _rpc.connect(gateway.port, gateway.token) as connection:
        assert connection.call("health")["ok"] is True
        devices = connection.call("device.pair.list")
        assert isinstance(devices["pending"], list) and isinstance(devices["paired"], list)
        config = connection.call("config.get")
        assert config["valid"] is True and config["hash"]
        assert gateway.token not in json.dumps((devices, config))


def test_a_method_that_is_not_offered_is_refused_early(gateway: Gateway) -> None:
    assert failure(gateway, gateway.token, "nosuch.method").code == "GATEWAY_METHOD_MISSING"


def test_the_gateway_itself_refuses_an_unknown_method(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gateway.Session, "_check", lambda *_arguments: None)
    error = failure(gateway, gateway.token, "nosuch.method")
    assert (error.code, error.gateway_code) == ("GATEWAY_METHOD_MISSING", "INVALID_REQUEST")


def test_a_connection_without_scopes_may_ask_for_health_only(gateway: Gateway) -> None:
    with _rpc.connect(gateway.port, gateway.token, scopes=[]) as connection:
        assert connection.hello.scopes == frozenset()
        assert connection.call("health")["ok"] is True
        with pytest.raises(GatewayError) as caught:
            connection.call("tools.catalog")
    assert caught.value.code == "GATEWAY_SCOPE_MISSING"


def test_reading_the_config_takes_the_scope_to_read(gateway: Gateway) -> None:
    with _rpc.connect(gateway.port, gateway.token, scopes=[_gateway.READ]) as connection:
        assert connection.call("config.get")["valid"] is True


def test_the_gateway_asks_for_the_scopes_in_our_table(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {method: scope for method, scope in _gateway.SCOPE_OF.items() if scope}
    monkeypatch.setattr(_gateway.Session, "_check", lambda *_arguments: None)
    asked = {}
    with _rpc.connect(gateway.port, gateway.token, scopes=["operator.talk"]) as connection:
        for method in table:
            with pytest.raises(GatewayError) as caught:
                connection.call(method)
            assert caught.value.code == "GATEWAY_SCOPE_MISSING"
            assert caught.value.gateway_code == "FORBIDDEN"
            asked[method] = caught.value.details["missingScope"]
    assert asked == table


def test_a_refused_request_leaves_the_connection_usable(real: Gateway) -> None:
    with _rpc.connect(real.port, real.token) as connection:
        with pytest.raises(GatewayError, match="unknown requestId") as caught:
            connection.call("device.pair.approve", {"requestId": "none-such"})
        assert caught.value.code == "GATEWAY_REFUSED"
        assert connection.call("health")["ok"] is True


def test_both_loopback_addresses_answer(real: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in _rpc.ADDRESSES:
        monkeypatch.setattr(_rpc, "ADDRESSES", (address,))
        assert _rpc.call(real.port, real.token, "health")["ok"] is True
