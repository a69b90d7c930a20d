# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway for fast tests: a real WebSocket server on a thread, in the words of the real one.

Its frames are recorded ones (tests/unit/fixtures/gateway), its bytes those of _frames. What it
does is asserted against the real gateway, too: tests/integration/test_rpc.py and
test_gateway_client.py run against both. What it knows of devices is in tests/fake_devices.py.
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
    upgrade: the bytes that answer the upgrade, instead of its own; silent: answers nothing;
    mute: takes requests and does not answer; tick: seconds between the ticks it speaks of;
    ticking: whether it sends them; devices: a FakeDevices.
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
    mute: bool = False
    tick: float = 30
    ticking: bool = False
    devices: Any = None
    port: int = 0
    address: str = "127.0.0.1"
    _ready: list[_Peer] = field(default_factory=list)
    connects: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)

    def __enter__(self) -> FakeGateway:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.address, self.port))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._streams: list[socket.socket] = []
        self._ready = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        if self.ticking:
            self._threads.append(threading.Thread(target=self._tick, daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for stream in (self._listener, *self._streams):
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for stream in (self._listener, *self._streams):
            stream.close()

    def stop(self) -> None:
        """As a gateway that is stopped: it says so to everybody, and hangs up."""
        self.emit("shutdown", {"reason": "gateway stopping"})
        self.push(_frames.encode(_frames.CLOSE, _frames.close_data(1012, "service restart")))
        self.__exit__()

    def restart(self) -> None:
        """The same port, other connections; what the devices are is kept."""
        self.stop()
        self.__enter__()

    def emit(self, name: str, payload: Any, lost: int = 0) -> None:
        """An event to whoever is to hear of it; lost: so many before it never arrive."""
        for peer in list(self._ready):
            peer.emit(name, payload, lost)

    def push(self, data: bytes) -> None:
        """Bytes, as they are, to everybody who is connected."""
        for peer in list(self._ready):
            peer.write(data)

    def hang_up(self, device: str) -> None:
        """On every connection of this device."""
        for peer in list(self._ready):
            peer.hang_up(device)

    def _tick(self) -> None:
        while not self._ended.wait(self.tick):
            self.emit("tick", {"ts": 1795223247664})

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                stream, _address = self._listener.accept()
                self._streams.append(stream)
                thread = threading.Thread(target=self._serve, args=(stream,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def serve_upgraded(self, stream: socket.socket, fields: dict[str, str]) -> None:
        """One connection that a web server has taken; fields: those of its request."""
        with contextlib.suppress(OSError):
            _Peer(self, stream, _upgrade(stream, fields, None) or "").serve()

    def _serve(self, stream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            forwarded = _upgraded(stream, self.upgrade)
            if forwarded is not None:
                _Peer(self, stream, forwarded).serve()
            stream.shutdown(socket.SHUT_RDWR)


def _upgraded(stream: socket.socket, answer: bytes | None) -> str | None:
    """Whom the connection is forwarded for, or empty; None when it is not upgraded."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = stream.recv(4096)
        if not more:
            return None
        head += more
    lines = head.decode("latin-1").split("\r\n")[1:]
    fields = {name: value for name, _colon, value in (line.partition(": ") for line in lines)}
    if "Sec-WebSocket-Key" not in fields:
        stream.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        return None  # somebody who looks at every port of this machine
    return _upgrade(stream, fields, answer)


def _upgrade(stream: socket.socket, fields: dict[str, str], answer: bytes | None) -> str | None:
    accept = _frames.handshake_accept(fields["Sec-WebSocket-Key"])
    own = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    stream.sendall(own.encode() if answer is None else answer)
    return fields.get("X-Forwarded-For", "") if answer is None else None


class _Peer:
    """One connection of the gateway."""

    def __init__(self, gateway: FakeGateway, stream: socket.socket, forwarded: str) -> None:
        self._gateway = gateway
        self._stream = stream
        self._forwarded = forwarded
        self._scopes: frozenset[str] = frozenset()
        self._device = ""
        self._subscribed = False
        self._seq = 0
        self._lock = threading.RLock()
        self._parser = _frames.Parser(masked=True)

    def emit(self, name: str, payload: Any, lost: int = 0) -> None:
        """The event, when this connection is one that hears of it."""
        pairing = name.startswith("device.pair.")
        if pairing and not has_scope(self._scopes, "operator.pairing"):
            return
        if name == "sessions.changed" and not self._subscribed:
            return
        with self._lock:
            self._seq += 1 + lost
            self._send({"type": "event", "event": name, "payload": payload, "seq": self._seq})

    def write(self, data: bytes) -> None:
        with contextlib.suppress(OSError), self._lock:
            self._stream.sendall(data)

    def hang_up(self, device: str) -> None:
        """When it is this device's connection."""
        if self._device == device:
            self.write(_frames.encode(_frames.CLOSE, _frames.close_data(4001, "device removed")))

    def serve(self) -> None:
        try:
            self._serve()
        finally:
            if self in self._gateway._ready:
                self._gateway._ready.remove(self)

    def _serve(self) -> None:
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
            self.write(noise)
        ask = self._connect if frame["method"] == "connect" else self._call
        try:
            payload = ask(frame["method"], frame["params"])
        except Refuse as refuse:
            error = refuse.error
            self._send({"type": "res", "id": frame["id"], "ok": False, "error": error})
            return frame["method"] != "connect" or self._close(error)
        answer = {"type": "res", "id": frame["id"], "ok": True, "payload": payload}
        if frame["method"] == "connect":
            with self._lock:  # whoever knows the hello is one of those who hear of events
                self._gateway._ready.append(self)
                self._send(answer)
        elif not self._gateway.mute:
            self._send(answer)
        return True

    def _connect(self, _method: str, params: dict[str, Any]) -> Any:
        gateway = self._gateway
        gateway.connects.append(params)
        if gateway.starting:
            gateway.starting -= 1
            raise Refuse({**recorded("connect-starting"), "retryAfterMs": 10})
        granted, issued = self._admitted(params)
        self._scopes = frozenset(granted)
        hello = recorded("hello-ok")
        hello["auth"]["scopes"] = granted
        if issued:
            hello["auth"]["deviceToken"] = issued
        hello["policy"]["tickIntervalMs"] = int(gateway.tick * 1000)
        hello["features"]["methods"] += list(gateway.methods)
        return hello

    def _admitted(self, params: dict[str, Any]) -> tuple[list[str], str]:
        """The scopes and, for a paired device, its token."""
        gateway = self._gateway
        if "device" in params and gateway.devices is not None:
            self._device = params["device"]["id"]
            return gateway.devices.admitted(gateway, params, self._forwarded)
        token = params.get("auth", {}).get("token", "")
        if token != gateway.token:
            raise Refuse(recorded("connect-token-mismatch" if token else "connect-without-token"))
        asked = [] if self._forwarded else params["scopes"]
        return asked if gateway.scopes is None else gateway.scopes, ""

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
        self._subscribed = self._subscribed or method == "sessions.subscribe"
        if method == "sessions.create":
            self._gateway.emit("sessions.changed", {"sessionKey": params["key"]})
        return found(params) if isinstance(found, Callable) else found

    def _close(self, error: dict[str, Any]) -> bool:
        starting = error["code"] == "UNAVAILABLE"
        code, reason = (1013, "gateway starting") if starting else (1008, error["message"])
        self.write(_frames.encode(_frames.CLOSE, _frames.close_data(code, reason)))
        return False

    def _send(self, frame: dict[str, Any]) -> None:
        """The frame in fragments and writes of `piece` bytes."""
        data, piece = json.dumps(frame).encode(), self._gateway.piece
        parts = [data[at : at + piece] for at in range(0, len(data), piece)]
        with contextlib.suppress(OSError), self._lock:
            for index, part in enumerate(parts):
                opcode = _frames.CONTINUATION if index else _frames.TEXT
                self._stream.sendall(_frames.encode(opcode, part, final=index == len(parts) - 1))


CHALLENGE = {"nonce": "5e0a7a3c-0b6e-4d1c-9d0a-0f3b8d1c2e4f", "ts": 1795223255000}
METHODS: dict[str, Any] = {
    "health": {"ok": True, "ts": 1795223247664, "durationMs": 29},
    "device.pair.list": recorded("devices-list.pending"),
    "sessions.subscribe": {"subscribed": True},
    "sessions.create": lambda params: {"ok": True, "key": params["key"]},
    "config.get": {"exists": True, "valid": True, "hash": "9a1c", "issues": [], "warnings": []},
}
