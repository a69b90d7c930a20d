#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the OpenClaw instances of one home; never changes anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_instance_info
short_description: Show the OpenClaw instances of a home
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Returns the instances of one home with their state and health, those that M(claw.pilot.openclaw_instance) made and
    those of others.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw
options:
  slug:
    description: Only this instance.
    type: str
"""

EXAMPLES = r"""
- name: See the instances of the user openclaw
  claw.pilot.openclaw_instance_info:
    openclaw_user: openclaw
  register: result
"""

RETURN = r"""
instances:
  description: The instances, as RV(claw.pilot.openclaw_instance#module:instance) shows one.
  type: list
  elements: dict
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import HOME_ARGUMENTS
from ..module_utils._facts import list_instances
from ..module_utils._module import finish


def main() -> None:
    module = AnsibleModule(
        argument_spec={**HOME_ARGUMENTS, "slug": {"type": "str"}}, supports_check_mode=True
    )
    finish(module, lambda: {"changed": False, "instances": list_instances(module.params)})


if __name__ == "__main__":
    main()
