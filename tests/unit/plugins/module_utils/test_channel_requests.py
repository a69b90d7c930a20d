# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for a bot, from what a real gateway and a real `openclaw pairing` have answered."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._channel_requests import (
    Wanted,
    bot_state,
    choose,
    from_command,
    from_gateway,
    label,
    trouble,
    with_codes,
    without,
)
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

ALICE = {
    "request_id": "bo6yvyauswK0xlzRXimFUeCKEToXE2pU",
    "channel": "telegram",
    "account_id": "default",
    "sender_id": "987654321",
    "name": "Alice",
    "username": "alice",
    "created": "2026-11-21T08:45:44.913Z",
    "expires": "2026-11-21T09:45:44.913Z",
    "code": "",
}
LISTED = {
    "accounts": [{"channel": "telegram", "accountId": "default", "notifySupported": True}],
    "requests": [
        {
            "requestId": "bo6yvyauswK0xlzRXimFUeCKEToXE2pU",
            "channel": "telegram",
            "channelLabel": "Telegram",
            "accountId": "default",
            "senderId": "987654321",
            "senderLabel": "telegramUserId",
            "metadata": {"username": "alice", "firstName": "Alice"},
            "createdAt": "2026-11-21T08:45:44.913Z",
            "lastSeenAt": "2026-11-21T08:45:44.913Z",
            "expiresAt": "2026-11-21T09:45:44.913Z",
            "notifySupported": True,
        }
    ],
    "limits": {"pendingPerAccount": 3, "ttlMs": 3600000},
}
PRINTED = {
    "channel": "telegram",
    "requests": [
        {
            "id": "987654321",
            "code": "5JQJEGRR",
            "createdAt": "2026-11-21T08:45:44.913Z",
            "lastSeenAt": "2026-11-21T08:45:44.913Z",
            "meta": {"username": "alice", "firstName": "Alice", "accountId": "default"},
        }
    ],
}
REFUSED = (
    'Telegram bot token unauthorized for account "default" (getMe returned 401 from Telegram;'
    " source: config token). Update channels.telegram.botToken."
)


def people(count: int) -> list[dict[str, Any]]:
    """So many who wait, each with ids of their own."""
    names = ("request_id", "sender_id", "code", "name", "username")
    return [{**ALICE, **{key: f"{key}-{n}" for key in names}} for n in range(count)]


def status(**account: Any) -> dict[str, Any]:
    accounts = [{"accountId": "default", "enabled": True, **account}]
    return {"channels": {"telegram": {}}, "channelAccounts": {"telegram": accounts}}


def refusal(requests: list[dict[str, Any]], **wanted: str) -> ClawPilotError:
    with pytest.raises(ClawPilotError) as caught:
        choose(requests, Wanted(**wanted))
    return caught.value


def test_a_gateway_and_the_command_line_tell_of_the_same_request() -> None:
    assert from_gateway(LISTED, "telegram") == [ALICE]
    printed = {**ALICE, "request_id": "", "code": "5JQJEGRR"}
    assert from_command(PRINTED, "telegram") == [printed]
    assert with_codes([ALICE], [printed]) == [{**ALICE, "code": "5JQJEGRR"}]
    assert with_codes([ALICE], people(1)) == [ALICE]


@pytest.mark.parametrize("answer", [None, {}, {"requests": 1}, {"requests": [1, None]}])
def test_an_answer_without_requests_has_none(answer: Any) -> None:
    assert from_gateway(answer, "telegram") == from_command(answer, "telegram") == []


def test_requests_of_other_channels_are_left_alone() -> None:
    other = {"requests": [{**LISTED["requests"][0], "channel": "discord"}]}  # type: ignore[dict-item]
    assert from_gateway(other, "telegram") == []


def test_requests_are_sorted_by_their_age_and_a_bad_date_has_no_end() -> None:
    first = {"id": "1", "code": "A", "createdAt": "2026-11-21T08:00:00.000Z"}
    bad = {"id": "2", "code": "B", "createdAt": "yesterday"}
    found = from_command({"requests": [bad, first]}, "telegram")
    assert [(r["sender_id"], r["expires"], r["account_id"]) for r in found] == [
        ("1", "2026-11-21T09:00:00.000Z", "default"),
        ("2", "", "default"),
    ]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, "Alice (@alice, 987654321)"),
        ({"username": ""}, "Alice (987654321)"),
        ({"name": ""}, "@alice, 987654321"),
        ({"name": "", "username": ""}, "987654321"),
    ],
)
def test_a_sender_is_named_by_what_is_known(known: dict[str, str], words: str) -> None:
    assert label({**ALICE, **known}) == words


