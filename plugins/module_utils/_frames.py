# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""WebSocket (RFC 6455) as bytes: handshake text, frames out, messages in. Pure: no sockets.

Private to the claw.pilot collection. Python 3.9 or later. Randomness (keys, masks) is given in.
No extensions and no subprotocols: nothing of the kind is asked for, so none may come.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ._model import ClawPilotError

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
NO_STATUS = 1005  # the code of a close frame that has none
MAX_MESSAGE = 32 * 1024 * 1024  # bytes; the gateway itself stops at 25 MiB
MAX_HEAD = 16 * 1024  # bytes of an HTTP answer's head

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_HINT = "See what listens on that port: it does not speak as an OpenClaw gateway does."


class FrameError(ClawPilotError):
    """GATEWAY_PROTOCOL: the other side does not keep to RFC 6455."""

    def __init__(self, message: str) -> None:
        super().__init__("GATEWAY_PROTOCOL", message, _HINT)


@dataclass(frozen=True)
class Message:
    """A whole message. text: of a TEXT, or the reason of a CLOSE; code: of a CLOSE, else 0."""

    opcode: int
    data: bytes
    text: str = ""
    code: int = 0


def handshake_key(nonce: bytes) -> str:
    """The Sec-WebSocket-Key of 16 random bytes."""
    return base64.b64encode(nonce).decode("ascii")


def handshake_accept(key: str) -> str:
    """The Sec-WebSocket-Accept that answers the key."""
    # RFC 6455 wants SHA-1; it guards nothing, so hosts with FIPS rules may allow it.
    digest = hashlib.sha1(key.encode("ascii") + _GUID, usedforsecurity=False)
    return base64.b64encode(digest.digest()).decode("ascii")


def handshake_request(authority: str, key: str) -> bytes:
    """The upgrade request; authority: host and port as in a URL."""
    lines = (
        "GET / HTTP/1.1",
        f"Host: {authority}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "\r\n",
    )
    return "\r\n".join(lines).encode("ascii")


def handshake_end(data: bytes, key: str) -> int:
    """How many bytes the answer to the upgrade has, 0 while some are missing.

    Raises FrameError when it is no WebSocket answer to this key.
    """
    if data[:5] != b"HTTP/"[: len(data)]:
        raise FrameError("It does not answer in HTTP.")
    end = data.find(b"\r\n\r\n")
    if max(end, len(data) if end < 0 else 0) > MAX_HEAD:
        raise FrameError("The head of its HTTP answer does not end.")
    if end < 0:
        return 0
    _check_answer(data[:end].decode("latin-1").split("\r\n"), key)
    return end + 4


def _check_answer(lines: list[str], key: str) -> None:
    words = lines[0].split(" ")
    status = words[1] if len(words) > 1 else ""
    if status != "101":
        raise FrameError(f"It answers HTTP {status[:3]} and not WebSocket.")
    headers = {}
    for line in lines[1:]:
        name, _colon, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    upgrades = [word.strip() for word in headers.get("connection", "").lower().split(",")]
    if headers.get("upgrade", "").lower() != "websocket" or "upgrade" not in upgrades:
        raise FrameError("Its answer upgrades to something else than WebSocket.")
    if headers.get("sec-websocket-accept") != handshake_accept(key):
        raise FrameError("Its answer is not to the question that was asked.")
    if "sec-websocket-extensions" in headers or "sec-websocket-protocol" in headers:
        raise FrameError("It uses WebSocket extensions that nobody asked for.")


