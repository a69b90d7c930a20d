# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telegram with a real gateway and its own channel code; Telegram and the model are stand-ins.

The tests build on each other, in order: one instance gets a bot, people, trouble, and loses it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.stub_llm import StubLlm
from tests.telegram_api import TOKEN, Sender, TelegramApi

from .conftest import Home, ModuleFailed, call, new_home

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
PORT = 29741  # stopped for a while: nobody who chooses a port is to come upon it
NOWHERE = "http://127.0.0.1:9"
WRONG = "654321:canary-wrong-token"
PATIENCE = 120.0  # seconds, for answers on a busy machine
ALICE = Sender(987654321, "Alice", "alice")
BOB, CAROL = Sender(1001, "Bob", "bob"), Sender(1002, "Carol")
CROWD = [Sender(2000 + n, f"Dora{n}", f"dora{n}") for n in range(4)]
ERIN = Sender(3001, "Erin", "erin")


@dataclass
class Scene:
    """An instance `tg`, its bot's Telegram, its model, and all that was said of it."""

    home: Home
    api: TelegramApi
    llm: StubLlm
    said: list[str] = field(default_factory=list)

    def create(self, **options: Any) -> dict[str, Any]:
        result = self.home.instance("tg", **options)
        self.said.append(json.dumps(result))
        return result

    def pair(self, *flags: str, **options: Any) -> dict[str, Any]:
        given = {"openclaw_home": str(self.home.path), "prefix": str(self.home.prefix)}
        result = call("openclaw_pairing", {**given, "slug": "tg", **options}, *flags)
        self.said.append(json.dumps(result))
        return result

    def refusal(self, **options: Any) -> dict[str, Any]:
        """The failure of a pairing."""
        with pytest.raises(ModuleFailed) as failed:
            self.pair(**options)
        self.said.append(json.dumps(failed.value.result))
        failure: dict[str, Any] = failed.value.result["failure"]
        return failure

    def play(self, name: str, *flags: str, **variables: Any) -> subprocess.Popen[str]:
        """A playbook that has been started, without a terminal."""
        given = {"openclaw_home": str(self.home.path), "prefix": str(self.home.prefix)}
        given |= {"slug": "tg", "service_manager": "supervisor", **variables}
        file = self.home.path / "vars.json"
        file.write_text(json.dumps(given))
        return subprocess.Popen(
            [ANSIBLE, f"claw.pilot.{name}", *flags, "-e", f"@{file}"],
            cwd=ROOT,
            env={**os.environ, "HOME": str(self.home.path), "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end_of(self, running: subprocess.Popen[str]) -> tuple[int, str]:
        """The exit code of a playbook and what it has printed."""
        text = running.communicate(timeout=300)[0]
        self.said.append(text)
        return running.returncode, text

    def knock(self, sender: Sender) -> str:
        """Have somebody unknown write to the bot; the code that it answers."""
        self.api.write(sender, "hello")
        assert self.api.wait_for(lambda api: bool(api.sent(sender)), PATIENCE)
        found = re.search(r"<code>([A-Z2-9]{8})\s*</code>", self.api.sent(sender)[0])
        assert found, self.api.sent(sender)
        return found[1]

    def polls(self) -> bool:
        """Whether the gateway begins another long poll from now on."""
        before = self.api.asked("getUpdates")
        return self.api.wait_for(lambda api: api.asked("getUpdates") > before, PATIENCE)

    def telegram(self, **changes: Any) -> dict[str, Any]:
        return {"enabled": True, "bot_token": TOKEN, "api_root": self.api.root, **changes}


@pytest.fixture(scope="module")
def scene(real_prefix: Path) -> Iterator[Scene]:
    home = new_home(real_prefix)
    with TelegramApi() as api, StubLlm() as llm:
        try:
            yield Scene(home, api, llm)
        finally:
            home.clean_up()


def test_01_an_instance_without_a_bot_says_so(scene: Scene) -> None:
    scene.create(providers=[scene.llm.provider], port=PORT, stop_timeout=8)
    assert scene.refusal()["code"] == "TELEGRAM_OFF"


def test_02_create_instance_adds_a_bot_and_the_gateway_polls(scene: Scene) -> None:
    code, text = scene.end_of(scene.play("create_instance", telegram=scene.telegram()))
    assert code == 0, text
    assert scene.polls()
    env = (scene.home.state_dir("tg") / ".env").read_text()
    assert f"TELEGRAM_BOT_TOKEN={TOKEN}" in env
    assert TOKEN not in json.dumps(scene.home.config("tg"))


def test_03_the_playbook_waits_for_a_message_and_names_and_approves_its_sender(
    scene: Scene,
) -> None:
    running = scene.play("pair_telegram", "-e", "yes=true", wait_timeout=100)
    code_told = scene.knock(ALICE)
    code, text = scene.end_of(running)
    assert code == 0, text
    assert "Write any message to the bot of tg on Telegram." in text
    assert "Alice (@alice, 987654321) wants to write to @demo_pilot_bot" in text
    assert "changed=1" in text
    assert code_told not in text  # who asks the gateway is not told the code
    assert any("access approved" in answer for answer in scene.api.sent(ALICE))


def test_04_the_next_message_is_answered_by_the_model(scene: Scene) -> None:
    scene.api.write(ALICE, "what is two and two?")
    answer = "You said: what is two and two?"
    assert scene.api.wait_for(lambda api: answer in api.sent(ALICE), PATIENCE), scene.api.sent(
        ALICE
    )


def test_05_of_one_who_does_not_wait_nobody_knows_whether_they_are_approved(scene: Scene) -> None:
    failure = scene.refusal(sender_id=str(ALICE.id))
    assert failure["code"] == "PAIRING_NO_REQUEST"
    assert "OpenClaw tells nobody whom it has approved" in failure["hint"]


def test_06_a_code_is_approved_once(scene: Scene) -> None:
    told = scene.knock(BOB)
    assert scene.refusal(code="WRONGONE")["code"] == "PAIRING_NO_REQUEST"
    result = scene.pair(code=told.lower(), notify=False, owner=True)
    assert (result["changed"], result["via"]) == (True, "rpc")
    assert result["request"]["code"] == told and result["request"]["name"] == "Bob"
    assert (result["notification"], result["owner"]) == ("not-requested", "configured")
    assert scene.home.config("tg")["commands"]["ownerAllowFrom"] == [f"telegram:{BOB.id}"]
    assert scene.refusal(code=told)["code"] == "PAIRING_NO_REQUEST"


def test_07_nobody_is_approved_without_a_yes(scene: Scene) -> None:
    scene.knock(CAROL)
    code, text = scene.end_of(scene.play("pair_telegram"))
    assert code != 0
    assert "Nobody was approved: it needs yes=true" in " ".join(text.split())
    assert [request["name"] for request in scene.pair()["requests"]] == ["Carol"]


def test_08_at_a_terminal_it_is_asked_for(scene: Scene) -> None:
    env = {**os.environ, "HOME": str(scene.home.path), "NO_COLOR": "1", "TERM": "dumb"}
    options = ["-e", f"openclaw_home={scene.home.path}", "-e", f"prefix={scene.home.prefix}"]
    terminal = pexpect.spawn(
        ANSIBLE, ["claw.pilot.pair_telegram", *options], env=env, encoding="utf-8", timeout=100
    )
    terminal.expect("Name of the instance")
    terminal.sendline("tg")
    terminal.expect(r"Carol \(1002\) wants to write")
    terminal.expect("Let them write to the bot of tg")
    terminal.sendline("yes")
    terminal.expect(r"changed=1 .*failed=0")
    terminal.expect(pexpect.EOF)
    assert scene.pair()["requests"] == []


def test_09_three_who_wait_keep_the_fourth_out_until_one_is_dismissed(scene: Scene) -> None:
    for sender in CROWD[:3]:
        scene.knock(sender)
    failure = scene.refusal(wait=5)
    assert failure["code"] == "TELEGRAM_TOO_MANY_PENDING"
    assert "Dora2 (@dora2, 2002)" in failure["message"]
    scene.api.write(CROWD[3], "hello")
    assert scene.polls()
    assert scene.refusal(sender_id=str(CROWD[3].id), wait=5)["code"] == "TELEGRAM_TOO_MANY_PENDING"
    first = scene.pair()["requests"][0]
    wanted = {"request_id": first["request_id"], "state": "absent"}
    assert scene.pair("--check", **wanted)["changed"] is True
    assert len(scene.pair()["requests"]) == 3
    assert [r["name"] for r in scene.pair(**wanted)["requests"]] == ["Dora1", "Dora2"]
    assert scene.pair(**wanted)["changed"] is False
    assert scene.refusal(wait=5)["code"] == "PAIRING_AMBIGUOUS"
    assert scene.knock(CROWD[3])


def test_10_nobody_in_time_is_told_after_signs_of_life(scene: Scene) -> None:
    for request in scene.pair()["requests"]:
        scene.pair(sender_id=request["sender_id"], state="absent")
    code, text = scene.end_of(scene.play("pair_telegram", wait_timeout=11))
    assert code != 0
    assert "FAILED - RETRYING: [localhost]: Wait for a message to the bot" in text
    said = "Nobody new has written to the bot @demo_pilot_bot of 'tg' in time."
    assert said in " ".join(text.split())


def test_11_with_the_gateway_down_the_command_line_approves(scene: Scene) -> None:
    told = scene.knock(ERIN)
    scene.create(state="stopped")
    assert scene.refusal(wait=5)["code"] == "GATEWAY_UNREACHABLE"
    result = scene.pair(code=told, notify=False)
    assert (result["changed"], result["via"]) == (True, "cli")
    assert (result["request"]["sender_id"], result["requests"]) == (str(ERIN.id), [])
    assert scene.refusal(sender_id=str(ERIN.id))["code"] == "PAIRING_NO_REQUEST"


def test_12_a_wrong_token_is_one_sentence(scene: Scene) -> None:
    scene.create(telegram=scene.telegram(bot_token=WRONG), wait="live")
    assert scene.api.wait_for(lambda api: WRONG in api.refused, PATIENCE)
    failure = scene.refusal(wait=60)
    assert failure["code"] == "TELEGRAM_TOKEN_REFUSED"
    assert failure["message"].startswith("Telegram refuses the bot token of 'tg': ")


def test_13_an_unreachable_telegram_is_one_sentence_and_does_not_hold_up_the_stop(
    scene: Scene,
) -> None:
    made = scene.create(telegram=scene.telegram(api_root=NOWHERE), wait="live")
    failure = scene.refusal(wait=5)
    assert failure["code"] == "TELEGRAM_UNREACHABLE", failure
    assert failure["message"].startswith("The gateway of 'tg' does not reach Telegram")
    pid = made["instance"]["process"]["pid"]
    assert Path(f"/proc/{pid}").exists()
    # By itself it takes minutes, more than a call of a module may here: stop_timeout ends it.
    scene.create(state="stopped")
    assert not Path(f"/proc/{pid}").exists()


def test_14_a_bot_is_removed_with_its_token(scene: Scene) -> None:
    scene.create(telegram={"enabled": False}, wait="live")
    config = scene.home.config("tg")
    assert "telegram" not in json.dumps([config.get("channels"), config.get("bindings")])
    assert "telegram" not in config["plugins"]["allow"]
    assert "TELEGRAM" not in (scene.home.state_dir("tg") / ".env").read_text()
    assert scene.create(telegram={"enabled": False})["changed"] is False
    assert scene.refusal()["code"] == "TELEGRAM_OFF"


def test_15_no_token_was_ever_told(scene: Scene) -> None:
    assert len(scene.said) > 20
    assert not [text for text in scene.said if "canary" in text]
    assert scene.api.calls and not [c for c in scene.api.calls if "canary" in str(c.params)]
