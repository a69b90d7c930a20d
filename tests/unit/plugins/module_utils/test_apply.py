# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the config of a running gateway is changed: by itself, and when it is restarted for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._apply import DEFERRED, Applier
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._live_config import Change
from ansible_collections.claw.pilot.plugins.module_utils._merge import merge
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState

from tests.fake_config import FakeConfig, refuse
from tests.fake_gateway import FakeGateway

TOKEN = "canary-gateway-token"
AUTH = {"auth": {"mode": "token", "token": "${OPENCLAW_GW_AUTH_TOKEN}"}}
WANTED = {"messages": {"responsePrefix": "b"}}


class World:
    """An instance with a running gateway, and a service of words."""

    def __init__(self, home: Path, gateway: FakeGateway) -> None:
        self.gateway = gateway
        self.layout = Layout(str(home), "acme")
        os.makedirs(self.layout.state_dir)
        Path(self.layout.env_path).write_text(f"OPENCLAW_GW_AUTH_TOKEN={TOKEN}\n")
        self.file = FakeConfig(Path(self.layout.config_path))
        self.file.write({"gateway": AUTH})
        gateway.methods = self.file.methods
        self.said: list[str] = []
        self.pid = os.getpid()

    def state(self) -> ServiceState:
        return ServiceState(active=True, enabled=True, pid=self.pid)

    def patch(self, wanted: dict[str, Any] | None = None) -> Applier:
        """What an applier with that step alone has done."""
        manager = SimpleNamespace(
            state=self.state,
            stop=lambda: self.said.append("stop"),
            start=lambda: self.said.append("start"),
        )
        instance = SimpleNamespace(
            host=Host(),
            layout=self.layout,
            manager=manager,
            handover=None,
            current_config=lambda: self.file.config,
            merged=merge,
            mark_console=lambda: None,
        )
        marker = {"rendered": WANTED if wanted is None else wanted}
        target = SimpleNamespace(port=self.gateway.port, marker=marker)
        applier = Applier(instance, target)  # type: ignore[arg-type]
        applier._step_patch_config()
        return applier


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with FakeGateway(TOKEN) as gateway:
        yield World(tmp_path, gateway)


def test_the_gateway_changes_it_and_goes_on(world: World) -> None:
    applier = world.patch()
    assert (world.said, applier.warnings) == ([], [])
    assert world.file.patches == [WANTED]
    assert world.file.config == {"gateway": AUTH, **WANTED}


def test_what_it_cannot_apply_restarts_it_once(world: World) -> None:
    world.patch({"gateway": {"bind": "lan"}})
    assert world.said == ["stop", "start"]
    assert world.file.config["gateway"] == {**AUTH, "bind": "lan"}


def test_a_gateway_that_is_busy_applies_it_later_and_that_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Change, "make", lambda _self: "deferred")
    assert world.patch().warnings == [DEFERRED]
    assert world.said == []


def test_one_that_has_made_up_a_token_is_restarted_with_the_change(world: World) -> None:
    world.gateway.token = "made-up-at-its-start"
    world.patch()
    assert world.said == ["stop", "start"]
    assert world.file.config == {"gateway": AUTH, **WANTED}


@pytest.mark.parametrize("mode", ["none", "password", "trusted-proxy"])
def test_one_that_has_no_token_is_stopped_for_it(world: World, mode: str) -> None:
    world.file.write({"gateway": {"auth": {"mode": mode}}})
    world.patch()
    assert world.said == ["stop", "start"]
    assert world.file.config == {"gateway": {"auth": {"mode": mode}}, **WANTED}
    assert not world.gateway.connects


def test_a_stranger_on_its_port_is_not_asked(world: World) -> None:
    world.pid = 2**22 + 1
    world.patch()
    assert world.said == ["stop", "start"]
    assert not world.gateway.connects


def test_a_refusal_stops_nothing(world: World) -> None:
    world.file.before = [refuse("invalid config: meta: Unrecognized key")]
    with pytest.raises(ClawPilotError) as caught:
        world.patch()
    assert (caught.value.code, world.said) == ("CONFIG_REFUSED", [])
    assert world.file.config == {"gateway": AUTH}
