# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module with what its options may hold kept out of sight."""

from __future__ import annotations

from ..plugin_utils.private_options import PrivateOptions


class ActionModule(PrivateOptions):
    """The openclaw_plugin module."""

    MODULE = "claw.pilot.openclaw_plugin"
