#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Approve or dismiss senders who wait for an instance's bot; the work is in module_utils."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_pairing
short_description: Approve who may write to the Telegram bot of an OpenClaw instance
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Somebody whom the bot does not know gets a code from it as the answer to a first message, and waits for approval.
    This module lists who waits, and approves or dismisses one of them.
  - Without O(code), O(request_id) and O(sender_id) nothing is approved or dismissed.
  - A gateway that runs is asked over its own protocol. Else, and for O(code), OpenClaw's command line is used, which
    takes 10 to 20 seconds.
  - Devices are paired with another module.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
  - claw.pilot.openclaw
  - claw.pilot.openclaw.adopted
options:
  slug:
    description: The instance.
    type: str
    required: true
  channel:
    description: Where the senders write.
    type: str
    choices: [telegram]
    default: telegram
  state:
    description:
      - V(present), the sender is approved and may write to the bot.
      - V(absent), the request is dismissed. The sender may ask again; one who was approved stays approved.
    type: str
    choices: [present, absent]
    default: present
  code:
    description: The code that the bot has answered the sender with.
    type: str
  request_id:
    description: The request, as RV(requests) has it. Only a running gateway knows these.
    type: str
  sender_id:
    description:
      - The sender's id at Telegram. One whom C(allowFrom) in the config lets in is no change.
      - OpenClaw tells nobody whom it has approved. So one who was approved before and does not wait any more is a
        C(PAIRING_NO_REQUEST), as is one who never wrote.
    type: str
  account_id:
    description: The bot, for an instance with several.
    type: str
  wait:
    description:
      - Seconds to wait for the request of O(sender_id), or without it for anybody's, which is then in RV(request).
      - It fails when nobody writes in that time, and at once when Telegram refuses the bot's token.
    type: int
    default: 0
  notify:
    description: Have the bot tell the sender of the approval.
    type: bool
    default: true
  owner:
    description:
      - Make the sender the command owner of the instance, when there is none. Owners may change the config and approve
        commands from the chat.
      - OpenClaw's command line does that by itself, so with the gateway down the first sender always becomes the owner.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See who waits
  claw.pilot.openclaw_pairing:
    slug: acme

- name: Let in who got this code
  claw.pilot.openclaw_pairing:
    slug: acme
    code: 5JQJEGRR

- name: Wait a minute for the first message of a certain person
  claw.pilot.openclaw_pairing:
    slug: acme
    sender_id: "987654321"
    wait: 60
"""

RETURN = r"""
requests:
  description:
    - Who waits after the run, the oldest first.
    - C(request_id) is empty with the gateway down. C(code) is there with the gateway down, or when O(code) was given.
  type: list
  elements: dict
  returned: success
  sample:
    - request_id: bo6yvyauswK0xlzRXimFUeCKEToXE2pU
      channel: telegram
      account_id: default
      sender_id: "987654321"
      name: Alice
      username: alice
      created: "2026-11-21T08:45:44.913Z"
      expires: "2026-11-21T09:45:44.913Z"
      code: ""
request:
  description: The request that was meant or waited for, as one of RV(requests); empty when there is none.
  type: dict
  returned: success
approved:
  description:
    - Whether the sender was approved, or with check mode would be, or is let in by the config.
  type: bool
  returned: success
notification:
  description: What came of telling the sender, V(sent), V(failed), V(unsupported) or V(not-requested).
  type: str
  returned: when a sender was approved
owner:
  description: What came of O(owner), V(configured), V(already-configured), V(unavailable) or V(not-requested).
  type: str
  returned: when a sender was approved
bot:
  description: How the bot is. Its name is known after waiting only.
  type: dict
  returned: success
  sample: {bot: "@acme_bot", connected: true, last_error: ""}
via:
  description: How it was done, V(rpc) by the gateway or V(cli) by OpenClaw's command line.
  type: str
  returned: success
instance:
  description: The instance, with C(slug), C(openclaw_home), C(port) and C(state).
  type: dict
  returned: success
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._channel_pairing import pair
from ..module_utils._channel_requests import PAIRING_ARGUMENTS
from ..module_utils._module import finish


def main() -> None:
    module = AnsibleModule(argument_spec=PAIRING_ARGUMENTS, supports_check_mode=True)
    finish(module, lambda: pair(module.params, module.check_mode))


if __name__ == "__main__":
    main()
