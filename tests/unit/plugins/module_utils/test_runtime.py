# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions and installed runtimes: what is found is whole, what becomes a path is harmless."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _installer, _runtime
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    NODE_WHEEL_VERSION,
    OPENCLAW_VERSION,
    ClawPilotError,
)
from ansible_collections.claw.pilot.plugins.module_utils._unit import Runtime
from hypothesis import given
from hypothesis import strategies as st

OPENCLAW_ENGINES = ">=24.16.0 <25 || >=26.1.0"  # package.json of openclaw 2026.9.6


@pytest.mark.parametrize(
    "version",
    ["", "..", "../x", "1/../../x", "1/2", "/1", "latest", "v1.2.3", "1.2.3\n", "1 2", "1;x", "^1"]
    + ["1.2.3\\..", "~1", "-1", "\u0661.2.3"],
)
def test_a_version_that_is_no_plain_version_is_refused(version: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _runtime.check_version(version)
    assert caught.value.code == "INVALID_VERSION"
    assert repr(version) in caught.value.message


@pytest.mark.parametrize("version", ["2026.9.6", "2026.9.6-beta.1", "24.19.0", "1.0.0+build", "7"])
def test_a_plain_version_is_returned(version: str) -> None:
    assert _runtime.check_version(version) == version


@given(st.text(max_size=12) | st.from_regex(r"[0-9][0-9a-z./-]{0,8}", fullmatch=True))
def test_an_accepted_version_is_one_name_of_a_folder(version: str) -> None:
    try:
        _runtime.check_version(version)
    except ClawPilotError:
        return
    assert Path(version).name == version
    assert version not in (".", "..")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v24.19.0\n", (24, 19, 0)),
        ("24.19.0", (24, 19, 0)),
        ("v26.1.0-nightly20260101", (26, 1, 0)),
        ("OpenClaw 2026.9.6 (eb377ac)", (2026, 9, 6)),
        ("24.19", (0, 0, 0)),
        ("", (0, 0, 0)),
        ("none", (0, 0, 0)),
    ],
)
def test_the_first_version_in_a_text_is_read(text: str, version: tuple[int, int, int]) -> None:
    assert _runtime.version_of(text) == version


@pytest.mark.parametrize(
    ("version", "engines", "fits"),
    [
        ((24, 15, 9), OPENCLAW_ENGINES, False),
        ((24, 16, 0), OPENCLAW_ENGINES, True),
        ((24, 19, 0), OPENCLAW_ENGINES, True),
        ((24, 99, 99), OPENCLAW_ENGINES, True),
        ((25, 0, 0), OPENCLAW_ENGINES, False),
        ((25, 9, 0), OPENCLAW_ENGINES, False),
        ((26, 0, 9), OPENCLAW_ENGINES, False),
        ((26, 1, 0), OPENCLAW_ENGINES, True),
        ((30, 0, 0), OPENCLAW_ENGINES, True),
        ((0, 0, 0), OPENCLAW_ENGINES, False),
        ((22, 0, 0), ">=22", True),
        ((21, 9, 9), ">=22", False),
        ((22, 12, 0), ">=22.12.0", True),
        ((22, 11, 9), ">=22.12.0", False),
        ((20, 0, 0), ">18.0.0 <=20.0.0", True),
        ((20, 0, 1), ">18.0.0 <=20.0.0", False),
        ((18, 0, 0), ">18.0.0", False),
        ((24, 16, 0), "=24.16.0", True),
        ((24, 16, 0), "24.16.0", True),
        ((24, 16, 1), "24.16.0", False),
        ((1, 2, 3), "*", True),
        ((1, 2, 3), "", True),
        ((1, 2, 3), "lts", False),
        ((22, 0, 0), ">= 22", True),
        ((21, 0, 0), ">= 22", False),
    ],
)
def test_a_version_satisfies_an_engines_range_or_not(
    version: tuple[int, int, int], engines: str, fits: bool
) -> None:
    assert _runtime.satisfies(version, engines) is fits


def test_the_pinned_node_satisfies_the_pinned_openclaw() -> None:
    assert _runtime.satisfies(_runtime.version_of(NODE_WHEEL_VERSION), OPENCLAW_ENGINES)


