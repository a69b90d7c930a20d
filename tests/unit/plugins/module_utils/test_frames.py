# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket bytes: RFC 6455's own examples, what is refused, and any stream in any pieces."""

from __future__ import annotations

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MAX_HEAD,
    NO_STATUS,
    PING,
    PONG,
    TEXT,
    FrameError,
    Message,
    Parser,
    close_data,
    encode,
    handshake_accept,
    handshake_end,
    handshake_key,
    handshake_request,
)
from hypothesis import given
from hypothesis import strategies as st

# RFC 6455, 1.3 and 5.7
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
MASK = bytes([0x37, 0xFA, 0x21, 0x3D])
HELLO = b"\x81\x05Hello"
MASKED_HELLO = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Accept: " + ACCEPT.encode() + b"\r\n\r\n"
)


def parse(*pieces: bytes, masked: bool = False, limit: int = 1 << 20) -> list[Message]:
    parser = Parser(limit, masked)
    return [message for piece in pieces for message in parser.feed(piece)]


def test_the_key_and_its_answer_are_those_of_the_rfc() -> None:
    assert handshake_key(b"the sample nonce") == KEY
    assert handshake_accept(KEY) == ACCEPT


def test_the_upgrade_asks_for_this_host_with_this_key() -> None:
    lines = handshake_request("[::1]:18789", KEY).decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    assert {"Host: [::1]:18789", f"Sec-WebSocket-Key: {KEY}"} < set(lines)
    assert lines[-2:] == ["", ""]


def test_the_answer_to_the_upgrade_ends_where_frames_begin() -> None:
    assert handshake_end(ANSWER + HELLO, KEY) == len(ANSWER)


def test_an_answer_is_waited_for_byte_by_byte() -> None:
    assert {handshake_end(ANSWER[:size], KEY) for size in range(len(ANSWER))} == {0}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "HTTP"),
        (b"\x15\x03\x01", "HTTP"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "404"),
        (b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>", "200"),
        (b"HTTP/1.1\r\n\r\n", "not WebSocket"),
        (ANSWER.replace(b"WebSocket", b"h2c"), "something else"),
        (ANSWER.replace(b"keep-alive, Upgrade", b"close"), "something else"),
        (ANSWER.replace(b"s3pP", b"S3pP"), "question"),
        (ANSWER[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "extensions"),
        (ANSWER[:-2] + b"Sec-WebSocket-Protocol: chat\r\n\r\n", "extensions"),
        (b"HTTP/1.1 101 X\r\nX: " + b"x" * MAX_HEAD, "does not end"),
        (b"HTTP/1.1 101 X\r\nX: " + b"x" * MAX_HEAD + b"\r\n\r\n", "does not end"),
    ],
)
def test_an_answer_of_something_else_is_refused(answer: bytes, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        handshake_end(answer, KEY)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (HELLO, Message(TEXT, b"Hello", "Hello")),
        (b"\x01\x03Hel\x80\x02lo", Message(TEXT, b"Hello", "Hello")),
        (b"\x89\x05Hello", Message(PING, b"Hello")),
        (b"\x8a\x00", Message(PONG, b"")),
        (b"\x82\x7e\x01\x00" + b"x" * 256, Message(BINARY, b"x" * 256)),
        (b"\x82\x7f" + (1 << 16).to_bytes(8, "big") + b"x" * (1 << 16), None),
        (b"\x88\x02\x03\xe8", Message(CLOSE, b"\x03\xe8", "", 1000)),
        (b"\x88\x00", Message(CLOSE, b"", "", NO_STATUS)),
    ],
)
def test_frames_of_the_rfc_are_understood(frame: bytes, message: Message | None) -> None:
    assert parse(frame) == [message or Message(BINARY, b"x" * (1 << 16))]


def test_frames_are_written_as_in_the_rfc() -> None:
    assert encode(TEXT, b"Hello") == HELLO
    assert encode(TEXT, b"Hello", MASK) == MASKED_HELLO
    assert parse(MASKED_HELLO, masked=True) == [Message(TEXT, b"Hello", "Hello")]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70000])
@pytest.mark.parametrize("mask", [None, MASK])
def test_every_width_of_a_length_is_read_as_it_was_written(size: int, mask: bytes | None) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    frame = encode(BINARY, data[:size], mask)
    assert parse(frame, masked=mask is not None) == [Message(BINARY, data[:size])]


def test_control_frames_come_out_between_the_parts_of_a_message() -> None:
    stream = encode(TEXT, b"a", final=False) + encode(PING, b"?") + encode(CONTINUATION, b"b")
    assert [(m.opcode, m.data) for m in parse(stream)] == [(PING, b"?"), (TEXT, b"ab")]


