# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways in containers: what real engines showed of real containers, and engines that fail."""

from __future__ import annotations

import copy
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _containers
from ansible_collections.claw.pilot.plugins.module_utils._container_facts import (
    container_facts,
    is_gateway,
    slug_from,
)
from ansible_collections.claw.pilot.plugins.module_utils._containers import containers
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import check_slug

FIXTURES = Path(__file__).parents[2] / "fixtures" / "docker"
DOCKER = json.loads((FIXTURES / "inspect_docker_20.10.json").read_text())
PODMAN = json.loads((FIXTURES / "inspect_podman_4.3.json").read_text())
KEYS = set(
    "id name image running pid restarts started_at published_port container_port mounts"
    " state_dir_inside state_dir_host slug version fleet health".split()
)


def captured(name: str) -> dict[str, Any]:
    """A copy of what `inspect` showed of this container."""
    return copy.deepcopy(next(c for c in (*DOCKER, *PODMAN) if c["Name"].lstrip("/") == name))


def gateway(**config: Any) -> dict[str, Any]:
    """A made-up gateway; Path and Args besides what belongs to Config."""
    words = config.pop("command", ["node", "dist/index.js", "gateway"])
    config.setdefault("Image", "openclaw:local")
    return {"Id": "f" * 64, "Name": "/x", "Path": words[0], "Args": words[1:], "Config": config}


def test_only_gateways_are_found_among_real_containers() -> None:
    found = {c["Name"].lstrip("/") for c in (*DOCKER, *PODMAN) if is_gateway(c)}
    assert found == {"openclaw-cell-acme", "Support_Team.bot", "openclaw-gateway-1", "pod-claw"}


def test_a_fleet_cell_is_known_whole() -> None:
    cell = captured("openclaw-cell-acme")
    assert container_facts(cell) == {
        "id": cell["Id"],
        "name": "openclaw-cell-acme",
        "image": "ghcr.io/openclaw/openclaw:2026.9.6",
        "running": True,
        "pid": cell["State"]["Pid"],
        "restarts": 0,
        "started_at": "2026-11-21T07:58:53Z",
        "published_port": 19100,
        "container_port": 18789,
        "mounts": [
            {"source": "/srv/openclaw/cells/acme", "destination": "/home/node/.openclaw"},
            {"source": "/srv/openclaw/auth/acme", "destination": "/home/node/.config/openclaw"},
        ],
        "state_dir_inside": "/home/node/.openclaw",
        "state_dir_host": "/srv/openclaw/cells/acme",
        "slug": "acme",
        "version": "2026.9.6",
        "fleet": True,
        "health": "healthy",
    }


def test_a_gateway_of_any_image_is_known_by_command_and_environment() -> None:
    facts = container_facts(captured("Support_Team.bot"))
    assert (facts["slug"], facts["fleet"], facts["health"]) == ("support", False, "")
    assert (facts["container_port"], facts["published_port"]) == (18790, 28790)
    assert facts["state_dir_inside"] == "/data/openclaw/state"
    assert facts["state_dir_host"].endswith("/assistant-data/_data/openclaw/state")
    assert facts["version"] == "2026.8.1"  # of the label: the tag is `stable`


@pytest.mark.parametrize(
    ("name", "port", "version"),
    [("openclaw-gateway-1", 18789, ""), ("pod-claw", 18999, "2026.9.5")],
)
def test_a_stopped_one_keeps_port_and_state_directory(name: str, port: int, version: str) -> None:
    facts = container_facts(captured(name))
    assert (facts["running"], facts["pid"], facts["started_at"]) == (False, 0, "")
    assert (facts["published_port"], facts["version"]) == (port, version)
    assert facts["state_dir_host"] == "/srv/openclaw/state"
    assert facts["slug"] == name


def test_no_secret_of_a_container_is_in_the_facts() -> None:
    assert "canary" in json.dumps(DOCKER) and "canary" in json.dumps(PODMAN)
    shown = json.dumps([container_facts(c) for c in (*DOCKER, *PODMAN)])
    assert "canary" not in shown


@pytest.mark.parametrize(
    "data",
    [
        gateway(Image="example/bot", command=["sh", "-c", "sleep 1"], Env=["OPENCLAW_TOKEN=x"]),
        gateway(Image="example/proxy", command=["nginx", "gateway"]),
        gateway(Image="openclaw-sandbox:bookworm-slim", Labels={}),
        gateway(Labels={"openclaw.sandbox": "1"}),
        gateway(command=["node", "dist/index.js", "devices", "list"]),
        {},
    ],
)
def test_what_is_no_gateway(data: dict[str, Any]) -> None:
    assert not is_gateway(data)


