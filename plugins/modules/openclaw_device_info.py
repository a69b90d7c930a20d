#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the devices that wait for approval and those that are paired; never changes anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_device_info
short_description: Show the devices of OpenClaw instances, those that wait and those that are paired
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Asks running gateways on loopback, over their own protocol, who waits for approval and who is paired.
  - The gateway's token is read on the host, goes to that gateway only and is never returned; nor is a key of a device.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw.adopted
options:
  slug:
    description:
      - The instance. A gateway that cannot be asked is then a failure.
      - Without it, every instance that is live; what is wrong with one is in its C(error).
    type: str
  openclaw_user:
    description: User to work as. Needs root, unless it is the user that the module runs as.
    type: str
  openclaw_home:
    description:
      - Home of the instances. The default is the home of O(openclaw_user) or, with O(slug), of the user that the module
        runs as. Without either, every home that may be read.
    type: str
  match:
    description: Only devices that fit all of this.
    type: dict
    suboptions:
      name:
        description: The device's name, exactly.
        type: str
      client_id:
        description: What kind of client it is, such as V(openclaw-control-ui), V(openclaw-ios) or V(cli).
        type: str
      role:
        description: A role that it has or asks for, V(operator) or V(node).
        type: str
  wait:
    description:
      - Seconds to wait for a request when there is none. Nobody within that time is the failure C(PAIRING_NO_REQUEST).
      - Needs O(slug).
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: See who waits on this host
  claw.pilot.openclaw_device_info:
  register: result

- name: Wait for a phone
  claw.pilot.openclaw_device_info:
    slug: acme
    match:
      client_id: openclaw-ios
    wait: 60
  register: result
"""

RETURN = r"""
pending:
  description: The requests that wait, of all instances that were asked, the oldest first of each.
  type: list
  elements: dict
  returned: success
  contains:
    kind:
      description: Always V(pending).
      type: str
    request_id:
      description: Id of the request, to approve or reject it.
      type: str
    device_id:
      description: Id of the device.
      type: str
    name:
      description: What the device calls itself.
      type: str
    client_id:
      description: What kind of client it says it is.
      type: str
    client_mode:
      description: How it connects, such as V(ui), V(cli) or V(backend).
      type: str
    platform:
      description: The system that it says it runs on.
      type: str
    role:
      description: The role that it asked for last.
      type: str
    roles:
      description: All roles that this request is about.
      type: list
      elements: str
    requested_scopes:
      description: What it wants to be allowed.
      type: list
      elements: str
    approved_scopes:
      description: What it is allowed already.
      type: list
      elements: str
    why:
      description:
        - V(new) for an unknown device, V(scope-upgrade) for one that wants more, V(role-upgrade) for one that wants
          another role or whose token was revoked, V(repair) for one that wants nothing new.
      type: str
    remote_address:
      description: Where it connects from, as the gateway sees it. Empty where that is not known.
      type: str
    age_seconds:
      description: Seconds since it first asked.
      type: int
    seconds_left:
      description: Seconds of the five minutes that are left. A device that asks again has more.
      type: int
paired:
  description: The devices that are paired, of all instances that were asked.
  type: list
  elements: dict
  returned: success
  contains:
    kind:
      description: Always V(paired).
      type: str
    device_id:
      description: Id of the device.
      type: str
    name:
      description: What the operator calls it, else what it calls itself.
      type: str
    client_id:
      description: What kind of client it says it is.
      type: str
    client_mode:
      description: How it connects.
      type: str
    platform:
      description: The system that it says it runs on.
      type: str
    roles:
      description: The roles that it was approved for.
      type: list
      elements: str
    scopes:
      description: What it is allowed.
      type: list
      elements: str
    approved_via:
      description: How it was approved, such as V(owner) or V(silent).
      type: str
    last_seen:
      description: When it was last there, empty for never.
      type: str
    connected:
      description: Whether it is connected now.
      type: bool
    tokens:
      description: Its tokens that are not revoked, with C(role), C(scopes) and C(created). Never a token itself.
      type: list
      elements: dict
instance:
  description: C(slug), C(openclaw_home), C(port) and C(state) of the instance that O(slug) names, else empty.
  type: dict
  returned: success
instances:
  description:
    - The instances that were asked, each with C(slug), C(openclaw_home), C(state_dir), C(pending), C(paired) and C(error),
      a sentence or empty.
  type: list
  elements: dict
  returned: success
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._module import finish
from ..module_utils._pairing import DEVICE_ARGUMENTS, read_devices

ARGUMENTS = {
    **DEVICE_ARGUMENTS,
    "slug": {"type": "str"},
    "wait": {"type": "int", "default": 0},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if module.params["wait"] and not module.params["slug"]:
        module.fail_json(msg="wait needs slug: only one instance can be waited for.")
    finish(module, lambda: read_devices(module.params))


if __name__ == "__main__":
    main()
