# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preflight of a host: what it lacks is said in a sentence with figures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _capacity, _prepare
from ansible_collections.claw.pilot.plugins.module_utils._arguments import RUNTIME_ARGUMENTS
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError, Layout

MEMINFO = (Path(__file__).parents[2] / "fixtures" / "meminfo.txt").read_text()
AVAILABLE_MB = 21625


class FakeHost(Host):
    """The real files, but for /proc/meminfo."""

    def __init__(self, meminfo: str = MEMINFO) -> None:
        self.meminfo = meminfo

    def read(self, path: str) -> str | None:
        return self.meminfo if path == "/proc/meminfo" else super().read(path)


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A disk with 5000 MB free; records the folder that was asked for."""
    asked: dict[str, Any] = {"free": 5000}

    def usage(folder: str) -> SimpleNamespace:
        asked["folder"] = folder
        return SimpleNamespace(free=asked["free"] * 2**20)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    yield asked


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [
        (MEMINFO, AVAILABLE_MB),
        ("MemTotal: 1 kB\nMemAvailable:     716800 kB\n", 700),
        ("MemTotal:       24684096 kB\n", None),
        ("", None),
    ],
    ids=["captured", "small", "none given", "no file"],
)
def test_available_memory_is_read_from_the_kernels_text(text: str, megabytes: int | None) -> None:
    assert _capacity.available_memory_mb(text) == megabytes


def test_too_little_disk_is_a_sentence_with_figures(tmp_path: Path, disk: dict[str, Any]) -> None:
    disk["free"] = 1999
    with pytest.raises(ClawPilotError) as caught:
        _capacity.check_capacity(FakeHost(), str(tmp_path), 2000, 700)
    assert caught.value.code == "NO_DISK_SPACE"
    for part in ("1999 MB", "2000 MB", str(tmp_path)):
        assert part in caught.value.message
    assert caught.value.hint


def test_too_little_memory_is_a_sentence_with_figures(tmp_path: Path) -> None:
    host = FakeHost("MemAvailable: 512000 kB\n")
    with pytest.raises(ClawPilotError) as caught:
        _capacity.check_capacity(host, str(tmp_path), 2000, 700)
    assert caught.value.code == "NO_MEMORY"
    assert "500 MB" in caught.value.message
    assert "700 MB" in caught.value.message


@pytest.mark.parametrize(
    ("meminfo", "disk_mb", "memory_mb"),
    [(MEMINFO, 5000, AVAILABLE_MB), ("", 2000, 700), ("MemAvailable: 716800 kB\n", 0, 700)],
    ids=["just enough", "a kernel that does not say", "small"],
)
def test_enough_is_enough(tmp_path: Path, meminfo: str, disk_mb: int, memory_mb: int) -> None:
    _capacity.check_capacity(FakeHost(meminfo), str(tmp_path), disk_mb, memory_mb)


def test_the_disk_of_the_nearest_folder_that_exists_is_looked_at(
    tmp_path: Path, disk: dict[str, Any]
) -> None:
    _capacity.check_capacity(FakeHost(), str(tmp_path / "a" / "b"), 1, 1)
    assert disk["folder"] == str(tmp_path)


def test_room_for_an_instance_is_looked_for_in_its_home(
    tmp_path: Path, disk: dict[str, Any]
) -> None:
    disk["free"] = _capacity.INSTANCE_DISK_MB - 1
    with pytest.raises(ClawPilotError) as caught:
        _capacity.check_room_for_instance(FakeHost(), Layout(str(tmp_path), "acme"))
    assert caught.value.code == "NO_DISK_SPACE"


def preparation(prefix: Path, **more: Any) -> _prepare.Preparation:
    params = {name: option.get("default") for name, option in RUNTIME_ARGUMENTS.items()}
    params.update(prefix=str(prefix), service_manager="supervisor", **more)
    return _prepare.Preparation(params, check_mode=True, host=FakeHost())


def test_check_mode_on_a_bare_host_says_what_it_would_install_and_writes_nothing(
    tmp_path: Path,
) -> None:
    prefix = tmp_path / "prefix"
    result = preparation(prefix).have_runtime()
    assert result["changed"]
    assert result["runtime"]["service_manager"] == "supervisor"
    assert any("openclaw" in step for step in result["steps"])
    assert not prefix.exists()


def test_a_bad_version_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(ClawPilotError) as caught:
        preparation(tmp_path, openclaw_version="../x").have_runtime()
    assert caught.value.code == "INVALID_VERSION"


@pytest.mark.parametrize("version", ["2026.9.6", "1.0.0"])
def test_a_host_without_enough_room_is_refused_before_an_install(
    tmp_path: Path, version: str, disk: dict[str, Any]
) -> None:
    disk["free"] = 10
    with pytest.raises(ClawPilotError) as caught:
        preparation(tmp_path, openclaw_version=version).have_runtime()
    assert caught.value.code == "NO_DISK_SPACE"
    assert os.listdir(tmp_path) == []
