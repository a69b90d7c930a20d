# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of a real gateway: seen, approved, rejected, removed; by one and by two at once."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv, _rpc
from ansible_collections.claw.pilot.plugins.module_utils._gateway import ADMIN, READ, WRITE
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import GATEWAY_TOKEN_VARIABLE
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from .a_device import ADDRESS, Device
from .conftest import Home, ModuleFailed, call, new_home

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
SLUG = "devices"


@dataclass
class Ward:
    """An instance with its gateway. Whatever the modules say of it is searched for secrets."""

    home: Home
    port: int
    token: str
    devices: list[Device] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)  # where playbooks wrote

    @property
    def secrets(self) -> set[str]:
        return {self.token}.union(*(device.secrets for device in self.devices)) - {""}

    def device(self, name: str, **more: Any) -> Device:
        self.devices.append(Device(name, **more))
        return self.devices[-1]

    def knock(self, device: Device, *scopes: str) -> str:
        """The id of the request that the device makes."""
        with pytest.raises(GatewayError) as caught:
            device.knock(self.port, self.token, scopes or (READ,))
        assert caught.value.code == "PAIRING_REQUIRED"
        return caught.value.request_id

    def call(self, module: str, *flags: str, **options: Any) -> dict[str, Any]:
        given = {"openclaw_home": str(self.home.path), "slug": SLUG, **options}
        try:
            result = call(module, given, *flags)
        except ModuleFailed as failed:
            self.check(json.dumps(failed.result) + str(failed))
            raise
        self.check(json.dumps(result))
        return result

    def check(self, text: str) -> None:
        assert [secret for secret in self.secrets if secret in text] == []

    def info(self, **options: Any) -> dict[str, Any]:
        return self.call("openclaw_device_info", **options)

    def apply(self, *flags: str, **options: Any) -> dict[str, Any]:
        return self.call("openclaw_device", *flags, **options)

    def failure(self, **options: Any) -> str:
        with pytest.raises(ModuleFailed) as failed:
            self.apply(**options)
        return failed.value.code

    def pending(self, device: Device) -> dict[str, Any]:
        (one,) = [one for one in self.info()["pending"] if one["device_id"] == device.id]
        return one

    def paired(self, name: str, *scopes: str) -> Device:
        """A device that is approved and has its token."""
        device = self.device(name)
        self.apply(request_id=self.knock(device, *scopes))
        assert device.knock(self.port, self.token, scopes or (READ,)).device_token
        return device

    def database(self, statement: str, *values: str) -> None:
        path = self.home.state_dir(SLUG) / "state" / "openclaw.sqlite"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as database:
            assert database.execute(statement, values).rowcount == 1


@pytest.fixture(scope="module")
def ward(real_prefix: Path) -> Iterator[Ward]:
    home = new_home(real_prefix)
    try:
        made = home.instance(SLUG, stop_timeout=10)
        env = (home.state_dir(SLUG) / ".env").read_text()
        yield Ward(home, made["instance"]["port"], _dotenv.parse(env)[GATEWAY_TOKEN_VARIABLE])
    finally:
        home.clean_up()


def token_of(device: Device, ward: Ward, *scopes: str) -> str:
    return device.knock(ward.port, ward.token, scopes or (READ,)).device_token


def test_a_new_device_is_seen_approved_and_connects_with_its_own_token(ward: Ward) -> None:
    device = ward.device("new tablet")
    request_id = ward.knock(device, READ, WRITE)
    seen = ward.pending(device)
    assert 0 <= seen.pop("age_seconds") < 60
    assert 240 < seen.pop("seconds_left") <= 300
    assert seen == {
        "kind": "pending",
        "request_id": request_id,
        "device_id": device.id,
        "name": "new tablet",
        "client_id": "gateway-client",
        "client_mode": "backend",
        "platform": "linux",
        "role": "operator",
        "roles": ["operator"],
        "requested_scopes": [READ, WRITE],
        "approved_scopes": [],
        "why": "new",
        "remote_address": ADDRESS,
    }
    result = ward.apply(request_id=request_id, scopes=[READ, WRITE])
    assert (result["changed"], result["steps"]) == (True, ["approve"])
    assert result["device"]["approved_via"] == "owner"
    own = token_of(device, ward, READ, WRITE)
    hello = device.knock(ward.port, own, (READ, WRITE))
    assert hello.scopes == {READ, WRITE}
    (paired,) = [one for one in ward.info()["paired"] if one["device_id"] == device.id]
    assert paired["last_seen"].startswith("20")
    assert [token["scopes"] for token in paired["tokens"]] == [[READ, WRITE]]


