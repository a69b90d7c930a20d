#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return every OpenClaw instance of a host as facts; never changes anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_facts
short_description: Find every OpenClaw instance of a host
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Looks over a host in one pass and returns every OpenClaw instance on it, whoever made it, with the evidence for it,
    its state and its health, and facts of the host itself.
  - Finds state directories, services of systemd and supervisor, containers, processes and listening gateways.
  - Reads only. Starts no Node, asks each service manager once, and returns no secret.
  - Sees what its user may see; what could not be asked is in the warnings. Run it as root to see all users.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw.more_homes
attributes:
  facts:
    description: Returns C(ansible_facts) that are kept for the host.
    support: full
options:
  openclaw_home:
    description: Homes to look at. By default every home that may be read, and whatever runs elsewhere.
    type: list
    elements: str
  openclaw_user:
    description: Look as this user, and only at its home. Needs root.
    type: str
"""

EXAMPLES = r"""
- name: See every instance of the host
  claw.pilot.openclaw_facts:

- name: Look at one home only
  claw.pilot.openclaw_facts:
    openclaw_home: [/opt/openclaw]
  register: result
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  type: dict
  returned: success
  contains:
    openclaw:
      description: What was found.
      type: dict
      returned: success
      contains:
        host:
          description: The host itself - system, CPU, load, memory, disk, versions of Node and OpenClaw, shared services.
          type: dict
          returned: success
        homes:
          description: The homes that were looked at.
          type: list
          elements: str
          returned: success
        instances:
          description: The instances, as RV(claw.pilot.openclaw_instance#module:instance) shows one.
          type: list
          elements: dict
          returned: success
        warnings:
          description: What could not be read or asked - a code, the path and a sentence each.
          type: list
          elements: dict
          returned: success
        observed_at:
          description: When, in UTC.
          type: str
          returned: success
          sample: "2026-11-21T07:00:00Z"
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import MORE_HOMES_ARGUMENT
from ..module_utils._facts import observation
from ..module_utils._module import finish


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "openclaw_home": {"type": "list", "elements": "str"},
            "more_homes": MORE_HOMES_ARGUMENT,
            "openclaw_user": {"type": "str"},
        },
        supports_check_mode=True,
    )
    finish(
        module,
        lambda: {"changed": False, "ansible_facts": {"openclaw": observation(module.params)}},
    )


if __name__ == "__main__":
    main()
