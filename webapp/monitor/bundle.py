# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to a host so that it can be watched: the core, on standard input.

Nothing is installed there and nothing written: a loader of a few lines reads this from its input
and imports it from memory.
"""

from __future__ import annotations

import ast
import marshal
import sys
import zlib
from functools import cache
from pathlib import Path
from types import CodeType

from ...plugins import module_utils

FOLDER = Path(next(iter(module_utils.__path__)))
FIRST, BOOTSTRAP = "_watch", "_bootstrap"
# Any Python understands it, so that one that is too old can say so.
LOADER = """
import os, sys, zlib
if sys.version_info < (3, 9):
    sys.exit("Python 3.9 or later is needed there, this is %d.%d" % sys.version_info[:2])
def take(size):
    data = b""
    while len(data) < size:
        more = os.read(0, size - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data
def part():
    return zlib.decompress(take(int(take(10))))
names = {"__name__": "bootstrap"}
exec(part(), names)
names["begin"](part())
""".strip()


def command(python: str) -> tuple[str, ...]:
    """The program that takes the bundle: isolated, so that nothing of its host mixes with it."""
    return (python, "-I", "-S", "-c", LOADER)


@cache
def bundle(python: str) -> bytes:
    """What the program is given first. python: its interpreter; our own gets compiled code."""
    modules = {name: _path(name).read_bytes() for name in _needed(FIRST)}
    same = python == sys.executable
    given: dict[str, bytes | CodeType] = {
        name: _compiled(name, text) if same else text for name, text in modules.items()
    }
    # Version 2 of marshal is the same in every Python 3; code is for the same one only.
    data = marshal.dumps(given) if same else marshal.dumps(given, 2)
    return _part(_path(BOOTSTRAP).read_bytes()) + _part(data)


def _part(data: bytes) -> bytes:
    packed = zlib.compress(data, 6)
    return b"%010d" % len(packed) + packed


def _compiled(name: str, text: bytes) -> CodeType:
    return compile(text, f"<{name}>", "exec", dont_inherit=True)


def _path(name: str) -> Path:
    return FOLDER / f"{name}.py"


def _needed(first: str) -> list[str]:
    """The module and all that it imports of its siblings, also inside of functions."""
    found = [first]
    for name in found:
        found += [one for one in _siblings(_path(name)) if one not in found]
    return sorted(found)


def _siblings(path: Path) -> list[str]:
    """What a module imports from its own package: `from ._x import y`, `from . import _x`."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found += [node.module] if node.module else [alias.name for alias in node.names]
    return list(dict.fromkeys(found))
