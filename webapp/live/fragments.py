# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances and hosts as pieces of JSON and HTML, each made once for every change of it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from ..pages import parts
from ..services import Live

VIEWS = ("row", "card")
HOST = "host"
_LEVEL = 4
_RUN_ON = 5.0  # seconds
Data = Mapping[str, Any]
_Known = dict[str, tuple[int, bytes]]


@dataclass(frozen=True)
class Listing:
    """The answer of GET /api/instances for one version of everything."""

    version: int
    made: float
    content: bytes
    packed: bytes


class Fragments:
    """The pieces of what live has."""

    def __init__(self, app: Flask, live: Live) -> None:
        self._app = app
        self._live = live
        self._lock = threading.RLock()
        self._known: dict[str, _Known] = {}
        self._json: dict[str, tuple[int, str, bytes]] = {}
        self._listing: Listing | None = None

    def listing(self) -> Listing:
        """All instances: {"version", "instances"}. Times in it run on without a new version."""
        with self._lock:
            version, now = self._live.version, time.monotonic()
            known = self._listing
            if known is None or known.version != version or now - known.made > _RUN_ON:
                lines = self.json(self._live.lines())
                content = b'{"version":%d,"instances":%s}' % (version, lines)
                packed = gzip.compress(content, _LEVEL, mtime=0)
                known = self._listing = Listing(version, now, content, packed)
            return known

    def json(self, items: Iterable[Data]) -> bytes:
        """A JSON list of lines or of hosts."""
        with self._lock:
            return b"[%s]" % b",".join([self._piece(item) for item in items])

    def _piece(self, item: Data) -> bytes:
        key, when = key_of(item), str(item.get("seen_at") or item.get("observed_at"))
        found = self._json.get(key)
        if found is None or found[0] != seq(item) or found[1] != when:
            made = json.dumps(item, separators=(",", ":")).encode()
            found = self._json[key] = (seq(item), when, made)
        return found[2]

    def html(self, items: Sequence[Data], view: str) -> bytes:
        """A JSON object: id (or a host's name) -> its HTML. view: row, card or host."""
        with self._lock:
            known = self._known.setdefault(view, {})
            stale = [item for item in items if known.get(key_of(item), _NONE)[0] != seq(item)]
            if stale:
                self._render(known, stale, view)
            pairs = (b"%s:%s" % (_text(key_of(i)), known[key_of(i)][1]) for i in items)
            return b"{%s}" % b",".join(pairs)

    def forget(self, ids: Iterable[str]) -> None:
        """Drop the pieces of what is gone."""
        with self._lock:
            for gone in ids:
                self._json.pop(gone, None)
                for known in self._known.values():
                    known.pop(gone, None)

    def _render(self, known: _Known, items: Sequence[Data], view: str) -> None:
        env = self._app.jinja_env
        for item in items:
            page = parts.host(env, item) if view == HOST else parts.instance(env, view, item)
            known[key_of(item)] = (seq(item), _text(page))


_NONE = (-1, b"")


def key_of(item: Data) -> str:
    """The id of a line, the name of a host."""
    return str(item["id"] if "id" in item else item["name"])


def seq(item: Data) -> int:
    return int(item["version_seq"])


def _text(text: str) -> bytes:
    return json.dumps(text).encode()
