# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make this checkout importable as ansible_collections.claw.pilot, whatever else is installed."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure() -> None:
    """Put a folder that holds the link on the path, unless Python finds this checkout already."""
    if found() == ROOT:
        return
    folder = tempfile.TemporaryDirectory(prefix="claw-pilot-tests-")
    _keep.append(folder)
    link = Path(folder.name, "ansible_collections", "claw", "pilot")
    link.parent.mkdir(parents=True)
    link.symlink_to(ROOT, target_is_directory=True)
    sys.path.insert(0, folder.name)
    for name in [n for n in sys.modules if n.split(".")[0] == "ansible_collections"]:
        del sys.modules[name]


def pytest_unconfigure() -> None:
    while _keep:
        _keep.pop().cleanup()


def found() -> Path | None:
    """The collection that Python would import now."""
    try:
        spec = importlib.util.find_spec("ansible_collections.claw.pilot")
    except ImportError:
        return None
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]).resolve() if places else None


_keep: list[tempfile.TemporaryDirectory[str]] = []
