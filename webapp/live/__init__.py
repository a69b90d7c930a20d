# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live connection of browsers: /ws."""

from __future__ import annotations

from .hub import Hub
from .socket import SOCKET_OPTIONS, init_app

__all__ = ["SOCKET_OPTIONS", "Hub", "init_app"]
