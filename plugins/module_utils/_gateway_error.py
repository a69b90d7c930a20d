# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a gateway's refusals mean, as errors without secrets. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._model import ClawPilotError
from ._secrets import mask, mask_all

_LONGEST_WORDS = 500  # characters of the gateway's own words in a message
_DEFAULT_WAIT = 0.5  # seconds, for a gateway that wants to be asked again and does not say when

_COMING_BACK = (1012, 1013)  # WebSocket: service restart, try again later

_HINTS = {
    "GATEWAY_METHOD_MISSING": "Another version of OpenClaw may have it; see the tested version.",
    "GATEWAY_PROTOCOL": "See what listens on that port, and which version of OpenClaw it is.",
    "GATEWAY_REFUSED": "The sentence is the gateway's own; its log may say more.",
    "GATEWAY_SCOPE_MISSING": "Connect with the gateway token, directly on loopback: a proxy or"
    " an unknown client is given fewer scopes.",
    "GATEWAY_TIMEOUT": "See the gateway's log; raise the timeout for a slow host.",
    "GATEWAY_TOKEN_REFUSED": "Compare it with the instance's gateway token. A gateway whose"
    " ${VAR} for the token is not set makes up a new one at every start.",
    "GATEWAY_UNREACHABLE": "Start the instance, or correct the port.",
    "PAIRING_REQUIRED": "Approve the pending request of this device, then try again.",
}
# Refused connects that are about the secret. The rest of AUTH_* is about limits and scopes.
_TOKEN_WORDS = (
    "AUTH_REQUIRED AUTH_UNAUTHORIZED AUTH_TOKEN_MISSING AUTH_TOKEN_MISMATCH"
    " AUTH_TOKEN_NOT_CONFIGURED AUTH_PASSWORD_MISSING AUTH_PASSWORD_MISMATCH"
    " AUTH_DEVICE_TOKEN_MISMATCH"
)
_CODES = {
    **dict.fromkeys(_TOKEN_WORDS.split(), "GATEWAY_TOKEN_REFUSED"),
    "PAIRING_REQUIRED": "PAIRING_REQUIRED",
    "MISSING_SCOPE": "GATEWAY_SCOPE_MISSING",
    "PROTOCOL_MISMATCH": "GATEWAY_PROTOCOL",
}


class GatewayError(ClawPilotError):
    """A gateway's refusal, or what is wrong with the connection. No secret is in it.

    gateway_code: the gateway's own code (INVALID_REQUEST ...); details: its details, a dict;
    retry_after: seconds after which it wants to be asked again, None when it does not.
    """

    def __init__(
        self,
        code: str,
        message: str,
        gateway_code: str = "",
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message, _HINTS[code])
        self.gateway_code = gateway_code
        self.details = dict(details or {})
        self.retry_after = retry_after

    @property
    def details_code(self) -> str:
        """What it is about: AUTH_TOKEN_MISMATCH, PAIRING_REQUIRED, MISSING_SCOPE ..."""
        return _text(self.details.get("code"))

    @property
    def request_id(self) -> str:
        """The pending pairing request that this refusal has made, or empty."""
        return _text(self.details.get("requestId"))


def refusal(name: str, method: str, error: Mapping[str, Any], secret: str) -> GatewayError:
    """The error of a refused request, in the gateway's words, with the secret masked.

    name: how messages call the gateway; error: `error` of its answer.
    """
    plain = mask_all(dict(error), frozenset((secret,)))
    details = plain["details"] if isinstance(plain.get("details"), dict) else {}
    words = _in_words(_text(plain.get("message"))) or "no reason given"
    code = _CODES.get(_text(details.get("code")), "GATEWAY_REFUSED")
    if not secret and _text(details.get("code")) == "DEVICE_IDENTITY_REQUIRED":
        code = "GATEWAY_TOKEN_REFUSED"  # what a gateway says to a client without any token
    if words == f"unknown method: {method}":
        code = "GATEWAY_METHOD_MISSING"
    return GatewayError(
        code,
        f"{name} refused {method}: {words}.",
        gateway_code=_text(plain.get("code")),
        details=details,
        retry_after=_wait(plain),
    )


def hung_up(name: str, code: int, reason: str, secret: str, greeted: bool) -> GatewayError:
    """The error of a closed connection; code: WebSocket's; greeted: whether it was ready.

    Before that, a gateway that restarts wants to be asked again.
    """
    words = _in_words(mask(reason, frozenset((secret,)))) or "no reason given"
    return GatewayError(
        "GATEWAY_UNREACHABLE",
        f"{name} closed the connection: {words} ({code}).",
        retry_after=_DEFAULT_WAIT if code in _COMING_BACK and not greeted else None,
    )


def _in_words(text: str) -> str:
    """Somebody else's sentence as a part of ours: on one line, not too long, no full stop."""
    return " ".join(text.split())[:_LONGEST_WORDS].rstrip(".")


def _wait(error: Mapping[str, Any]) -> float | None:
    if error.get("retryable") is not True or error.get("code") != "UNAVAILABLE":
        return None
    wait = error.get("retryAfterMs")
    if isinstance(wait, (int, float)) and 0 <= wait < 1e9:
        return wait / 1000
    return _DEFAULT_WAIT


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
