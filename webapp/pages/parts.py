# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances and hosts as pieces of HTML, each rendered once per version of its line.

Pages and the live socket take the same pieces from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import Environment
from markupsafe import Markup

ROW, CARD, STRIP = "_instance_row.html", "_instance_card.html", "_host_strip.html"
VIEWS = {"row": ROW, "card": CARD}

# By app: (template, id or name) -> the version and the piece. One entry each, because nobody asks
# for an old version again.
_Pieces = dict[tuple[str, str], tuple[int, Markup]]
_of_app: WeakKeyDictionary[Environment, _Pieces] = WeakKeyDictionary()
_MOST = 20_000


def instance(env: Environment, view: str, line: Mapping[str, Any]) -> Markup:
    """A line as a row or a card. view: "row" or "card"."""
    return _piece(env, VIEWS[view], str(line["id"]), "line", line)


def hidden(piece: Markup) -> Markup:
    """The same, but not shown: it does not fit the filter."""
    head, _space, rest = piece.partition(" ")
    return Markup(f"{head} hidden {rest}")


def host(env: Environment, line: Mapping[str, Any]) -> Markup:
    """A host's strip."""
    return _piece(env, STRIP, str(line["name"]), "host", line)


def _piece(env: Environment, template: str, key: str, name: str, line: Mapping[str, Any]) -> Markup:
    pieces = _of_app.setdefault(env, {})
    version = int(line["version_seq"])
    known = pieces.get((template, key))
    if known and known[0] == version:
        return known[1]
    piece = Markup(env.get_template(template).render({name: line}).strip())
    if len(pieces) > _MOST:  # most of them are of instances that went
        pieces.clear()
    pieces[template, key] = (version, piece)
    return piece
