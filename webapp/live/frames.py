# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket messages made once for all browsers: their frames, plain and compressed.

simple-websocket would compress every message again for every connection. Frames that refer to
no earlier message (RFC 7692, server_no_context_takeover) can be shared, and so can plain ones.
"""

from __future__ import annotations

import json
import struct
import zlib
from functools import cached_property
from typing import Any

_FINAL_TEXT, _COMPRESSED = 0x81, 0x40
_LEAST = 256  # bytes; below this, compressing takes longer than sending
_LEVEL = 4
_TAIL = b"\x00\x00\xff\xff"
# What we agree to, whatever else is offered: no connection then keeps a window of its own.
AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


class Frame:
    """One text message. text: UTF-8."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    @classmethod
    def of(cls, kind: str, payload: Any) -> Frame:
        return cls(json.dumps({"type": kind, "payload": payload}).encode())

    @cached_property
    def plain(self) -> bytes:
        return _frame(_FINAL_TEXT, self.text)

    @cached_property
    def packed(self) -> bytes:
        """For connections that agreed to compression."""
        if len(self.text) < _LEAST:
            return self.plain
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        data = packer.compress(self.text) + packer.flush(zlib.Z_SYNC_FLUSH)
        return _frame(_FINAL_TEXT | _COMPRESSED, data.removesuffix(_TAIL))


def agree(offered: str) -> str:
    """What to make of the extensions that a browser offers: AGREED, or nothing.

    A browser that wants a smaller window than ours could not read our frames.
    """
    offers = [part.strip() for part in offered.split(",")]
    good = any(
        offer.split(";")[0].strip() == "permessage-deflate" and "server_max_window" not in offer
        for offer in offers
    )
    return AGREED if good else ""


def _frame(first: int, data: bytes) -> bytes:
    size = len(data)
    if size < 126:
        return struct.pack("!BB", first, size) + data
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + data
    return struct.pack("!BBQ", first, 127, size) + data