def test_check_mode_says_what_would_change_and_changes_nothing(ward: Ward) -> None:
    device, other = ward.paired("checked"), ward.device("checked too")
    request_id = ward.knock(other)
    before = ward.info()["paired"]
    for steps, options in (
        (["approve"], {"request_id": request_id}),
        (["reject"], {"request_id": request_id, "state": "rejected"}),
        (["remove"], {"device_id": device.id, "state": "absent"}),
        (["rename", "rotate"], {"device_id": device.id, "rename": "x", "rotate": True}),
    ):
        result = ward.apply("--check", **options)
        assert (result["changed"], result["steps"]) == (True, steps)
    assert ward.info()["paired"] == before
    assert ward.pending(other)["request_id"] == request_id
    assert set(ward.apply("--check", request_id=request_id)["device"]) == set(before[0])


def test_a_device_that_wants_more_is_a_scope_upgrade_within_the_limit_only(ward: Ward) -> None:
    device = ward.paired("wants more")
    request_id = ward.knock(device, READ, WRITE)
    seen = ward.pending(device)
    assert seen["why"] == "scope-upgrade"
    assert (seen["requested_scopes"], seen["approved_scopes"]) == ([READ, WRITE], [READ])
    for limit in ([], [READ], [ADMIN]):
        assert ward.failure(request_id=request_id, scopes=limit) == "SCOPES_TOO_WIDE"
    assert ward.pending(device)["request_id"] == request_id
    assert ward.apply(device_id=device.id, scopes=[WRITE, READ])["changed"] is True
    assert device.knock(ward.port, ward.token, (READ, WRITE)).scopes == {READ, WRITE}


def test_a_request_that_grew_is_another_one(ward: Ward) -> None:
    device = ward.paired("grows")
    first, second = ward.knock(device, READ, WRITE), ward.knock(device, READ, ADMIN)
    assert first != second
    assert ward.failure(request_id=first) == "PAIRING_NO_REQUEST"
    assert ward.pending(device)["approved_scopes"] == [READ]


def test_a_revoked_role_is_a_role_upgrade_and_another_platform_a_repair(ward: Ward) -> None:
    device = ward.paired("comes back")
    revoke = {"deviceId": device.id, "role": "operator"}
    _rpc.call(ward.port, ward.token, "device.token.revoke", revoke)
    request_id = ward.knock(device)
    assert ward.pending(device)["why"] == "role-upgrade"
    assert ward.apply(request_id=request_id)["changed"] is True
    device.platform = "darwin"
    request_id = ward.knock(device)
    assert ward.pending(device)["why"] == "repair"
    assert ward.apply(request_id=request_id)["changed"] is True
    assert device.knock(ward.port, ward.token).device_token


def test_a_request_is_rejected_once(ward: Ward) -> None:
    device = ward.device("not wanted")
    request_id = ward.knock(device)
    first = ward.apply(request_id=request_id, state="rejected")
    again = ward.apply(request_id=request_id, state="rejected")
    assert (first["changed"], again["changed"]) == (True, False)
    assert ward.apply(device_id=device.id, state="rejected")["changed"] is False
    assert ward.failure(request_id=request_id) == "PAIRING_NO_REQUEST"
    assert ward.knock(device) != request_id