@pytest.mark.parametrize("key", ["request_id", "sender_id", "code"])
def test_the_one_that_is_meant_is_chosen(key: str) -> None:
    requests = people(3)
    assert choose(requests, Wanted(**{key: f"{key}-1"})) == requests[1]


def test_all_that_is_given_has_to_fit() -> None:
    assert choose(people(2), Wanted(request_id="request_id-0", sender_id="sender_id-1")) is None
    assert choose(people(2), Wanted(sender_id="sender_id-0", account_id="other")) is None
    assert choose([], Wanted(sender_id="1")) is None


def test_the_only_one_is_chosen_when_nobody_is_named() -> None:
    assert choose([ALICE], Wanted()) == ALICE
    assert choose([], Wanted()) is None


def test_several_are_not_guessed_between() -> None:
    error = refusal(people(2))
    assert error.code == "PAIRING_AMBIGUOUS"
    assert "name-0 (@username-0, sender_id-0); name-1" in error.message


def test_three_who_wait_keep_a_new_sender_out() -> None:
    for wanted in ({}, {"sender_id": "new"}):
        error = refusal(people(3), **wanted)
        assert error.code == "TELEGRAM_TOO_MANY_PENDING"
        assert "name-2 (@username-2, sender_id-2)" in error.message


def test_three_who_wait_keep_nobody_out_who_has_a_code() -> None:
    assert choose(people(3), Wanted(code="WRONG")) is None
    assert choose(people(3), Wanted(request_id="gone")) is None


def test_three_who_wait_do_not_matter_to_one_who_is_to_go() -> None:
    assert choose(people(3), Wanted(sender_id="new"), joins=False) is None
    assert choose(people(3), Wanted(sender_id="sender_id-2"), joins=False) == people(3)[2]


def test_three_who_wait_for_different_bots_are_not_too_many() -> None:
    two, other = people(2), {**ALICE, "account_id": "other"}
    assert choose([*two, other], Wanted(sender_id="new")) is None
    assert choose([*two, other], Wanted(account_id="other")) == other


def test_one_who_was_answered_is_left_out() -> None:
    requests = people(2)
    assert without(requests, requests[0]) == [requests[1]]


def test_a_bot_that_is_connected_has_no_trouble() -> None:
    bot = bot_state(status(connected=True, probe={"bot": {"username": "acme_bot"}}), "telegram")
    assert bot == {"bot": "@acme_bot", "connected": True, "refused": False, "last_error": ""}
    assert trouble("acme", bot) is None


@pytest.mark.parametrize(
    "account",
    [
        {"lastError": REFUSED},
        {"lastError": REFUSED, "probe": {"ok": False, "status": 401, "error": "Unauthorized"}},
        {"probe": {"ok": False, "status": 404, "error": "Not Found"}},
    ],
)
def test_a_refused_token_is_told_from_the_rest(account: dict[str, Any]) -> None:
    error = trouble("acme", bot_state(status(**account), "telegram"))
    assert error is not None and error.code == "TELEGRAM_TOKEN_REFUSED"
    assert error.message.startswith("Telegram refuses the bot token of 'acme': ")


def test_an_unreachable_telegram_is_told_in_the_gateways_words() -> None:
    said = "Telegram transport attempts are cooling down; retry after 8401ms"
    account = {"connected": False, "probe": {"ok": False, "status": None, "error": said}}
    error = trouble("acme", bot_state(status(**account), "telegram"))
    assert error is not None and error.code == "TELEGRAM_UNREACHABLE"
    assert error.message == f"The gateway of 'acme' does not reach Telegram: {said}."


@pytest.mark.parametrize("answer", [None, {}, status()])
def test_a_bot_of_which_nothing_is_known_is_not_connected(answer: Any) -> None:
    bot = bot_state(answer, "telegram")
    assert bot == {"bot": "", "connected": False, "refused": False, "last_error": ""}
    error = trouble("acme", bot)
    assert error is not None and error.message == "The gateway of 'acme' does not reach Telegram."


def test_accounts_that_are_off_do_not_count() -> None:
    both = status(connected=True)
    both["channelAccounts"]["telegram"].append({"enabled": False, "connected": False})
    assert bot_state(both, "telegram")["connected"] is True
    both["channelAccounts"]["telegram"].append({"enabled": True, "connected": False})
    assert bot_state(both, "telegram")["connected"] is False
