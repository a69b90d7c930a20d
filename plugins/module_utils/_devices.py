# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Devices of a gateway: what device.pair.list says of them, and which one is meant. Pure.

Private to the claw.pilot collection. Python 3.9 or later. No key and no token is in any result:
only what is named here is taken. Names are the devices' own words, so they are made printable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ._model import ClawPilotError

LIFETIME = 300  # seconds that the gateway keeps a request
MATCHED = ("name", "client_id", "role")
_WHO = ("device_id", "name", "client_id", "client_mode", "platform")
_LONGEST = 200  # characters of a text

Data = dict[str, Any]


@dataclass(frozen=True)
class Inbox:
    """The devices of a gateway: pending requests and paired devices (docs/pairing.md)."""

    pending: tuple[Data, ...] = ()
    paired: tuple[Data, ...] = ()

    def request(self, request_id: str) -> Data | None:
        return next((one for one in self.pending if one["request_id"] == request_id), None)

    def request_of(self, device_id: str) -> Data | None:
        return next((one for one in self.pending if one["device_id"] == device_id), None)

    def device(self, device_id: str) -> Data | None:
        return next((one for one in self.paired if one["device_id"] == device_id), None)

    def has(self, device_id: str, roles: Iterable[str], scopes: Iterable[str]) -> bool:
        """Whether that device is paired with at least those scopes and, not revoked, roles."""
        device = self.device(device_id)
        if device is None:
            return False
        open_roles = {token["role"] for token in device["tokens"]}
        return set(roles) <= open_roles and not beyond(scopes, device["scopes"])


@dataclass(frozen=True)
class Selector:
    """Which device is meant: by one of these, or a request with the device that it has to be of.

    match: of MATCHED, all that are given must fit.
    """

    request_id: str = ""
    device_id: str = ""
    match: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        given = {"request_id": self.request_id, "device_id": self.device_id, **self.match}
        return "with " + ", ".join(f"{key} {word!r}" for key, word in given.items() if word)


def inbox(payload: Any, now_ms: int) -> Inbox:
    """The answer to device.pair.list in our shapes, the oldest request first."""
    data = payload if isinstance(payload, Mapping) else {}
    raw = {_text(one.get("deviceId")): one for one in _dicts(data.get("paired"))}
    pending = [
        _pending(one, raw.get(_text(one.get("deviceId"))), now_ms)
        for one in _dicts(data.get("pending"))
    ]
    return Inbox(
        tuple(sorted(pending, key=lambda one: -int(one["age_seconds"]))),
        tuple(_paired(one) for one in raw.values()),
    )


def _pending(request: Mapping[str, Any], device: Mapping[str, Any] | None, now_ms: int) -> Data:
    age = max(now_ms - _milliseconds(request.get("ts"), now_ms), 0) // 1000
    return {
        "kind": "pending",
        "request_id": _text(request.get("requestId")),
        **_who(request),
        "role": _text(request.get("role")),
        "roles": _roles(request),
        "requested_scopes": _words(request.get("scopes")),
        "approved_scopes": _words(device.get("scopes")) if device else [],
        "why": _why(request, device),
        "remote_address": _text(request.get("remoteIp")),
        "age_seconds": age,
        # The time since it was first made. A device that asks again lives on beyond it.
        "seconds_left": max(LIFETIME - age, 0),
    }


def _why(request: Mapping[str, Any], device: Mapping[str, Any] | None) -> str:
    """As OpenClaw itself tells them apart: a role whose token is revoked is not approved."""
    if device is None:
        return "new"
    tokens = device.get("tokens")
    approved = set(_roles(device))
    if isinstance(tokens, list):
        approved &= {token["role"] for token in _tokens(tokens)}
    if not set(_roles(request)) <= approved:
        return "role-upgrade"
    if beyond(_words(request.get("scopes")), _words(device.get("scopes"))):
        return "scope-upgrade"
    return "repair"


def _paired(device: Mapping[str, Any]) -> Data:
    return {
        "kind": "paired",
        **_who(device),
        "roles": _roles(device),
        "scopes": _words(device.get("scopes")),
        "approved_via": _text(device.get("approvedVia")),
        "last_seen": _iso(device.get("lastSeenAtMs")),
        "connected": device.get("connected") is True,
        "tokens": _tokens(device.get("tokens")),
    }


