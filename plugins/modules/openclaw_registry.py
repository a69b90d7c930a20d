#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and options of openclaw_registry; its work is in the action plugin of that name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_registry
short_description: Record in the registry what was done to OpenClaw instances
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Writes what a play did and saw to the registry of Claw Pilot, a SQLite file on the controller, in one transaction.
  - Or hands it to a dashboard on another machine.
  - Use it with C(run_once) and the reports of all hosts, for one write per play.
  - Every change is an event that says who, when and from where.
notes:
  - It works on the controller and needs no connection to the host. The controller needs C(sqlite-utils) 4 for a file.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
options:
  reports:
    description:
      - What hosts have to report, one for each.
      - Only what the registry has a column for is taken, so that no other value of an instance gets into it.
    type: list
    elements: dict
    required: true
    suboptions:
      server:
        description:
          - The host, with C(hostname) as in the inventory.
          - Also C(ip), C(ssh_user), C(ssh_port), C(connection), C(os), C(openclaw_bin) and C(openclaw_version). How it is
            reached is taken from the inventory, when the report does not say.
        type: dict
        required: true
      entries:
        description: What happened to its instances.
        type: list
        elements: dict
        default: []
        suboptions:
          event:
            description:
              - V(created), V(changed) and V(taken_over) store the instance as ours, V(adopted) stores one that is not.
              - V(started), V(stopped), V(restarted) and V(observed) keep a known instance's state, port, version and agents.
              - V(observed) is an event only when the state is another one.
              - V(destroyed) and V(pruned) drop it.
              - V(device_approved), V(device_rejected), V(device_removed) and V(device_rotated) are events of its devices, and
                change nothing else.
            type: str
            required: true
            choices:
              - created
              - changed
              - taken_over
              - adopted
              - started
              - stopped
              - restarted
              - observed
              - destroyed
              - pruned
              - device_approved
              - device_rejected
              - device_removed
              - device_rotated
          detail:
            description: The event in words. No secret belongs here.
            type: str
          instance:
            description:
              - The instance as M(claw.pilot.openclaw_instance) and M(claw.pilot.openclaw_instance_info) return it.
              - With C(slug) and C(openclaw_home) at least.
            type: dict
            required: true
  registry:
    description:
      - Path of the SQLite file, URL of a dashboard, or V(none) to record nothing.
      - The default is E(CLAW_PILOT_REGISTRY), or C(registry.db) in E(CLAW_PILOT_HOME) or C(~/.claw-pilot).
    type: str
  registry_token:
    description: Token of the dashboard. The default is E(CLAW_PILOT_REGISTRY_TOKEN).
    type: str
"""

EXAMPLES = r"""
- name: Record the instance that a play has made
  claw.pilot.openclaw_registry:
    reports:
      - server:
          hostname: web1
          connection: ssh
        entries:
          - event: created
            instance: "{{ result.instance }}"
"""

RETURN = r"""
events:
  description: The events that were written, or with check mode would be.
  type: list
  elements: dict
  returned: success
  sample:
    - hostname: web1
      openclaw_home: /opt/openclaw
      instance_slug: acme
      event_type: created
      detail: ""
      actor: alice
      origin: playbook
      created_at: "2026-11-21T07:00:00Z"
registry:
  description: C(enabled) is false with O(registry=none).
  type: dict
  returned: success
  sample: {enabled: true}
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

EVENTS = [
    "created",
    "changed",
    "taken_over",
    "adopted",
    "started",
    "stopped",
    "restarted",
    "observed",
    "destroyed",
    "pruned",
    "device_approved",
    "device_rejected",
    "device_removed",
    "device_rotated",
]
ENTRY = {
    "event": {"type": "str", "required": True, "choices": EVENTS},
    "detail": {"type": "str"},
    "instance": {"type": "dict", "required": True},
}
REPORT = {
    "server": {"type": "dict", "required": True},
    "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
}
ARGUMENTS = {
    "reports": {"type": "list", "elements": "dict", "required": True, "options": REPORT},
    "registry": {"type": "str"},
    "registry_token": {"type": "str", "no_log": True},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    module.fail_json(msg="openclaw_registry works on the controller, as an action only.")


if __name__ == "__main__":
    main()
