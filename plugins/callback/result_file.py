# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run came to, as one JSON document in a file, beside whatever is printed."""

from __future__ import annotations

DOCUMENTATION = r"""
name: result_file
type: aggregate
short_description: Write the result of a run as one JSON document into a file
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - For programs that run playbooks and show their output, too. Writes the document of the P(claw.pilot.result#callback) callback
    into a file when a playbook has ended. What is printed stays as it is.
  - The dashboard of Claw Pilot runs its jobs with it.
options:
  path:
    description: The file. It can be read by its owner only; one that is there is replaced. Without it nothing is written.
    type: path
    default: ''
    env:
      - name: CLAW_PILOT_RESULT_FILE
requirements:
  - Enabled, as with E(ANSIBLE_CALLBACKS_ENABLED=claw.pilot.result_file).
"""

import os

from .result import CallbackModule as Result
from .result import Document, as_json


class CallbackModule(Result):
    """Collects as the other does, writes instead of printing."""

    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "claw.pilot.result_file"
    CALLBACK_NEEDS_ENABLED = True

    def hand_over(self, document: Document) -> None:
        path = self.get_option("path")
        if not path:
            return
        staged = f"{path}.new"
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(as_json(document))
        os.replace(staged, path)  # all of it or nothing
