# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One browser's connection: what it wants, and a loop that sends what is new of that."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...plugins.module_utils._model import ClawPilotError
from ..doors.rights import CHANNELS
from ..doors.who import Who, demand
from .channels import Channel, Fleet, Job, Jobs, Logs
from .fragments import VIEWS
from .frames import Frame
from .hub import Hub

PING_EVERY = 20.0  # seconds
PACE = 0.05  # seconds between two rounds, so that a chatty log is sent in pieces
MOST_CHANNELS = 40
MOST_LINES = 5000
MOST_IDS = 5000
GOING_AWAY = 1001
POLICY = 1008
TRY_LATER = 1013


class Socket(Protocol):
    """What is used of simple_websocket.Server."""

    event: threading.Event

    @property
    def connected(self) -> bool: ...
    @property
    def sock(self) -> Any: ...
    def receive(self, timeout: float | None = None) -> str | bytes | None: ...
    def close(self, reason: int | None = None, message: str | None = None) -> None: ...


class Connection:
    """ws: its event is our bell as well; packed: whether frames may be compressed.

    allowed: whether it is still logged in, asked again with every ping; asks: who it is.
    """

    def __init__(
        self, ws: Socket, hub: Hub, packed: bool, allowed: Callable[[], bool], asks: Who
    ) -> None:
        self.whose = asks.key
        self._asks = asks
        self._ws = ws
        self._hub = hub
        self._packed = packed
        self._allowed = allowed
        self._name = uuid.uuid4().hex
        self._channels: dict[tuple[str, str], Channel] = {}
        self._lock = threading.Lock()
        self._ping_at = time.monotonic() + PING_EVERY

    def ring(self) -> None:
        """Something may be new. Any thread."""
        self._ws.event.set()

    def job_changed(self, job_id: str) -> None:
        """Any thread."""
        with self._lock:
            channels = list(self._channels.values())
        if [one for one in channels if one.job_changed(job_id)]:
            self.ring()

    def look(self) -> None:
        """Tell the monitor what this browser looks at. Any thread."""
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            channel.look(self._name)

    def check_soon(self) -> None:
        """Look whether it is still logged in. Any thread."""
        self._ping_at = 0.0
        self.ring()

    def run(self) -> None:
        """Serve the browser until it goes, or we do. Raises ConnectionClosed, OSError."""
        if not self._hub.join(self):
            self._ws.close(TRY_LATER, "There are too many.")
            return
        try:
            while not self._hub.stopping.is_set():
                self._ws.event.wait(max(0.0, self._ping_at - time.monotonic()))
                self._receive()  # clears the bell
                self._send_new()
                if time.monotonic() >= self._ping_at and not self._still_welcome():
                    return
                self._hub.stopping.wait(PACE)
            self._ws.close(GOING_AWAY, "The dashboard stops.")
        finally:
            self._hub.leave(self)
            self._hub.services.monitor.look_away(self._name)
            for channel in self._channels.values():
                channel.close()
            self._ws.sock.finish()

    def _still_welcome(self) -> bool:
        if not self._allowed():
            self._ws.close(POLICY, "Logged out.")
            return False
        self._send(Frame.of("ping", {}))
        self._ping_at = time.monotonic() + PING_EVERY
        return True

    def _send_new(self) -> None:
        for (kind, one), channel in list(self._channels.items()):
            try:
                for frame in channel.frames():
                    self._send(frame)
            except ClawPilotError as error:
                self._drop(kind, one)
                self._refuse(error, kind, one)

    def _send(self, frame: Frame) -> None:
        self._ws.sock.send(frame.packed if self._packed else frame.plain)

    def _receive(self) -> None:
        while (message := self._ws.receive(timeout=0)) is not None:
            kind = one = ""
            try:
                type_, payload = parse(message)
                kind, one = str(payload.get("channel", "")), str(payload.get("id", ""))
                if type_ == "subscribe":
                    self._subscribe(kind, one, payload)
                elif type_ == "unsubscribe":
                    self._drop(kind, one)
                elif type_ != "pong":
                    raise malformed(f"there is no message {type_[:40]!r}")
            except ClawPilotError as error:
                self._refuse(error, kind, one)

    def _subscribe(self, kind: str, one: str, payload: Mapping[str, Any]) -> None:
        self._drop(kind, one)
        if len(self._channels) >= MOST_CHANNELS:
            raise malformed("this connection has too many subscriptions")
        channel = self._make(kind, one, payload)
        with self._lock:
            self._channels[kind, one] = channel
        channel.look(self._name)

    def _drop(self, kind: str, one: str) -> None:
        with self._lock:
            channel = self._channels.pop((kind, one), None)
        if channel:
            channel.close()

    def _make(self, kind: str, one: str, payload: Mapping[str, Any]) -> Channel:
        if kind not in CHANNELS:
            raise malformed(f"there is no channel {kind[:40]!r}")
        demand(CHANNELS[kind], self._asks)
        if kind == "fleet":
            ids = payload.get("ids")
            wanted = None if ids is None else these(ids)
            return Fleet(self._hub, self._since(payload), view(payload), wanted)
        if kind == "instance":
            only = frozenset({self._line(one)["id"]})
            return Fleet(self._hub, self._since(payload), view(payload), only)
        if kind == "logs":
            lines = number(payload, "lines", 1000, MOST_LINES)
            return Logs(self._hub, self._line(one), lines, self.ring, self.whose)
        if kind == "job":
            return Job(self._hub, one, number(payload, "after", 0))
        return Jobs(self._hub)

    def _since(self, payload: Mapping[str, Any]) -> int | None:
        """The version that the browser has; None when that is of an earlier dashboard."""
        given = number(payload, "since", 0) if payload.get("since") is not None else None
        return None if given is None or given > self._hub.services.live.version else given

    def _line(self, one: str) -> Mapping[str, Any]:
        line = self._hub.services.live.line(one)
        if line is None:
            raise ClawPilotError(
                "INSTANCE_NOT_FOUND",
                "There is no instance with this id any more.",
                "Go back to the overview.",
            )
        return line

    def _refuse(self, error: ClawPilotError, kind: str, one: str) -> None:
        self._send(Frame.of("error", {**error.as_dict(), "channel": kind[:40], "id": one[:80]}))


def parse(message: str | bytes) -> tuple[str, dict[str, Any]]:
    """The type and the payload of a message. Raises MESSAGE_INVALID."""
    try:
        given = json.loads(message)
    except (ValueError, RecursionError):
        raise malformed("it is no JSON") from None
    type_ = given.get("type") if isinstance(given, dict) else None
    payload = given.get("payload") or {} if isinstance(given, dict) else None
    if not isinstance(type_, str) or not isinstance(payload, dict):
        raise malformed("it is no object with type and payload")
    return type_, payload


def malformed(why: str) -> ClawPilotError:
    return ClawPilotError(
        "MESSAGE_INVALID",
        f"The message on the WebSocket is not understood: {why}.",
        "The messages are in docs/api.md.",
    )


def view(payload: Mapping[str, Any]) -> str:
    wanted = payload.get("view") or ""
    if wanted and wanted not in VIEWS:
        raise malformed(f"view is one of {', '.join(VIEWS)}")
    return str(wanted)


def these(ids: Any) -> frozenset[str]:
    if not isinstance(ids, list) or len(ids) > MOST_IDS:
        raise malformed(f"ids is a list of at most {MOST_IDS}")
    return frozenset(map(str, ids))


def number(payload: Mapping[str, Any], name: str, default: int, most: int = 1 << 53) -> int:
    value = payload.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise malformed(f"{name} is a whole number up to {most}")
    return value
