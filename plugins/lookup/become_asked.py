# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ansible-playbook was called with --become: a play with a `become` of its own ignores it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: become_asked
author: Claw Pilot contributors (@claw-pilot)
version_added: 1.0.0
short_description: Whether --become was given
description:
  - The playbooks of this collection become root when O(ignore:openclaw_user) is given. A play that has a C(become) of its own
    ignores the C(--become) of the command line and of AWX; with this it does not.
options: {}
"""

EXAMPLES = r"""
- name: Do it as root when that is asked for
  hosts: all
  become: "{{ openclaw_user is defined or lookup('claw.pilot.become_asked') }}"
"""

RETURN = r"""
_raw:
  description: Whether it was given.
  type: bool
"""

from typing import Any

from ansible import context
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """One boolean."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[bool]:
        return [bool(context.CLIARGS.get("become", False))]
