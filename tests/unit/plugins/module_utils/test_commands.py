# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines that run a gateway, those that only look like it, and what they tell."""

from __future__ import annotations

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._commands import (
    gateway_command,
    is_gateway,
    is_runtime,
    is_title,
)

from tests.unit.a_host import INDEX, NODE

HOME = "/home/u"


@pytest.mark.parametrize(
    "argv",
    [
        NODE,
        ("/usr/bin/node", "--max-old-space-size=4096", INDEX, "gateway", "--port", "18790"),
        ("/opt/node-24/bin/node", INDEX, "--profile", "acme", "gateway", "run"),
        ("node24", INDEX, "gateway"),
        ("bun", "/srv/openclaw/dist/index.js", "--dev", "gateway"),
        ("openclaw", "--profile=status", "gateway"),
        ("/usr/local/bin/openclaw", "--profile", "logs", "gateway", "--port", "1"),
        ("/usr/bin/env", "NODE_ENV=production", "node", "/srv/openclaw/openclaw.mjs", "gateway"),
        ("/bin/sh", "/usr/bin/openclaw", "gateway"),
        ("/bin/bash", "-lc", "exec openclaw --profile acme gateway run --port 18790"),
        ("sudo", "-u", "claw", "openclaw", "gateway"),
        ("openclaw-gateway",),
        ("openclaw-gateway   ",),
    ],
)
def test_a_gateway_is_known_by_its_command_line(argv: tuple[str, ...]) -> None:
    assert is_gateway(argv)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("",),
        ("openclaw",),
        ("openclaw", "gateway", "status"),
        ("openclaw", "gateway", "stop", "--force"),
        ("openclaw", "--profile", "gateway", "logs"),
        ("openclaw", "agent", "--message", "gateway"),
        ("openclaw", "plugins", "install", "gateway"),
        ("node", "/srv/app/dist/index.js", "gateway"),
        ("node", "/usr/lib/node_modules/openclaw/dist/process/spawn-broker/worker.js"),
        # What they start, or look at, is elsewhere.
        ("ssh", "web1", "openclaw", "gateway"),
        ("docker", "run", "-d", "openclaw/openclaw", "openclaw", "gateway"),
        ("grep", "-r", "token", "/opt/openclaw", "gateway"),
        ("vim", "/home/u/openclaw", "gateway"),
        ("bash", "-c", "echo 'openclaw gateway"),
        ("openclaw-gateway-watch",),
    ],
)
def test_other_command_lines_are_no_gateways(argv: tuple[str, ...]) -> None:
    assert not is_gateway(argv)


@pytest.mark.parametrize(
    ("argv", "environment", "state_dir", "told"),
    [
        (NODE, {}, "/home/u/.openclaw", False),
        ((*NODE, "--profile", "acme"), {}, "/home/u/.openclaw-acme", True),
        ((*NODE, "--profile=default"), {}, "/home/u/.openclaw", True),
        (("openclaw", "--dev", "gateway"), {}, "/home/u/.openclaw-dev", True),
        (("openclaw", "gateway", "--dev"), {}, "/home/u/.openclaw", False),
        (("sh", "-c", "openclaw --profile acme gateway"), {}, "/home/u/.openclaw-acme", True),
        # Of OpenClaw's: the profile of the environment chooses no directory.
        (NODE, {"OPENCLAW_PROFILE": "acme"}, "/home/u/.openclaw", False),
        (NODE, {"OPENCLAW_STATE_DIR": "/srv/x/../acme/"}, "/srv/acme", True),
        ((*NODE, "--profile", "b"), {"OPENCLAW_STATE_DIR": "/srv/a"}, "/srv/a", True),
        (NODE, {"OPENCLAW_STATE_DIR": "~/claw"}, "/home/u/claw", True),
        (NODE, {"OPENCLAW_STATE_DIR": "claw"}, "/srv/work/claw", True),
        (NODE, {"OPENCLAW_HOME": "/srv/h"}, "/srv/h/.openclaw", False),
        (NODE, {"HOME": "/srv/other"}, "/srv/other/.openclaw", False),
        (NODE, {"OPENCLAW_STATE_DIR": "  "}, "/home/u/.openclaw", False),
    ],
)
def test_the_state_directory_is_that_which_openclaw_takes(
    argv: tuple[str, ...], environment: dict[str, str], state_dir: str, told: bool
) -> None:
    command = gateway_command(argv, environment, HOME, "/srv/work")
    assert (command.state_dir, command.told) == (state_dir, told)
    assert command.config_path == state_dir + "/openclaw.json"


def test_a_config_path_goes_its_own_way() -> None:
    command = gateway_command(NODE, {"OPENCLAW_CONFIG_PATH": "/etc/claw.json"}, HOME)
    assert (command.config_path, command.state_dir) == ("/etc/claw.json", "/home/u/.openclaw")


@pytest.mark.parametrize("home", ["", "relative"])
def test_without_a_home_there_is_no_directory(home: str) -> None:
    command = gateway_command(NODE, {}, home)
    assert (command.state_dir, command.config_path) == ("", "")


def test_a_path_with_a_nul_byte_is_none() -> None:
    command = gateway_command(NODE, {"OPENCLAW_STATE_DIR": "/srv/a\0b"}, HOME)
    assert command.state_dir == "/home/u/.openclaw"


@pytest.mark.parametrize(
    ("argv", "environment", "port"),
    [
        (NODE, {}, 0),
        ((*NODE, "--port", "18791"), {"OPENCLAW_GATEWAY_PORT": "18790"}, 18791),
        ((*NODE, "--port=18791"), {}, 18791),
        (NODE, {"OPENCLAW_GATEWAY_PORT": " 18790 "}, 18790),
        (NODE, {"OPENCLAW_GATEWAY_PORT": "²"}, 0),
        (NODE, {"OPENCLAW_GATEWAY_PORT": "70000"}, 0),
        (NODE, {"OPENCLAW_GATEWAY_PORT": "9" * 5000}, 0),
        ((*NODE, "--port"), {}, 0),
        (("openclaw", "--dev", "gateway"), {}, 19001),
    ],
)
def test_the_port_is_that_of_the_command_before_that_of_the_environment(
    argv: tuple[str, ...], environment: dict[str, str], port: int
) -> None:
    assert gateway_command(argv, environment, HOME).port == port


def test_only_names_of_variables_that_say_something_are_kept() -> None:
    command = gateway_command(NODE, {"ANTHROPIC_API_KEY": "sk-canary", "NODE_OPTIONS": ""}, HOME)
    assert command.variables == {"ANTHROPIC_API_KEY"}
    assert "sk-canary" not in repr(command)


def test_folders_to_include_from_are_told() -> None:
    command = gateway_command(NODE, {"OPENCLAW_INCLUDE_ROOTS": "/etc/claw: :~/shared"}, HOME)
    assert command.include_roots == ("/etc/claw", "/home/u/shared")


def test_a_title_and_a_runtime_are_told_apart() -> None:
    assert is_title(["openclaw-gateway "]) and not is_title(NODE) and not is_title([])
    assert is_runtime("/usr/bin/node22") and is_runtime("openclaw-gateway ")
    assert not is_runtime("/usr/bin/ssh") and not is_runtime("")
