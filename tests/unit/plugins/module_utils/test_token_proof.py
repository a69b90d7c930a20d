# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway is asked whether it takes its token, and only its own, and only where that is known."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._token_proof import (
    known_token,
    own_instance,
    prove,
)

from tests.fake_gateway import FakeGateway

TOKEN = "canary-right-token"
NOBODY = 2**22 + 1  # no process has that number


class World:
    """An instance whose gateway is a thread of this process."""

    def __init__(self, home: Path, gateway: FakeGateway) -> None:
        self.gateway = gateway
        self.layout = Layout(str(home), "acme")
        os.makedirs(self.layout.state_dir)
        self.auth(mode="token", token="${OPENCLAW_GW_AUTH_TOKEN}")
        self.env(f"OPENCLAW_GW_AUTH_TOKEN={TOKEN}\n")

    def auth(self, **auth: Any) -> None:
        Path(self.layout.config_path).write_text(json.dumps({"gateway": {"auth": auth}}))

    def env(self, text: str) -> None:
        Path(self.layout.env_path).write_text(text)

    def instance(self, pid: int = 0) -> dict[str, Any]:
        return own_instance(self.layout, self.gateway.port, pid or os.getpid())

    def refusal(self) -> ClawPilotError:
        with pytest.raises(ClawPilotError) as caught:
            prove(Host(), self.instance(), 5)
        assert "canary" not in repr(caught.value.as_dict())
        return caught.value


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with FakeGateway(TOKEN) as gateway:
        yield World(tmp_path, gateway)


def test_a_token_that_is_taken_is_proved_by_a_hello(world: World) -> None:
    prove(Host(), world.instance(), 5)
    assert [params["auth"] for params in world.gateway.connects] == [{"token": TOKEN}]


def test_a_gateway_with_another_token_is_degraded(world: World) -> None:
    world.gateway.token = "made-up-at-this-start"
    error = world.refusal()
    assert error.code == "GATEWAY_TOKEN_REFUSED"
    assert error.message == (
        "'acme' is degraded: it is live, but it runs with another token than its files have"
        " (OPENCLAW_GW_AUTH_TOKEN), and nobody can connect."
    )
    assert error.hint.startswith("Restart it")


@pytest.mark.parametrize("text", ["", "OPENCLAW_GW_AUTH_TOKEN=\n", "OTHER=x\n"])
def test_a_variable_that_nothing_sets_is_named_without_asking(world: World, text: str) -> None:
    world.env(text)
    error = world.refusal()
    assert error.code == "GATEWAY_TOKEN_REFUSED"
    assert "a variable that nothing sets (OPENCLAW_GW_AUTH_TOKEN)" in error.message
    assert "create_instance" in error.hint
    assert not world.gateway.connects


def test_a_literal_token_is_not_told(world: World) -> None:
    world.auth(mode="token", token="canary-literal-token")
    assert "files have, and nobody" in world.refusal().message


@pytest.mark.parametrize(
    "auth",
    [
        {"mode": "none"},
        {"mode": "password", "password": "canary-password"},
        {"password": "canary-password"},
        {"mode": "trusted-proxy"},
        {"mode": "token", "token": {"source": "exec", "provider": "vault", "id": "x"}},
        {"mode": "token"},
    ],
    ids=["none", "password", "password alone", "proxy", "kept elsewhere", "no token"],
)
def test_other_ways_to_sign_in_are_not_asked(world: World, auth: dict[str, Any]) -> None:
    world.auth(**auth)
    assert known_token(Host(), world.instance()) == ""
    prove(Host(), world.instance(), 5)
    assert not world.gateway.connects


def test_a_stranger_on_its_port_is_not_told_the_token(world: World) -> None:
    prove(Host(), world.instance(NOBODY), 5)
    assert known_token(Host(), world.instance(NOBODY)) == ""
    assert not world.gateway.connects


def test_one_that_is_starting_is_waited_for(world: World) -> None:
    world.gateway.starting = 3
    prove(Host(), world.instance(), 5)


def test_what_is_no_word_about_the_token_is_no_proof_against_it(world: World) -> None:
    world.gateway.silent = True
    with pytest.raises(GatewayError) as caught:
        prove(Host(), world.instance(), 0.3)
    assert caught.value.code == "GATEWAY_TIMEOUT"
