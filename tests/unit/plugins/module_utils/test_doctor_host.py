# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor on what lies between instances, and on the host itself."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _doctor_host
from ansible_collections.claw.pilot.plugins.module_utils._model import NODE_WHEEL_VERSION

from tests.unit.observed import CONFIG, HOST, OPENCLAW, STATE_DIR, changed, findings, instance

OLD_NODE = [{"path": "/usr/bin/node", "version": "22.20.0"}]


def test_the_pinned_node_and_openclaw_suit_each_other() -> None:
    assert _doctor_host.fits(NODE_WHEEL_VERSION)
    versions = ("24.16.0", "24.99.1", "26.1.0", "v27.0.0")
    assert all(_doctor_host.fits(version) for version in versions)
    assert not any(_doctor_host.fits(version) for version in ("22.20.0", "24.15.9", "25.9.0", ""))


@pytest.mark.parametrize(
    ("changes", "check", "severity", "words"),
    [
        ({"disk__free_bytes": 999_000_000}, "disk", "warning", "999 MB are free"),
        ({"disk__free_bytes": 199_000_000}, "disk", "error", "199 MB are free"),
        ({"memory__available_bytes": 699_000_000}, "memory", "warning", "699 MB are available"),
    ],
)
def test_what_is_wrong_with_a_host_is_one_finding(
    changes: dict[str, Any], check: str, severity: str, words: str
) -> None:
    (found,) = findings(host=changed(HOST, **changes))
    assert (found["slug"], found["check"], found["severity"]) == ("", check, severity)
    assert words in found["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"disk__free_bytes": 10**9, "memory__available_bytes": 700_000_000},
        {"disk": {"path": "", "total_bytes": 0, "free_bytes": 0}},
        {"memory": {"total_bytes": 0, "available_bytes": 0}},
        {"node": []},
        {"node": [*OLD_NODE, *HOST["node"]]},
        {"node": OLD_NODE},
    ],
)
def test_a_host_with_room_and_a_fitting_node_is_fine(changes: dict[str, Any]) -> None:
    assert findings(host=changed(HOST, **changes)) == []


THEIRS = {"managed": False, "state": "stopped", "health__live": False, "service__enabled": False}


@pytest.mark.parametrize(
    ("changes", "severities"),
    [
        (THEIRS, ["error"]),
        ({**THEIRS, "openclaw_version": ""}, ["warning"]),
        ({**THEIRS, "managed": True}, []),
        ({**THEIRS, "service__manager": "docker"}, []),
        ({"managed": False}, []),
    ],
)
def test_an_old_node_matters_to_what_is_to_start_with_it(
    changes: dict[str, Any], severities: list[str]
) -> None:
    found = findings(instance(**changes), host=changed(HOST, node=OLD_NODE))
    assert [f["severity"] for f in found] == severities
    assert all("22.20.0 at /usr/bin/node" in f["evidence"] for f in found)
    assert findings(instance(**changes)) == []


def test_several_versions_on_one_host_are_said_once() -> None:
    versions = ("2026.9.6", "2026.10.2", "2026.10.2", "")
    made = [
        instance(f"i{n}", port=20000 + 200 * n, openclaw_version=version)
        for n, version in enumerate(versions)
    ]
    (found,) = findings(*made)
    assert (found["slug"], found["severity"]) == ("", "info")
    assert found["evidence"] == "2026.9.6 (1), 2026.10.2 (2)"


def test_two_configs_on_one_port_are_an_error_and_the_living_one_keeps_it() -> None:
    stopped = {"state": "stopped", "health__live": False, "service__enabled": False}
    alpha = instance("alpha", port=18789, **stopped)
    beta = instance("beta", port=18789)
    theirs = instance("gamma", port=18789, managed=False, **stopped)
    found = findings(alpha, beta, theirs)
    assert [(f["slug"], f["check"], f["severity"]) for f in found] == [
        (slug, "port", "error") for slug in ("alpha", "beta", "gamma")
    ]
    assert "The port 18789 is also that of 'beta'" in found[0]["message"]
    assert "also that of 'alpha'" in found[1]["message"]
    assert "port 18789 in /home/claw/.openclaw-gamma/openclaw.json" in found[0]["evidence"]
    assert [f["fix"] for f in found[:2]] == ["claw-pilot create alpha gateway_port=18909", ""]
    assert found[2]["fix"].endswith(f" {OPENCLAW} config set gateway.port 19029")


