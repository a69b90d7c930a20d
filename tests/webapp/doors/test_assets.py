# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static files under addresses that change with them, and answers made small."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.assets import Assets
from ansible_collections.claw.pilot.webapp.packing import pack
from flask import Flask, Response, url_for
from flask.testing import FlaskClient

CSS = "css/base.css"


def test_the_address_has_the_contents_digest_and_may_be_kept_for_ever(
    app: Flask, anonymous: FlaskClient
) -> None:
    with app.test_request_context():
        address = url_for("static", filename=CSS)
    assert address.startswith(f"/static/{CSS}?v=")
    kept = anonymous.get(address)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in (f"/static/{CSS}", f"/static/{CSS}?v=0123"):  # as modules import each other
        answer = anonymous.get(other)
        assert answer.data == kept.data
        assert answer.headers["Cache-Control"] == "public, no-cache"
        again = anonymous.get(other, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_file_is_packed_for_who_takes_it(anonymous: FlaskClient) -> None:
    plain = anonymous.get(f"/static/{CSS}", headers={"Accept-Encoding": "identity"})
    packed = anonymous.get(f"/static/{CSS}", headers={"Accept-Encoding": "gzip, br"})
    never = anonymous.get(f"/static/{CSS}", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == never.data
    assert len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "/etc/passwd", "css", "css/", "nothing.css", "%00", "a" * 5000],
)
def test_nothing_else_is_served(anonymous: FlaskClient, name: str) -> None:
    assert anonymous.get(f"/static/{name}").status_code in (303, 404)


def test_a_file_that_changed_is_read_again_and_scripts_are_scripts(tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    (tmp_path / "a.mjs").write_text("export let one = 1;")
    first = assets.get("a.mjs")
    (tmp_path / "a.mjs").write_text("export let one = 22;")
    second = assets.get("a.mjs")
    assert first and second
    assert first.kind == "text/javascript"
    assert first.packed is None  # too small
    assert first.digest != second.digest
    assert assets.get("a.mjs") is second


def test_pages_and_the_api_are_packed_with_a_weak_etag(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/api/hosts"):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    with app.test_request_context(headers={"Accept-Encoding": "gzip"}):
        answer = Response("x" * 5000, mimetype="text/html")
        answer.set_etag("abc")
        assert pack(answer).get_etag() == ("abc", True)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("x" * 100, {}),
        (iter(["x" * 5000]), {}),
        ("x" * 5000, {"mimetype": "image/png"}),
        ("x" * 5000, {"status": 206}),
        ("x" * 5000, {"headers": {"Content-Encoding": "br"}}),
    ],
)
def test_what_stays_as_it_is(app: Flask, body: Any, more: dict[str, Any]) -> None:
    with app.test_request_context(headers={"Accept-Encoding": "gzip"}):
        answer = pack(Response(body, **{"mimetype": "text/plain", **more}))
    assert answer.headers.get("Content-Encoding") in (None, "br")
