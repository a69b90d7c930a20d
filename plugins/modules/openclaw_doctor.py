#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return what is wrong with the OpenClaw instances of a host; never changes anything."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_doctor
short_description: Say what is wrong with the OpenClaw instances of a host, and what mends it
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Looks at the host and at every instance on it, whoever made it, and returns findings.
  - Starts no Node, changes nothing and returns no secret.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw
  - claw.pilot.openclaw.more_homes
options:
  openclaw_user:
    description:
      - User to work as. The default is the user that the module runs as; root sees the instances of all users.
      - Another user needs C(become) to root.
    type: str
  openclaw_home:
    description:
      - Home of the instances. The default is the home of O(openclaw_user), and without that every home that may be read.
    type: str
  slug:
    description: Only the findings of this instance and those of the host.
    type: str
  examine:
    description:
      - Ask live gateways as well whether their token works, who waits for approval and how Telegram is.
      - The token is read on the host, goes to its own gateway only and is never returned.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: See what is wrong on this host
  claw.pilot.openclaw_doctor:
  register: result

- name: See what the files alone tell of one instance
  claw.pilot.openclaw_doctor:
    slug: acme
    examine: false
"""

RETURN = r"""
findings:
  description: What was found, the worst first.
  type: list
  elements: dict
  returned: success
  contains:
    slug:
      description: Slug of the instance, empty for the host itself.
      type: str
    openclaw_home:
      description: Home of the instance, empty for the host itself.
      type: str
    check:
      description: Which check found it, such as V(modes) or V(token).
      type: str
    severity:
      description: How bad it is, V(error), V(warning) or V(info).
      type: str
    message:
      description: What is wrong, in a sentence.
      type: str
    evidence:
      description: Where that was seen, in words.
      type: str
    fix:
      description: A shell command for the host that mends it, empty where there is none.
      type: str
summary:
  description: How many findings of each severity there are, and in how many instances.
  type: dict
  returned: success
  sample:
    error: 1
    warning: 0
    info: 2
    instances: 4
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import HOME_ARGUMENTS, MORE_HOMES_ARGUMENT
from ..module_utils._doctor import findings, summary
from ..module_utils._examine import examine
from ..module_utils._facts import observation
from ..module_utils._host import Host
from ..module_utils._model import ClawPilotError
from ..module_utils._module import account, finish


def diagnose(params: Mapping[str, Any], reader: str) -> dict[str, Any]:
    """The module's result; reader: the account that the fixes are written for."""
    seen = observation(params)
    slug = params["slug"]
    instances = [i for i in seen["instances"] if slug in (None, i["slug"])]
    if slug and not instances:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"There is no instance {slug!r} here.",
            "Leave slug out to see all there are.",
        )
    examined = examine(Host(), instances) if params["examine"] else {}
    found = findings(seen, examined, reader)
    wanted = [item for item in found if not slug or item["slug"] in ("", slug)]
    return {
        "changed": False,
        "findings": wanted,
        "summary": summary(wanted, len(instances)),
    }


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            **HOME_ARGUMENTS,
            "more_homes": MORE_HOMES_ARGUMENT,
            "slug": {"type": "str"},
            "examine": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    by_root = os.geteuid() == 0  # as openclaw_user, the work is done by a child that is not
    finish(
        module,
        lambda: diagnose(module.params, "root" if by_root else account(None).pw_name),
    )


if __name__ == "__main__":
    main()
