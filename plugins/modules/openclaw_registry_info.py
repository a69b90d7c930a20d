#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and options of openclaw_registry_info; the action plugin of that name does it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_registry_info
short_description: Show what the registry knows of a host
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Returns the instances that the registry of Claw Pilot has for one host, their ports and the configuration.
  - It does not look at the host; M(claw.pilot.openclaw_instance_info) does.
notes:
  - It works on the controller and needs no connection to the host. The controller needs C(sqlite-utils) 4 for a file.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
options:
  hostname:
    description: Name of the host. The default is C(inventory_hostname).
    type: str
  slug:
    description: Instance to return as RV(registry.instance).
    type: str
  openclaw_home:
    description: Home of that instance, where the host has one of that name in several.
    type: str
  registry:
    description:
      - Path of the SQLite file, URL of a dashboard, or V(none) for nothing.
      - The default is E(CLAW_PILOT_REGISTRY), or C(registry.db) in E(CLAW_PILOT_HOME) or C(~/.claw-pilot).
    type: str
  registry_token:
    description: Token of the dashboard. The default is E(CLAW_PILOT_REGISTRY_TOKEN).
    type: str
"""

EXAMPLES = r"""
- name: See which ports are not free for a new instance
  claw.pilot.openclaw_registry_info:
    slug: acme
  register: result
"""

RETURN = r"""
registry:
  description: What is known of the host.
  type: dict
  returned: success
  contains:
    enabled:
      description: False with O(registry=none); all else is empty then.
      type: bool
      returned: always
    reserved_ports:
      description: Ports of the other instances of the host; of all, without O(slug).
      type: list
      elements: int
      returned: always
    instance:
      description: The row of O(slug), null when there is none.
      type: dict
      returned: always
    instances:
      description: The rows of the host.
      type: list
      elements: dict
      returned: always
    config:
      description: The configuration, such as C(port_range_start), as texts.
      type: dict
      returned: always
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENTS = {
    "hostname": {"type": "str"},
    "slug": {"type": "str"},
    "openclaw_home": {"type": "str"},
    "registry": {"type": "str"},
    "registry_token": {"type": "str", "no_log": True},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    module.fail_json(msg="openclaw_registry_info works on the controller, as an action only.")


if __name__ == "__main__":
    main()
