# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Wait for, approve and dismiss those who write to an instance's bot.

Private to the claw.pilot collection. Python 3.9 or later. How is _channel_doors's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ._channel_doors import POLL_SECONDS, Door, Gone, Instance, Params, Request, door
from ._channel_requests import Wanted, choose, label, trouble, without
from ._facts import find_one
from ._gateway_token import dotenv, gateway_token, resolved, variables_of
from ._host import Host
from ._model import ClawPilotError
from ._secrets import mask
from ._state_files import config_of
from ._summary import dig

_WRITE_AGAIN = (
    "One who has been approved may write already: OpenClaw tells nobody whom it has approved."
    " Anybody else writes to the bot once more, which answers with a new code."
)


def pair(params: Params, check_mode: bool, host: Host | None = None) -> dict[str, Any]:
    """The result of the openclaw_pairing module for these options."""
    host = host or Host()
    instance = find_one(params, host)
    if not instance["telegram"]["enabled"]:
        raise ClawPilotError(
            "TELEGRAM_OFF",
            f"{params['slug']!r} has no Telegram bot.",
            "Give create_instance a telegram_bot_token.",
        )
    secrets = _secrets(instance, params["channel"])
    try:
        with door(host, instance, params) as way:
            result = _Pairing(instance, params, way).result(check_mode)
    except ClawPilotError as error:
        raise ClawPilotError(error.code, mask(error.message, secrets), error.hint) from None
    result["bot"]["last_error"] = mask(result["bot"]["last_error"], secrets)
    return result


def _secrets(instance: Instance, channel: str) -> frozenset[str]:
    """What a gateway or the command line may repeat in their words, and nobody is to see."""
    config = config_of(instance).value or {}
    token = dig(config, "channels", channel, "botToken")
    bot = resolved(token, variables_of(instance, config))
    return frozenset((*dotenv(instance).values(), gateway_token(instance), bot))


class _Pairing:
    """One run of the module on one instance."""

    def __init__(self, instance: Instance, params: Params, way: Door) -> None:
        self._instance = instance
        self._way = way
        self._params = params
        self._approves = bool(params["state"] == "present")
        self._wanted = Wanted(
            code=_plain(params["code"]).upper(),
            request_id=_plain(params["request_id"]),
            sender_id=_plain(params["sender_id"]),
            account_id=_plain(params["account_id"]),
        )
        # Whoever has a code or an id has a request: these are not waited for.
        waits = self._approves and not self._wanted.code and not self._wanted.request_id
        self._seconds = float(params["wait"]) if waits else 0.0

    def result(self, check_mode: bool) -> dict[str, Any]:
        """Look, wait where asked to, and answer the request that is meant."""
        dismisses = self._wanted.given and not self._approves
        self._way.check(self._wanted, bool(self._seconds), dismisses)
        bot = self._way.bot(probe=bool(self._seconds))
        self._check_token(bot)
        pending, request = self._look()
        result = self._seen(pending, request, bot)
        if request is None:
            return {**result, "approved": self._settled()}
        if not self._wanted.given:
            return result
        return {**result, **self._answered(pending, request, check_mode)}

    def _check_token(self, bot: Mapping[str, Any]) -> None:
        """A wrong token is not waited out."""
        if not self._seconds:
            return
        error = trouble(self._instance["slug"], bot)
        if isinstance(error, ClawPilotError) and error.code == "TELEGRAM_TOKEN_REFUSED":
            raise error

    def _look(self) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Who waits, and the one who is meant, None when that one is not there."""
        deadline = time.monotonic() + self._seconds
        while True:
            pending = self._way.requests(self._wanted)
            there = any(self._wanted.fits(request) for request in pending)
            if self._approves and not there and self._lets_in(self._wanted.sender_id):
                return pending, None
            chosen = None
            if self._wanted.given or self._seconds:
                chosen = choose(pending, self._wanted, joins=self._approves)
            if chosen is not None or time.monotonic() >= deadline or not self._way.pairs:
                return pending, chosen
            time.sleep(POLL_SECONDS)

    def _settled(self) -> bool:
        """Whether the sender who does not wait is let in; raises why not, if that was wanted."""
        if not self._wanted.given and not self._seconds:
            return False
        if not self._approves or self._lets_in(self._wanted.sender_id):
            return self._approves
        slug = self._instance["slug"]
        if not self._way.pairs:
            raise ClawPilotError(
                "TELEGRAM_WITHOUT_PAIRING",
                f"The bot of {slug!r} pairs with nobody: its dm_policy is another one.",
                "Have create_instance set telegram.dm_policy to pairing.",
            )
        if self._seconds:
            raise self._timeout()
        why = "it is wrong, more than an hour old, or has been answered"
        raise self._no_request(f"waits with {self._wanted.words}: {why}")

    def _no_request(self, why: str) -> ClawPilotError:
        return ClawPilotError(
            "PAIRING_NO_REQUEST", f"No sender of {self._instance['slug']!r} {why}.", _WRITE_AGAIN
        )

    def _timeout(self) -> ClawPilotError:
        slug, bot = self._instance["slug"], self._way.bot(probe=True)
        name = f" {bot['bot']}" if bot["bot"] else ""
        return trouble(slug, bot) or ClawPilotError(
            "TELEGRAM_PAIRING_TIMEOUT",
            f"Nobody new has written to the bot{name} of {slug!r} in time.",
            f"With a longer timeout there is more time to. {_WRITE_AGAIN}",
        )

    def _answered(
        self, pending: list[dict[str, Any]], request: Request, check_mode: bool
    ) -> dict[str, Any]:
        """What changes in the result by approving or dismissing the request."""
        try:
            answer = {} if check_mode else self._answer(request)
        except Gone:
            return self._gone(pending, request)
        left = without(pending, request)
        return {
            **answer,
            "changed": True,
            "approved": self._approves,
            "requests": left,
            "diff": {"before": {"pending": pending}, "after": {"pending": left}},
        }

    def _gone(self, pending: list[dict[str, Any]], request: Request) -> dict[str, Any]:
        """It was answered in this moment, and nobody tells how: only a dismissal is settled."""
        if self._approves and not self._lets_in(request["sender_id"]):
            raise self._no_request(f"waits any more: somebody else has answered {label(request)}")
        return {"requests": without(pending, request), "approved": self._approves}

    def _answer(self, request: Request) -> dict[str, str]:
        if self._approves:
            return self._way.approve(request, self._params["notify"], self._params["owner"])
        self._way.dismiss(request)
        return {}

    def _seen(
        self, pending: list[dict[str, Any]], request: Request | None, bot: Mapping[str, Any]
    ) -> dict[str, Any]:
        instance = self._instance
        return {
            "changed": False,
            "approved": False,
            "requests": pending,
            "request": dict(request or {}),
            "bot": dict(bot),
            "via": self._way.via,
            "instance": {key: instance[key] for key in ("slug", "openclaw_home", "port", "state")},
        }

    def _lets_in(self, sender: str) -> bool:
        """Whether the config says that this sender may write to the bot.

        Whom OpenClaw has approved, no command and no call of a gateway tells.
        """
        if not sender:
            return False
        config = config_of(self._instance).value or {}
        named = dig(config, "channels", self._params["channel"], "allowFrom")
        listed = [str(entry) for entry in named] if isinstance(named, list) else []
        return sender in listed


def _plain(value: Any) -> str:
    return str(value or "").strip()
