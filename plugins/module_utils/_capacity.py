# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether a host has the disk and the memory for what is to come.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import shutil

from ._host import Host
from ._model import ClawPilotError, Layout

INSTANCE_MEMORY_MB = 700
INSTANCE_DISK_MB = 300


def check_capacity(host: Host, folder: str, disk_mb: int, memory_mb: int) -> None:
    """Raise NO_DISK_SPACE or NO_MEMORY when the host has less than that."""
    folder = os.path.abspath(folder)
    while not host.exists(folder):
        folder = os.path.dirname(folder)
    free = shutil.disk_usage(folder).free // 2**20
    if free < disk_mb:
        raise ClawPilotError(
            "NO_DISK_SPACE",
            f"Only {free} MB are free on the disk of {folder}; {disk_mb} MB are needed.",
            "Free some space, or choose another prefix or openclaw_home.",
        )
    available = available_memory_mb(host.read("/proc/meminfo") or "")
    if available is not None and available < memory_mb:
        raise ClawPilotError(
            "NO_MEMORY",
            f"Only {available} MB of memory are available; a gateway needs {memory_mb} MB.",
            "Stop something, add memory, or use another host.",
        )


def available_memory_mb(meminfo: str) -> int | None:
    """MemAvailable in MB from the text of /proc/meminfo; None where there is none."""
    for line in meminfo.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return None


def check_room_for_instance(host: Host, layout: Layout) -> None:
    """Raise when the host has no room for one more gateway."""
    check_capacity(host, layout.home, INSTANCE_DISK_MB, INSTANCE_MEMORY_MB)
