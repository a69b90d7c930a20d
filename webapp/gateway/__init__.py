# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's way to gateways: one client per gateway. Nothing else opens their sockets."""

from __future__ import annotations

from .access import Access
from .client import GatewayClient, Refill
from .identity import Identity
from .pace import Pace
from .stream import Item, Missed, Status, Stream
from .transport import Loopback, Process, Transport

__all__ = [
    "Access",
    "GatewayClient",
    "Identity",
    "Item",
    "Loopback",
    "Missed",
    "Pace",
    "Process",
    "Refill",
    "Status",
    "Stream",
    "Transport",
]