def test_nothing_comes_after_a_close() -> None:
    close = encode(CLOSE, close_data(1012, "service restart"))
    assert [(m.code, m.text) for m in parse(close + HELLO, HELLO)] == [(1012, "service restart")]


BROKEN = {
    "reserved bits": b"\xc1\x00",
    "an opcode that is not there": b"\x83\x00",
    "a masked frame of a server": MASKED_HELLO,
    "a ping in parts": b"\x09\x00",
    "a ping that is too long": b"\x89\x7e\x00\x7e",
    "a continuation of nothing": b"\x80\x00",
    "a message within a message": b"\x01\x00\x81\x00",
    "a 16 bit length that fits into 7": b"\x82\x7e\x00\x7d",
    "a 64 bit length that fits into 16": b"\x82\x7f" + (65535).to_bytes(8, "big"),
    "text that is not UTF-8": b"\x81\x01\xff",
    "a close with half a code": b"\x88\x01\x03",
    "a close with a code that is none": b"\x88\x02\x00\x07",
    "a reason that is not UTF-8": b"\x88\x03\x03\xe8\xff",
}


@pytest.mark.parametrize("stream", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_stream_is_refused_after_what_was_whole(stream: bytes) -> None:
    parser = Parser(1 << 20)
    messages = parser.feed(HELLO + stream)
    assert next(messages).text == "Hello"
    with pytest.raises(FrameError) as caught:
        next(messages)
    assert caught.value.code == "GATEWAY_PROTOCOL"


def test_an_unmasked_frame_of_a_client_is_refused() -> None:
    with pytest.raises(FrameError):
        parse(HELLO, masked=True)


def test_a_message_over_the_limit_is_refused_before_it_is_here() -> None:
    head = encode(BINARY, b"x" * 200)[:4]
    with pytest.raises(FrameError, match="100 bytes"):
        parse(head, limit=100)
    part = encode(TEXT, b"x" * 60, final=False)
    with pytest.raises(FrameError, match="100 bytes"):
        parse(part + encode(CONTINUATION, b"x" * 60), limit=100)
    assert parse(encode(BINARY, b"x" * 100), limit=100)


sizes = st.sampled_from([0, 1, 50, 125, 126, 300, 65535, 65536])  # bytes, around each width
texts = st.lists(st.tuples(st.text(min_size=1, max_size=3), sizes), max_size=4)
controls = st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125))
masks = st.none() | st.binary(min_size=4, max_size=4)


@given(texts, controls, masks, st.integers(1, 4), st.lists(st.integers(1, 200_000), max_size=20))
def test_any_stream_in_any_pieces_gives_the_same_messages(
    texts: list[tuple[str, int]],
    control: tuple[int, bytes],
    mask: bytes | None,
    parts: int,
    cuts: list[int],
) -> None:
    expected, stream = [], b""
    for letters, size in texts:
        text = letters * (size // len(letters.encode()))
        data = text.encode()
        step = len(data) // parts + 1
        for at in range(0, len(data) + 1, step):
            final = at + step > len(data)
            opcode = CONTINUATION if at else TEXT
            stream += encode(opcode, data[at : at + step], mask, final) + encode(*control, mask)
            expected += [Message(TEXT, data, text)] if final else []
            expected += [Message(*control)]
    edges = [0, *sorted(cut for cut in set(cuts) if cut < len(stream)), len(stream)]
    pieces = [stream[edges[i] : edges[i + 1]] for i in range(len(edges) - 1)]
    assert parse(*pieces, masked=mask is not None) == expected


@given(stream=st.binary(max_size=400), masked=st.booleans(), cut=st.integers(0, 400))
def test_noise_gives_messages_or_the_one_error(stream: bytes, masked: bool, cut: int) -> None:
    def outcome(*pieces: bytes) -> tuple[list[Message], bool]:
        parser, found = Parser(1 << 16, masked), []
        try:
            for piece in pieces:
                for message in parser.feed(piece):
                    found.append(message)
        except FrameError:
            return found, True
        return found, False

    assert outcome(stream) == outcome(stream[:cut], stream[cut:])


@given(answer=st.binary(max_size=300) | st.binary(max_size=300).map(lambda b: b"HTTP/1.1 101" + b))
def test_a_noisy_answer_is_waited_for_or_refused(answer: bytes) -> None:
    try:
        assert handshake_end(answer, KEY) == 0
    except FrameError:
        assert answer