@pytest.mark.parametrize(
    "data",
    [
        gateway(),
        gateway(command=["/start.sh"]),
        gateway(Image="example/bot", command=["/start.sh"], Env=["OPENCLAW_STATE_DIR=/s"]),
        gateway(Image="bot", command=["sh", "-c", "exec openclaw gateway"], Env=["OPENCLAW_X=1"]),
        gateway(Image="bot", command=["/start.sh"], Labels={"openclaw.fleet.tenant": "acme"}),
        {"Name": "/openclaw-cell-acme"},
    ],
)
def test_what_is_a_gateway(data: dict[str, Any]) -> None:
    assert is_gateway(data)


@pytest.mark.parametrize(
    ("command", "environment", "user", "inside"),
    [
        ([], [], "node", "/home/node/.openclaw"),
        ([], [], "1000:1000", "/home/node/.openclaw"),
        ([], [], "", "/root/.openclaw"),
        ([], ["HOME=/srv/home"], "node", "/srv/home/.openclaw"),
        ([], ["OPENCLAW_STATE_DIR=~/state/"], "node", "/home/node/state"),
        ([], ["OPENCLAW_STATE_DIR=relative"], "node", ""),
        ([], ["OPENCLAW_CONFIG_PATH=/etc/claw/openclaw.json"], "node", "/etc/claw"),
        (["--profile", "work"], [], "node", "/home/node/.openclaw-work"),
        (["--profile=default"], [], "node", "/home/node/.openclaw"),
        (["--profile", "$(x)/../y"], [], "node", "/home/node/.openclaw"),
    ],
)
def test_where_the_state_is_inside(
    command: list[str], environment: list[str], user: str, inside: str
) -> None:
    data = gateway(command=["openclaw", *command, "gateway"], Env=environment, User=user)
    assert container_facts(data)["state_dir_inside"] == inside


def test_the_innermost_mount_leads_to_the_host() -> None:
    data = gateway(Env=["OPENCLAW_STATE_DIR=/data/claw/state"])
    mounts = [("/vol/data", "/data"), ("/vol/claw", "/data/claw"), ("/vol/other", "/data/cl")]
    data["Mounts"] = [{"Source": source, "Destination": to} for source, to in mounts]
    assert container_facts(data)["state_dir_host"] == "/vol/claw/state"
    data["Mounts"] = [{"Type": "tmpfs", "Source": "", "Destination": "/data"}]
    assert container_facts(data)["state_dir_host"] == ""


def test_a_container_in_the_host_s_network_needs_no_publishing() -> None:
    data = gateway(Env=["OPENCLAW_GATEWAY_PORT=19000"])
    assert container_facts(data)["published_port"] == 0
    data["HostConfig"] = {"NetworkMode": "host"}
    assert container_facts(data)["published_port"] == 19000


@pytest.mark.parametrize("port", ["", "0", "${PORT}", "99999", "-1", "²", "1" * 5000])
def test_a_strange_port_is_the_usual_one(port: str) -> None:
    data = gateway(command=["openclaw", "gateway", "--port", port])
    assert container_facts(data)["container_port"] == 18789


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Support_Team.bot", "support-team-bot"),
        ("9lives", "c-9lives"),
        ("_", "c-container"),
        ("a", "c-a"),
        ("x" * 40, "x" * 30),
        ("x" * 29 + "-y", "x" * 29),
    ],
)
def test_every_name_becomes_a_slug(text: str, slug: str) -> None:
    assert slug_from(text) == slug
    assert check_slug(slug) == slug


@pytest.mark.parametrize("value", [None, "", 7, [], [None], {"a": None}])
def test_strange_data_breaks_nothing(value: Any) -> None:
    whole = captured("openclaw-cell-acme")
    for key in whole:
        facts = container_facts({**whole, key: value})
        assert set(facts) == KEYS
        check_slug(facts["slug"])
        is_gateway({**whole, key: value})


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2026-11-21T08:58:53.123456789+01:00", "2026-11-21T07:58:53Z"),
        ("yesterday", ""),
        ("0001-01-01T00:00:00Z", ""),
        ("2026-13-41T00:00:00Z", ""),
    ],
)
def test_times_are_utc(time: str, utc: str) -> None:
    assert container_facts({**gateway(), "State": {"StartedAt": time}})["started_at"] == utc


@pytest.fixture(autouse=True)
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the only commands; nothing of this machine's engines."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setattr(_containers, "engine_socket", lambda _host: "")
    monkeypatch.setattr(_containers.os, "geteuid", lambda: 1000)
    return folder


