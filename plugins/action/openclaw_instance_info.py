# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module so that what the host answers sets no variable."""

from __future__ import annotations

from ..plugin_utils.host_module import HostModule


class ActionModule(HostModule):
    """The openclaw_instance_info module."""

    MODULE = "claw.pilot.openclaw_instance_info"
