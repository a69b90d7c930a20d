# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host to be observed that is only folders: homes, units, /proc, and a systemd of words."""

from __future__ import annotations

import json
import os
import pwd
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import (
    _attribution,
    _probe,
    _procfs,
    _service_scan,
    _supervisor_scan,
)
from ansible_collections.claw.pilot.plugins.module_utils._host import Host, Result

from tests.unit.observed import HOST

FIXTURES = Path(__file__).parent / "fixtures" / "probe"
INDEX = "/usr/lib/node_modules/openclaw/dist/index.js"
NODE = ("/usr/bin/node", INDEX, "gateway")
CONFIG = {"gateway": {"mode": "local", "port": 18790}}
NO_BUS = Result(1, "", "Failed to connect to bus: No such file or directory\n")
HEALTHY = {
    "/healthz": (200, {"ok": True, "status": "live"}),
    "/readyz": (200, {"ready": True, "failing": []}),
    "/startupz": (200, {"ok": True, "status": "started", "version": "2026.9.6"}),
}


def at(port: int) -> dict[str, Any]:
    return {"gateway": {"mode": "local", "port": port}}


def locked(state: Path, pid: int, started: int = 500, **more: Any) -> None:
    """A lock of that process, as a gateway of this directory writes it."""
    lock = json.loads((FIXTURES / "gateway_state_lock.json").read_text())
    lock.update({"pid": pid, "startTime": started, "stateDir": str(state), **more})
    folder = state / "tmp" / f"openclaw-{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gateway.state.lock").write_text(json.dumps(lock) + "\t \n")


