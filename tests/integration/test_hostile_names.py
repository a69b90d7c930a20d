# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices and senders that are called by an attack, paired for real: nothing runs, nothing steers.

A real gateway has the devices; Telegram is a stand-in, behind the gateway's own channel code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv
from ansible_collections.claw.pilot.plugins.module_utils._gateway import READ
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import GATEWAY_TOKEN_VARIABLE
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from tests import attacks
from tests.stub_llm import StubLlm
from tests.telegram_api import TOKEN, Sender, TelegramApi

from .a_device import Device
from .conftest import Home, call, new_home

ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
SLUG = "hostile"
PATIENCE = 120.0  # seconds, for answers on a busy machine
KINDS = (
    attacks.TEMPLATE,
    attacks.EXPRESSION,
    attacks.SHELL,
    attacks.OPTION,
    attacks.LINE,
    attacks.TERMINAL,
    attacks.HTML,
)


@dataclass
class Place:
    """An instance with a bot, its gateway's port and token, and where its events go."""

    home: Home
    api: TelegramApi
    port: int
    token: str
    registry: Path

    def play(self, playbook: str, **variables: Any) -> str:
        """All that a playbook prints, as a person sees it."""
        given = {"openclaw_home": str(self.home.path), "prefix": str(self.home.prefix)}
        given |= {"registry": str(self.registry), "slug": SLUG, **variables}
        done = subprocess.run(
            [ANSIBLE, f"claw.pilot.{playbook}", "-v", "-e", json.dumps(given)],
            env={**os.environ, "HOME": str(self.home.path), "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-3000:]
        return said

    def events(self) -> str:
        with Registry(self.registry) as registry:
            return "".join(
                f"{event['event_type']} {event['detail']}" for event in registry.events()
            )


@pytest.fixture(scope="module")
def place(real_prefix: Path) -> Iterator[Place]:
    home = new_home(real_prefix)
    with TelegramApi() as api, StubLlm() as llm:
        try:
            telegram = {"enabled": True, "bot_token": TOKEN, "api_root": api.root}
            made = home.instance(SLUG, providers=[llm.provider], telegram=telegram, stop_timeout=8)
            env = _dotenv.parse((home.state_dir(SLUG) / ".env").read_text())
            port, token = made["instance"]["port"], env[GATEWAY_TOKEN_VARIABLE]
            yield Place(home, api, port, token, home.path / "registry.db")
        finally:
            home.clean_up()


def names(salvo: attacks.Salvo) -> list[str]:
    """All values of a salvo in a few names, as long as a name may be at a gateway."""
    return ["".join(list(salvo.values.values())[n::6])[:900] for n in range(6)]


def test_devices_are_listed_and_paired_by_playbooks(place: Place, tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.texts(*KINDS))
    requests = []
    for name in names(salvo):
        with pytest.raises(GatewayError) as asked:
            Device(name, platform=name[:100]).knock(place.port, place.token, (READ,))
        assert asked.value.code == "PAIRING_REQUIRED", asked.value.message
        requests.append(asked.value.request_id)
    given = {"openclaw_home": str(place.home.path), "slug": SLUG}
    pending = call("openclaw_device_info", given)["pending"]
    assert {one["request_id"] for one in pending} == set(requests)
    said = place.play("devices", approve=requests[:3], reject=requests[3:5], paired=True)
    said += place.play("pair_device", request_id=requests[5])
    said += json.dumps(call("openclaw_device_info", given), ensure_ascii=False)
    said += place.events()
    assert "lookup" in said and place.events().count("device_approved") == 4
    assert not attacks.hurts_terminal(said.replace("\t", " "))
    assert salvo.fired == []


def test_senders_are_listed_and_paired_by_playbooks(place: Place, tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.texts(*KINDS))
    said = ""
    for number, name in enumerate(names(salvo)):
        sender = Sender(5000 + number, name, name[:100])
        place.api.write(sender, "hello")
        assert place.api.wait_for(lambda api, who=sender: bool(api.sent(who)), PATIENCE)
        said += place.play("pair_telegram", sender_id=str(sender.id), yes=True)
    said += place.play("doctor") + place.events()
    assert "wants to write to" in said and "lookup" in said
    assert not attacks.hurts_terminal(said.replace("\t", " "))
    assert salvo.fired == []
