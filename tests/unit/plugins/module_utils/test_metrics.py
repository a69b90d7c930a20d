# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real texts of /proc and its neighbours, and what they are when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _metrics
from ansible_collections.claw.pilot.plugins.module_utils._metrics import CpuSample

FIXTURES = Path(__file__).parents[2] / "fixtures"
STAT = """\
cpu  10473 0 4409 135632 378 0 61 11 7 0
cpu0 2638 0 1624 71140 29 0 18 3 0 0
cpu1 7835 0 2784 64492 349 0 42 8 7 0
intr 1268153 0 35 0 0
ctxt 2402349
btime 1795246950
"""
LATER = STAT.replace("cpu  10473 0 4409 135632 378", "cpu  10498 0 4409 135702 383")
DEBIAN = """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
"""
HEADER = """\
#ifndef SRC_NODE_VERSION_H_
#define NODE_MAJOR_VERSION 24
#define NODE_MINOR_VERSION 19
#define NODE_PATCH_VERSION 0
#define NODE_VERSION_IS_LTS 1
"""
DPKG = """\
Package: node-undici
Status: install ok installed
Version: 5.15.0+dfsg1

Package: nodejs
Status: install ok installed
Source: nodejs (1:18)
Version: 1:18.20.4+dfsg-1~deb12u1
Depends: libc6 (>= 2.34)

Package: nodejs-doc
Version: 18.19.0+dfsg-6
"""
APK = "C:Q1x=\nP:musl\nV:1.2.5-r0\n\nC:Q1y=\nP:nodejs\nV:22.16.0-r2\nA:x86_64\n"


def test_processors_are_counted_without_guests_twice() -> None:
    assert _metrics.parse_cpu(STAT) == CpuSample(busy=14954, total=150964)
    assert _metrics.cpu_count(STAT) == 2


def test_the_share_of_work_lies_between_two_samples() -> None:
    before, after = _metrics.parse_cpu(STAT), _metrics.parse_cpu(LATER)
    assert _metrics.cpu_percent(before, after) == 25.0
    assert _metrics.cpu_percent(before, before) == 0.0
    earlier, later = after, before  # as after a reset of the counters
    assert _metrics.cpu_percent(earlier, later) == 0.0


def test_a_counter_that_runs_backwards_stays_within_bounds() -> None:
    assert _metrics.cpu_percent(CpuSample(10, 20), CpuSample(9, 40)) == 0.0
    assert _metrics.cpu_percent(CpuSample(10, 20), CpuSample(50, 40)) == 100.0


def test_memory_is_in_bytes() -> None:
    meminfo = (FIXTURES / "meminfo.txt").read_text()
    assert _metrics.memory(meminfo) == {
        "total_bytes": 24684096 * 1024,
        "available_bytes": 22144972 * 1024,
    }


def test_load_and_uptime() -> None:
    assert _metrics.load("0.48 0.30 0.18 1/92 6882\n") == [0.48, 0.3, 0.18]
    assert _metrics.uptime_seconds("1364.87 2580.11\n") == 1364


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (DEBIAN, "Debian GNU/Linux 12 (bookworm)"),
        ("NAME=Alpine\nVERSION_ID='3.22.1'\n", "Alpine 3.22.1"),
        ('NAME="Void\n', '"Void'),
        ("", ""),
    ],
)
def test_the_name_of_the_system(text: str, name: str) -> None:
    assert _metrics.os_name(text) == name


@pytest.mark.parametrize("text", ["", "\n", "nonsense", "cpu", "cpu x y z\n"])
def test_strange_texts_give_nothing(text: str) -> None:
    assert _metrics.parse_cpu(text) == CpuSample()
    assert _metrics.cpu_count(text) == 0
    assert _metrics.load(text) == [0.0, 0.0, 0.0]
    assert _metrics.memory(text) == {"total_bytes": 0, "available_bytes": 0}
    assert _metrics.uptime_seconds(text) == 0
    assert _metrics.header_version(text) == ""
    assert _metrics.package_version(text) == ""
    assert _metrics.path_version(text) == ""


def test_node_is_known_by_its_header() -> None:
    assert _metrics.header_version(HEADER) == "24.19.0"
    assert _metrics.header_version(HEADER.replace("PATCH", "OTHER")) == ""


@pytest.mark.parametrize(("text", "version"), [(DPKG, "18.20.4"), (APK, "22.16.0")])
def test_node_is_known_by_its_package(text: str, version: str) -> None:
    assert _metrics.package_version(text) == version
    assert _metrics.package_version(text.replace("nodejs\n", "other\n")) == ""


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/home/u/.nvm/versions/node/v22.11.0/bin/node", "22.11.0"),
        ("/home/u/.openclaw/tools/node-v24.19.0/bin/node", "24.19.0"),
        ("/nix/store/abc-nodejs-20.1.0/bin/node", "20.1.0"),
        ("/srv/1.2.3/.nvm/versions/node/v22.11.0/bin/node", "22.11.0"),
        ("/opt/python3.11/bin/node", ""),
        ("/usr/bin/node", ""),
    ],
)
def test_node_is_known_by_its_path(path: str, version: str) -> None:
    assert _metrics.path_version(path) == version


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ("2026.9.6", "2026.9.6"),
        ("v1.15.0", "1.15.0"),
        ("20.10.24+dfsg1", "20.10.24+dfsg1"),
        ("latest", ""),
        ("24.04", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_only_a_version_is_one(given: object, version: str) -> None:
    assert _metrics.plain_version(given) == version
