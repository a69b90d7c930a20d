# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens, sessions and login links: making them, knowing them again, ending them."""

from __future__ import annotations

import re
import secrets
import string
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from ..settings import Settings
from .limit import Limit
from .rights import SCOPES
from .store import Row, Store, digest
from .token_file import TokenFile
from .who import Who

SESSION_SECONDS = 30 * 86400  # since the login
IDLE_SECONDS = 7 * 86400  # without a request
LINK_SECONDS = 300
USED_EVERY = 60.0  # seconds between two notes of when something was last used
TOKEN_PREFIX, TOKEN_LENGTH = "cp_", 40
DASHBOARD = "dashboard"
_LETTERS = string.ascii_letters + string.digits
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@-]{0,39}\Z")


class Doors:
    """What may open the dashboard. limit: of wrong tokens."""

    def __init__(self, store: Store, file: TokenFile, limit: Limit | None = None) -> None:
        self.store = store
        self.file = file
        self.limit = limit or Limit()

    @classmethod
    def of(cls, settings: Settings, now: Callable[[], float] = time.time) -> Doors:
        """Those of this home, made where there are none."""
        doors = cls(Store(settings.database, now), TokenFile(settings.token_path))
        try:
            doors.file.read()
        except BaseException:
            doors.store.close()
            raise
        return doors

    def by_token(self, token: str) -> Who | None:
        """Who has this token: the dashboard's own, or one for the API."""
        if self.file.matches(token):
            return Who(DASHBOARD, "admin")
        if not token.startswith(TOKEN_PREFIX):
            return None
        row = self.store.find("tokens", "hash", digest(token))
        if row is None or row["scope"] not in SCOPES:
            return None
        self._used("tokens", row)
        return Who(str(row["name"]), str(row["scope"]))

    def by_session(self, secret: str) -> Who | None:
        """Who has this session; None when it is over."""
        row = self.store.find("sessions", "hash", digest(secret)) if secret else None
        if row is None:
            return None
        now = self.store.now()
        row = self._not_of_the_future(row, now)
        over = now > row["created_at"] + SESSION_SECONDS or now > row["used_at"] + IDLE_SECONDS
        if over or row["generation"] != self.file.generation():
            self.store.drop("sessions", "hash", row["hash"])
            return None
        self._used("sessions", row)
        return Who(DASHBOARD, "admin", row["hash"])

    def open_session(self) -> str:
        """A new session's secret, for the cookie. Old ones are cleared away on the way."""
        now = self.store.now()
        self.store.drop("sessions", "created_at", now - SESSION_SECONDS, "<")
        self.store.drop("sessions", "used_at", now - IDLE_SECONDS, "<")
        secret = secrets.token_urlsafe(32)
        row = {"hash": digest(secret), "generation": self.file.generation()}
        self.store.add("sessions", {**row, "created_at": now, "used_at": now})
        return secret

    def close_session(self, hashed: str) -> None:
        self.store.drop("sessions", "hash", hashed)

    def rotate(self) -> None:
        """A new dashboard token. All sessions and login links end; API tokens stay."""
        self.file.rotate()
        self.store.drop("sessions", "created_at", 0, ">")
        self.store.drop("links", "expires_at", 0, ">")

    def make_link(self) -> str:
        """A code that logs in once, within five minutes."""
        now = self.store.now()
        self.store.drop("links", "expires_at", now, "<")
        self.store.drop("links", "expires_at", now + LINK_SECONDS, ">")
        code = secrets.token_urlsafe(32)
        self.store.add("links", {"hash": digest(code), "expires_at": now + LINK_SECONDS})
        return code

    def use_link(self, code: str) -> bool:
        """Whether the code was good; it is none any more. Of two at once, one gets it.

        One that lasts for longer than any is from before the clock was put back.
        """
        row = self.store.find("links", "hash", digest(code))
        return bool(
            row
            and self.store.drop("links", "hash", row["hash"])
            and 0 < row["expires_at"] - self.store.now() <= LINK_SECONDS
        )

    def tokens(self) -> list[dict[str, Any]]:
        """The API tokens by name: name, scope, created_at, used_at (UTC ISO 8601 or None)."""
        return [_shown(row) for row in self.store.all("tokens", "name")]

    def make_token(self, name: str, scope: str) -> str:
        """A new API token, to be shown once. Raises TOKEN_INVALID, TOKEN_EXISTS."""
        if not _NAME.match(name) or name == DASHBOARD or scope not in SCOPES:
            raise ClawPilotError(
                "TOKEN_INVALID",
                "A token has a name of up to 40 letters, digits, spaces and . _ @ -, and a scope.",
                f"The scopes are {', '.join(SCOPES)}; the name {DASHBOARD} is taken.",
            )
        secret = "".join(secrets.choice(_LETTERS) for _turn in range(TOKEN_LENGTH))
        row = {"hash": digest(f"{TOKEN_PREFIX}{secret}"), "name": name, "scope": scope}
        if not self.store.add("tokens", {**row, "created_at": self.store.now(), "used_at": 0.0}):
            raise ClawPilotError(
                "TOKEN_EXISTS",
                f"There is a token named {name} already.",
                "Choose another name, or revoke that one first.",
            )
        return f"{TOKEN_PREFIX}{secret}"

    def revoke_token(self, name: str) -> None:
        """Raises TOKEN_NOT_FOUND."""
        if not self.store.drop("tokens", "name", name):
            raise ClawPilotError(
                "TOKEN_NOT_FOUND",
                "There is no token of that name.",
                "See the names in the dashboard's settings, or with GET /api/tokens.",
            )

    def _used(self, table: str, row: Row) -> None:
        now = self.store.now()
        if abs(now - row["used_at"]) > USED_EVERY:  # the clock may have been put back since
            self.store.put_down(table, row["hash"], used_at=now)

    def _not_of_the_future(self, row: Row, now: float) -> Row:
        """The session; one made while the clock was ahead would go on until the clock is there."""
        ahead = {name: now for name in ("created_at", "used_at") if row[name] > now}
        if ahead:
            self.store.put_down("sessions", row["hash"], **ahead)
        return {**row, **ahead}


def _shown(row: Row) -> dict[str, Any]:
    used = row["used_at"]
    return {
        "name": row["name"],
        "scope": row["scope"],
        "created_at": _utc(row["created_at"]),
        "used_at": _utc(used) if used else None,
    }


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
