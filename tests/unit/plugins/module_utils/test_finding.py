# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that mend: for whom they are written, and that a shell takes them for what they are."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._dotenv import parse
from ansible_collections.claw.pilot.plugins.module_utils._finding import Commands

from tests.unit.observed import STATE_DIR, instance

ODD = "/home/o'dd dir/.openclaw-acme"


def commands(reader: str = "claw", **changes: Any) -> Commands:
    return Commands(instance(**changes), reader)


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        ("claw", "systemctl --user enable openclaw-acme"),
        (
            "root",
            "sudo -u claw XDG_RUNTIME_DIR=/run/user/$(id -u claw) "
            "systemctl --user enable openclaw-acme",
        ),
        (
            "admin",
            "sudo -u claw XDG_RUNTIME_DIR=/run/user/$(id -u claw) "
            "systemctl --user enable openclaw-acme",
        ),
    ],
)
def test_a_users_unit_is_reached_through_its_user(reader: str, wanted: str) -> None:
    assert commands(reader).service("enable") == wanted


def test_root_and_the_owner_need_no_sudo_for_files() -> None:
    plain = f"chmod 700 {STATE_DIR}"
    assert commands("claw").chmod("700", STATE_DIR) == plain
    assert commands("root").chmod("700", STATE_DIR) == plain
    assert commands("admin").chmod("700", STATE_DIR) == f"sudo {plain}"
    assert commands("admin").enable_linger() == "sudo loginctl enable-linger claw"


@pytest.mark.parametrize(
    ("manager", "scope", "verb", "wanted"),
    [
        ("systemd", "system", "restart", "sudo systemctl restart openclaw-acme"),
        ("systemd", "user", "restart", "systemctl --user restart openclaw-acme"),
        ("supervisor", "system", "restart", "sudo supervisorctl restart openclaw-acme"),
        ("docker", "", "restart", "docker restart openclaw-acme"),
        ("docker", "", "enable", ""),
        ("none", "", "restart", ""),
    ],
)
def test_what_is_not_ours_is_restarted_by_its_own_manager(
    manager: str, scope: str, verb: str, wanted: str
) -> None:
    theirs = commands(managed=False, service__manager=manager, service__scope=scope)
    assert theirs.service(verb) == wanted


def test_our_own_command_names_the_user_and_an_unusual_home() -> None:
    assert commands().service("restart") == "claw-pilot restart acme"
    server = commands("root", openclaw_home="/opt/my claw")
    assert server.claw_pilot("restart") == (
        "claw-pilot restart acme openclaw_user=claw 'openclaw_home=/opt/my claw'"
    )


def test_a_container_has_its_own_openclaw() -> None:
    inside = commands(service__manager="docker")
    assert inside.openclaw("devices", "list") == "docker exec openclaw-acme openclaw devices list"
    assert inside.new_token().endswith(
        " | docker exec -i openclaw-acme openclaw config patch --stdin"
    )


def test_paths_are_quoted_for_the_shell() -> None:
    quoted = "'/home/o'\"'\"'dd dir/.openclaw-acme'"
    odd = commands("root", state_dir=ODD)
    assert odd.chmod("700", ODD) == f"chmod 700 {quoted}"
    assert "'OPENCLAW_STATE_DIR=/home/o'\"'\"'dd dir" in odd.openclaw("doctor")


def run(line: str, folder: Path, stdin: str = "") -> None:
    """Run the line with stand-ins for the commands that are not of the shell."""
    for name in ("openclaw", "claw-pilot"):
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $@" >> {folder}/said; cat >> {folder}/said\n')
        file.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(
        ["sh", "-c", line], input=stdin, env={"PATH": path}, check=True, text=True, timeout=30
    )


def test_a_new_token_is_random_private_and_in_no_argument(tmp_path: Path) -> None:
    state_dir = tmp_path / "it's here"
    state_dir.mkdir()
    unset = commands(state_dir=str(state_dir), auth__secret="unset")
    run(unset.new_token(), tmp_path)
    run(unset.new_token(), tmp_path)
    env = state_dir / ".env"
    lines = env.read_text().split()
    assert len(set(lines)) == 2
    assert lines[1] == f"OPENCLAW_GW_AUTH_TOKEN={parse(env.read_text())['OPENCLAW_GW_AUTH_TOKEN']}"
    assert len(lines[1].partition("=")[2]) == 48
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert (tmp_path / "said").read_text() == "claw-pilot restart acme\n" * 2


def test_a_new_token_for_a_config_is_handed_over_on_standard_input(tmp_path: Path) -> None:
    run(commands(auth__secret="weak").new_token(), tmp_path)
    command, patch = (tmp_path / "said").read_text().splitlines()
    assert command == "openclaw config patch --stdin"
    assert patch.startswith('{"gateway":{"auth":{"mode":"token","token":"')
    assert len(patch) == len('{"gateway":{"auth":{"mode":"token","token":""}}}') + 48


def test_the_telegram_token_is_asked_for_and_lands_in_the_env_file(tmp_path: Path) -> None:
    run(commands(state_dir=str(tmp_path)).telegram_token(), tmp_path, "123456:bot\n")
    assert parse((tmp_path / ".env").read_text()) == {"TELEGRAM_BOT_TOKEN": "123456:bot"}
