# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doors of the dashboard: who comes in, from where, and what they may do there."""

from __future__ import annotations

from .access import Doors
from .guard import init_app
from .who import Who, actor, does, may, who

__all__ = ["Doors", "Who", "actor", "does", "init_app", "may", "who"]
