# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""`$include` in a config, as OpenClaw resolves it (docs/gateway/config-secrets-env). Pure.

Private to the claw.pilot collection. Python 3.9 or later. Reading is the caller's: the same
rules then hold for files on disk and for texts in tests.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from ._commands import is_path
from ._model import ClawPilotError

INCLUDE = "$include"
MAX_DEPTH = 10
MAX_PATH = 4096
MAX_FILES = 200  # ours: a config that is split into more is an accident or an attack

Real = Callable[[str], str]
Read = Callable[[str], Any]


class _Includes:
    """One config's includes. roots: (folder, its resolved path) in which included files may lie."""

    def __init__(self, roots: Sequence[tuple[str, str]], real: Real, read: Read) -> None:
        self._roots = roots
        self._real = real
        self._read = read
        self._files = 0

    def resolve(self, value: Any, chain: tuple[str, ...]) -> Any:
        """The value with every $include below it put in its place; chain: files above it."""
        if isinstance(value, list):
            return [self.resolve(item, chain) for item in value]
        if not isinstance(value, Mapping):
            return value
        rest = {key: self.resolve(v, chain) for key, v in value.items() if key != INCLUDE}
        if INCLUDE not in value:
            return rest
        named = value[INCLUDE]
        paths = named if isinstance(named, list) else [named]
        if not all(isinstance(path, str) for path in paths):
            raise _failure(chain[-1], "has an $include that is no path and no list of paths")
        included = [self._file(path, chain) for path in paths]
        merged = reduce(_deep_merge, included, {}) if isinstance(named, list) else included[0]
        if rest and not isinstance(merged, Mapping):
            raise _failure(chain[-1], "has keys beside an $include of something else than keys")
        return _deep_merge(merged, rest) if rest else merged

    def _file(self, named: str, chain: tuple[str, ...]) -> Any:
        self._files += 1
        if self._files > MAX_FILES:
            raise _failure(chain[0], f"includes more than {MAX_FILES} files")
        path = os.path.normpath(os.path.join(os.path.dirname(chain[-1]), named))
        if not is_path(path) or max(len(named), len(path)) >= MAX_PATH:
            raise _failure(chain[-1], "has an $include that is no usable path")
        # Both as it is written and as it is: no way out by .. and none by a link.
        real = self._real(path)
        if not self._allowed(path, 0) or not self._allowed(real, 1):
            raise _failure(chain[-1], f"includes {real}, which lies outside of {self._roots[0][0]}")
        if path in chain:
            raise _failure(chain[-1], f"includes {path}, which includes it")
        if len(chain) > MAX_DEPTH:
            raise _failure(chain[-1], f"includes more than {MAX_DEPTH} levels deep")
        return self.resolve(self._read(path), (*chain, path))

    def _allowed(self, path: str, which: int) -> bool:
        return any(
            path == root[which] or path.startswith(root[which].rstrip("/") + "/")
            for root in self._roots
        )


def resolve(value: Any, path: str, real: Real, read: Read, more_roots: Sequence[str] = ()) -> Any:
    """The config at `path` (absolute) with all its includes. Raises FILE_MALFORMED.

    An included file has to lie in the folder of the config, or in one of more_roots: that is
    checked before it is read. real: path -> its resolved path; read: path -> parsed value.
    """
    path = os.path.normpath(path)
    folders = (os.path.dirname(path), *map(os.path.normpath, more_roots))
    roots = [(folder, real(folder)) for folder in folders]
    return _Includes(roots, real, read).resolve(value, (path,))


def has_includes(text: str) -> bool:
    """Whether it is worth looking for them."""
    return INCLUDE in text


def _deep_merge(low: Any, high: Any) -> Any:
    """Objects key by key, lists one after the other, all else: the later one."""
    if isinstance(low, Mapping) and isinstance(high, Mapping):
        merged = dict(low)
        for key, value in high.items():
            merged[key] = _deep_merge(low[key], value) if key in low else value
        return merged
    if isinstance(low, list) and isinstance(high, list):
        return [*low, *high]
    return high


def _failure(path: str, words: str) -> ClawPilotError:
    return ClawPilotError("FILE_MALFORMED", f"{path} {words}.", "Correct its $include.")
