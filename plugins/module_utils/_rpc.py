# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Call a gateway on this host's loopback, with nothing installed: blocking, with time limits.

Private to the claw.pilot collection. Python 3.9 or later. What is said is _gateway's, how it is
put into bytes is _frames's; here are only the socket and the clock. The token goes to whatever
listens on the port: whoever calls has to know that it is the gateway.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from . import _frames, _gateway
from ._frames import FrameError
from ._gateway import Answer, Challenge, Hello, Incoming, Refusal, Session
from ._gateway_error import GatewayError

TIMEOUT = 10.0  # seconds
ADDRESSES = ("127.0.0.1", "::1")  # a gateway on loopback listens on both
STARTING = "startup-sidecars"  # why a gateway that starts refuses requests for a while
LONGEST_WAIT = 2.0  # seconds between two tries
SHORTEST_WAIT = 0.01
_CHUNK = 256 * 1024
_T = TypeVar("_T")


def call(
    port: int,
    token: str,
    method: str,
    params: Mapping[str, Any] | None = None,
    timeout: float = TIMEOUT,
) -> Any:
    """The payload of one request on a connection of its own; timeout: seconds for all of it.

    Raises GatewayError, as connect() and Connection.call() do.
    """
    deadline = time.monotonic() + timeout
    with connect(port, token, timeout=timeout) as connection:
        return connection.call(method, params, max(deadline - time.monotonic(), 0))


@contextlib.contextmanager
def connect(
    port: int,
    token: str,
    scopes: Sequence[str] = _gateway.SCOPES,
    timeout: float = TIMEOUT,
) -> Iterator[Connection]:
    """A connection to the gateway on this port; timeout: seconds to connect, and for each call.

    A gateway that is starting is waited for. Raises GATEWAY_UNREACHABLE, GATEWAY_PROTOCOL,
    GATEWAY_TOKEN_REFUSED, PAIRING_REQUIRED, GATEWAY_REFUSED, GATEWAY_TIMEOUT.
    """
    name = f"The gateway on port {port}"
    connection = _again(
        lambda deadline: _open(port, Session(token, scopes, name=name), deadline, timeout),
        lambda error: error.retry_after,
        timeout,
    )
    try:
        yield connection
    finally:
        connection.close()


