# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""OpenClaw's gateway protocol 4 as text: frames in, events, answers and frames out. Pure.

Private to the claw.pilot collection. Python 3.9 or later. Drivers bring the socket: _rpc on
hosts, tests/fake_gateway.py on the other side.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

from ._gateway_error import GatewayError, hung_up, refusal
from ._model import COLLECTION_VERSION

PROTOCOL = 4
ROLE = "operator"
READ, WRITE, ADMIN = "operator.read", "operator.write", "operator.admin"
PAIRING, APPROVALS = "operator.pairing", "operator.approvals"
SCOPES = (ADMIN, READ, WRITE, APPROVALS, PAIRING)

# What a gateway asks for; it does not say so beforehand. Methods that are not here are left to it.
_METHODS = {
    "": "health",  # for everybody who is connected
    READ: "status system.info config.get config.schema agents.list sessions.list"
    " channels.status logs.tail cron.list plugins.list models.list gateway.identity.get"
    " gateway.restart.preflight",
    ADMIN: "config.patch config.set config.apply exec.approvals.get exec.approvals.set"
    " update.status plugins.install plugins.setEnabled plugins.uninstall"
    " gateway.restart.request",
    PAIRING: "device.pair.list device.pair.approve device.pair.reject device.pair.remove"
    " device.pair.rename device.token.rotate device.token.revoke channels.pairing.list"
    " channels.pairing.approve channels.pairing.dismiss",
}
SCOPE_OF = {method: scope for scope, names in _METHODS.items() for method in names.split()}


@dataclass(frozen=True)
class Client:
    """Who connects. gateway-client/backend with the token and no device is not paired."""

    id: str = "gateway-client"
    mode: str = "backend"
    display_name: str = "Claw Pilot"
    platform: str = "linux"
    device_family: str = ""
    caps: tuple[str, ...] = ()


BACKEND = Client()


@dataclass(frozen=True)
class Challenge:
    """The first frame of a gateway; ts: milliseconds since 1970. Answer: Session.connect."""

    nonce: str
    ts: int


@dataclass(frozen=True)
class Hello:
    """The connection is ready. scopes: what it may do, which can be nothing at all.

    tick_seconds: a `tick` event comes that often; max_payload: bytes of a frame;
    device_token: for a paired device, else empty.
    """

    version: str
    scopes: frozenset[str]
    methods: frozenset[str]
    events: frozenset[str]
    connection_id: str = ""
    boot_id: str = ""
    tick_seconds: float = 0.0
    max_payload: int = 0
    device_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Answer:
    """A request's result; payload: JSON data, a dict for nearly all methods."""

    id: str
    method: str
    payload: Any


@dataclass(frozen=True)
class Refusal:
    """A request's refusal; method `connect` when it was the connection itself."""

    id: str
    method: str
    error: GatewayError


@dataclass(frozen=True)
class Event:
    """seq: its number on this connection, None when it has none."""

    name: str
    payload: Any
    seq: int | None = None


@dataclass(frozen=True)
class Gap:
    """Events were lost: the next was to be number `expected`, and `received` came."""

    expected: int
    received: int


Incoming = Union[Challenge, Hello, Answer, Refusal, Event, Gap]


def device_signature_text(
    device_id: str,
    client: Client,
    scopes: Sequence[str],
    challenge: Challenge,
    token: str = "",
) -> str:
    """What a device signs with Ed25519 (UTF-8, version 3); token: the one sent in `auth`."""
    words = ("v3", device_id, client.id, client.mode, ROLE, ",".join(scopes), str(challenge.ts))
    tail = (token, challenge.nonce, _plain(client.platform), _plain(client.device_family))
    return "|".join((*words, *tail))


def _plain(text: str) -> str:
    """Trimmed, with only the letters A to Z made small: as the gateway does it."""
    return "".join(c.lower() if c.isascii() else c for c in text.strip())


def has_scope(granted: frozenset[str], scope: str) -> bool:
    """Admin may do everything, and who may write may read; the empty scope needs nothing."""
    implied = scope == READ and WRITE in granted
    return not scope or scope in granted or ADMIN in granted or implied


