# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flask app: what is where. It starts nothing and holds no state of its own."""

from __future__ import annotations

import importlib
from typing import Any

from flask import Flask, g
from jinja2 import StrictUndefined

from ..plugins.module_utils._hostile import shown_lines
from . import api, assets, doors, live, metrics, packing
from .services import NAME, Services
from .settings import Settings

MAX_BODY = 1_000_000  # bytes of a request
PAGES = f"{__package__}.pages"


def create_app(settings: Settings, services: Services) -> Flask:
    """The app over these services, whose doors and hub it makes. Raises what opening them does."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SOCK_SERVER_OPTIONS=live.SOCKET_OPTIONS,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.finalize = _shown
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # a host's name may have them
    app.extensions[NAME] = services
    services._doors = doors.Doors.of(settings)
    services._hub = live.Hub(app, services)
    for part in (packing, doors, assets, api, live, metrics):
        part.init_app(app)
    importlib.import_module(PAGES).init_app(app)
    app.context_processor(lambda: {"who": g.get("who"), "may": doors.may})
    return app


def _shown(value: Any) -> Any:
    """What a template puts into a page: names from hosts neither reorder nor hide what is around.

    Markup is ours, and each value in it has come through here.
    """
    markup = not isinstance(value, str) or hasattr(value, "__html__")
    return value if markup else shown_lines(value)
