# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard's own token: a file that its user alone may read."""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from pathlib import Path

from ...plugins.module_utils._model import ClawPilotError
from .store import digest

_BYTES = 32
_MAX = 4096  # bytes of the file that are read


class TokenFile:
    """The token, read again when the file changes, made when there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] = ()
        self._token = ""

    def read(self) -> str:
        """The token. Raises DASHBOARD_TOKEN when the file is none of a token."""
        try:
            return self._read()
        except FileNotFoundError:
            self._make()
            return self._read()

    def matches(self, given: str) -> bool:
        return hmac.compare_digest(digest(given), digest(self.read()))

    def generation(self) -> str:
        """Which token it is; tells nothing of the token itself."""
        return digest(f"generation {self.read()}")[:32]

    def rotate(self) -> None:
        """Another token in the place of this one: every session ends with it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}-", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{secrets.token_hex(_BYTES)}\n")
            os.replace(name, self.path)
        except BaseException:
            os.unlink(name)
            raise

    def _make(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another process was faster
            return
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(f"{secrets.token_hex(_BYTES)}\n")

    def _read(self) -> str:
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            seen = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode)
            if seen == self._seen:
                return self._token
            if status.st_mode & 0o077:
                os.fchmod(stream.fileno(), 0o600)  # whoever could read it, cannot any more
            text = stream.read(_MAX).decode("utf-8", "replace").strip()
        if len(text) < 32 or not text.isascii() or not text.isprintable() or " " in text:
            raise ClawPilotError(
                "DASHBOARD_TOKEN",
                f"{self.path} holds no token.",
                "Make a new one with claw-pilot dashboard --rotate-token.",
            )
        self._seen, self._token = seen, text
        return text