class Session:
    """One connection: challenged -> connect -> hello -> requests, answers and events.

    name: how messages call this gateway, as "The gateway on port 18789". state is one of
    opening, challenged, connecting, ready, refused, closed.
    """

    def __init__(
        self,
        token: str,
        scopes: Sequence[str] = SCOPES,
        client: Client = BACKEND,
        name: str = "The gateway",
    ) -> None:
        self.name = name
        self.state = "opening"
        self.hello: Hello | None = None
        self._token = token
        self._scopes = list(scopes)
        self._client = client
        self._pending: dict[str, str] = {}  # id of a request -> its method
        self._requests = 0
        self._seq: int | None = None

    def connect(self, device: Mapping[str, Any] | None = None) -> str:
        """The frame that answers the challenge.

        device: id, publicKey, signature, signedAt, nonce of a device; none for the plain client.
        """
        if self.state != "challenged":
            raise self._broken(f"cannot be greeted now: the connection is {self.state}")
        client = self._client
        who = {"id": client.id, "mode": client.mode, "platform": client.platform}
        who.update(version=COLLECTION_VERSION, displayName=client.display_name)
        if client.device_family:
            who["deviceFamily"] = client.device_family
        params: dict[str, Any] = {
            "minProtocol": PROTOCOL,
            "maxProtocol": PROTOCOL,
            "client": who,
            "role": ROLE,
            "scopes": self._scopes,
            "caps": list(client.caps),
        }
        if self._token:
            params["auth"] = {"token": self._token}
        if device is not None:
            params["device"] = dict(device)
        self.state = "connecting"
        return self._frame("connect", params)[1]

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """The id and the frame of a request; refused here when the gateway would refuse it."""
        if self.state != "ready" or self.hello is None:
            raise self._broken(f"cannot be asked now: the connection is {self.state}")
        self._check(self.hello, method)
        return self._frame(method, dict(params or {}))

    def _check(self, hello: Hello, method: str) -> None:
        if hello.methods and method not in hello.methods:
            said = f"{self.name} (OpenClaw {hello.version}) has no method {method}."
            raise GatewayError("GATEWAY_METHOD_MISSING", said)
        scope = SCOPE_OF.get(method)
        if has_scope(hello.scopes, scope) if scope is not None else hello.scopes:
            return
        said = f"{self.name} does not let this connection call {method}: it has granted "
        said += f"no {scope}." if scope else "no scope at all."
        raise GatewayError("GATEWAY_SCOPE_MISSING", said, details={"missingScope": scope or ""})

    def _frame(self, method: str, params: Mapping[str, Any]) -> tuple[str, str]:
        self._requests += 1
        number = str(self._requests)
        self._pending[number] = method
        # ASCII, so that no error of an encoder can ever hold the frame with its token.
        return number, json.dumps({"type": "req", "id": number, "method": method, "params": params})

    def forget(self, number: str) -> None:
        """Nobody waits for the answer to this request any more."""
        self._pending.pop(number, None)

    def receive(self, text: str) -> list[Incoming]:
        """What a frame says; nothing for unknown kinds and for answers nobody waits for.

        Raises GATEWAY_PROTOCOL for what is no frame of the protocol.
        """
        try:
            frame = json.loads(text)
            if not isinstance(frame, dict):
                raise self._broken("sends something that is no JSON object")
            return self._understand(frame)
        except (ValueError, RecursionError):
            raise self._broken("sends something that is not JSON") from None

    def closed(self, code: int, reason: str) -> GatewayError:
        """The error of a connection that the gateway has closed, with its words."""
        greeted, self.state = self.hello is not None, "closed"
        return hung_up(self.name, code, reason, self._token, greeted)

    def _understand(self, frame: dict[str, Any]) -> list[Incoming]:
        kind = frame.get("type")
        if kind == "event":
            return self._event(frame)
        return self._response(frame) if kind == "res" else []

    def _event(self, frame: dict[str, Any]) -> list[Incoming]:
        name, payload = frame.get("event"), frame.get("payload")
        if not isinstance(name, str):
            raise self._broken("sends an event without a name")
        if name == "connect.challenge":
            return [self._challenge(payload)] if self.state == "opening" else []
        seq = _number(frame.get("seq"))
        found: list[Incoming] = []
        if seq is not None:
            if self._seq is not None and seq > self._seq + 1:
                found.append(Gap(self._seq + 1, seq))
            self._seq = seq
        return [*found, Event(name, payload, seq)]

    def _challenge(self, payload: Any) -> Challenge:
        data = _dict(payload)
        nonce, ts = _text(data.get("nonce")), _number(data.get("ts"))
        if not nonce or ts is None:
            raise self._broken("sends a challenge without nonce or time")
        self.state = "challenged"
        return Challenge(nonce, ts)

    def _response(self, frame: dict[str, Any]) -> list[Incoming]:
        number, ok = frame.get("id"), frame.get("ok")
        if not isinstance(number, str) or not isinstance(ok, bool):
            raise self._broken("sends an answer without id or result")
        method = self._pending.pop(number, "")
        if not method:
            return []
        if not ok:
            self.state = "refused" if method == "connect" else self.state
            error = refusal(self.name, method, _dict(frame.get("error")), self._token)
            return [Refusal(number, method, error)]
        if method == "connect":
            self.hello = self._hello(frame.get("payload"))
            self.state = "ready"
            return [self.hello]
        return [Answer(number, method, frame.get("payload"))]

    def _hello(self, payload: Any) -> Hello:
        data = _dict(payload)
        if data.get("type") != "hello-ok" or data.get("protocol") != PROTOCOL:
            raise self._broken(f"does not speak protocol {PROTOCOL}")
        server, auth, policy, features = (
            _dict(data.get(key)) for key in ("server", "auth", "policy", "features")
        )
        return Hello(
            version=_text(server.get("version")),
            scopes=_words(auth.get("scopes")),
            methods=_words(features.get("methods")),
            events=_words(features.get("events")),
            connection_id=_text(server.get("connId")),
            boot_id=_text(server.get("bootId")),
            tick_seconds=(_number(policy.get("tickIntervalMs")) or 0) / 1000,
            max_payload=_number(policy.get("maxPayload")) or 0,
            device_token=_text(auth.get("deviceToken")),
        )

    def _broken(self, what: str) -> GatewayError:
        return GatewayError("GATEWAY_PROTOCOL", f"{self.name} {what}.")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    """A whole number as JavaScript has them, not negative; true is none."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53
    return value if good else None


def _words(value: Any) -> frozenset[str]:
    items = value if isinstance(value, list) else []
    return frozenset(item for item in items if isinstance(item, str))
