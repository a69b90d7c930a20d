# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of a gateway that answers over a real socket: what is asked of it, and what is said."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _pairing
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.fake_gateway import FakeGateway, Refuse

CANARY = "canary-0123456789abcdef"
READ = "operator.read"


def unknown(what: str) -> Refuse:
    return Refuse({"code": "INVALID_REQUEST", "message": f"unknown {what}"})


class Devices:
    """The methods of a gateway with one request and the devices that it approves."""

    def __init__(self) -> None:
        now = int(time.time() * 1000)
        self.pending = [self.entry("d1", requestId="r1", ts=now, displayName="tab")]
        self.paired: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.before_approval = lambda: None

    @staticmethod
    def entry(device_id: str, **more: Any) -> dict[str, Any]:
        base = {"deviceId": device_id, "publicKey": CANARY, "role": "operator", "scopes": [READ]}
        return {**base, **more}

    def approve_now(self) -> None:
        request = self.pending.pop()
        tokens = [{"role": "operator", "scopes": [READ], "createdAtMs": 1, "token": CANARY}]
        self.paired.append({**request, "tokens": tokens})

    def methods(self) -> dict[str, Any]:
        return {
            "device.pair.list": lambda _given: {"pending": self.pending, "paired": self.paired},
            "device.pair.approve": self.approve,
            "device.pair.reject": self.reject,
            "device.pair.remove": self.remove,
            "device.pair.rename": self.rename,
            "device.token.rotate": lambda given: self.calls.append(f"rotate {given['role']}"),
        }

    def approve(self, given: dict[str, Any]) -> Any:
        self.before_approval()
        if given["requestId"] not in [one["requestId"] for one in self.pending]:
            raise unknown("requestId")
        self.calls.append("approve")
        self.approve_now()
        return {"requestId": given["requestId"]}

    def reject(self, given: dict[str, Any]) -> Any:
        if given["requestId"] not in [one["requestId"] for one in self.pending]:
            raise unknown("requestId")
        self.pending.clear()
        return given

    def remove(self, given: dict[str, Any]) -> Any:
        if given["deviceId"] not in [one["deviceId"] for one in self.paired]:
            raise unknown("deviceId")
        self.paired.clear()
        return given

    def rename(self, given: dict[str, Any]) -> Any:
        self.paired[0]["operatorLabel"] = given["label"]
        return given


class Setup:
    """A fake gateway, the instance that it is of, and calls of what the modules do."""

    def __init__(self, gateway: FakeGateway, devices: Devices, folder: Path) -> None:
        self.gateway, self.devices, self.folder = gateway, devices, folder
        config = {"gateway": {"auth": {"mode": "token", "token": gateway.token}}}
        (folder / "openclaw.json").write_text(json.dumps(config))
        self.instance: dict[str, Any] = {
            "slug": "acme",
            "openclaw_home": str(folder),
            "state_dir": str(folder),
            "config_path": str(folder / "openclaw.json"),
            "told_by": 0,
            "port": gateway.port,
            "state": "running",
            "auth": {"mode": "token", "secret": "literal"},
            "health": {"live": True},
            "process": {"pid": os.getpid()},
            "service": {"pid": 0},
        }

    def apply(self, check: bool = False, **options: Any) -> dict[str, Any]:
        result = _pairing.apply_device({"slug": "acme", **options}, check)
        assert CANARY not in json.dumps(result)
        assert self.gateway.token not in json.dumps(result)
        return result

    def failure(self, **options: Any) -> ClawPilotError:
        with pytest.raises(ClawPilotError) as caught:
            self.apply(**options)
        assert self.gateway.token not in repr(caught.value.as_dict())
        return caught.value


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setup]:
    devices = Devices()
    with FakeGateway(methods=devices.methods()) as gateway:
        made = Setup(gateway, devices, tmp_path)
        monkeypatch.setattr(_pairing, "find_one", lambda _params, _host: made.instance)
        monkeypatch.setattr(
            _pairing, "observation", lambda _params, _host: {"instances": [made.instance]}
        )
        yield made