def install(prefix: Path, version: str, node: bool = True) -> Runtime:
    """A runtime as the installer leaves it, with an empty file for node."""
    binary = prefix / "node" / "bin" / "node"
    binary.parent.mkdir(parents=True, exist_ok=True)
    if node:
        binary.touch()
    runtime = Runtime(str(binary), "24.19.0", version, str(prefix / "index.js"), prefix=str(prefix))
    manifest = Path(_runtime.manifest_path(str(prefix), version))
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps(asdict(runtime)))
    return runtime


def test_nothing_installed_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _runtime.find(Host(), str(tmp_path))
    assert caught.value.code == "OPENCLAW_NOT_FOUND"
    assert str(tmp_path) in caught.value.message
    assert "openclaw_host" in caught.value.hint


def test_a_version_that_is_not_installed_is_an_error_that_names_those_that_are(
    tmp_path: Path,
) -> None:
    install(tmp_path, "2026.9.5")
    with pytest.raises(ClawPilotError) as caught:
        _runtime.find(Host(), str(tmp_path), "2026.9.6")
    assert caught.value.code == "OPENCLAW_NOT_FOUND"
    assert "2026.9.6" in caught.value.message
    assert "2026.9.5" in caught.value.hint


def test_a_version_that_leads_out_of_the_prefix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _runtime.find(Host(), str(tmp_path), "../../etc")
    assert caught.value.code == "INVALID_VERSION"


def test_a_runtime_whose_node_is_gone_is_an_error(tmp_path: Path) -> None:
    install(tmp_path, "2026.9.6", node=False)
    with pytest.raises(ClawPilotError) as caught:
        _runtime.find(Host(), str(tmp_path))
    assert caught.value.code == "NODE_NOT_FOUND"


def test_a_manifest_that_is_not_json_is_an_error_that_names_it(tmp_path: Path) -> None:
    install(tmp_path, "2026.9.6")
    Path(_runtime.manifest_path(str(tmp_path), "2026.9.6")).write_text("{")
    with pytest.raises(ClawPilotError) as caught:
        _runtime.find(Host(), str(tmp_path))
    assert "runtime.json" in caught.value.message


def test_only_what_is_installed_whole_is_there_oldest_first(tmp_path: Path) -> None:
    for version in ("2026.10.1", "2026.9.6", "2026.9.16"):
        install(tmp_path, version)
    (tmp_path / "openclaw" / "2026.11.1").mkdir()
    (tmp_path / "openclaw" / "2026.11.2.partial").mkdir()
    assert _runtime.installed_versions(Host(), str(tmp_path)) == [
        "2026.9.6",
        "2026.9.16",
        "2026.10.1",
    ]


def test_the_named_version_is_found_and_else_the_newest(tmp_path: Path) -> None:
    old, new = install(tmp_path, "2026.9.5"), install(tmp_path, OPENCLAW_VERSION)
    assert _runtime.find(Host(), str(tmp_path), "2026.9.5") == old
    assert _runtime.find(Host(), str(tmp_path)) == new


def test_what_is_written_down_is_what_is_found(tmp_path: Path) -> None:
    runtime = install(tmp_path, "2026.9.6")
    _installer.Installer(Host(), str(tmp_path)).write_manifest(runtime)
    assert _runtime.find(Host(), str(tmp_path)) == runtime


def test_a_node_that_does_not_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _installer.node_version_of(Host(), str(tmp_path / "node"))
    assert caught.value.code == "NODE_NOT_FOUND"


def test_an_openclaw_that_the_node_does_not_suit_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "openclaw" / "2026.9.6" / "node_modules" / "openclaw"
    package.mkdir(parents=True)
    engines = {"engines": {"node": OPENCLAW_ENGINES}}
    (package / "package.json").write_text(json.dumps(engines))
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v20.20.2\n")
    node.chmod(0o755)
    with pytest.raises(ClawPilotError) as caught:
        _installer.Installer(Host(), str(tmp_path)).openclaw("2026.9.6", str(node), ("npm",))
    assert caught.value.code == "NODE_TOO_OLD"
    assert "20.20.2" in caught.value.message
    assert OPENCLAW_ENGINES in caught.value.message
