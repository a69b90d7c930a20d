# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mount namespace for a command: what is mounted there nobody else sees, and it goes with it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

import pytest

# For root, or for anybody where the kernel lets them.
_WAYS = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])


@cache
def _way() -> list[str] | None:
    for words in _WAYS:
        probe = [*words, "mount", "--types", "tmpfs", "none", "/mnt"]
        if shutil.which("unshare"):
            done = subprocess.run(probe, capture_output=True, check=False)
            if done.returncode == 0:
                return words
    return None


def namespace(mount: str, *command: str) -> list[str]:
    """The command in a namespace of its own, after a line of shell that mounts something."""
    words = _way()
    if words is None:
        pytest.skip("this machine lets nobody here mount anything")
    return [*words, "sh", "-c", f'{mount} && exec "$@"', "sh", *command]
