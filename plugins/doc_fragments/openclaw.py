# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that all modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """Whose instances, and where."""

    DOCUMENTATION = r"""
options:
  openclaw_user:
    description:
      - User to whom the instances belong. The default is the user that the module runs as.
      - Another user needs C(become) to root; everything of an instance is then done as that user.
    type: str
  openclaw_home:
    description: Home of the instances. The default is the home of that user.
    type: str
  prefix:
    description: Where Node and OpenClaw are installed. The default is C(.local/share/claw-pilot) in O(openclaw_home).
    type: str
"""

    ONE = r"""
options:
  slug:
    description: The instance.
    type: str
    required: true
  openclaw_user:
    description: User of the instance, to work as. Needs root, unless it is the user that the module runs as.
    type: str
  openclaw_home:
    description: Home of the instance. The default is the home of O(openclaw_user), or of the user that the module runs as.
    type: str
"""

    ADOPTED = r"""
options:
  adopted:
    description: What the registry knows of an instance that others made.
    type: dict
    suboptions:
      state_dir:
        description: Its state directory, by which it is found.
        type: str
        required: true
"""

    MORE_HOMES = r"""
options:
  more_homes:
    description:
      - Homes to look at besides when O(openclaw_home) and O(openclaw_user) are left out, such as those that a registry
        knows. One that is not there counts as looked at.
    type: list
    elements: str
    default: []
"""
