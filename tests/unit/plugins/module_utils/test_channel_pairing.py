# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is approved and dismissed: by a fake gateway's protocol, or a stand-in command line."""

from __future__ import annotations

import copy
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _channel_doors, _channel_pairing
from ansible_collections.claw.pilot.plugins.module_utils._channel_pairing import pair
from ansible_collections.claw.pilot.plugins.module_utils._channel_requests import (
    PAIRING_ARGUMENTS,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

from tests.fake_gateway import FakeGateway, Refuse
from tests.unit.observed import HEALTHY

from .test_channel_requests import LISTED, PRINTED, status

BOT_TOKEN = "123456:canary-bot-token"
GONE = Refuse({"code": "INVALID_REQUEST", "message": "pending DM access request no longer exists"})
APPROVED = {"senderId": "987654321", "notification": "sent", "commandOwnerBootstrap": "configured"}
REQUEST = {"channel": "telegram", "accountId": "default"}
REQUEST["requestId"] = LISTED["requests"][0]["requestId"]  # type: ignore[index]
# What `openclaw` prints, by its second word; its arguments are kept in a file beside it.
COMMAND = """
import json, pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
with (here / "said.jsonl").open("a") as stream:
    stream.write(json.dumps(sys.argv[1:]) + "\\n")
code, text = json.loads((here / "answers.json").read_text())[sys.argv[2]]
print(text)
sys.exit(code)
"""
UNKNOWN = '[openclaw] Reason: No pending pairing request found for code "WRONG". Run openclaw'


class World:
    """An instance with a gateway that runs or not, and an installed command line."""

    def __init__(self, folder: Path, gateway: FakeGateway) -> None:
        self.folder = folder
        self.gateway = gateway
        self.prefix = folder / "prefix"
        self.state = folder / ".openclaw-acme"
        (self.state / "state").mkdir(parents=True)
        self.instance: dict[str, Any] = copy.deepcopy(HEALTHY)
        self.instance.update(
            openclaw_home=str(folder),
            state_dir=str(self.state),
            config_path=str(self.state / "openclaw.json"),
            port=gateway.port,
            telegram={"enabled": True, "bot": "", "token": "reference"},
        )
        self.instance["process"]["pid"] = os.getpid()  # the fake gateway is a thread of it
        self.configure()
        secrets = f"TOKEN={gateway.token}\nTELEGRAM_BOT_TOKEN={BOT_TOKEN}\n"
        (self.state / ".env").write_text(secrets)
        version = str(self.instance["openclaw_version"])
        place = self.prefix / "openclaw" / version
        place.mkdir(parents=True)
        self.entry = place / "entry.py"
        self.entry.write_text(COMMAND)
        runtime = {"node": sys.executable, "entry": str(self.entry), "openclaw_version": version}
        (place / "runtime.json").write_text(json.dumps(runtime))
        self.answers(list=(0, json.dumps(PRINTED)))

    def configure(self, **telegram: Any) -> None:
        config = {"gateway": {"auth": {"token": "${TOKEN}"}}, "channels": {"telegram": telegram}}
        (self.state / "openclaw.json").write_text(json.dumps(config))

    def answers(self, **answers: tuple[int, str]) -> None:
        """What the command line prints and ends with, by its verb."""
        self.entry.with_name("answers.json").write_text(json.dumps(answers))

    def said(self) -> list[list[str]]:
        """What the command line was told."""
        file = self.entry.with_name("said.jsonl")
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def stop(self) -> None:
        self.instance["process"]["pid"] = self.instance["service"]["pid"] = 0

    def pair(self, check: bool = False, **options: Any) -> dict[str, Any]:
        defaults = {name: option.get("default") for name, option in PAIRING_ARGUMENTS.items()}
        given = {"slug": "acme", "openclaw_home": str(self.folder), "prefix": str(self.prefix)}
        return pair({**defaults, **given, **options}, check)

    def asked(self, verb: str) -> list[dict[str, Any]]:
        """The parameters of the gateway's calls of channels.pairing.VERB."""
        method = f"channels.pairing.{verb}"
        return [params for name, params in self.gateway.requests if name == method]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Alice waits for the bot of a gateway that runs."""
    methods: dict[str, Any] = {
        "channels.pairing.list": LISTED,
        "channels.pairing.approve": APPROVED,
        "channels.pairing.dismiss": {"senderId": "987654321"},
        "channels.status": status(connected=True, probe={"bot": {"username": "acme_bot"}}),
    }
    with FakeGateway(methods=methods) as gateway:
        made = World(tmp_path, gateway)
        monkeypatch.setattr(_channel_pairing, "find_one", lambda *_arguments: made.instance)
        yield made


def nobody(world: World) -> None:
    """Nobody waits."""
    world.gateway.methods["channels.pairing.list"] = {**LISTED, "requests": []}
    world.answers(list=(0, json.dumps({**PRINTED, "requests": []})))


def refusal(world: World, **options: Any) -> ClawPilotError:
    with pytest.raises(ClawPilotError) as caught:
        world.pair(**options)
    assert "canary" not in repr(caught.value.as_dict())
    return caught.value


def test_nobody_is_approved_who_is_not_named(world: World) -> None:
    result = world.pair()
    assert [request["name"] for request in result["requests"]] == ["Alice"]
    assert (result["changed"], result["approved"], result["request"]) == (False, False, {})
    assert result["via"] == "rpc" and not world.asked("approve") and not world.said()
    assert result["instance"] == {
        "slug": "acme",
        "openclaw_home": str(world.folder),
        "port": world.gateway.port,
        "state": "running",
    }


@pytest.mark.parametrize("wanted", [{"sender_id": "987654321"}, {"request_id": "bo6"}])
def test_a_sender_is_approved_by_the_gateway(world: World, wanted: dict[str, str]) -> None:
    wanted = {key: REQUEST["requestId"] if key == "request_id" else v for key, v in wanted.items()}
    result = world.pair(**wanted)
    assert world.asked("approve") == [{**REQUEST, "notify": True, "bootstrapCommandOwner": False}]
    assert (result["changed"], result["approved"], result["requests"]) == (True, True, [])
    assert (result["notification"], result["owner"]) == ("sent", "configured")
    assert [r["name"] for r in result["diff"]["before"]["pending"]] == ["Alice"]


def test_a_code_is_looked_up_by_the_command_line_and_approved_by_the_gateway(world: World) -> None:
    result = world.pair(code=" 5jqjegrr", owner=True, notify=False)
    assert world.said() == [["pairing", "list", "--json", "--", "telegram"]]
    assert world.asked("approve") == [{**REQUEST, "notify": False, "bootstrapCommandOwner": True}]
    assert (result["changed"], result["request"]["code"]) == (True, "5JQJEGRR")
    assert len(world.gateway.connects) == 2  # one that was silent so long may be gone


def test_check_mode_only_looks(world: World) -> None:
    result = world.pair(check=True, sender_id="987654321")
    assert (result["changed"], result["approved"], result["requests"]) == (True, True, [])
    assert not world.asked("approve")


def test_a_request_is_dismissed(world: World) -> None:
    result = world.pair(sender_id="987654321", state="absent")
    assert world.asked("dismiss") == [REQUEST] and not world.asked("approve")
    assert (result["changed"], result["approved"], result["requests"]) == (True, False, [])


def test_what_is_not_there_needs_no_dismissal(world: World) -> None:
    nobody(world)
    result = world.pair(sender_id="987654321", state="absent")
    assert (result["changed"], result["approved"]) == (False, False)


def test_one_who_does_not_wait_is_told_that_nobody_knows_whom_openclaw_has_approved(
    world: World,
) -> None:
    nobody(world)
    error = refusal(world, sender_id="987654321")
    assert error.code == "PAIRING_NO_REQUEST"
    assert error.message.startswith("No sender of 'acme' waits with sender 987654321: ")
    assert "OpenClaw tells nobody whom it has approved" in error.hint
    assert "whom it has approved" in refusal(world, sender_id="1", wait=0.05).hint


def test_three_who_wait_are_no_trouble_for_one_who_is_in_or_to_go(world: World) -> None:
    one = LISTED["requests"][0]  # type: ignore[index]
    crowd = [{**one, "senderId": str(number)} for number in range(3)]
    world.gateway.methods["channels.pairing.list"] = {**LISTED, "requests": crowd}
    assert refusal(world, sender_id="987654321").code == "TELEGRAM_TOO_MANY_PENDING"
    assert world.pair(sender_id="987654321", state="absent", wait=60)["changed"] is False
    world.configure(allowFrom=["987654321"])
    assert world.pair(sender_id="987654321", wait=60)["approved"] is True


def test_one_whom_the_config_lets_in_is_no_change(world: World) -> None:
    nobody(world)
    world.configure(allowFrom=[987654321, "1"])
    assert world.pair(sender_id="987654321")["approved"] is True


def test_a_code_that_nobody_has_is_refused(world: World) -> None:
    error = refusal(world, code="WRONG")
    assert error.code == "PAIRING_NO_REQUEST"
    assert error.message.startswith("No sender of 'acme' waits with code WRONG: ")
    assert refusal(world, code="WRONG", wait=60).code == "PAIRING_NO_REQUEST"


def test_of_two_approvers_the_second_is_told_that_somebody_else_was_faster(world: World) -> None:
    world.gateway.methods["channels.pairing.approve"] = GONE
    error = refusal(world, sender_id="987654321")
    assert (error.code, error.message) == (
        "PAIRING_NO_REQUEST",
        "No sender of 'acme' waits any more: somebody else has answered Alice (@alice, 987654321).",
    )
    world.configure(allowFrom=["987654321"])
    for wanted in ({"code": "5JQJEGRR"}, {"request_id": REQUEST["requestId"]}):
        result = world.pair(**wanted)
        assert (result["changed"], result["approved"], result["requests"]) == (False, True, [])


def test_of_two_who_dismiss_the_second_changes_nothing(world: World) -> None:
    world.gateway.methods["channels.pairing.dismiss"] = GONE
    result = world.pair(sender_id="987654321", state="absent")
    assert (result["changed"], result["approved"], result["requests"]) == (False, False, [])


def test_a_message_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_channel_pairing, "POLL_SECONDS", 0.01)
    answers = [{**LISTED, "requests": []}, LISTED]
    world.gateway.methods["channels.pairing.list"] = lambda _params: answers.pop(0)
    result = world.pair(wait=60)
    assert (result["request"]["name"], result["bot"]["bot"]) == ("Alice", "@acme_bot")
    assert (result["changed"], result["approved"]) == (False, False)
    assert not world.asked("approve")


def test_nobody_in_time_is_a_timeout_that_names_the_bot(world: World) -> None:
    nobody(world)
    error = refusal(world, wait=0.05)
    assert error.code == "TELEGRAM_PAIRING_TIMEOUT"
    assert error.message == "Nobody new has written to the bot @acme_bot of 'acme' in time."


def test_a_refused_token_is_not_waited_out(world: World) -> None:
    said = f"Unauthorized: {BOT_TOKEN}"
    world.gateway.methods["channels.status"] = status(probe={"status": 401, "error": said})
    error = refusal(world, wait=600)
    assert error.code == "TELEGRAM_TOKEN_REFUSED"
    assert world.pair()["bot"]["last_error"] == "Unauthorized: ********"
    (world.state / ".env").write_text(f"TOKEN={world.gateway.token}\n")
    world.configure(botToken=BOT_TOKEN)  # as others may have it: in the config
    assert world.pair()["bot"]["last_error"] == "Unauthorized: ********"


def test_an_unreachable_telegram_is_told_after_the_wait(world: World) -> None:
    nobody(world)
    world.gateway.methods["channels.status"] = status(connected=False, lastError="timed out")
    error = refusal(world, wait=0.05)
    assert (error.code, error.message) == (
        "TELEGRAM_UNREACHABLE",
        "The gateway of 'acme' does not reach Telegram: timed out.",
    )


def test_a_bot_that_pairs_with_nobody_is_told(world: World) -> None:
    world.gateway.methods["channels.pairing.list"] = {"accounts": [], "requests": []}
    assert refusal(world, wait=600).code == "TELEGRAM_WITHOUT_PAIRING"
    assert world.pair()["requests"] == []


def test_an_instance_without_a_bot_is_told(world: World) -> None:
    world.instance["telegram"]["enabled"] = False
    assert refusal(world).code == "TELEGRAM_OFF"


def test_whoever_else_has_the_port_does_not_get_the_token(world: World) -> None:
    world.instance["process"]["pid"] = world.instance["service"]["pid"] = 2**22 + 1
    assert world.pair()["via"] == "cli"
    assert not world.gateway.connects


def test_a_gateway_that_is_not_quite_up_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_channel_doors, "POLL_SECONDS", 0.01)
    answers = [None, None, True]
    monkeypatch.setattr(Host, "owns_listener", lambda *_arguments: answers.pop(0))
    world.instance["health"] = {"live": False, "ready": False, "failing": []}
    assert world.pair()["via"] == "rpc" and not answers


def test_with_the_gateway_down_the_command_line_lists_with_codes(world: World) -> None:
    world.stop()
    result = world.pair()
    assert [(r["code"], r["request_id"]) for r in result["requests"]] == [("5JQJEGRR", "")]
    assert result["via"] == "cli" and not world.gateway.connects


@pytest.mark.parametrize("wanted", [{"code": "5JQJEGRR"}, {"sender_id": "987654321"}])
def test_with_the_gateway_down_the_command_line_approves(
    world: World, wanted: dict[str, str]
) -> None:
    world.stop()
    printed = "Approved telegram sender 987654321.\nCommand owner configured telegram:987654321"
    world.answers(list=(0, json.dumps(PRINTED)), approve=(0, printed))
    result = world.pair(**wanted)
    words = ["pairing", "approve", "--account=default", "--notify", "--", "telegram", "5JQJEGRR"]
    assert world.said()[1] == words
    assert (result["changed"], result["approved"]) == (True, True)
    assert (result["notification"], result["owner"]) == ("sent", "configured")


def test_the_command_line_may_fail_to_tell_the_sender(world: World) -> None:
    world.stop()
    listed = (0, json.dumps(PRINTED))
    world.answers(list=listed, approve=(0, "Approved.\nFailed to notify requester: timeout"))
    result = world.pair(code="5JQJEGRR")
    assert (result["notification"], result["owner"]) == ("failed", "already-configured")
    assert world.pair(code="5JQJEGRR", notify=False)["notification"] == "not-requested"


def test_a_code_that_the_command_line_does_not_know_any_more(world: World) -> None:
    world.stop()
    world.answers(list=(0, json.dumps(PRINTED)), approve=(1, UNKNOWN))
    assert refusal(world, code="5JQJEGRR").code == "PAIRING_NO_REQUEST"


@pytest.mark.parametrize("answer", [(1, f"boom {BOT_TOKEN}"), (0, "not { json")])
def test_a_command_line_that_fails_is_told_without_secrets(
    world: World, answer: tuple[int, str]
) -> None:
    world.stop()
    world.answers(list=answer)
    assert refusal(world).code == "PAIRING_COMMAND_FAILED"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"wait": 1}, "so its bot answers nobody"),
        ({"sender_id": "1", "state": "absent"}, "so no request can be dismissed"),
        ({"request_id": "x"}, "so a request has no id: name it by its code or sender_id"),
    ],
)
def test_what_takes_a_running_gateway_is_told(
    world: World, options: dict[str, Any], words: str
) -> None:
    world.stop()
    error = refusal(world, **options)
    assert error.code == "GATEWAY_UNREACHABLE" and words in error.message
    assert not world.said()
