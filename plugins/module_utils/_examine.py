# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Ask live gateways what no file tells: whether the token works, who waits, how channels are.

Private to the claw.pilot collection. Python 3.9 or later. Never changes anything. Tokens are read
here, given to their own gateway only, and never returned.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import _rpc
from ._gateway_token import dotenv, resolved, token_of, variables_of
from ._host import Host
from ._model import ClawPilotError
from ._secrets import mask, redact_text
from ._state_files import config_of
from ._summary import dig

TIMEOUT = 5.0  # seconds for all that one gateway is asked
AT_ONCE = 16
QUESTIONS = ("device.pair.list", "channels.pairing.list", "channels.status")


def examine(
    host: Host, instances: Sequence[Mapping[str, Any]], timeout: float = TIMEOUT
) -> dict[str, dict[str, Any]]:
    """state_dir -> what its gateway says, for the instances that are live and not just starting.

    {"token": "accepted|refused|unknown", "pending_devices", "pending_pairings": numbers,
    "telegram": {"configured", "running", "connected", "last_error"} or {}, "error": a sentence
    or ""}. unknown without an error: its token is not to be had. Raises nothing for a gateway.
    """
    asked = [
        instance
        for instance in instances
        if instance["health"]["live"] and instance["state"] != "starting" and instance["state_dir"]
    ]
    if not asked:
        return {}
    with ThreadPoolExecutor(min(AT_ONCE, len(asked))) as pool:
        answers = pool.map(lambda instance: _examine(host, instance, timeout), asked)
        return {i["state_dir"]: answer for i, answer in zip(asked, answers)}


def _examine(host: Host, instance: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    seen = {
        "token": "unknown",
        "pending_devices": 0,
        "pending_pairings": 0,
        "telegram": {},
        "error": "",
    }
    config = config_of(instance).value or {}
    variables = variables_of(instance, config)
    token = token_of(config, variables) if instance["auth"]["mode"] == "token" else ""
    pid = instance["process"]["pid"] or instance["service"]["pid"]
    # Whoever else has taken the port does not get the token.
    if not token or not host.owns_listener(pid, instance["port"]):
        return seen
    try:
        seen.update(_ask(instance["port"], token, timeout))
    except ClawPilotError as error:
        refused = error.code == "GATEWAY_TOKEN_REFUSED"
        seen.update(token="refused" if refused else "unknown", error=error.message)
    bot = resolved(dig(config, "channels", "telegram", "botToken"), variables)
    return _masked(seen, frozenset((token, bot, *dotenv(instance).values())))


def _ask(port: int, token: str, timeout: float) -> dict[str, Any]:
    """The answers to our questions; error is the first refusal of one that the gateway knows."""
    deadline = time.monotonic() + timeout
    answers: dict[str, Any] = {}
    errors = []
    with _rpc.connect(port, token, timeout=timeout) as connection:
        for method in QUESTIONS:
            left = max(deadline - time.monotonic(), 0)
            try:
                answers[method] = connection.call(method, timeout=left)
            except ClawPilotError as error:
                if error.code != "GATEWAY_METHOD_MISSING":
                    errors.append(error.message)
    return {
        "token": "accepted",
        "pending_devices": _length(dig(answers, "device.pair.list", "pending")),
        "pending_pairings": _length(dig(answers, "channels.pairing.list", "requests")),
        "telegram": _telegram(answers.get("channels.status")),
        "error": errors[0] if errors else "",
    }


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _telegram(status: Any) -> dict[str, Any]:
    """Telegram as channels.status has it: connected when all of its accounts are; {} for none."""
    channel = dig(status, "channels", "telegram")
    if not isinstance(channel, Mapping):
        return {}
    listed = dig(status, "channelAccounts", "telegram")
    accounts = [
        account
        for account in (listed if isinstance(listed, list) else [])
        if isinstance(account, Mapping) and account.get("enabled") is not False
    ]
    running = bool(channel.get("running"))
    errors = [item.get("lastError") for item in (channel, *accounts)]
    return {
        "configured": bool(channel.get("configured")),
        "running": running,
        "connected": all(account.get("connected", running) for account in accounts),
        "last_error": next((" ".join(str(error).split()) for error in errors if error), ""),
    }


def _masked(seen: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """The same without a secret in what the gateway itself said."""
    seen["error"] = redact_text(mask(seen["error"], secrets))
    if seen["telegram"]:
        said = mask(seen["telegram"]["last_error"], secrets)
        seen["telegram"]["last_error"] = redact_text(said)
    return seen
