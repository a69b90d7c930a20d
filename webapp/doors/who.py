# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks, and what a view needs of them. No effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, has_request_context

from ...plugins.module_utils._model import ClawPilotError
from .rights import OPEN, RIGHTS, SCOPES, Right

_MARK = "_claw_pilot_does"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Who:
    """name: for events and jobs; scope: one of SCOPES; session: its hash, empty for a token."""

    name: str
    scope: str
    session: str = ""

    @property
    def key(self) -> str:
        """What is counted as one: the session, or the token by its name."""
        return self.session or f"token {self.name}"

    def may(self, scope: str) -> bool:
        return scope == OPEN or SCOPES.index(self.scope) >= SCOPES.index(scope)


def does(right: str) -> Callable[[View], View]:
    """Mark a view with what it does, one of RIGHTS; one without a mark takes admin."""
    if right not in RIGHTS:
        raise ValueError(f"no such right: {right}")

    def mark(view: View) -> View:
        setattr(view, _MARK, right)
        return view

    return mark


def right_of(view: Callable[..., Any] | None) -> str:
    """What the view does; empty where nothing is said."""
    return str(getattr(view, _MARK, ""))


def scope_of(right: str) -> str:
    """The scope that it takes; admin for what is not known."""
    return RIGHTS[right].scope if right in RIGHTS else "admin"


def may(right: str) -> bool:
    """Whether who asks now may do that."""
    asks = who()
    return asks is not None and asks.may(scope_of(right))


def demand(right: str, asks: Who | None = None) -> Right:
    """What is stated of the right, for who asks now or for asks. Raises SCOPE_MISSING.

    Where there is no request, nobody is there who may not.
    """
    asks = asks or who()
    scope = scope_of(right)
    if asks is None and not has_request_context():
        return RIGHTS[right]
    if asks is None or not asks.may(scope):
        raise ClawPilotError(
            "SCOPE_MISSING",
            f"The token may {asks.scope if asks else 'nothing'}, and this takes one that may"
            f" {scope}.",
            "Make another token in the dashboard's settings.",
        )
    return RIGHTS.get(right, Right(scope))


def who() -> Who | None:
    """Who asks now, None when nobody is logged in."""
    found = g.get("who") if has_request_context() else None
    return found if isinstance(found, Who) else None


def actor() -> str:
    """The name under which events and jobs have it."""
    asks = who()
    return asks.name if asks else "dashboard"
