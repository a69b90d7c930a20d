# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REST interface. Its one description is openapi.yml: requests are checked against it."""

from __future__ import annotations

import importlib

from flask import Blueprint, Flask

from . import errors
from .requests import check

bp = Blueprint("api", __name__)
_PARTS = ("instances", "hosts", "jobs", "registry", "dashboard")


def init_app(app: Flask) -> None:
    errors.init_app(app)
    for name in _PARTS:
        importlib.import_module(f"{__package__}.{name}")
    if not bp._got_registered_once:
        bp.before_request(check)
    app.register_blueprint(bp)
