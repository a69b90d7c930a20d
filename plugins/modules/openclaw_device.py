#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Approve, reject, rename or remove one device of an OpenClaw instance, or give it new tokens."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_device
short_description: Approve, reject or remove a device of an OpenClaw instance
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Answers the pairing request of one device, or changes a device that is paired.
  - Asks the running gateway on loopback, over its own protocol. No key and no token is returned.
  - A device that somebody else approves at the same time, or has approved before, is no failure and no change.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
  - claw.pilot.openclaw.one
  - claw.pilot.openclaw.adopted
options:
  state:
    description:
      - V(present) approves its pending request; a device that is paired and asks for nothing stays as it is.
      - V(rejected) rejects its pending request, if there is one.
      - V(absent) removes a paired device; its tokens are worth nothing from then on.
    type: str
    choices: [present, absent, rejected]
    default: present
  request_id:
    description:
      - The pending request that is meant. Exactly that one is approved or rejected.
      - A gateway forgets a request that was answered. With O(device_id) beside it, a device that is paired by then is
        no change; without, it is the failure C(PAIRING_NO_REQUEST).
    type: str
  device_id:
    description: The device that is meant. With O(request_id), the device that the request has to be of.
    type: str
  match:
    description:
      - The device that fits all of this is meant. It has to be one only, else it is the failure C(DEVICE_AMBIGUOUS).
      - These are the device's own words; who can connect can choose them.
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
  scopes:
    description:
      - Approve only when every scope that is asked for is in this list, word by word, else it is the failure C(SCOPES_TOO_WIDE).
      - The default is no limit.
    type: list
    elements: str
  rotate:
    description:
      - Make the device's tokens anew. The old ones stop working, and the device gets new ones when it connects with the
        gateway's token. With V(true), every run is a change.
    type: bool
    default: false
  rename:
    description: What to call the device from now on.
    type: str
"""

EXAMPLES = r"""
- name: Approve one request, if it asks for no more than this
  claw.pilot.openclaw_device:
    slug: acme
    request_id: 7bf421cd-ea19-4e12-bab0-25e349fe5e0e
    scopes: [operator.read, operator.write]

- name: Have the tablet in the shop paired
  claw.pilot.openclaw_device:
    slug: acme
    match:
      name: shop tablet

- name: Lock a lost phone out
  claw.pilot.openclaw_device:
    slug: acme
    device_id: fb1410bafa3b8b4504c9e419ef295d6a99fe6c315ab87e224d457063f0c18305
    state: absent
"""

RETURN = r"""
steps:
  description: What was done, or with check mode would be, of V(approve), V(reject), V(remove), V(rename) and V(rotate).
  type: list
  elements: str
  returned: success
request:
  description:
    - The pending request as it was, as RV(claw.pilot.openclaw_device_info#module:pending) shows one. Empty where there was
      none.
  type: dict
  returned: success
device:
  description:
    - The device as it is now, as RV(claw.pilot.openclaw_device_info#module:paired) shows one. Empty when it is not paired.
  type: dict
  returned: success
instance:
  description: C(slug), C(openclaw_home), C(port) and C(state) of the instance.
  type: dict
  returned: success
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._module import finish
from ..module_utils._pairing import DEVICE_ARGUMENTS, apply_device

SELECTORS = ("request_id", "device_id", "match")
ARGUMENTS = {
    **DEVICE_ARGUMENTS,
    "slug": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent", "rejected"], "default": "present"},
    "request_id": {"type": "str"},
    "device_id": {"type": "str"},
    "scopes": {"type": "list", "elements": "str"},
    "rotate": {"type": "bool", "default": False},
    "rename": {"type": "str"},
}


def is_meant(params: dict[str, Any]) -> bool:
    """Whether a selector is given that is not empty: an empty one would fit every device."""
    match = params["match"] or {}
    return any((params["request_id"], params["device_id"], *match.values()))


def main() -> None:
    module = AnsibleModule(
        argument_spec=ARGUMENTS,
        mutually_exclusive=[("request_id", "match"), ("device_id", "match")],
        required_one_of=[SELECTORS],
        supports_check_mode=True,
    )
    if not is_meant(module.params):
        module.fail_json(msg="request_id, device_id or match has to say which device is meant.")
    finish(module, lambda: apply_device(module.params, module.check_mode))


if __name__ == "__main__":
    main()
