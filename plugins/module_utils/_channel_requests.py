# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Senders who wait for a bot's approval, and how the bot is, in our shapes. Pure.

Private to the claw.pilot collection. Python 3.9 or later. A request is {"request_id",
"channel", "account_id", "sender_id", "name", "username", "created", "expires", "code"}: texts,
times in ISO 8601. A running gateway knows request ids and tells no codes, OpenClaw's command
line the reverse; what is not known is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ._arguments import ADOPTED_ARGUMENT, HOME_ARGUMENTS
from ._hostile import shown
from ._model import ClawPilotError
from ._summary import dig

PAIRING_ARGUMENTS: dict[str, Any] = {
    **HOME_ARGUMENTS,
    "slug": {"type": "str", "required": True},
    "adopted": ADOPTED_ARGUMENT,
    "channel": {"type": "str", "choices": ["telegram"], "default": "telegram"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "code": {"type": "str"},
    "request_id": {"type": "str"},
    "sender_id": {"type": "str"},
    "account_id": {"type": "str"},
    "wait": {"type": "int", "default": 0},
    "notify": {"type": "bool", "default": True},
    "owner": {"type": "bool", "default": False},
}
PER_ACCOUNT = 3  # requests that OpenClaw keeps for one bot; it ignores whoever writes then
LIFETIME = timedelta(hours=1)
_REFUSED = (401, 404)  # Telegram's answers to a wrong token, and to one that is none
_LONGEST = 200  # characters of a name or an id
_WAITING = "Approve one with code, request_id or sender_id, or dismiss some."

Request = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which request is meant: all that is given has to fit."""

    code: str = ""
    request_id: str = ""
    sender_id: str = ""
    account_id: str = ""

    @property
    def given(self) -> bool:
        """Whether one request is named at all."""
        return bool(self.code or self.request_id or self.sender_id)

    @property
    def words(self) -> str:
        """What is meant, for a message."""
        named = (("code", self.code), ("request_id", self.request_id), ("sender", self.sender_id))
        return " and ".join(f"{what} {value}" for what, value in named if value)

    def fits(self, request: Request) -> bool:
        return all(
            not value or request[key] == value
            for key, value in (
                ("code", self.code),
                ("request_id", self.request_id),
                ("sender_id", self.sender_id),
                ("account_id", self.account_id),
            )
        )


def from_gateway(answer: Any, channel: str) -> list[dict[str, Any]]:
    """The requests in the answer to channels.pairing.list, the oldest first."""
    listed = dig(answer, "requests")
    found = [
        _request(channel, item, item.get("senderId"), item.get("metadata"), item.get("accountId"))
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, Mapping) and item.get("channel") == channel
    ]
    return sorted(found, key=_created)


def from_command(answer: Any, channel: str) -> list[dict[str, Any]]:
    """The requests in what `openclaw pairing list CHANNEL --json` says, the oldest first."""
    listed = dig(answer, "requests")
    found = []
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, Mapping):
            meta = item.get("meta")
            sender = dig(meta, "senderId") or item.get("id")
            found.append(_request(channel, item, sender, meta, dig(meta, "accountId")))
    return sorted(found, key=_created)


def _request(
    channel: str, item: Mapping[str, Any], sender: Any, meta: Any, account: Any
) -> dict[str, Any]:
    created = _text(item.get("createdAt"))
    names = (_text(dig(meta, key)) for key in ("firstName", "lastName"))
    return {
        "request_id": _text(item.get("requestId")),
        "channel": channel,
        "account_id": _text(account) or "default",
        "sender_id": _text(sender),
        "name": " ".join(name for name in names if name),
        "username": _text(dig(meta, "username")).lstrip("@"),
        "created": created,
        "expires": _text(item.get("expiresAt")) or _expiry(created),
        "code": _text(item.get("code")),
    }


def _created(request: Request) -> str:
    return str(request["created"])


def _expiry(created: str) -> str:
    try:
        begin = datetime.fromisoformat(created.replace("Z", "+00:00"))
    except ValueError:
        return ""
    end = (begin + LIFETIME).astimezone(timezone.utc)
    return end.strftime("%Y-%m-%dT%H:%M:%S.") + f"{end.microsecond // 1000:03d}Z"


def with_codes(requests: Iterable[Request], coded: Iterable[Request]) -> list[dict[str, Any]]:
    """The gateway's requests with the codes that the command line has for the same senders."""
    codes = {_identity(request): request["code"] for request in coded}
    return [{**request, "code": codes.get(_identity(request), "")} for request in requests]


def _identity(request: Request) -> tuple[str, ...]:
    return tuple(str(request[key]) for key in ("account_id", "sender_id", "created"))


def without(requests: Iterable[Request], gone: Request) -> list[dict[str, Any]]:
    """The requests that are left after one of them."""
    return [dict(request) for request in requests if _identity(request) != _identity(gone)]


def label(request: Request) -> str:
    """Who it is, for people: Alice (@alice, 987654321)."""
    known = [f"@{request['username']}" if request["username"] else "", request["sender_id"]]
    inner = ", ".join(word for word in known if word)
    return f"{request['name']} ({inner})" if request["name"] else inner


def choose(
    requests: Sequence[Request], wanted: Wanted, joins: bool = True
) -> dict[str, Any] | None:
    """The one request that is meant, None when it is not there (yet).

    joins: it is to be there, so that no room for it matters. Raises PAIRING_AMBIGUOUS, and
    TELEGRAM_TOO_MANY_PENDING when a new sender could not get in.
    """
    found = [request for request in requests if wanted.fits(request)]
    if len(found) == 1:
        return dict(found[0])
    same = [r for r in requests if wanted.account_id in ("", r["account_id"])]
    who = "; ".join(label(request) for request in (found or same))
    if joins and _full(same) and not wanted.code and not wanted.request_id:
        raise ClawPilotError(
            "TELEGRAM_TOO_MANY_PENDING",
            f"{PER_ACCOUNT} senders wait already, and the bot ignores new ones until one of them"
            f" is approved, dismissed or an hour old: {who}.",
            _WAITING,
        )
    if found:
        raise ClawPilotError("PAIRING_AMBIGUOUS", f"Several senders wait: {who}.", _WAITING)
    return None


def _full(requests: Iterable[Request]) -> bool:
    accounts = [request["account_id"] for request in requests]
    return any(accounts.count(account) >= PER_ACCOUNT for account in accounts)


def bot_state(status: Any, channel: str) -> dict[str, Any]:
    """How the bot is, from channels.status (with probe: also its name and a fresh error).

    {"bot": "@name or empty", "connected": bool, "refused": bool (its token), "last_error": text}.
    Several accounts are one that is connected when all are.
    """
    listed = dig(status, "channelAccounts", channel)
    accounts = [
        account
        for account in (listed if isinstance(listed, list) else [])
        if isinstance(account, Mapping) and account.get("enabled") is not False
    ]
    errors = [_error(item) for item in (*accounts, dig(status, "channels", channel))]
    said = next((error for error in errors if error), "")
    names = (_text(dig(account, "probe", "bot", "username")) for account in accounts)
    name = next((name for name in names if name), "")
    codes = [dig(account, "probe", "status") for account in accounts]
    return {
        "bot": f"@{name}" if name else "",
        "connected": bool(accounts) and all(a.get("connected") is True for a in accounts),
        "refused": "unauthorized" in said.lower() or any(code in _REFUSED for code in codes),
        "last_error": said,
    }


def _error(item: Any) -> str:
    """What the item says is wrong, on one line."""
    for words in (dig(item, "probe", "error"), dig(item, "lastError")):
        if words:
            return " ".join(str(words).split())
    return ""


def trouble(name: str, bot: Mapping[str, Any]) -> ClawPilotError | None:
    """Why nobody can write to this instance's bot; None where it is connected."""
    said = str(bot["last_error"]).rstrip(".")
    if bot["connected"]:
        return None
    if bot["refused"]:
        return ClawPilotError(
            "TELEGRAM_TOKEN_REFUSED",
            f"Telegram refuses the bot token of {name!r}: {said}.",
            "Give create_instance the telegram_bot_token that BotFather shows.",
        )
    because = f": {said}." if said else "."
    return ClawPilotError(
        "TELEGRAM_UNREACHABLE",
        f"The gateway of {name!r} does not reach Telegram{because}",
        "See that the host reaches api.telegram.org, or the telegram.api_root of the instance.",
    )


def _text(value: Any) -> str:
    """A word of somebody else's, on one line and not too long: a sender is called as they like."""
    return shown(value, _LONGEST).strip() if isinstance(value, (str, int)) else ""