class Connection:
    """An open connection. An error of the connection closes it; a refused request does not."""

    def __init__(self, stream: socket.socket, session: Session, timeout: float) -> None:
        self._stream: socket.socket | None = stream
        self._session = session
        self._timeout = timeout
        self._parser = _frames.Parser()
        self._early = b""  # what came together with the answer to the upgrade

    @property
    def hello(self) -> Hello:
        """What the gateway said of itself and of this connection."""
        hello = self._session.hello
        if hello is None:  # connect() hands out greeted connections only
            raise AssertionError("not greeted")
        return hello

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> Any:
        """The payload of a request; timeout: seconds, else those of the connection.

        A request that is refused because the gateway is starting is repeated. Raises
        GATEWAY_REFUSED, GATEWAY_METHOD_MISSING, GATEWAY_SCOPE_MISSING, GATEWAY_TIMEOUT,
        GATEWAY_PROTOCOL, GATEWAY_UNREACHABLE.
        """
        return _again(
            lambda deadline: self._call(method, params, deadline),
            lambda error: error.retry_after if error.details.get("reason") == STARTING else None,
            self._timeout if timeout is None else timeout,
        )

    def close(self) -> None:
        """Say good-bye and hang up; nothing when that has been done."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.settimeout(0.1)
                self._stream.sendall(_frame(_frames.CLOSE, _frames.close_data(1000)))
            self._stream.close()
            self._stream = None

    def _call(self, method: str, params: Mapping[str, Any] | None, deadline: float) -> Any:
        _number, frame = self._session.request(method, params)
        with self._closed_by_errors(f"answer {method}"):
            item = self._ask(frame, deadline)
        if isinstance(item, Refusal):
            raise item.error
        return item.payload

    def _ask(self, frame: str, deadline: float) -> Answer | Refusal:
        self._send(frame, deadline)
        for item in self._incoming(deadline):
            if isinstance(item, (Answer, Refusal)):  # one request at a time: it is for this one
                return item
        raise AssertionError("what comes in has no end but an error")

    def greet(self, authority: str, deadline: float) -> None:
        """From an open socket to hello: upgrade, challenge, connect."""
        with self._closed_by_errors("say hello"):
            self._upgrade(authority, deadline)
            for item in self._incoming(deadline):
                if isinstance(item, Challenge):
                    self._send(self._session.connect(), deadline)
                elif isinstance(item, Refusal):
                    raise item.error
                elif isinstance(item, Hello):
                    return

    def _upgrade(self, authority: str, deadline: float) -> None:
        key = _frames.handshake_key(os.urandom(16))
        self._write(_frames.handshake_request(authority, key), deadline)
        data, end = b"", 0
        while not end:
            more = self._timed(deadline).recv(_CHUNK)
            if not more:
                raise FrameError("It hangs up.")
            data += more
            end = _frames.handshake_end(data, key)
        self._early = data[end:]

    def _incoming(self, deadline: float) -> Iterator[Incoming]:
        """Whatever comes, one by one: a refusal and the close behind it may arrive together.

        Pings are answered on the way. Without end: an error of the connection ends it.
        """
        while True:
            data, self._early = self._early, b""
            for message in self._parser.feed(data):
                if message.opcode == _frames.TEXT:
                    yield from self._session.receive(message.text)
                elif message.opcode == _frames.PING:
                    self._write(_frame(_frames.PONG, message.data), deadline)
                elif message.opcode == _frames.CLOSE:
                    raise self._session.closed(message.code, message.text)
            self._early = self._timed(deadline).recv(_CHUNK)
            if not self._early:
                raise ConnectionResetError("it hangs up")

    def _send(self, text: str, deadline: float) -> None:
        self._write(_frame(_frames.TEXT, text.encode("utf-8")), deadline)

    def _write(self, data: bytes, deadline: float) -> None:
        self._timed(deadline).sendall(data)

    def _timed(self, deadline: float) -> socket.socket:
        """The socket, for not longer than the deadline."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout
        if self._stream is None:
            raise ConnectionResetError("the connection is closed")
        self._stream.settimeout(left)
        return self._stream

    @contextlib.contextmanager
    def _closed_by_errors(self, task: str) -> Iterator[None]:
        """Errors of the socket and of the bytes as GatewayError, and the connection closed."""
        name = self._session.name
        try:
            yield
            return
        except GatewayError as error:
            found = error
        except FrameError as error:
            found = GatewayError("GATEWAY_PROTOCOL", f"{name} is none. {error.message}")
        except socket.timeout:
            found = GatewayError("GATEWAY_TIMEOUT", f"{name} did not {task} in time.")
        except OSError as error:
            found = GatewayError("GATEWAY_UNREACHABLE", f"{name} did not {task}: {error}.")
        self.close()
        raise found


def _open(port: int, session: Session, deadline: float, timeout: float) -> Connection:
    stream, authority = _dial(port, session.name, deadline)
    connection = Connection(stream, session, timeout)
    connection.greet(authority, deadline)
    return connection


def _dial(port: int, name: str, deadline: float) -> tuple[socket.socket, str]:
    """A socket to the port, and what a URL calls that address."""
    for address in ADDRESSES:
        left = max(deadline - time.monotonic(), SHORTEST_WAIT)
        try:
            stream = socket.create_connection((address, port), timeout=left)
        except socket.timeout:
            raise GatewayError("GATEWAY_TIMEOUT", f"{name} did not answer in time.") from None
        except OSError:
            continue
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return stream, f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    raise GatewayError("GATEWAY_UNREACHABLE", f"Nothing listens on port {port} of the loopback.")


def _again(
    task: Callable[[float], _T], wait_of: Callable[[GatewayError], float | None], timeout: float
) -> _T:
    """What the task returns; it is repeated after the errors that wait_of gives seconds for.

    task: takes the deadline on the monotonic clock.
    """
    deadline = time.monotonic() + timeout
    refused = ""
    while True:
        try:
            return task(deadline)
        except GatewayError as error:
            wait = wait_of(error)
            late = bool(refused) and error.code == "GATEWAY_TIMEOUT"
            if wait is None and not late:
                raise
            refused = refused if late else error.message
        pause = min(max(wait or 0, SHORTEST_WAIT), LONGEST_WAIT)
        if late or time.monotonic() + pause >= deadline:
            said = f"{refused} It was asked again and again for {timeout:g} s."
            raise GatewayError("GATEWAY_TIMEOUT", said)
        time.sleep(pause)


def _frame(opcode: int, data: bytes) -> bytes:
    return _frames.encode(opcode, data, os.urandom(4))
