#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the last lines of an instance's log; never changes anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_logs
short_description: Read the log of an OpenClaw instance
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Returns the last lines of the log of an instance, ours or not, and a cursor to go on from.
  - OpenClaw masks secrets in its log; those of its config and the values of its C(.env) file are masked once more.
  - Goes on through files that were rotated or begun since the cursor. A line that is still being written comes with the
    next call.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw.one
  - claw.pilot.openclaw.adopted
options:
  lines:
    description: How many lines.
    type: int
    default: 100
  level:
    description: The lowest level.
    type: str
    choices: [debug, info, warn, error]
    default: info
  cursor:
    description: RV(cursor) of an earlier call; then all lines since are returned.
    type: dict
"""

EXAMPLES = r"""
- name: See what went wrong
  claw.pilot.openclaw_logs:
    slug: acme
    level: error
"""

RETURN = r"""
lines:
  description: The lines, the oldest first.
  type: list
  elements: dict
  returned: success
  sample:
    - {time: "2026-11-21T07:00:00.000+00:00", level: info, subsystem: gateway, message: gateway ready}
cursor:
  description: Where to go on from.
  type: dict
  returned: success
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import LOG_ARGUMENTS
from ..module_utils._facts import find_one
from ..module_utils._logs import tail
from ..module_utils._module import finish


def read(params: dict[str, Any]) -> dict[str, Any]:
    """The module's result."""
    lines, cursor = tail(find_one(params), params["lines"], params["level"], params["cursor"])
    return {"changed": False, "lines": lines, "cursor": cursor}


def main() -> None:
    module = AnsibleModule(argument_spec=LOG_ARGUMENTS, supports_check_mode=True)
    finish(module, lambda: read(module.params))


if __name__ == "__main__":
    main()
