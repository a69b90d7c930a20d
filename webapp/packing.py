# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers made small: gzip for text, where the client takes it."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

LEAST = 1024  # bytes; below this a packed answer is not worth it
LEVEL = 4  # a thousand rows in some milliseconds, a tenth of their size
_KINDS = ("text/", "application/json", "application/javascript", "image/svg+xml")


def init_app(app: Flask) -> None:
    app.after_request(pack)


def takes_gzip() -> bool:
    """Whether the client says that it takes gzip."""
    return request.accept_encodings.quality("gzip") > 0


def pack(response: Response) -> Response:
    """The response in gzip. What streams, is packed already or is small stays as it is."""
    if not (response.mimetype or "").startswith(_KINDS):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.is_streamed
        or response.direct_passthrough
        or response.status_code != 200
        or "Content-Encoding" in response.headers
        or "Content-Range" in response.headers
        or (response.content_length or 0) < LEAST
        or not takes_gzip()
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same meaning, other bytes
    return response
