# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages: what a person sees. They read live state, ask hosts through the monitor and start jobs
through webapp/actions.py; they touch no host and no table themselves.
"""

from __future__ import annotations

import importlib

from flask import Blueprint, Flask

from . import words

bp = Blueprint("pages", __name__)
# Each hangs its views on the blueprint when it is imported.
_VIEWS = (
    "overview",
    "instance",
    "instance_actions",
    "hosts",
    "create",
    "discover",
    "destroy",
    "inbox",
    "jobs",
    "activity",
    "settings_page",
)


def init_app(app: Flask) -> None:
    """Put the pages, and the words of their templates, into the app."""
    words.init_app(app)
    for name in _VIEWS:
        importlib.import_module(f"{__package__}.{name}")
    app.register_blueprint(bp)