@pytest.fixture
def stranger() -> Iterator[int]:
    """The pid of a process that has nothing to do with the gateway."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.terminate()


def test_a_stopped_gateway_is_unreachable(setup: Setup) -> None:
    setup.instance["process"]["pid"] = 0
    error = setup.failure(request_id="r1")
    assert (error.code, "Start the instance" in error.hint) == ("GATEWAY_UNREACHABLE", True)


def test_a_port_of_somebody_else_does_not_get_the_token(setup: Setup, stranger: int) -> None:
    setup.instance["process"]["pid"] = stranger
    assert setup.failure(request_id="r1").code == "GATEWAY_UNREACHABLE"
    assert setup.gateway.connects == []


def test_a_gateway_without_a_token_to_read_is_not_asked(setup: Setup) -> None:
    setup.instance["auth"]["mode"] = "password"
    assert setup.failure(request_id="r1").code == "NO_TOKEN"
    assert setup.gateway.connects == []


def test_what_a_gateway_refuses_is_said_in_its_words(setup: Setup) -> None:
    refusal = Refuse({"code": "INVALID_REQUEST", "message": "missing scope: operator.admin"})
    setup.gateway.methods["device.pair.approve"] = refusal
    error = setup.failure(request_id="r1")
    assert error.code == "PAIRING_APPROVE_FAILED"
    assert "missing scope: operator.admin" in error.message


def test_a_request_is_approved_and_the_second_time_it_is_no_change(setup: Setup) -> None:
    first = setup.apply(request_id="r1")
    second = setup.apply(request_id="r1", device_id="d1")
    assert setup.failure(request_id="r1").code == "PAIRING_NO_REQUEST"
    assert setup.failure(request_id="r1", device_id="d9").code == "PAIRING_NO_REQUEST"
    assert (first["changed"], first["steps"]) == (True, ["approve"])
    assert (first["request"]["why"], first["device"]["device_id"]) == ("new", "d1")
    assert (second["changed"], second["device"]) == (False, first["device"])
    assert first["diff"]["before"] == {"asks_for": [READ]}
    assert first["diff"]["after"]["scopes"] == [READ]
    assert setup.devices.calls == ["approve"]


def test_somebody_else_may_approve_it_in_between(setup: Setup) -> None:
    setup.devices.before_approval = setup.devices.approve_now
    result = setup.apply(request_id="r1")
    assert (result["changed"], result["device"]["device_id"]) == (False, "d1")


def test_somebody_else_may_reject_it_in_between(setup: Setup) -> None:
    setup.devices.before_approval = setup.devices.pending.clear
    assert setup.failure(request_id="r1").code == "PAIRING_NO_REQUEST"


def test_a_request_that_grew_in_between_is_not_approved(setup: Setup) -> None:
    def grow() -> None:
        setup.devices.pending[0]["requestId"] = "r2"

    setup.devices.before_approval = grow
    error = setup.failure(request_id="r1")
    assert (error.code, "r2" in error.hint) == ("PAIRING_NO_REQUEST", True)
    assert setup.devices.paired == []


def test_what_was_approved_once_and_then_removed_is_no_request(setup: Setup) -> None:
    setup.apply(request_id="r1")
    setup.apply(device_id="d1", state="absent")
    assert setup.failure(request_id="r1").code == "PAIRING_NO_REQUEST"


def test_more_than_the_limit_is_not_approved(setup: Setup) -> None:
    assert setup.failure(request_id="r1", scopes=["operator.write"]).code == "SCOPES_TOO_WIDE"
    assert setup.devices.calls == []


@pytest.mark.parametrize(
    "options",
    [
        {"request_id": "r1", "rename": "x"},
        {"request_id": "r1", "state": "rejected"},
        {"match": {"name": "tab", "client_id": None}},
    ],
)
def test_check_mode_asks_only_for_the_list(setup: Setup, options: dict[str, Any]) -> None:
    assert setup.apply(check=True, **options)["changed"] is True
    assert {method for method, _given in setup.gateway.requests} == {"device.pair.list"}


def test_check_mode_shows_the_device_as_it_would_be(setup: Setup) -> None:
    told = setup.apply(check=True, request_id="r1", rename="Front desk")
    done = setup.apply(request_id="r1", rename="Front desk")
    assert told["steps"] == done["steps"] == ["approve", "rename"]
    assert {**told["device"], "tokens": [], "approved_via": ""} == {**done["device"], "tokens": []}
    assert told["diff"] == done["diff"]


def test_a_request_is_rejected_once(setup: Setup) -> None:
    assert setup.apply(request_id="r1", state="rejected")["changed"] is True
    assert setup.apply(request_id="r1", state="rejected")["changed"] is False


def test_a_device_is_removed_once_and_a_request_is_no_device(setup: Setup) -> None:
    setup.apply(request_id="r1")
    assert setup.failure(request_id="r1", state="absent").code == "DEVICE_NOT_FOUND"
    assert setup.apply(match={"name": "tab"}, state="absent")["steps"] == ["remove"]
    assert setup.apply(match={"name": "tab"}, state="absent")["changed"] is False


def test_a_device_that_is_not_there_is_not_found(setup: Setup) -> None:
    assert setup.failure(device_id="d9").code == "DEVICE_NOT_FOUND"
    assert (
        "with name 'x', role 'node'" in setup.failure(match={"name": "x", "role": "node"}).message
    )


def test_tokens_are_rotated_role_by_role_and_a_name_is_given_once(setup: Setup) -> None:
    setup.apply(request_id="r1")
    result = setup.apply(device_id="d1", rotate=True, rename="Front desk")
    assert (result["steps"], result["device"]["name"]) == (["rename", "rotate"], "Front desk")
    assert setup.devices.calls == ["approve", "rotate operator"]
    assert setup.apply(device_id="d1", rename="Front desk")["changed"] is False


def test_without_a_slug_a_gateway_that_cannot_be_asked_is_an_entry_with_an_error(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, stranger: int
) -> None:
    down = {**setup.instance, "slug": "down", "process": {"pid": stranger}}
    dead = {**setup.instance, "slug": "dead", "health": {"live": False}}
    found = {"instances": [down, dead, setup.instance]}
    monkeypatch.setattr(_pairing, "observation", lambda _params, _host: found)
    result = _pairing.read_devices({})
    assert [one["slug"] for one in result["instances"]] == ["down", "acme"]
    assert "is not held by" in result["instances"][0]["error"]
    assert result["pending"] == result["instances"][1]["pending"] != []
    assert (result["instance"], result["changed"]) == ({}, False)
    assert CANARY not in json.dumps(result)


def test_no_live_instance_is_an_empty_inbox(setup: Setup) -> None:
    setup.instance["health"]["live"] = False
    result = _pairing.read_devices({})
    assert (result["instances"], result["pending"], result["paired"]) == ([], [], [])


def test_with_a_slug_a_match_leaves_the_others_out(setup: Setup) -> None:
    assert len(_pairing.read_devices({"slug": "acme", "match": {"name": "tab"}})["pending"]) == 1
    assert _pairing.read_devices({"slug": "acme", "match": {"name": "x"}})["pending"] == []


def test_waiting_ends_with_the_device_or_with_the_time(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = setup.devices.pending.pop()
    monkeypatch.setattr(_pairing, "PAUSE", 0.01)
    with pytest.raises(ClawPilotError, match="with name 'tab' has asked 'acme'") as nobody:
        _pairing.read_devices({"slug": "acme", "match": {"name": "tab"}, "wait": 1})
    assert nobody.value.code == "PAIRING_NO_REQUEST"
    looks = iter([[], [], [late]])
    setup.gateway.methods["device.pair.list"] = lambda _given: {"pending": next(looks)}
    found = _pairing.read_devices({"slug": "acme", "wait": 60})
    assert [one["request_id"] for one in found["pending"]] == ["r1"]
