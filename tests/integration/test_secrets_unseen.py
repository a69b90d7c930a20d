# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No documented way to hand over a secret shows it, whatever else is wrong, not even with -vvv."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from .controller import ANSIBLE, ROOT, private_environment

CANARY = "canary-"
SECRETS: dict[str, Any] = {
    "anthropic_api_key": f"{CANARY}anthropic",
    "telegram_bot_token": f"123456:{CANARY}telegram",
    "providers": [{"name": "anthropic", "api_key": f"{CANARY}provider"}],
    "telegram": {"enabled": True, "bot_token": f"123456:{CANARY}bot"},
    "mem0": {"enabled": True, "mode": "platform", "api_key": f"{CANARY}mem0"},
    "config": {
        "env": {"AWS_SECRET_ACCESS_KEY": f"{CANARY}env"},
        "channels": {"slack": {"botToken": f"{CANARY}slack"}},
        "hooks": {"url": f"https://me:{CANARY}userinfo@example.org/"},
    },
    "instance_environment": {"MY_PAT": f"{CANARY}pat"},
    "install_environment": {"https_proxy": f"http://me:{CANARY}proxy@127.0.0.1:9"},
    "plugin_config": {"dsn": f"postgres://me:{CANARY}dsn@example.org/"},
    "registry_token": f"{CANARY}registry",
}
RESERVED = {"port": 18909, "timeout": 5, "tags": "x"}  # names that Ansible warns of
WRONG: dict[str, dict[str, Any]] = {
    "names": RESERVED,
    "a template": {**RESERVED, "display_name": "{{ 1 +"},
    "types": {**RESERVED, "heap_limit_mb": "lots", "agents": 5, "control_ui": "on"},
}
Write = Callable[[Path, dict[str, Any]], list[str]]


def looked_up(folder: Path, wrong: dict[str, Any]) -> list[str]:
    """Each secret in a file of its own."""
    given = {}
    for name, value in SECRETS.items():
        (folder / name).write_text(json.dumps(value))
        given[name] = f"{{{{ lookup('ansible.builtin.file', '{folder}/{name}') | from_json }}}}"
    return variables_file(folder, yaml.safe_dump({**given, **wrong}, sort_keys=False))


def encrypted(folder: Path, wrong: dict[str, Any]) -> list[str]:
    """The whole file."""
    words = variables_file(folder, yaml.safe_dump({**SECRETS, **wrong}, sort_keys=False))
    vault(folder, "encrypt", str(folder / "acme.yml"))
    return [*words, "--vault-password-file", str(folder / "password")]


def encrypted_values(folder: Path, wrong: dict[str, Any]) -> list[str]:
    """Each value that is a text, the whole of those that are none within a lookup."""
    texts = {name: value for name, value in SECRETS.items() if isinstance(value, str)}
    blocks = [
        vault(folder, "encrypt_string", value, "--name", name) for name, value in texts.items()
    ]
    pat = vault(folder, "encrypt_string", f"{CANARY}pat", "--name", "MY_PAT").replace("\n", "\n  ")
    text = "\n".join([*blocks, f"instance_environment:\n  {pat}", yaml.safe_dump(wrong)])
    return [*variables_file(folder, text), "--vault-password-file", str(folder / "password")]


FORMS: dict[str, Write] = {
    "looked up": looked_up,
    "encrypted": encrypted,
    "encrypted values": encrypted_values,
}


def variables_file(folder: Path, text: str) -> list[str]:
    (folder / "acme.yml").write_text(text)
    return ["-e", f"@{folder}/acme.yml"]


def vault(folder: Path, verb: str, *words: str) -> str:
    (folder / "password").write_text("of the vault")
    program = str(Path(ANSIBLE).with_name("ansible-vault"))
    command = [program, verb, "--vault-password-file", str(folder / "password"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def showing(text: str) -> list[str]:
    """The lines that hold a secret."""
    return [line for line in text.splitlines() if CANARY in line]


def shown(folder: Path, command: list[str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=private_environment(folder, COLUMNS="500"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("form", FORMS)
def test_a_run_shows_no_secret(tmp_path: Path, form: str, wrong: str) -> None:
    place = {"openclaw_home": str(tmp_path), "registry": "none", "slug": "acme"}
    words = FORMS[form](tmp_path, {**place, **WRONG[wrong]})
    text = shown(
        tmp_path, [ANSIBLE, "claw.pilot.create_instance", *words, "--check", "--diff", "-vvv"]
    )
    assert "TASK [" in text
    assert showing(text) == []


def by_the_command(folder: Path, wrong: dict[str, Any]) -> str:
    """What `claw-pilot create` shows that is given all of it."""
    given = {**SECRETS, "openclaw_home": str(folder), "registry": "none", **wrong}
    pairs = [f"{name}={json.dumps(value)}" for name, value in given.items()]
    command = [str(Path(sys.executable).with_name("claw-pilot")), "create", "acme", "--check"]
    return shown(folder, [*command, "--diff", "-vvv", *pairs])


@pytest.mark.parametrize("wrong", WRONG)
def test_the_command_shows_no_secret(tmp_path: Path, wrong: str) -> None:
    ours = {name: value for name, value in WRONG[wrong].items() if name not in RESERVED}
    text = by_the_command(tmp_path, ours)
    assert showing(text) == []
    assert "TASK [" in text


def test_the_command_refuses_names_of_ansible_before_ansible_reads_them(tmp_path: Path) -> None:
    text = by_the_command(tmp_path, RESERVED)
    assert "port is a word of Ansible itself" in text and "TASK [" not in text
    assert showing(text) == []


def test_a_plugin_shows_no_secret(tmp_path: Path) -> None:
    place = {"openclaw_home": str(tmp_path), "registry": "none", "slug": "acme", "yes": True}
    words = encrypted(tmp_path, {**place, "plugin": "openclaw-mem0"})
    text = shown(
        tmp_path, [ANSIBLE, "claw.pilot.install_plugin", *words, "--check", "--diff", "-vvv"]
    )
    assert "There is no instance" in text  # said by the module, whose options -vvv shows
    assert showing(text) == []
