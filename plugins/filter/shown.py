# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter for whatever a playbook shows of what hosts, gateways and senders say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..module_utils._hostile import shown_all


class FilterModule:
    """shown."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"shown": shown_all}