def encode(opcode: int, data: bytes, mask: bytes | None = None, final: bool = True) -> bytes:
    """One frame. mask: four random bytes, which a client has to give; a server gives none."""
    size = len(data)
    flag = 0x80 if mask is not None else 0
    head = bytes([(0x80 if final else 0) | opcode])
    if size < 126:
        head += bytes([flag | size])
    elif size < 1 << 16:
        head += bytes([flag | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([flag | 127]) + size.to_bytes(8, "big")
    return head + data if mask is None else head + mask + _xor(data, mask)


def close_data(code: int, reason: str = "") -> bytes:
    """The payload of a CLOSE frame."""
    return code.to_bytes(2, "big") + reason.encode("utf-8")[:123]


def _xor(data: bytes, mask: bytes) -> bytes:
    """The data masked or unmasked, in one go: byte by byte takes seconds for megabytes."""
    size = len(data)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


@dataclass(frozen=True)
class _Frame:
    opcode: int
    final: bool
    data: bytes


class Parser:
    """Bytes in, in whatever pieces they come; whole messages out.

    limit: bytes of one message; masked: whether frames must be masked (from clients) or must
    not be (from servers). After a CLOSE nothing more comes out.
    """

    def __init__(self, limit: int = MAX_MESSAGE, masked: bool = False) -> None:
        self._limit = limit
        self._masked = masked
        self._buffer = bytearray()
        self._opcode = CONTINUATION  # of the message that is being put together, if any
        self._joined = bytearray()
        self._closed = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole now, then FrameError at what is broken."""
        self._buffer += data
        return self._messages()

    def _messages(self) -> Iterator[Message]:
        while not self._closed:
            frame = self._take()
            if frame is None:
                return
            message = self._control(frame) if frame.opcode & 0x8 else self._join(frame)
            if message is not None:
                yield message

    def _take(self) -> _Frame | None:
        """The next whole frame out of the buffer; its head is checked before its body is here."""
        if len(self._buffer) < 2:
            return None
        self._check_head(self._buffer[0], self._buffer[1])
        length = self._length()
        if length is None:
            return None
        size, start = length
        if size + len(self._joined) > self._limit:
            raise FrameError(f"It sends a message of more than {self._limit} bytes.")
        mask = bytes(self._buffer[start : start + 4]) if self._masked else None
        start += 4 if self._masked else 0
        if len(self._buffer) < start + size:
            return None
        data = bytes(self._buffer[start : start + size])
        frame = _Frame(
            self._buffer[0] & 0xF,
            bool(self._buffer[0] & 0x80),
            data if mask is None else _xor(data, mask),
        )
        del self._buffer[: start + size]
        return frame

    def _check_head(self, first: int, second: int) -> None:
        opcode = first & 0xF
        if first & 0x70 or opcode not in _OPCODES:
            raise FrameError("It sends frames of a kind that WebSocket does not have.")
        if opcode & 0x8 and (not first & 0x80 or second & 0x7F > 125):
            raise FrameError("It sends a control frame in parts.")
        if bool(second & 0x80) != self._masked:
            raise FrameError("It sends frames that are masked the wrong way.")
        if not opcode & 0x8 and (opcode == CONTINUATION) != (self._opcode != CONTINUATION):
            raise FrameError("It mixes up the parts of its messages.")

    def _length(self) -> tuple[int, int] | None:
        """The size of the body and where the rest of the frame begins, when that is here."""
        short = self._buffer[1] & 0x7F
        wide = {126: 2, 127: 8}.get(short, 0)
        if len(self._buffer) < 2 + wide:
            return None
        if not wide:
            return short, 2
        size = int.from_bytes(self._buffer[2 : 2 + wide], "big")
        if size < (126 if wide == 2 else 1 << 16):
            raise FrameError("It writes the length of a frame the long way.")
        return size, 2 + wide

    def _join(self, frame: _Frame) -> Message | None:
        self._joined += frame.data
        if frame.opcode != CONTINUATION:
            self._opcode = frame.opcode
        if not frame.final:
            return None
        opcode, data = self._opcode, bytes(self._joined)
        self._opcode = CONTINUATION
        self._joined.clear()
        return Message(opcode, data, _text(data) if opcode == TEXT else "")

    def _control(self, frame: _Frame) -> Message:
        if frame.opcode != CLOSE:
            return Message(frame.opcode, frame.data)
        self._closed = True
        self._buffer.clear()
        if not frame.data:
            return Message(CLOSE, b"", code=NO_STATUS)
        code = int.from_bytes(frame.data[:2], "big")
        if len(frame.data) < 2 or not (1000 <= code < 5000):
            raise FrameError("It closes without a valid code.")
        return Message(CLOSE, frame.data, _text(frame.data[2:]), code)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise FrameError("It sends text that is not UTF-8.") from None