def engine(path: Path, ps: str, inspect: str = "", then: str = "") -> None:
    """A command that prints these to `ps` and `inspect`, and writes down how it was called."""
    for name, text in (("ps", ps), ("inspect", inspect)):
        path.with_name(f"{path.name}.{name}").write_text(text)
    path.write_text(
        f'#!/bin/sh\necho "$DOCKER_HOST,$DOCKER_CONTEXT $*" >>{path}.calls\n'
        f"/bin/cat {path}.$1\n{then}\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def listing(data: list[dict[str, Any]]) -> str:
    return "".join(f"{item['Id']}\n" for item in data)


def test_without_an_engine_s_command_there_is_nothing() -> None:
    assert containers(Host()) == ([], [])


def test_an_engine_is_asked_twice_and_on_this_host_only(
    commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://elsewhere")
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    engine(commands / "docker", listing(DOCKER), json.dumps(DOCKER, indent=1))
    found, warnings = containers(Host())
    assert {item["slug"] for item in found} == {"acme", "support", "openclaw-gateway-1"}
    assert warnings == []
    ids = " ".join(item["Id"] for item in DOCKER)
    calls = (commands / "docker.calls").read_text().splitlines()
    assert calls == [
        ",default ps --all --no-trunc --quiet",
        f",default inspect --type container -- {ids}",
    ]


def test_the_engine_s_socket_is_named(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_containers, "engine_socket", lambda _host: "/run/d.sock")
    engine(commands / "docker", "")
    assert containers(Host()) == ([], [])
    assert (commands / "docker.calls").read_text().startswith("unix:///run/d.sock,default ps")


def test_podman_is_asked_only_where_it_has_storage(commands: Path, tmp_path: Path) -> None:
    engine(commands / "podman", listing(PODMAN), json.dumps(PODMAN, indent=1))
    assert containers(Host()) == ([], [])
    (tmp_path / "share" / "containers" / "storage").mkdir(parents=True)
    assert [item["name"] for item in containers(Host())[0]] == ["pod-claw"]


def test_one_container_in_two_engines_is_one(commands: Path, tmp_path: Path) -> None:
    """docker may be a script that runs podman."""
    (tmp_path / "share" / "containers" / "storage").mkdir(parents=True)
    for name in ("docker", "podman"):
        engine(commands / name, listing(PODMAN), json.dumps(PODMAN, indent=1))
    assert [item["name"] for item in containers(Host())[0]] == ["pod-claw"]


def test_a_container_that_goes_meanwhile_does_not_hide_the_others(commands: Path) -> None:
    left = json.dumps(DOCKER, indent=1)
    end = '[ "$1" = ps ] || { echo "Error: No such container: 0123" >&2; exit 1; }'
    engine(commands / "docker", listing(DOCKER) + "0123\n", left, end)
    found, warnings = containers(Host())
    assert (len(found), warnings) == (3, [])


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (
            "echo 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2; exit 1",
            "Is the docker daemon running?",
        ),
        (
            "echo 'permission denied: Get \"http://%2Frun/containers/json\": dial' >&2; exit 1",
            "answer: permission denied.",
        ),
        ("exit 3", "it ended with code 3."),
    ],
)
def test_an_engine_that_does_not_answer_is_a_warning(commands: Path, end: str, reason: str) -> None:
    engine(commands / "docker", "", "", end)
    found, (warning,) = containers(Host())
    assert found == []
    assert (warning["code"], warning["path"]) == ("DOCKER_UNANSWERED", "docker")
    assert warning["message"].startswith("docker is installed but does not answer: ")
    assert reason in warning["message"]


def test_a_slow_engine_is_given_up(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_containers, "TIMEOUT", 0.2)
    engine(commands / "docker", "", "", "exec /bin/sleep 60")
    _found, (warning,) = containers(Host())
    assert "ran longer than" in warning["message"]


def test_an_answer_that_is_cut_off_is_a_warning_without_its_text(commands: Path) -> None:
    cut = json.dumps(DOCKER, indent=1)[:2000]
    engine(commands / "docker", listing(DOCKER), cut)
    found, (warning,) = containers(Host())
    assert (found, warning["code"]) == ([], "DOCKER_UNANSWERED")
    assert "canary" not in json.dumps(warning)


def test_the_socket_is_one_of_this_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    path = tmp_path / "docker.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    assert _containers.engine_socket(Host()) != str(path)
    path.touch()
    assert _containers.engine_socket(Host()) == str(path)