def test_a_removed_device_is_locked_out(ward: Ward) -> None:
    device = ward.paired("lost phone")
    own = token_of(device, ward)
    result = ward.apply(device_id=device.id, state="absent")
    assert (result["changed"], result["device"]) == (True, {})
    assert ward.apply(device_id=device.id, state="absent")["changed"] is False
    with pytest.raises(GatewayError) as refused:
        device.knock(ward.port, own)
    assert refused.value.code == "GATEWAY_TOKEN_REFUSED"
    assert ward.failure(device_id=device.id) == "DEVICE_NOT_FOUND"


def test_new_tokens_replace_the_old_ones_and_a_new_name_stays(ward: Ward) -> None:
    device = ward.paired("old name")
    own = token_of(device, ward)
    assert ward.apply(device_id=device.id, rotate=True)["steps"] == ["rotate"]
    with pytest.raises(GatewayError) as refused:
        device.knock(ward.port, own)
    assert refused.value.code == "GATEWAY_TOKEN_REFUSED"
    assert token_of(device, ward) not in ("", own)
    result = ward.apply(device_id=device.id, rename="Front desk")
    assert result["device"]["name"] == "Front desk"
    assert ward.apply(match={"name": "Front desk"}, rename="Front desk")["changed"] is False


def test_a_second_approval_is_no_change(ward: Ward) -> None:
    device = ward.device("twice")
    request_id = ward.knock(device)
    for selector in (
        {"request_id": request_id},
        {"device_id": device.id},
        {"match": {"name": "twice"}},
    ):
        result = ward.apply(**selector)
        assert result["changed"] is (selector == {"request_id": request_id})
        assert result["device"]["device_id"] == device.id
    assert ward.apply(request_id=request_id, device_id=device.id)["changed"] is False
    assert ward.failure(request_id=request_id) == "PAIRING_NO_REQUEST"


def test_two_who_approve_at_once_both_succeed(ward: Ward) -> None:
    for turn in range(3):
        device = ward.device(f"at once {turn}")
        named = {"request_id": ward.knock(device), "device_id": device.id}
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(ward.apply, **named) for _one in range(2)]
            results = [one.result() for one in both]
        assert sorted(one["changed"] for one in results) == [False, True]
        assert all(one["device"]["name"] == f"at once {turn}" for one in results)


def test_a_name_has_to_be_one_devices(ward: Ward) -> None:
    twins = [ward.device("twin"), ward.device("twin")]
    for twin in twins:
        ward.knock(twin)
    assert ward.failure(match={"name": "twin"}) == "DEVICE_AMBIGUOUS"
    assert ward.failure(match={"name": "nobody"}) == "DEVICE_NOT_FOUND"
    ward.apply(device_id=twins[0].id, state="rejected")
    result = ward.apply(match={"name": "twin", "client_id": "gateway-client", "role": "operator"})
    assert result["device"]["device_id"] == twins[1].id


def test_a_request_is_over_after_five_minutes(ward: Ward) -> None:
    device = ward.device("too late")
    request_id = ward.knock(device)
    ward.database(
        "UPDATE device_pairing_pending SET ts = ts - 301000 WHERE request_id = ?", request_id
    )
    assert device.id not in [one["device_id"] for one in ward.info()["pending"]]
    assert ward.failure(request_id=request_id) == "PAIRING_NO_REQUEST"


def test_somebody_who_waits_sees_the_device_that_comes(ward: Ward) -> None:
    device = ward.device("comes later")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ward.info, match={"name": "comes later"}, wait=60)
        request_id = ward.knock(device)
        assert [one["request_id"] for one in waiting.result()["pending"]] == [request_id]
    with pytest.raises(ModuleFailed) as nobody:
        ward.info(match={"name": "nobody"}, wait=1)
    assert nobody.value.code == "PAIRING_NO_REQUEST"
    ward.apply(request_id=request_id, state="rejected")


