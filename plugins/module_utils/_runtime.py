# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is installed below a prefix: versions of OpenClaw, each with its Node.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import re

from ._host import Host
from ._model import OPENCLAW_VERSION, ClawPilotError
from ._unit import Runtime

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_PACKAGE_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]*\Z")
Version = tuple[int, int, int]


def version_of(text: str) -> Version:
    """The first three-part version in the text, (0, 0, 0) when there is none."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)


def satisfies(version: Version, engines: str) -> bool:
    """Whether the version lies in an npm `engines` range of comparators, such as
    ">=24.16.0 <25 || >=26.1.0"; the operators used there are >=, >, <=, < and none (equal).
    """
    engines = re.sub(r"([<>=])\s+", r"\1", engines)
    return any(
        all(_compare(version, word) for word in part.split()) for part in engines.split("||")
    )


def _compare(version: Version, word: str) -> bool:
    match = re.match(r"(>=|<=|>|<|=)?v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", word)
    if match is None:
        return word == "*"
    bound = (int(match[2]), int(match[3] or 0), int(match[4] or 0))
    return {
        ">=": version >= bound,
        "<=": version <= bound,
        ">": version > bound,
        "<": version < bound,
    }.get(match[1] or "=", version == bound)


def check_version(version: str) -> str:
    """Return the package version, or raise INVALID_VERSION (it becomes a directory name)."""
    if not _PACKAGE_VERSION.match(version):
        raise ClawPilotError(
            "INVALID_VERSION",
            f"The version {version!r} is not a plain version number.",
            f"Write it like {OPENCLAW_VERSION}.",
        )
    return version


def manifest_path(prefix: str, version: str) -> str:
    return os.path.join(prefix, "openclaw", version, "runtime.json")


def installed_versions(host: Host, prefix: str) -> list[str]:
    """OpenClaw versions that are installed whole, oldest first."""
    names = host.names(os.path.join(prefix, "openclaw"))
    whole = [name for name in names if host.exists(manifest_path(prefix, name))]
    return sorted(whole, key=version_of)


def find(host: Host, prefix: str, version: str = "") -> Runtime:
    """The installed runtime of that version, or the newest. Raises OPENCLAW_NOT_FOUND."""
    versions = installed_versions(host, prefix)
    chosen = version or (versions[-1] if versions else "")
    data = host.read_json(manifest_path(prefix, check_version(chosen))) if chosen else None
    if data is None:
        what = f"OpenClaw {version}" if version else "OpenClaw"
        raise ClawPilotError(
            "OPENCLAW_NOT_FOUND",
            f"{what} is not installed below {prefix}.",
            "Run the openclaw_host role (create_instance does), or name an installed version"
            + (f": {', '.join(versions)}." if versions else "."),
        )
    values = {key: str(data.get(key, "")) for key in Runtime.__dataclass_fields__}
    runtime = Runtime(**{**values, "prefix": prefix})
    if not host.exists(runtime.node):
        raise ClawPilotError(
            "NODE_NOT_FOUND",
            f"Node is gone from {runtime.node}.",
            "Run the openclaw_host role again.",
        )
    return runtime
