# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway for fast tests: a real WebSocket server on a thread, in the words of the real one.

Its frames are recorded ones (tests/unit/fixtures/gateway), its bytes those of _frames. What it
does is asserted against the real gateway, too: tests/integration/test_rpc.py runs against both.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils import _frames
from ansible_collections.claw.pilot.plugins.module_utils._gateway import SCOPE_OF, has_scope

RECORDED = Path(__file__).parent / "unit" / "fixtures" / "gateway"


def recorded(name: str) -> Any:
    """A frame, an error or a payload that a real gateway has sent."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class Refuse(Exception):
    """A method's refusal; error: as in a gateway's answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.error = error


@dataclass
class FakeGateway:
    """`with FakeGateway(token) as gateway:` serves on gateway.port until the end of the block.

    methods: payload, Refuse or a function of the parameters, by method; starting: so many
    requests (connect first) are refused because it starts; piece: bytes of a write and of a
    fragment; noise: frames before each answer; scopes: granted whatever is asked for;
    upgrade: the bytes that answer the upgrade, instead of its own; silent: answers nothing.
    connects, requests, pongs: what came in.
    """

    token: str = "fake-gateway-token"
    methods: dict[str, Any] = field(default_factory=dict)
    starting: int = 0
    piece: int = 1 << 20
    noise: list[bytes] = field(default_factory=list)
    scopes: list[str] | None = None
    upgrade: bytes | None = None
    silent: bool = False
    address: str = "127.0.0.1"
    connects: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)

    def __enter__(self) -> FakeGateway:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.bind((self.address, 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._streams: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        for stream in (self._listener, *self._streams):
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for stream in (self._listener, *self._streams):
            stream.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                stream, _address = self._listener.accept()
                self._streams.append(stream)
                thread = threading.Thread(target=self._serve, args=(stream,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, stream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if _upgraded(stream, self.upgrade):
                _Peer(self, stream).serve()
            stream.shutdown(socket.SHUT_RDWR)


def _upgraded(stream: socket.socket, answer: bytes | None) -> bool:
    head = b""
    while b"\r\n\r\n" not in head:
        more = stream.recv(4096)
        if not more:
            return False
        head += more
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    accept = _frames.handshake_accept(fields["Sec-WebSocket-Key"])
    own = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    stream.sendall(own.encode() if answer is None else answer)
    return answer is None


class _Peer:
    """One connection of the gateway."""

    def __init__(self, gateway: FakeGateway, stream: socket.socket) -> None:
        self._gateway = gateway
        self._stream = stream
        self._scopes: frozenset[str] = frozenset()
        self._parser = _frames.Parser(masked=True)

    def serve(self) -> None:
        if self._gateway.silent:
            self._stream.recv(1)
            return
        self._send({"type": "event", "event": "connect.challenge", "payload": CHALLENGE})
        while True:
            data = self._stream.recv(1 << 16)
            for message in self._parser.feed(data):
                if message.opcode == _frames.CLOSE or not self._take(message):
                    return
            if not data:
                return

    def _take(self, message: _frames.Message) -> bool:
        """Answer a message; False when that ends the connection."""
        if message.opcode == _frames.PONG:
            self._gateway.pongs.append(message.data)
        if message.opcode != _frames.TEXT:
            return True
        frame = json.loads(message.text)
        for noise in self._gateway.noise:
            self._stream.sendall(noise)
        answer = self._connect if frame["method"] == "connect" else self._call
        try:
            payload = answer(frame["method"], frame["params"])
        except Refuse as refuse:
            error = refuse.error
            self._send({"type": "res", "id": frame["id"], "ok": False, "error": error})
            return frame["method"] != "connect" or self._close(error)
        self._send({"type": "res", "id": frame["id"], "ok": True, "payload": payload})
        return True

    def _connect(self, _method: str, params: dict[str, Any]) -> Any:
        gateway = self._gateway
        gateway.connects.append(params)
        if gateway.starting:
            gateway.starting -= 1
            raise Refuse({**recorded("connect-starting"), "retryAfterMs": 10})
        token = params.get("auth", {}).get("token", "")
        if token != gateway.token:
            raise Refuse(recorded("connect-token-mismatch" if token else "connect-without-token"))
        granted = params["scopes"] if gateway.scopes is None else gateway.scopes
        self._scopes = frozenset(granted)
        hello = recorded("hello-ok")
        hello["auth"]["scopes"] = granted
        hello["features"]["methods"] += list(gateway.methods)
        return hello

    def _call(self, method: str, params: dict[str, Any]) -> Any:
        self._gateway.requests.append((method, params))
        scope = SCOPE_OF.get(method, "operator.admin")
        if not has_scope(self._scopes, scope):
            error = recorded("missing-scope")
            details = {**error["details"], "missingScope": scope, "requiredScopes": [scope]}
            raise Refuse({**error, "message": f"missing scope: {scope}", "details": details})
        if method not in {**METHODS, **self._gateway.methods}:
            raise Refuse({**recorded("unknown-method"), "message": f"unknown method: {method}"})
        found = {**METHODS, **self._gateway.methods}[method]
        if isinstance(found, Refuse):
            raise found
        return found(params) if isinstance(found, Callable) else found

    def _close(self, error: dict[str, Any]) -> bool:
        starting = error["code"] == "UNAVAILABLE"
        code, reason = (1013, "gateway starting") if starting else (1008, error["message"])
        self._stream.sendall(_frames.encode(_frames.CLOSE, _frames.close_data(code, reason)))
        return False

    def _send(self, frame: dict[str, Any]) -> None:
        """The frame in fragments and writes of `piece` bytes."""
        data, piece = json.dumps(frame).encode(), self._gateway.piece
        parts = [data[at : at + piece] for at in range(0, len(data), piece)]
        for index, part in enumerate(parts):
            opcode = _frames.CONTINUATION if index else _frames.TEXT
            self._stream.sendall(_frames.encode(opcode, part, final=index == len(parts) - 1))


CHALLENGE = {"nonce": "5e0a7a3c-0b6e-4d1c-9d0a-0f3b8d1c2e4f", "ts": 1795223255000}
METHODS: dict[str, Any] = {
    "health": {"ok": True, "ts": 1795223247664, "durationMs": 29},
    "device.pair.list": recorded("devices-list.pending"),
    "config.get": {"exists": True, "valid": True, "hash": "9a1c", "issues": [], "warnings": []},
}