def play(ward: Ward, playbook: str, folder: Path, **variables: Any) -> dict[str, Any]:
    """The one JSON document of a run, which may fail."""
    given = {"openclaw_home": str(ward.home.path), "registry": str(folder / "r.db"), **variables}
    ward.folders.append(folder)
    done = subprocess.run(
        [ANSIBLE, f"claw.pilot.{playbook}", "-vvv", "-e", json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_STDOUT_CALLBACK": "claw.pilot.result", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    ward.check(done.stdout + done.stderr)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(lines[-1])
    return document


def test_the_inbox_approves_by_a_policy_and_by_id_and_keeps_events(
    ward: Ward, tmp_path: Path
) -> None:
    let_in, too_much = ward.device("office one"), ward.device("office two")
    unwanted = ward.device("unwanted")
    ward.knock(let_in), ward.knock(too_much, READ, ADMIN)
    reject = ward.knock(unwanted)
    policy = tmp_path / "policy.yml"
    policy.write_text(
        f"- {{label: office, name: 'office *', scopes: [{READ}], address: 10.0.0.0/8}}\n"
    )
    document = play(ward, "devices", tmp_path, policy=str(policy), reject=reject, paired=True)
    assert document["ok"], document
    shown = {one["device_id"]: one["kind"] for one in document["result"]["devices"]}
    assert shown[let_in.id] == "paired"
    assert shown[too_much.id] == "pending"
    assert unwanted.id not in shown
    with Registry(tmp_path / "r.db") as registry:
        events = {event["event_type"]: event for event in registry.events()}
    assert set(events) == {"device_approved", "device_rejected"}
    assert events["device_approved"]["detail"] == f"office: office one (gateway-client), {READ}"
    assert events["device_approved"]["instance_slug"] == SLUG
    failed = play(ward, "devices", tmp_path, approve=reject)
    assert f"can approve {reject}" in failed["failures"][0]["message"]


def test_the_pairing_playbook_approves_exactly_one(ward: Ward, tmp_path: Path) -> None:
    one, two = ward.device("pair me"), ward.device("pair me")
    ward.knock(one)
    options = {"slug": SLUG, "device_name": "pair me", "wait_timeout": 5}
    unconfirmed = play(ward, "pair_device", tmp_path, **options)
    assert "Nothing was approved" in unconfirmed["failures"][0]["message"]
    request_id = ward.knock(two)
    both = play(ward, "pair_device", tmp_path, **options, yes=True)
    assert "2 request(s) wait" in both["failures"][0]["message"]
    done = play(ward, "pair_device", tmp_path, **options, request_id=request_id)
    assert done["ok"], done
    assert [device["device_id"] for device in done["result"]["devices"]] == [two.id]
    assert ward.pending(one)["why"] == "new"


def test_a_request_outlives_a_restart_and_a_stopped_gateway_says_so(ward: Ward) -> None:
    device = ward.device("restarted")
    request_id = ward.knock(device)
    ward.home.instance(SLUG, state="stopped")
    with pytest.raises(ModuleFailed, match="does not run") as failed:
        ward.info()
    assert failed.value.code == "GATEWAY_UNREACHABLE"
    assert ward.failure(request_id=request_id) == "GATEWAY_UNREACHABLE"
    ward.home.instance(SLUG, state="started")
    ward.database("DELETE FROM device_pairing_pending WHERE request_id = ?", request_id)
    assert ward.failure(request_id=request_id) == "PAIRING_NO_REQUEST"
    request_id = ward.knock(device)
    ward.home.instance(SLUG, state="restarted")
    assert ward.pending(device)["request_id"] == request_id
    assert ward.apply(request_id=request_id)["changed"] is True


def test_no_file_but_the_gateways_own_holds_a_secret(ward: Ward) -> None:
    state_dir = ward.home.state_dir(SLUG)
    own = (state_dir / ".env", state_dir / "state")  # the token's place; OpenClaw's database
    searched, holding = 0, set()
    for path in (path for folder in (ward.home.path, *ward.folders) for path in folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content, searched = path.read_bytes(), searched + 1
            if any(secret.encode() in content for secret in ward.secrets):
                assert path.stat().st_mode & 0o777 == 0o600
                holding.add(own[1] if own[1] in path.parents else path)
    assert ward.folders and searched > 20
    assert holding <= set(own) and own[0] in holding
