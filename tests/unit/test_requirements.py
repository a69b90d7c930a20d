# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinned packages are those that pyproject.toml asks for, each with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEV = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Package -> its version and how many hashes it has, in a file of requirements/."""
    found: dict[str, tuple[str, int]] = {}
    text = re.sub(r"\\\n\s+", " ", (ROOT / "requirements" / name).read_text())
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            package, _equals, version = words[0].partition("==")
            found[canonicalize_name(package)] = (version, line.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize(
    ("name", "wanted"), [("runtime.txt", RUNTIME), ("dev.txt", RUNTIME + DEV)], ids=["up", "dev"]
)
def test_what_is_asked_for_is_pinned_as_allowed(name: str, wanted: list[Requirement]) -> None:
    pinned = pins(name)
    for requirement in wanted:
        version, _hashes = pinned.get(canonicalize_name(requirement.name), ("none", 0))
        assert version != "none" and requirement.specifier.contains(version), (
            f"{requirement} is not what {name} pins ({version}): make pins"
        )


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_package_has_a_version_and_hashes_and_no_place(name: str) -> None:
    pinned = pins(name)
    assert pinned and all(version and hashes for version, hashes in pinned.values())
    assert "://" not in (ROOT / "requirements" / name).read_text()


def test_both_pin_the_same_versions() -> None:
    assert pins("runtime.txt").items() <= pins("dev.txt").items()
