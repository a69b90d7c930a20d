# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The config of a running gateway changed by its config.patch: the real one, and the fake.

The tests build on each other, in order: the last one has the gateway want a restart.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv, _rpc
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._live_config import (
    APPLIED,
    NEEDS_RESTART,
    Change,
)
from ansible_collections.claw.pilot.plugins.module_utils._merge import merge
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    GATEWAY_TOKEN_VARIABLE,
    ClawPilotError,
)

from tests.fake_config import FakeConfig
from tests.fake_gateway import FakeGateway

from .conftest import new_home

MODELS = [{"id": "a", "name": "A", "input": ["text", "image"]}, {"id": "b", "name": "B"}]
PROVIDER = {"name": "stub", "base_url": "http://127.0.0.1:9/v1", "api": "openai-completions"}


@dataclass(frozen=True)
class Live:
    """A running gateway and its file."""

    path: Path
    port: int
    token: str

    @property
    def config(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.path.read_text())
        return data

    def change(
        self, wanted: dict[str, Any], previous: Any = None, timeout: float = 60, **more: Any
    ) -> str:
        options = {"token": self.token, "current": lambda: self.config, **more}
        merged = functools.partial(merge, wanted=wanted, previous=previous)
        return Change(self.port, wanted=merged, **options).make(timeout)

    def refusal(self, wanted: dict[str, Any], timeout: float = 60) -> ClawPilotError:
        with pytest.raises(ClawPilotError) as caught:
            self.change(wanted, timeout=timeout)
        return caught.value


@pytest.fixture(scope="module")
def real(real_prefix: Path) -> Iterator[Live]:
    home = new_home(real_prefix)
    try:
        provider = {**PROVIDER, "api_key": "sk-none", "models": MODELS}
        made = home.instance("live", providers=[provider], heartbeat="0m")
        state = home.state_dir("live")
        token = _dotenv.parse((state / ".env").read_text())[GATEWAY_TOKEN_VARIABLE]
        yield Live(state / "openclaw.json", made["instance"]["port"], token)
    finally:
        home.clean_up()


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    file = FakeConfig(tmp_path_factory.mktemp("fake") / "openclaw.json")
    file.write(
        {
            "gateway": {"auth": {"token": f"${{{GATEWAY_TOKEN_VARIABLE}}}"}},
            "models": {"providers": {"stub": {"apiKey": "${STUB_API_KEY}", "models": MODELS}}},
        }
    )
    with FakeGateway(methods=file.methods) as gateway:
        yield Live(file.path, gateway.port, gateway.token)


@pytest.fixture(params=["real", "fake"])
def live(request: pytest.FixtureRequest) -> Live:
    found: Live = request.getfixturevalue(request.param)
    return found


def test_1_a_change_is_in_the_file_with_references_as_they_were(live: Live) -> None:
    assert live.change({"messages": {"responsePrefix": "[one]"}}) == APPLIED
    config = live.config
    assert config["messages"] == {"responsePrefix": "[one]"}
    assert config["gateway"]["auth"]["token"] == f"${{{GATEWAY_TOKEN_VARIABLE}}}"
    assert config["models"]["providers"]["stub"]["apiKey"] == "${STUB_API_KEY}"
    assert live.change({"messages": {"responsePrefix": "[one]"}}) == APPLIED


def test_2_arrays_are_replaced_whole(live: Live) -> None:
    fewer = [{**MODELS[0], "input": ["text"]}]
    wanted = {"models": {"providers": {"stub": {"models": fewer}}}}
    previous = {"models": {"providers": {"stub": {"models": MODELS}}}}
    assert live.change(wanted, previous) == APPLIED
    kept = [(m["id"], m["input"]) for m in live.config["models"]["providers"]["stub"]["models"]]
    assert kept == [("a", ["text"])]


def test_3_what_goes_goes(live: Live) -> None:
    more = {"messages": {"groupChat": {"mentionPatterns": ["@x"]}}}
    assert live.change(more) == APPLIED
    assert live.change({}, more) == APPLIED
    assert "groupChat" not in live.config.get("messages", {})
    assert live.config["messages"] == {"responsePrefix": "[one]"}


def test_4_a_config_that_changes_in_between_is_merged_anew(live: Live) -> None:
    theirs = [{"messages": {"responsePrefix": "[theirs]"}}]

    def current() -> dict[str, Any]:
        found = live.config
        if theirs:
            live.path.write_text(json.dumps(merge(found, theirs.pop())))
        return found

    wanted = {"agents": {"defaults": {"maxConcurrent": 3}}}
    assert live.change(wanted, current=current) == APPLIED
    assert live.config["agents"]["defaults"]["maxConcurrent"] == 3
    assert live.config["messages"] == {"responsePrefix": "[theirs]"}


def test_5_a_refusal_leaves_the_file_as_it_is(live: Live) -> None:
    before = live.path.read_text()
    error = live.refusal({"agents": {"defaults": {"maxConcurrent": "many"}}})
    assert error.code == "CONFIG_REFUSED"
    assert "agents.defaults.maxConcurrent: Invalid input: expected number" in error.message
    assert live.path.read_text() == before


def test_6_the_limit_of_changes_in_a_minute_is_one_for_each_connection(real: Live) -> None:
    with _rpc.connect(real.port, real.token) as connection:
        base = connection.call("config.get")["hash"]
        with pytest.raises(GatewayError) as caught:
            for _number in range(40):
                connection.call("config.patch", {"raw": "{}", "baseHash": base})
    assert "rate limit exceeded for config.patch; retry after" in caught.value.message
    assert caught.value.retry_after
    assert real.change({"messages": {"responsePrefix": "[late]"}}) == APPLIED


def test_7_what_needs_a_restart_says_so(live: Live) -> None:
    wanted = {"gateway": {"controlUi": {"basePath": "/elsewhere"}}}
    assert live.change(wanted, timeout=120) == NEEDS_RESTART
    assert live.config["gateway"]["controlUi"]["basePath"] == "/elsewhere"
