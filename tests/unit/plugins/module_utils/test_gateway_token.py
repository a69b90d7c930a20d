# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's token, as the gateway itself comes by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway_token import (
    gateway_token,
    resolved,
    token_of,
)


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("literal", "literal"),
        ("${A}", "1"),
        ("x-${A}-${B_2}", "x-1-2"),
        ("${A}${UNSET}", ""),
        ("$${A}", "${A}"),
        ("$${UNSET}-${A}", "${UNSET}-1"),
        ("${lower}", "${lower}"),
        ({"source": "env", "provider": "default", "id": "A"}, "1"),
        ({"source": "env", "provider": "default", "id": "UNSET"}, ""),
        ({"source": "file", "provider": "default", "id": "A"}, ""),
        ({}, ""),
        (5, ""),
        (["A"], ""),
        (None, ""),
    ],
)
def test_a_secret_of_the_config_is_what_the_gateway_makes_of_it(value: Any, token: str) -> None:
    assert resolved(value, {"A": "1", "B_2": "2"}) == token


def test_without_a_token_in_the_config_the_variable_counts() -> None:
    variables = {"OPENCLAW_GATEWAY_TOKEN": "of the environment"}
    assert token_of({}, variables) == "of the environment"
    assert token_of({"gateway": {"auth": {"token": "own"}}}, variables) == "own"
    assert token_of({"gateway": {"auth": {"token": ""}}}, variables) == ""
    assert token_of({"gateway": "broken"}, {}) == ""


def an_instance(folder: Path, config: dict[str, Any], pid: int = 0) -> dict[str, Any]:
    path = folder / "openclaw.json"
    path.write_text(json.dumps(config))
    return {
        "auth": {"mode": "token"},
        "config_path": str(path),
        "told_by": 0,
        "state_dir": str(folder),
        "process": {"pid": pid},
    }


REFERENCE = {"gateway": {"auth": {"token": "${THE_TOKEN}"}}}


def test_the_process_comes_before_the_env_file_and_that_before_the_config(tmp_path: Path) -> None:
    config = {**REFERENCE, "env": {"vars": {"THE_TOKEN": "config"}}}
    assert gateway_token(an_instance(tmp_path, config)) == "config"
    (tmp_path / ".env").write_text("THE_TOKEN=file\n")
    assert gateway_token(an_instance(tmp_path, config)) == "file"
    sleep = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]
    with subprocess.Popen(sleep, env={"THE_TOKEN": "process"}, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline()
        try:
            assert gateway_token(an_instance(tmp_path, config, process.pid)) == "process"
        finally:
            process.kill()


def test_what_cannot_be_read_is_no_token(tmp_path: Path) -> None:
    instance = an_instance(tmp_path, {"gateway": {"auth": {"token": "literal"}}})
    assert gateway_token(instance) == "literal"
    assert gateway_token({**instance, "auth": {"mode": "password"}}) == ""
    (tmp_path / "openclaw.json").write_text("{broken")
    assert gateway_token(instance) == ""
    (tmp_path / "openclaw.json").unlink()
    (tmp_path / ".env").mkdir()
    assert gateway_token(instance) == ""
