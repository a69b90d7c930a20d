# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the dashboard sees hosts: a process on each, what it says in memory, and its history."""

from __future__ import annotations

from .history import History
from .live import Ambiguous, Changes, Live
from .monitor import Monitor
from .shapes import HostLine, Line

__all__ = ["Ambiguous", "Changes", "History", "HostLine", "Line", "Live", "Monitor"]
