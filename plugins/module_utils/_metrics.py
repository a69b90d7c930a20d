# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a host's own files say of it: /proc, os-release, versions of Node. Pure: texts in.

Private to the claw.pilot collection. Python 3.9 or later. An empty or strange text gives 0 or "".
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_VERSION_IN_PATH = re.compile(r"[/@_-]v?(\d+\.\d+\.\d+)(?=[/-]|\Z)")
_NODE_PACKAGE = re.compile(  # the blocks of dpkg's status and of apk's installed
    r"^(?:Package: |P:)nodejs\n(?:.+\n)*?(?:Version: |V:)(?:\d+:)?(\d+\.\d+\.\d+)", re.MULTILINE
)


@dataclass(frozen=True)
class CpuSample:
    """Ticks that all processors together have spent since boot: on work, and in all."""

    busy: int = 0
    total: int = 0


def parse_cpu(stat: str) -> CpuSample:
    """The sample in the text of /proc/stat."""
    for line in stat.splitlines():
        words = line.split()
        if words[:1] == ["cpu"]:
            # user nice system idle iowait irq softirq steal; guests are counted in user already
            ticks = [_integer(word) for word in words[1:9]]
            return CpuSample(sum(ticks) - sum(ticks[3:5]), sum(ticks))
    return CpuSample()


def cpu_percent(before: CpuSample, after: CpuSample) -> float:
    """0 to 100, of all processors together, between two samples; 0 when no tick has passed."""
    passed = after.total - before.total
    if passed <= 0:
        return 0.0
    busy = min(max(after.busy - before.busy, 0), passed)  # iowait may run backwards
    return round(100.0 * busy / passed, 1)


def cpu_count(stat: str) -> int:
    """Processors that are online, from the text of /proc/stat."""
    return len(re.findall(r"^cpu\d+ ", stat, re.MULTILINE))


def load(loadavg: str) -> list[float]:
    """The load over 1, 5 and 15 minutes, from the text of /proc/loadavg."""
    numbers = [_number(word) for word in loadavg.split()[:3]]
    return numbers + [0.0] * (3 - len(numbers))


def memory(meminfo: str) -> dict[str, int]:
    """Total and available bytes, from the text of /proc/meminfo."""
    kilobytes = dict(re.findall(r"^(\w+): +(\d+) kB$", meminfo, re.MULTILINE))
    return {
        "total_bytes": int(kilobytes.get("MemTotal", 0)) * 1024,
        "available_bytes": int(kilobytes.get("MemAvailable", 0)) * 1024,
    }


def uptime_seconds(uptime: str) -> int:
    """Seconds since boot, from the text of /proc/uptime."""
    return int(_number(uptime.split()[0])) if uptime.split() else 0


def os_name(os_release: str) -> str:
    """PRETTY_NAME, or else NAME and VERSION_ID, from the text of os-release."""
    values = {}
    for line in os_release.splitlines():
        name, _equals, value = line.partition("=")
        values[name.strip()] = _unquoted(value.strip())
    plain = f"{values.get('NAME', '')} {values.get('VERSION_ID', '')}".strip()
    return values.get("PRETTY_NAME") or plain


def header_version(node_version_h: str) -> str:
    """Node's version from its own C header, node_version.h."""
    parts = dict(
        re.findall(r"^#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)", node_version_h, re.MULTILINE)
    )
    names = ("MAJOR", "MINOR", "PATCH")
    return ".".join(parts[name] for name in names) if len(parts) == len(names) else ""


def path_version(path: str) -> str:
    """The innermost three-part version among the folders of a path, as nvm and others name them."""
    found = _VERSION_IN_PATH.findall(path)
    return found[-1] if found else ""


def package_version(packages: str) -> str:
    """The version of the package nodejs in dpkg's status file or apk's installed file."""
    match = _NODE_PACKAGE.search(packages)
    return match[1] if match else ""


def plain_version(text: object) -> str:
    """The text when it begins with a three-part version, without a v before it; else ""."""
    word = text[1:] if isinstance(text, str) and text[:1] == "v" else text
    return word if isinstance(word, str) and _VERSION.match(word) else ""


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value


def _integer(word: str) -> int:
    return int(word) if word.isdecimal() else 0


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0
