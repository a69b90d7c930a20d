# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static files: kept in memory, packed once, under addresses that change with the content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from .doors.who import does
from .packing import LEAST, takes_gzip

FOLDER = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
_TEXT = ("text/", "application/json", "image/svg+xml", "application/javascript")


@dataclass(frozen=True)
class Asset:
    """A file. stamp: when it has to be read again; packed: None where it is not worth it."""

    stamp: tuple[int, int]
    content: bytes
    packed: bytes | None
    digest: str
    kind: str


class Assets:
    """The files of a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """The file of that name as it is now; None without one, or outside of the folder."""
        place = safe_join(str(self._folder), name)
        try:
            status = Path(place).stat() if place else None
        except (OSError, ValueError):
            return None
        if place is None or status is None or not Path(place).is_file():
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        with self._lock:
            known = self._known.get(name)
            if known is None or known.stamp != stamp:
                known = self._known[name] = _read(Path(place), stamp)
        return known

    def url_values(self, endpoint: str, values: dict[str, Any]) -> None:
        """Have url_for('static', filename=...) end in ?v= with the content's digest."""
        if endpoint == "static" and "filename" in values and "v" not in values:
            asset = self.get(str(values["filename"]))
            if asset:
                values["v"] = asset.digest

    def serve(self, filename: str) -> Response:
        asset = self.get(filename)
        if asset is None:
            abort(404)
        packed = asset.packed if takes_gzip() else None
        answer = Response(packed or asset.content, mimetype=asset.kind)
        answer.headers["Cache-Control"] = (
            _FOR_EVER if request.args.get("v") == asset.digest else _ASK_AGAIN
        )
        answer.vary.add("Accept-Encoding")
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.set_etag(asset.digest, weak=bool(asset.packed))
        answer.make_conditional(request)
        return answer


def init_app(app: Flask) -> None:
    assets = Assets()
    app.add_url_rule("/static/<path:filename>", "static", does("enter")(_view(assets)))
    app.url_defaults(assets.url_values)


def _view(assets: Assets) -> Any:
    def static(filename: str) -> Response:
        return assets.serve(filename)

    return static


def _read(path: Path, stamp: tuple[int, int]) -> Asset:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix in (".js", ".mjs"):
        kind = "text/javascript"
    worth = len(content) >= LEAST and kind.startswith(_TEXT)
    packed = gzip.compress(content, 9, mtime=0) if worth else None
    return Asset(stamp, content, packed, hashlib.sha256(content).hexdigest()[:12], kind)
