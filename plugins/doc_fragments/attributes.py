# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules of this collection can do: attributes for their documentation."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of all modules, and those of changing and of info modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/claw.pilot.openclaw) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - claw.pilot.openclaw
  platform:
    description: Platforms that the module runs on.
    platforms: posix
    support: full
"""

    INSTANCE = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change without changing it.
    support: full
  diff_mode:
    description: Returns what changes in diff mode, with secrets masked.
    support: full
  idempotent:
    description: Run again with the same options, it changes nothing.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode); it never changes anything.
    support: full
  diff_mode:
    description: There is nothing to compare.
    support: N/A
  idempotent:
    description: It never changes anything.
    support: full
"""