class FakeHost(Host):
    """Answers systemctl and refuses every other command. units: user ('' the system) -> table."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.units: dict[str, dict[str, dict[str, str]] | None] = {}
        self.listed: dict[str, str] = {}
        self.shown: dict[str, str] = {}

    def run(self, argv: Sequence[str], *_: Any, **options: Any) -> Result:
        self.commands.append(tuple(argv))
        assert argv[0] == "systemctl", f"{argv[0]} was started"
        account = options.get("account")
        user = pwd.getpwuid(account[0]).pw_name if account else ""
        if user in self.listed:
            return Result(0, (self.listed if "list-units" in argv else self.shown)[user], "")
        table = self.units.get(user, {})
        if table is None:
            return NO_BUS
        if "list-units" in argv:
            rows = (f"{name} loaded {u['ActiveState']} x Some words" for name, u in table.items())
            return Result(0, "\n".join(rows) + "\n", "")
        named = [word for word in argv if word in table]
        blocks = ("\n".join(f"{k}={v}" for k, v in table[n].items()) for n in named)
        return Result(0, "\n\n".join(blocks) + "\n", "")


class World:
    """The host. Every home belongs to an account of its own name."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.host = FakeHost()
        self.containers: list[dict[str, Any]] = []
        self.engine_warnings: list[dict[str, str]] = []
        self._accounts: list[pwd.struct_passwd] = []
        self._listening: list[str] = []
        self.proc = self._folder("proc")
        self.system = self._folder("etc/systemd/system")
        for name in ("self", "net", "1"):
            self._folder(f"proc/{name}")
        self._stat(1, 0, 1)
        (self.proc / "uptime").write_text("10000.00 9999.00\n")
        patch.setattr(_procfs, "PROC", str(self.proc))
        patch.setattr(_service_scan, "_SYSTEM_FOLDERS", (str(self.system),))
        patch.setattr(_service_scan, "_ALL_USERS_ADMIN", str(root / "etc/systemd/user"))
        patch.setattr(_service_scan, "_ALL_USERS", (str(root / "usr/lib/systemd/user"),))
        patch.setattr(_service_scan, "_RUNTIME", str(root / "run/user"))
        patch.setattr(_supervisor_scan, "_SYSTEM_CONFIGS", (str(root / "etc/supervisord.conf"),))
        for name in ("ASK_SECONDS", "STRANGER_SECONDS"):  # a busy machine is no reason to fail
            patch.setattr(_attribution, name, 20.0)
        patch.setattr(_probe, "containers", lambda _h: (self.containers, self.engine_warnings))
        patch.setattr(pwd, "getpwall", lambda: list(self._accounts))
        patch.setattr(pwd, "getpwuid", lambda uid: self._account(uid, 2))
        patch.setattr(pwd, "getpwnam", lambda name: self._account(name, 0))
        self.home = self.make_home("claw", os.getuid())
        patch.setenv("HOME", str(self.home))

    def _account(self, value: Any, place: int) -> pwd.struct_passwd:
        found = next((a for a in self._accounts if a[place] == value), None)
        if found is None:
            raise KeyError(value)
        return found

    def _folder(self, name: str) -> Path:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def make_home(self, name: str, uid: int) -> Path:
        home = self._folder(f"home/{name}")
        self.account(name, uid, str(home))
        return home

    def account(self, name: str, uid: int, home: str) -> None:
        self._accounts.append(pwd.struct_passwd((name, "x", uid, uid, "", home, "/bin/sh")))

    def instance(
        self, slug: str = "acme", config: Any = ..., home: Path | None = None, **files: str
    ) -> Path:
        """A state directory; config: ... for a usual one, None for none; files: text by name, with
        _ for a leading dot.
        """
        config = CONFIG if config is ... else config
        name = ".openclaw" if slug == "default" else f".openclaw-{slug}"
        folder = (home or self.home) / name
        folder.mkdir()
        if config is not None:
            text = config if isinstance(config, str) else json.dumps(config)
            (folder / "openclaw.json").write_text(text)
        for file, text in files.items():
            (folder / file.replace("_", ".", 1)).write_text(text)
        return folder

    def unit(self, name: str, lines: str, folder: Path | None = None) -> Path:
        """A unit of the first home's user, or below another folder."""
        path = (folder or self.home / ".config/systemd/user") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lines if "[Service]" in lines else f"[Service]\n{lines}\n")
        return path

    def loaded(self, name: str, user: str = "claw", **shown: str) -> None:
        """Let systemd know the unit."""
        told = {"Id": name, "ActiveState": "active", "MainPID": "0", "NRestarts": "0", **shown}
        self.host.units.setdefault(user, {})[name] = told  # type: ignore[index]

    def _stat(self, pid: int, parent: int, started: int) -> None:
        words = ["S", str(parent), *"0" * 9, "150", "50", *"0" * 5, "0", str(started), "0", "10"]
        (self.proc / str(pid) / "stat").write_text(f"{pid} (no) de) {' '.join(words)}\n")

    def process(
        self,
        pid: int,
        argv: Sequence[str],
        environment: Mapping[str, str] | None = None,
        parent: int = 1,
        cgroup: str = "0::/\n",
        sockets: Sequence[int] = (),
        started: int = 500,
        namespaces: str = "",
    ) -> None:
        folder = self._folder(f"proc/{pid}")
        self._stat(pid, parent, started)
        (folder / "cmdline").write_bytes("\0".join(argv).encode() + b"\0")
        if environment is not None:
            pairs = {"HOME": str(self.home), **environment}.items()
            (folder / "environ").write_bytes(b"".join(f"{k}={v}\0".encode() for k, v in pairs))
        (folder / "cgroup").write_text(cgroup)
        (folder / "status").write_text(f"Name:\tnode\nNSpid:\t{namespaces or pid}\n")
        (folder / "fd").mkdir()
        for inode in sockets:
            (folder / "fd" / str(inode)).symlink_to(f"socket:[{inode}]")

    def listen(self, port: int, inode: int = 0, uid: int = 0, address: str = "0100007F") -> None:
        """A listening socket; address: as the kernel prints it."""
        row = f"0: {address}:{port:04X} 00000000:0000 0A 0:0 0:0 0 {uid} 0 {inode} 1"
        self._listening.append(row)
        (self.proc / "net/tcp").write_text("head\n" + "\n".join(self._listening) + "\n")

    def observe(self, *homes: Path) -> dict[str, Any]:
        named = [str(home) for home in homes] or None
        return _probe.observe(named, self.host, of_host=lambda *_: HOST)

    def instances(self, *homes: Path) -> dict[str, dict[str, Any]]:
        found = self.observe(*homes)["instances"]
        assert len({i["slug"] for i in found}) == len(found)
        return {instance["slug"]: instance for instance in found}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@contextmanager
def serving(
    answers: Mapping[str, tuple[int, Any]] | None = None, address: str = "127.0.0.1"
) -> Iterator[int]:
    """A server on a free port with these answers (status, JSON data or bytes) by path."""
    table = HEALTHY if answers is None else answers

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = table.get(self.path, (404, {}))
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(BrokenPipeError):  # of one who waits no longer
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Not on the terminal."""

    class Server(ThreadingHTTPServer):
        address_family = 10 if ":" in address else 2  # AF_INET6, AF_INET

    server = Server((address, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kinds(instance: Mapping[str, Any]) -> list[str]:
    return [item["kind"] for item in instance["evidence"]]


def codes(items: Sequence[Mapping[str, str]]) -> list[str]:
    return [item["code"] for item in items]
