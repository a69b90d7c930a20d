#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install one plugin into an OpenClaw instance, or remove it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_plugin
short_description: Install a plugin into an OpenClaw instance, or remove it
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Installs one version of a plugin from npm with OpenClaw's own command, merges its settings into C(openclaw.json), and
    has the gateway prove that it is loaded.
  - The gateway is stopped while something changes, and runs again afterwards if it did before. Whatever else the command
    wrote into C(openclaw.json) is put back.
  - What is installed and set is told from the files. Where nothing differs, no process is started; a running gateway is
    still asked whether it has the plugin loaded, and is restarted when it has not.
  - Where it fails, the settings are as before, and a plugin that was not there before is removed again.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
  - claw.pilot.openclaw
options:
  slug:
    description: The instance, one that M(claw.pilot.openclaw_instance) made or took over.
    type: str
    required: true
  name:
    description: Id of the plugin, as in its C(openclaw.plugin.json), such as V(openclaw-mem0).
    type: str
    required: true
  state:
    description: Whether the plugin is to be there. With V(absent), its files and settings go, and what had its slot before
      is V(memory-core) again for the memory slot.
    type: str
    choices: [present, absent]
    default: present
  source:
    description: The npm package, such as V(npm:@mem0/openclaw-mem0). Its default is known for V(openclaw-mem0) only.
    type: str
  version:
    description: The version, exactly. The default for V(openclaw-mem0) is V(1.0.16).
    type: str
  config:
    description:
      - Settings that are merged into those of the plugin; a null removes one. Write a secret as a C(${VARIABLE}) of the
        instance's environment.
      - For V(openclaw-mem0), the settings of the O(claw.pilot.openclaw_instance#module:mem0) option come first.
    type: dict
  slot:
    description: The slot that the plugin takes, such as V(memory). Empty for none; the default for V(openclaw-mem0) is
      V(memory), else none.
    type: str
  environment:
    description:
      - More environment for npm, such as proxies and certificates.
      - C(npm_config_cache) is where npm keeps what it downloads.
    type: dict
    default: {}
  private_json:
    description: O(config) and O(environment) as one text, which Ansible logs nowhere. Made on the controller.
    type: str
  timeout:
    description: Seconds that the installation may take.
    type: int
    default: 900
  start_timeout:
    description: Seconds that the gateway may take to come up again. With mem0 that may be minutes on a busy host.
    type: int
    default: 600
"""

EXAMPLES = r"""
- name: Have mem0 as the memory of an instance
  claw.pilot.openclaw_plugin:
    slug: acme
    name: openclaw-mem0

- name: Have the builtin memory again
  claw.pilot.openclaw_plugin:
    slug: acme
    name: openclaw-mem0
    state: absent

- name: Install another plugin with settings
  claw.pilot.openclaw_plugin:
    slug: acme
    name: weather
    source: npm:@acme/openclaw-weather
    version: 1.2.3
    config:
      units: metric
"""

RETURN = r"""
steps:
  description: What was done, or with check mode would be, of V(stop), V(install), V(pin), V(uninstall),
    V(config), V(start) and V(record).
  type: list
  elements: str
  returned: success
  sample: [stop, install, config, start]
plugin:
  description: The plugin as it is now, or with check mode would be.
  type: dict
  returned: success
  contains:
    name:
      description: Its id.
      type: str
      returned: success
    installed:
      description: Whether its files are there.
      type: bool
      returned: success
    version:
      description: Its version, empty when it is not installed.
      type: str
      returned: success
    slots:
      description: The slots that it has.
      type: list
      elements: str
      returned: success
    loaded:
      description: Whether the running gateway has said that it is loaded.
      type: bool
      returned: success
    cost:
      description: What installing or removing it takes, a sentence. Empty when neither has to be done.
      type: str
      returned: success
instance:
  description: The instance, as RV(claw.pilot.openclaw_instance#module:instance) shows it.
  type: dict
  returned: success
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import unfolded
from ..module_utils._module import finish
from ..module_utils._plugins import PLUGIN_ARGUMENTS, bring_to_state


def main() -> None:
    module = AnsibleModule(argument_spec=PLUGIN_ARGUMENTS, supports_check_mode=True)
    options = unfolded(module.params)
    finish(module, lambda: bring_to_state(options, module.check_mode))


if __name__ == "__main__":
    main()