def test_a_port_that_somebody_else_holds_matters_most_to_who_wants_it() -> None:
    taken = {"problems": [{"code": "PORT_TAKEN", "message": "Somebody else listens on 18789."}]}
    (found,) = findings(instance(state="error", reason="", **taken))[1:]
    assert (found["check"], found["severity"]) == ("port", "error")
    idle = {"state": "stopped", "service__active": False, "service__enabled": False}
    (found,) = findings(instance(**idle, **taken))
    assert (found["check"], found["severity"]) == ("port", "warning")
    assert found["fix"] == "claw-pilot create acme gateway_port=18909"
    checks = [f["message"] for f in findings(instance(**taken), instance("beta"))]
    assert [message[:4] for message in checks] == ["The ", "The "]  # the clash tells it already


def test_the_openclaw_of_the_instances_version_is_started() -> None:
    packages = [{"path": f"/p/{v}", "version": v} for v in ("2026.9.6", "2026.10.1")]
    nodes = [*OLD_NODE, {"path": "/n/node", "version": "24.19.0"}]

    def program(host: dict[str, Any], version: str) -> str:
        return _doctor_host.toolbox(host, "claw")(instance(openclaw_version=version)).program

    host = changed(HOST, openclaw=packages, node=nodes)
    assert program(host, "2026.10.1") == "/n/node /p/2026.10.1/dist/index.js"
    assert program(host, "2025.1.1") == "/n/node /p/2026.9.6/dist/index.js"
    assert program(changed(host, node=OLD_NODE), "2026.9.6") == "openclaw"
    assert program(changed(host, openclaw=[]), "2026.9.6") == "openclaw"


def test_ports_too_near_are_a_warning_for_the_upper_one() -> None:
    found = findings(instance("low", port=18789), instance("high", port=18908))
    (one,) = found
    assert (one["slug"], one["severity"]) == ("high", "warning")
    assert "only 119 above that of 'low'" in one["message"]
    assert one["fix"] == "claw-pilot create high gateway_port=19028"
    assert findings(instance("low", port=18789), instance("high", port=18909)) == []


def test_unknown_ports_and_containers_have_no_neighbours() -> None:
    assert findings(instance("a", port=0), instance("b", port=0)) == []
    assert findings(instance("a"), instance("b", service__manager="docker")) == []


def test_no_port_above_the_highest_is_offered() -> None:
    found = findings(instance("a", port=65500), instance("b", port=65500))
    assert [f["fix"] for f in found] == ["", ""]


def test_a_thousand_on_one_port_stay_readable() -> None:
    found = findings(*(instance(f"i{n}") for n in range(1000)))
    assert len(found) == 1000
    assert max(len(f["evidence"]) for f in found) < 250
    assert found[0]["evidence"].endswith("and 997 more")


def test_mem0_wants_its_plugin_and_the_shared_services() -> None:
    enabled = instance(mem0={"enabled": True, "installed": False})
    ready = changed(HOST, shared__ollama__running=True, shared__qdrant__running=True)
    (found,) = findings(enabled, host=ready)
    assert (found["slug"], found["severity"]) == ("acme", "warning")
    assert found["fix"] == "ansible-playbook claw.pilot.install_plugin -e slug=acme"
    (theirs,) = findings({**enabled, "managed": False}, host=ready)
    assert theirs["fix"] == (
        f"env OPENCLAW_STATE_DIR={STATE_DIR} OPENCLAW_CONFIG_PATH={CONFIG} {OPENCLAW} plugins "
        "install npm:@mem0/openclaw-mem0@1.0.16 --force --pin --accept-capabilities"
    )
    installed = instance(mem0={"enabled": True, "installed": True})
    assert findings(installed, host=ready) == []
    found = findings(installed, reader="root")
    assert [(f["slug"], f["check"], f["fix"]) for f in found] == [
        ("", "mem0", "systemctl start ollama"),
        ("", "mem0", ""),
    ]
    docker = changed(HOST, shared__docker__running=True)
    assert findings(installed, host=docker)[1]["fix"] == "docker start qdrant"
