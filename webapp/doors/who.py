# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks, and what a view needs of them. No effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, has_request_context

SCOPES = ("metrics", "read", "operate", "admin")  # each may do what those before it may
OPEN = "open"
_MARK = "_claw_pilot_needs"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Who:
    """name: for events and jobs; scope: one of SCOPES; session: its hash, empty for a token."""

    name: str
    scope: str
    session: str = ""

    def may(self, scope: str) -> bool:
        return scope == OPEN or SCOPES.index(self.scope) >= SCOPES.index(scope)


def needs(scope: str) -> Callable[[View], View]:
    """Mark a view with the scope that it needs; one without a mark needs admin."""
    if scope not in (*SCOPES, OPEN):
        raise ValueError(f"no such scope: {scope}")

    def mark(view: View) -> View:
        setattr(view, _MARK, scope)
        return view

    return mark


def is_open(view: View) -> View:
    """Mark a view that anybody may see, logged in or not."""
    return needs(OPEN)(view)


def scope_of(view: Callable[..., Any] | None) -> str:
    """What the view needs; admin where nothing is said."""
    return str(getattr(view, _MARK, "admin"))


def who() -> Who | None:
    """Who asks now, None when nobody is logged in."""
    found = g.get("who") if has_request_context() else None
    return found if isinstance(found, Who) else None


def actor() -> str:
    """The name under which events and jobs have it."""
    asks = who()
    return asks.name if asks else "dashboard"
