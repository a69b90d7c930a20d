#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the Control UI's address with its token; the action of the same name shows it on a terminal."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_token
short_description: Show the Control UI's address with the gateway's token
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Shows, on the terminal that Ansible was started from, the address that opens the Control UI of an instance.
  - The token is in the fragment of the address, which browsers send nowhere. It is in no result, no log and no artefact.
  - Where there is no terminal, as in a job of AWX, it fails; so it does with E(ANSIBLE_DEBUG), which logs everything.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.info
  - claw.pilot.openclaw.one
  - claw.pilot.openclaw.adopted
options: {}
"""

EXAMPLES = r"""
- name: Show the way into an instance
  claw.pilot.openclaw_token:
    slug: acme
"""

RETURN = r"""
instance:
  description: The instance that the address is of, as RV(claw.pilot.openclaw_instance#module:instance) shows one.
  type: dict
  returned: success
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import TOKEN_ARGUMENTS
from ..module_utils._facts import find_one
from ..module_utils._gateway_token import gateway_token
from ..module_utils._model import ClawPilotError
from ..module_utils._module import finish


def read(params: dict[str, Any]) -> dict[str, Any]:
    """The instance and its token, for the action, which keeps the token to itself."""
    instance = find_one(params)
    token = gateway_token(instance)
    if not token:
        raise ClawPilotError(
            "NO_TOKEN",
            f"The token of {params['slug']!r} is not to be had: its gateway has none that we can read.",
            "See what doctor says of it.",
        )
    return {"changed": False, "instance": instance, "token": token}


def main() -> None:
    module = AnsibleModule(argument_spec=TOKEN_ARGUMENTS, supports_check_mode=True)
    finish(module, lambda: read(module.params))


if __name__ == "__main__":
    main()