def _who(given: Mapping[str, Any]) -> Data:
    """Who it says it is; a name that the operator gave wins over its own."""
    return {
        "device_id": _text(given.get("deviceId")),
        "name": _text(given.get("operatorLabel")) or _text(given.get("displayName")),
        "client_id": _text(given.get("clientId")),
        "client_mode": _text(given.get("clientMode")),
        "platform": _text(given.get("platform")),
    }


def _roles(given: Mapping[str, Any]) -> list[str]:
    return sorted({*_words(given.get("roles")), _text(given.get("role"))} - {""})


def _tokens(given: Any) -> list[Data]:
    """The tokens that still open; created: when this one was made, by approval or rotation."""
    return [
        {
            "role": _text(token.get("role")),
            "scopes": _words(token.get("scopes")),
            "created": _iso(token.get("rotatedAtMs") or token.get("createdAtMs")),
        }
        for token in _dicts(given)
        if not token.get("revokedAtMs")
    ]


def beyond(requested: Iterable[str], limit: Iterable[str]) -> list[str]:
    """The requested scopes that are not in the limit, word by word: admin stands for itself."""
    return sorted(set(requested) - set(limit))


def approved(request: Data, device: Data | None) -> Data:
    """The device as it will be once this request of it is approved."""
    base = device or {
        **{key: request[key] for key in _WHO},
        "kind": "paired",
        "roles": [],
        "scopes": [],
        "approved_via": "owner",
        "last_seen": "",
        "connected": False,
        "tokens": [],
    }
    roles = sorted({*base["roles"], *request["roles"]})
    return {
        **base,
        "roles": roles,
        "scopes": sorted({*base["scopes"], *request["requested_scopes"]}),
    }


def matching(devices: Iterable[Data], match: Mapping[str, str]) -> list[Data]:
    """Those that fit all of the match (keys of MATCHED)."""
    return [
        one
        for one in devices
        if all(
            word in one["roles"] if key == "role" else one[key] == word
            for key, word in match.items()
        )
    ]


def find_request(box: Inbox, selector: Selector) -> Data | None:
    """The pending request that is meant, None for none. Raises DEVICE_AMBIGUOUS."""
    if selector.request_id:
        found = box.request(selector.request_id)
        return found if found and selector.device_id in ("", found["device_id"]) else None
    return _only(_candidates(box.pending, selector), selector, "pending requests")


def find_device(box: Inbox, selector: Selector) -> Data | None:
    """The paired device that is meant, None for none. Raises DEVICE_AMBIGUOUS."""
    if selector.request_id and not selector.device_id:
        return None
    return _only(_candidates(box.paired, selector), selector, "paired devices")


def _candidates(devices: Iterable[Data], selector: Selector) -> list[Data]:
    if selector.device_id:
        return [one for one in devices if one["device_id"] == selector.device_id]
    return matching(devices, selector.match)


def _only(found: Sequence[Data], selector: Selector, what: str) -> Data | None:
    if len(found) > 1:
        names = ", ".join(f"{one['name'] or '-'} ({_id(one)})" for one in found)
        raise ClawPilotError(
            "DEVICE_AMBIGUOUS",
            f"There are {len(found)} {what} {selector}: {names}.",
            "Name one of them by its request_id or its device_id.",
        )
    return found[0] if found else None


def _id(one: Data) -> str:
    return str(one.get("request_id") or one["device_id"])


def check_scopes(request: Data, limit: Sequence[str] | None) -> None:
    """Raises SCOPES_TOO_WIDE when the request asks for more than the limit; None is no limit."""
    more = [] if limit is None else beyond(request["requested_scopes"], limit)
    if more:
        raise ClawPilotError(
            "SCOPES_TOO_WIDE",
            f"The request {request['request_id']} of {request['name'] or request['device_id']}"
            f" asks for more than is allowed: {', '.join(more)}.",
            "Allow these scopes, or reject the request and let the device ask for less.",
        )


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _words(value: Any) -> list[str]:
    items = value if isinstance(value, list) else []
    return sorted({_text(item) for item in items} - {""})


def _text(value: Any) -> str:
    """On one line, printable, not too long: it is shown in terminals."""
    text = value[:_LONGEST] if isinstance(value, str) else ""
    return "".join(c for c in text if unicodedata.category(c)[0] not in "CZ" or c == " ").strip()


def _milliseconds(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _iso(value: Any) -> str:
    """Milliseconds since 1970 as 2026-11-21T07:00:00Z, '' for what is no such time."""
    seconds = _milliseconds(value, 0) // 1000
    if not 0 < seconds < 1 << 35:
        return ""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
