# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways in containers of this machine's own engine: found, used and removed as adopted ones.

The image is nearly empty: the containers run this machine's Python, which stands in for OpenClaw.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import OPENCLAW_VERSION

from .conftest import ModuleFailed, call, listing

IMAGE = f"claw-pilot/openclaw-stand-in:{OPENCLAW_VERSION}"
INSIDE = "/home/node/.openclaw"
TOKEN = "a-token-that-nobody-is-to-see"
FIRST_LINKS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")  # of a system that has all in /usr
GATEWAY = """
import http.server, json, signal, sys
ANSWERS = {
    "/healthz": {"ok": True, "status": "live"},
    "/readyz": {"ready": True, "failing": []},
    "/startupz": {"version": "VERSION"},
}
class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in ANSWERS else 404)
        self.end_headers()
        self.wfile.write(json.dumps(ANSWERS.get(self.path, {})).encode())
    def log_message(self, *words): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("0.0.0.0", port), Gateway).serve_forever()
""".replace("VERSION", OPENCLAW_VERSION)


def docker(*words: str, data: bytes | None = None) -> str:
    done = subprocess.run(("docker", *words), input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def _engine_answers() -> bool:
    if not shutil.which("docker") or not Path("/bin").is_symlink():
        return False
    return subprocess.run(("docker", "info"), capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    not _engine_answers(), reason="no Docker engine answers, or /bin is no link into /usr"
)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in FIRST_LINKS:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
            archive.addfile(link)
        program = tarfile.TarInfo("gateway.py")
        program.size = len(GATEWAY)
        archive.addfile(program, io.BytesIO(GATEWAY.encode()))
    docker("import", "-", IMAGE, data=packed.getvalue())
    yield IMAGE
    docker("image", "rm", "--force", IMAGE)


@dataclass(frozen=True)
class Containers:
    """A folder on this machine for the state of containers; ports: name -> published port."""

    home: Path
    image: str
    ports: dict[str, int]

    def run(self, name: str, state_dir: str = "", *options: str, word: str = "gateway") -> Path:
        """Start a container, and return its state directory on this machine."""
        place = self.home / state_dir if state_dir else self.home / f".openclaw-{name}"
        place.mkdir(mode=0o700, parents=True)
        config = {"gateway": {"mode": "local", "port": 18789, "bind": "lan"}}
        (place / "openclaw.json").write_text(json.dumps(config))
        self.ports[name] = _free_port()
        python = os.path.realpath(sys.executable)
        mounts = [f"{path}:{path}:ro" for path in sorted({"/usr", sys.base_prefix})]
        port = f"127.0.0.1:{self.ports[name]}:18789"
        variables = (f"OPENCLAW_GATEWAY_TOKEN={TOKEN}", f"OPENCLAW_STATE_DIR={INSIDE}")
        docker(
            *("run", "--detach", "--name", name, "--publish", port),
            *(f"--volume={mount}" for mount in (*mounts, f"{place}:{INSIDE}")),
            *(f"--env={variable}" for variable in variables),
            *(*options, self.image, python, "/gateway.py", word, "--port", "18789"),
        )
        return place

    def inspect(self, name: str, what: str) -> str:
        return docker("inspect", "--format", f"{{{{{what}}}}}", name)

    def names(self) -> list[str]:
        return docker("ps", "--all", "--format", "{{.Names}}").split()

    def found(self) -> dict[str, dict[str, Any]]:
        """By state directory: the instances that lie in this folder."""
        facts = call("openclaw_facts", {})["ansible_facts"]["openclaw"]
        assert TOKEN not in json.dumps(facts)
        own = f"{self.home}/"
        return {i["state_dir"]: i for i in facts["instances"] if i["state_dir"].startswith(own)}

    def adopted(self, slug: str, place: Path, state: str, **more: Any) -> dict[str, Any]:
        """openclaw_instance for what the registry knows by its state directory."""
        options = {"slug": slug, "state": state, "adopted": {"state_dir": str(place)}, **more}
        return call("openclaw_instance", {"stop_timeout": 10, **options})


@pytest.fixture
def containers(image: str, tmp_path: Path) -> Iterator[Containers]:
    made = Containers(tmp_path.resolve(), image, {})
    yield made
    for name in made.ports:
        subprocess.run(("docker", "rm", "--force", name), capture_output=True, check=False)


def test_a_container_is_found_with_its_published_port_and_its_state(containers: Containers) -> None:
    place = containers.run("cp-boxed", ".openclaw-boxed")
    (found,) = containers.found().values()
    assert (found["slug"], found["state_dir"]) == ("boxed", str(place))
    assert (found["state"], found["confidence"]) == ("running", "certain")
    assert found["port"] == containers.ports["cp-boxed"]
    assert found["openclaw_version"] == OPENCLAW_VERSION
    assert {one["kind"] for one in found["evidence"]} == {"directory", "container", "listener"}
    service = found["service"]
    assert (service["manager"], service["name"], service["active"]) == ("docker", "cp-boxed", True)
    assert service["pid"] == int(containers.inspect("cp-boxed", ".State.Pid"))


def test_what_is_no_gateway_is_not_found(containers: Containers) -> None:
    containers.run("cp-sandbox", "work", "--label", "openclaw.sandbox=1", word="sleep")
    assert containers.found() == {}


def test_a_stopped_one_is_found_as_stopped(containers: Containers) -> None:
    place = containers.run("cp-boxed", ".openclaw-boxed")
    docker("stop", "--time", "5", "cp-boxed")
    found = containers.found()[str(place)]
    assert (found["state"], found["port"]) == ("stopped", containers.ports["cp-boxed"])


def test_two_in_one_folder_are_two(containers: Containers) -> None:
    places = [containers.run(name) for name in ("cp-one", "cp-two")]
    found = containers.found()
    assert [found[str(place)]["slug"] for place in places] == ["cp-one", "cp-two"]
    assert [found[str(place)]["service"]["name"] for place in places] == ["cp-one", "cp-two"]


def test_it_is_stopped_started_and_restarted_and_the_other_is_left_alone(
    containers: Containers,
) -> None:
    place = containers.run("cp-boxed", ".openclaw-boxed", "--restart", "unless-stopped")
    containers.run("cp-other")
    other, files = containers.inspect("cp-other", ".State.Pid"), listing(place)
    first = containers.inspect("cp-boxed", ".State.Pid")

    stopped = containers.adopted("boxed", place, "stopped")
    assert (stopped["changed"], stopped["instance"]["state"]) == (True, "stopped")
    assert containers.inspect("cp-boxed", ".State.Running") == "false"
    assert containers.adopted("boxed", place, "stopped")["changed"] is False

    started = containers.adopted("boxed", place, "started")
    assert (started["changed"], started["instance"]["state"]) == (True, "running")
    second = containers.inspect("cp-boxed", ".State.Pid")

    assert containers.adopted("boxed", place, "restarted")["instance"]["state"] == "running"
    assert len({first, second, containers.inspect("cp-boxed", ".State.Pid"), "0"}) == 4
    assert containers.inspect("cp-boxed", ".HostConfig.RestartPolicy.Name") == "unless-stopped"
    assert containers.inspect("cp-other", ".State.Pid") == other
    assert listing(place) == files


def test_it_is_removed_with_its_state_after_confirmation_only(containers: Containers) -> None:
    place, other = containers.run("cp-boxed", ".openclaw-boxed"), containers.run("cp-other")
    with pytest.raises(ModuleFailed) as refused:
        containers.adopted("boxed", place, "absent")
    assert refused.value.code == "NOT_CONFIRMED"
    assert "cp-boxed" in containers.names()

    assert containers.adopted("boxed", place, "absent", confirm="boxed")["changed"] is True
    assert "cp-boxed" not in containers.names()
    assert not place.exists()
    assert containers.found().keys() == {str(other)}
    assert containers.inspect("cp-other", ".State.Running") == "true"


def test_a_fleet_cell_is_known_and_left_to_openclaw_fleet(containers: Containers) -> None:
    place = containers.run("openclaw-cell-cp", ".openclaw/fleet/cells/cp")
    assert containers.found()[str(place)]["slug"] == "cp"
    with pytest.raises(ModuleFailed) as refused:
        containers.adopted("cp", place, "absent", confirm="cp")
    assert refused.value.code == "FLEET_CELL"
    assert containers.inspect("openclaw-cell-cp", ".State.Running") == "true"
