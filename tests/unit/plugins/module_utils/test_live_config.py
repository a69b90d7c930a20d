# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running gateway's config is changed by itself: what can come in between, and what comes of it.

What a real gateway does is in tests/integration/test_live_config.py.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._frames import CLOSE, close_data, encode
from ansible_collections.claw.pilot.plugins.module_utils._live_config import (
    APPLIED,
    DEFERRED,
    NEEDS_RESTART,
    Change,
)
from ansible_collections.claw.pilot.plugins.module_utils._merge import merge
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.fake_config import FakeConfig, refuse
from tests.fake_gateway import FakeGateway

BEFORE = {"messages": {"responsePrefix": "a"}, "plugins": {"allow": ["x", "y"]}}
PREFIX = {"messages": {"responsePrefix": "b"}}
LIMIT = "rate limit exceeded for config.patch; retry after {0}s"


class World:
    """A gateway with a config."""

    def __init__(self, file: FakeConfig, gateway: FakeGateway) -> None:
        self.file = file
        self.gateway = gateway

    def change(self, wanted: dict[str, Any], timeout: float = 20, **more: Any) -> str:
        options = {"token": self.gateway.token, "current": lambda: self.file.config, **more}
        merged = functools.partial(merge, wanted=wanted)
        return Change(self.gateway.port, wanted=merged, **options).make(timeout)

    def hang_up(self) -> None:
        self.gateway.push(encode(CLOSE, close_data(1012, "service restart")))

    def refusal(self, wanted: dict[str, Any], timeout: float = 20) -> ClawPilotError:
        with pytest.raises(ClawPilotError) as caught:
            self.change(wanted, timeout)
        assert self.gateway.token not in repr(caught.value.as_dict())
        return caught.value


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    file = FakeConfig(tmp_path / "openclaw.json")
    file.write(BEFORE)
    with FakeGateway(methods=file.methods) as gateway:
        yield World(file, gateway)


def limited(seconds: float) -> Any:
    details = {"method": "config.patch", "limit": "30 per 60s"}
    more = {"retryable": True, "retryAfterMs": int(seconds * 1000), "details": details}
    return refuse(LIMIT.format(int(seconds)), "UNAVAILABLE", **more)


def test_only_the_difference_is_sent_with_the_hash_of_what_it_changes(world: World) -> None:
    assert world.change(PREFIX) == APPLIED
    assert world.file.patches == [PREFIX]
    assert world.file.config == {**BEFORE, **PREFIX}
    sent = world.gateway.requests[-1][1]
    assert set(sent) == {"raw", "baseHash", "replacePaths"}  # a note would wake the agent


def test_what_is_so_already_is_not_sent(world: World) -> None:
    assert world.change({"messages": BEFORE["messages"]}) == APPLIED
    assert [name for name, _params in world.gateway.requests] == ["config.get"]


def test_a_change_that_needs_a_restart_says_so(world: World) -> None:
    assert world.change({"gateway": {"bind": "lan"}}) == NEEDS_RESTART


def test_a_config_that_changes_in_between_is_merged_anew(world: World) -> None:
    others = [{"mine": 1}]

    def current() -> dict[str, Any]:
        found = world.file.config
        if others:
            world.file.write({**found, **others.pop()})
        return found

    assert world.change(PREFIX, current=current) == APPLIED
    assert world.file.config == {**BEFORE, **PREFIX, "mine": 1}


def test_somebody_who_is_always_faster_is_told_of(world: World) -> None:
    conflict = "config changed since last load; re-run config.get and retry"
    world.file.before = [refuse(conflict) for _turn in range(9)]
    assert world.refusal(PREFIX).code == "CONFIG_CHANGED"
    assert len(world.file.before) == 6


def test_a_refusal_is_told_in_the_gateways_words(world: World) -> None:
    error = world.refusal({"agents": {"defaults": {"maxConcurrent": "many"}}})
    assert error.code == "CONFIG_REFUSED"
    assert error.message.endswith("maxConcurrent: Invalid input: expected number, received string.")
    assert world.file.config == BEFORE


def test_a_gateway_that_takes_no_more_changes_for_now_is_waited_for(world: World) -> None:
    world.file.before = [limited(0.2)]
    begin = time.monotonic()
    assert world.change(PREFIX) == APPLIED
    assert 0.2 <= time.monotonic() - begin < 5


def test_one_that_wants_more_time_than_there_is_is_told_of_at_once(world: World) -> None:
    world.file.before = [limited(35)]
    error = world.refusal(PREFIX)
    assert error.code == "GATEWAY_REFUSED"
    assert "rate limit exceeded for config.patch; retry after 35s" in error.message


def test_a_change_that_was_written_and_not_applied_needs_a_restart(world: World) -> None:
    def patch(params: dict[str, Any]) -> Any:
        world.file.patch(params)
        raise refuse("config.patch persisted but was not applied (failed)", "UNAVAILABLE")

    world.gateway.methods["config.patch"] = patch
    assert world.change(PREFIX) == NEEDS_RESTART


def test_a_gateway_that_hangs_up_after_it_has_written_needs_a_restart(world: World) -> None:
    def patch(params: dict[str, Any]) -> Any:
        world.file.patch(params)
        world.hang_up()

    world.gateway.methods["config.patch"] = patch
    assert world.change(PREFIX) == NEEDS_RESTART


def test_a_busy_gateway_applies_it_later(world: World) -> None:
    def patch(params: dict[str, Any]) -> Any:
        world.file.patch(params)
        time.sleep(2)

    world.gateway.methods["config.patch"] = patch
    assert world.change(PREFIX, timeout=1) == DEFERRED


def test_one_that_hangs_up_before_it_has_written_has_changed_nothing(world: World) -> None:
    world.gateway.methods["config.patch"] = lambda _params: world.hang_up()
    assert world.refusal(PREFIX).code == "GATEWAY_UNREACHABLE"


def test_a_gateway_with_another_token_is_not_changed(world: World) -> None:
    with pytest.raises(ClawPilotError) as caught:
        world.change(PREFIX, token="canary-other-token")
    assert caught.value.code == "GATEWAY_TOKEN_REFUSED"
    assert "canary" not in repr(caught.value.as_dict())
    assert world.file.config == BEFORE
