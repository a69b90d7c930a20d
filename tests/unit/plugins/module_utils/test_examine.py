# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What live gateways are asked, with which token, and what is kept of their answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _examine, _gateway_token
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError

TOKEN = "canary-0123456789abcdef"
BOT = "123456:canary-bot"
STATUS = {
    "channels": {"telegram": {"configured": True, "running": True, "lastError": None}},
    "channelAccounts": {
        "telegram": [{"accountId": "default", "enabled": True, "connected": False}]
    },
}
ANSWERS = {
    "device.pair.list": {"pending": [{"requestId": "a"}, {"requestId": "b"}], "paired": [{}]},
    "channels.pairing.list": {"requests": [{"requestId": "c"}]},
    "channels.status": STATUS,
}


class Gateway:
    """Stands in for _rpc: accepts one token, answers as `answers` says (an error is raised)."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = dict(ANSWERS)
        self.given: list[str] = []
        self.error: Exception | None = None

    @contextmanager
    def connect(self, port: int, token: str, timeout: float) -> Iterator[Gateway]:
        self.given.append(token)
        error = self.error
        if error is not None:
            raise error
        if token != TOKEN:
            raise GatewayError("GATEWAY_TOKEN_REFUSED", f"The gateway on {port} said no.")
        yield self

    def call(self, method: str, timeout: float) -> Any:
        answer = self.answers[method]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Listening:
    """A host on which that process, and no other, listens on every port."""

    def __init__(self, pid: int = 0) -> None:
        self.pid = pid

    def owns_listener(self, pid: int, _port: int) -> bool:
        return pid == self.pid


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    made = Gateway()
    monkeypatch.setattr(_examine._rpc, "connect", made.connect)
    return made


@pytest.fixture(autouse=True)
def process_environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    variables: dict[str, str] = {}
    monkeypatch.setattr(_gateway_token, "environment_of", lambda _pid: variables)
    return variables


def instance(folder: Path, token: Any = "${GW}", env: str = f"GW={TOKEN}\n") -> dict[str, Any]:
    """A live instance whose config has this token, and whose .env has this text."""
    auth = {"mode": "token"} if token is None else {"mode": "token", "token": token}
    telegram = {"botToken": "${BOT}"}
    config = {"gateway": {"auth": auth}, "channels": {"telegram": telegram}}
    (folder / "openclaw.json").write_text(json.dumps(config))
    (folder / ".env").write_text(env)
    return {
        "state_dir": str(folder),
        "config_path": str(folder / "openclaw.json"),
        "told_by": 0,
        "port": 18789,
        "state": "running",
        "auth": {"mode": "token", "secret": "reference"},
        "health": {"live": True, "ready": True, "failing": []},
        "process": {"pid": 0},
        "service": {"pid": 0},
    }


def examined(one: dict[str, Any], host: Any = None) -> dict[str, Any]:
    return _examine.examine(host or Listening(), [one])[one["state_dir"]]


def test_a_gateway_tells_that_the_token_works_and_who_waits(
    tmp_path: Path, gateway: Gateway
) -> None:
    assert examined(instance(tmp_path)) == {
        "token": "accepted",
        "pending_devices": 2,
        "pending_pairings": 1,
        "telegram": {"configured": True, "running": True, "connected": False, "last_error": ""},
        "error": "",
    }


@pytest.mark.parametrize(
    ("token", "env", "process"),
    [
        ("${GW}", f"GW={TOKEN}", {}),
        (TOKEN, "", {}),
        ({"source": "env", "provider": "default", "id": "GW"}, f"GW='{TOKEN}'", {}),
        ("${GW}", "GW=of-a-file-that-the-process-outranks", {"GW": TOKEN}),
        (None, f"OPENCLAW_GATEWAY_TOKEN={TOKEN}", {}),
    ],
)
def test_the_token_is_found_where_openclaw_finds_it(
    tmp_path: Path,
    gateway: Gateway,
    process_environment: dict[str, str],
    token: Any,
    env: str,
    process: dict[str, str],
) -> None:
    process_environment.update(process)
    assert examined(instance(tmp_path, token, env))["token"] == "accepted"
    assert gateway.given == [TOKEN]


@pytest.mark.parametrize("token", ["${OTHER}", {"source": "file", "id": "GW"}, 7, None])
def test_without_its_token_a_gateway_is_not_asked(
    tmp_path: Path, gateway: Gateway, token: Any
) -> None:
    seen = examined(instance(tmp_path, token))
    assert (seen["token"], seen["error"]) == ("unknown", "")
    assert gateway.given == []


def test_a_stranger_on_the_port_does_not_get_the_token(tmp_path: Path, gateway: Gateway) -> None:
    assert examined(instance(tmp_path), Listening(pid=4711))["token"] == "unknown"
    assert gateway.given == []


def test_a_wrong_token_is_refused(tmp_path: Path, gateway: Gateway) -> None:
    seen = examined(instance(tmp_path, env="GW=another-one-since-the-start"))
    assert seen["token"] == "refused"
    assert "said no" in seen["error"]


def test_a_gateway_that_does_not_answer_is_an_error_of_its_own(
    tmp_path: Path, gateway: Gateway
) -> None:
    gateway.error = GatewayError("GATEWAY_TIMEOUT", "The gateway did not say hello in time.")
    seen = examined(instance(tmp_path))
    assert (seen["token"], seen["error"]) == ("unknown", "The gateway did not say hello in time.")


def test_a_refused_question_is_said_and_the_others_are_asked(
    tmp_path: Path, gateway: Gateway
) -> None:
    gateway.answers["device.pair.list"] = GatewayError("GATEWAY_SCOPE_MISSING", "It may not.")
    gateway.answers["channels.pairing.list"] = GatewayError("GATEWAY_METHOD_MISSING", "What?")
    seen = examined(instance(tmp_path))
    assert (seen["token"], seen["error"]) == ("accepted", "It may not.")
    assert seen["telegram"]["running"]


@pytest.mark.parametrize("answer", [None, [], "x", {"pending": 7, "requests": {}, "channels": []}])
def test_odd_answers_count_as_nothing(tmp_path: Path, gateway: Gateway, answer: Any) -> None:
    gateway.answers = dict.fromkeys(ANSWERS, answer)
    seen = examined(instance(tmp_path))
    assert (seen["pending_devices"], seen["pending_pairings"], seen["telegram"]) == (0, 0, {})


def test_no_secret_is_in_what_the_gateway_says(tmp_path: Path, gateway: Gateway) -> None:
    broken = json.loads(json.dumps(STATUS))
    broken["channels"]["telegram"]["lastError"] = f"GET /bot{BOT}/getMe: 401"
    gateway.answers["channels.status"] = broken
    gateway.answers["device.pair.list"] = GatewayError("GATEWAY_REFUSED", f"No {TOKEN}.")
    seen = examined(instance(tmp_path, env=f"GW={TOKEN}\nBOT={BOT}\n"))
    assert "401" in seen["telegram"]["last_error"]
    assert "canary" not in json.dumps(seen)


def test_only_live_gateways_are_asked_all_at_the_same_time(
    tmp_path: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(3, timeout=10)  # passes when three are asked at once

    @contextmanager
    def connect(*arguments: Any, **more: Any) -> Iterator[Gateway]:
        together.wait()
        yield gateway

    monkeypatch.setattr(_examine._rpc, "connect", connect)
    made = []
    for slug in ("a", "b", "c", "stopped", "starting"):
        (tmp_path / slug).mkdir()
        made.append(instance(tmp_path / slug))
    made[3]["health"] = {"live": False, "ready": False, "failing": []}
    made[4]["state"] = "starting"
    seen = _examine.examine(Listening(), made)  # type: ignore[arg-type]
    assert [Path(state_dir).name for state_dir in seen] == ["a", "b", "c"]
    assert {one["token"] for one in seen.values()} == {"accepted"}
