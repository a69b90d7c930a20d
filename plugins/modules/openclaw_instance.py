#!/usr/bin/python
# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring one OpenClaw instance to a state; the work is in module_utils."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openclaw_instance
short_description: Create, change, start, stop and remove an OpenClaw instance
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Brings one OpenClaw gateway with a state directory of its own into the wanted state.
  - A create is a transaction. When it fails, everything it made is removed again; after a kill, the next run
    finishes it or, with O(state=absent), cleans it up.
  - An option that is not given keeps the value that an earlier run gave it.
  - Keys that OpenClaw or a person added to C(openclaw.json) stay.
extends_documentation_fragment:
  - claw.pilot.attributes
  - claw.pilot.attributes.instance
  - claw.pilot.openclaw
options:
  slug:
    description: Name of the instance on its host, 2 to 30 characters of a-z, 0-9 and C(-), a letter first.
    type: str
    required: true
  state:
    description:
      - V(present), the instance exists as described and its gateway runs.
      - V(started), V(stopped), V(restarted), an instance that exists runs, is stopped (also after a reboot) or is
        restarted. The other options are not looked at, and a missing instance is an error.
      - V(absent), it is gone with its state directory, service and project directory, as far as they were made here.
    type: str
    choices: [present, started, stopped, restarted, absent]
    default: present
  display_name:
    description: Name for people. The default is the slug with a capital.
    type: str
  port:
    description: Port of the gateway on loopback. Chosen on the host when left out.
    type: int
  port_range_start:
    description: First port to choose from.
    type: int
    default: 18789
  port_range_end:
    description: Last port to choose from.
    type: int
    default: 65000
  port_step:
    description: Distance between ports to choose from. OpenClaw itself uses up to 110 ports after the first.
    type: int
    default: 120
  reserved_ports:
    description: Ports that belong to instances that are not on disk, such as those in the registry.
    type: list
    elements: int
    default: []
  agents:
    description: Agents of the instance. C(main) is always there and the default agent.
    type: list
    elements: dict
    suboptions:
      id:
        description: Id of the agent.
        type: str
        required: true
      name:
        description: Name for people.
        type: str
      model:
        description: Model as PROVIDER/MODEL, when it is not O(default_model).
        type: str
      tools_profile:
        description: Which tools the agent may use.
        type: str
        choices: [minimal, coding, messaging, full]
      workspace:
        description: Folder that the agent works in. The default is C(workspaces/ID) in the state directory.
        type: str
  default_model:
    description: Model of all agents that name none, as PROVIDER/MODEL. The default is the first provider's first.
    type: str
  providers:
    description: Model providers. Their keys go to the C(.env) file of the instance.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name as in model references, such as V(anthropic).
        type: str
        required: true
      api_key:
        description: API key. Left out, the key that is there is kept, or copied as O(secrets_from) says.
        type: str
      key_required:
        description: Whether the provider wants a key at all.
        type: bool
      base_url:
        description: Address of the API, when it is not OpenClaw's own choice.
        type: str
      api:
        description: Kind of API, such as V(openai-completions) or V(anthropic-messages).
        type: str
      models:
        description: Models of the provider as OpenClaw wants them, with C(id) and C(name) at least.
        type: list
        elements: dict
  telegram:
    description: The Telegram bot of the main agent.
    type: dict
    suboptions:
      enabled:
        description: Whether the bot is used. Turned off, its token is removed.
        type: bool
      bot_token:
        description: Token as BotFather showed it.
        type: str
      dm_policy:
        description: Who may write to the bot.
        type: str
        choices: [pairing, allowlist, open, disabled]
      group_policy:
        description: In which groups the bot answers.
        type: str
        choices: [open, disabled, allowlist]
      allow_from:
        description: Ids of Telegram users who may write to the bot without pairing.
        type: list
        elements: str
      api_root:
        description: Address of the Bot API, when it is not Telegram's own.
        type: str
  mem0:
    description: Long-term memory by the mem0 plugin.
    type: dict
    suboptions:
      enabled:
        description: Whether the plugin is configured as the memory of the instance.
        type: bool
      mode:
        description: Own services (Ollama and Qdrant) or mem0's platform.
        type: str
        choices: [open-source, platform]
      api_key:
        description: Key of the platform.
        type: str
      user_id:
        description: Whose memories these are. The default is the slug.
        type: str
      ollama_url:
        description: Address of Ollama.
        type: str
      embedder_model:
        description: Ollama model for embeddings.
        type: str
      llm_model:
        description: Ollama model that extracts memories.
        type: str
      qdrant_host:
        description: Host of Qdrant.
        type: str
      qdrant_port:
        description: Port of Qdrant.
        type: int
  plugins:
    description: Which OpenClaw plugins may load.
    type: dict
    suboptions:
      restrict:
        description: Load only what the instance needs and what O(plugins.allow) names. A leaner gateway starts sooner.
        type: bool
      allow:
        description: Plugin ids to allow beside those needed, such as V(browser).
        type: list
        elements: str
      deny:
        description: Plugin ids that never load.
        type: list
        elements: str
  control_ui:
    description: OpenClaw's own web page.
    type: dict
    suboptions:
      enabled:
        description: Whether it is served.
        type: bool
      base_path:
        description: Path below which it is served, behind a reverse proxy.
        type: str
      allowed_origins:
        description: Origins of reverse proxies, such as V(https://claw.example.org).
        type: list
        elements: str
  trusted_proxies:
    description: Addresses of reverse proxies in front of the gateway.
    type: list
    elements: str
  heartbeat:
    description: How often the main agent wakes by itself, such as V(30m). V(0m) is never.
    type: str
  heap_limit_mb:
    description: Limit of Node's heap in MB. V(0) is Node's own.
    type: int
  config:
    description: More keys for C(openclaw.json), merged over ours. A null removes a key. Secrets go to O(environment).
    type: dict
  environment:
    description: More variables for the instance's C(.env), for C(${NAME}) references and for tools.
    type: dict
  private_json:
    description: O(config) and O(environment) as one text, which Ansible logs nowhere. Made on the controller.
    type: str
  openclaw_version:
    description: Installed OpenClaw version to run. The default is the one it runs, or the newest installed.
    type: str
  service_manager:
    description: What keeps the gateway running. V(auto) is systemd where the user's systemd answers, else supervisor.
    type: str
    choices: [auto, systemd, supervisor]
    default: auto
  projects_root:
    description: Folder for the project directory. The default is C(projects) in O(openclaw_home).
    type: str
  secrets_from:
    description: Slug of an instance of the same home to copy missing API keys from, on the host.
    type: str
  workspace_templates:
    description:
      - Folder on the controller with Jinja templates (C(*.j2)) of each agent's workspace files.
      - Variables are C(slug), C(display_name), C(agent_id), C(agent_name), C(project_dir). A file that exists is never
        overwritten.
    type: path
  workspace_files:
    description: Texts of workspace files by agent and name. Made from O(workspace_templates) on the controller.
    type: dict
    default: {}
  wait:
    description: Wait until the gateway is V(live) or V(ready), or do not wait. The returned state and health are what was
      waited for, unless the gateway itself has said otherwise since or its process is another one.
    type: str
    choices: [none, live, ready]
    default: ready
  start_timeout:
    description: Seconds that the gateway may take to come up. 120 when left out, and 600 with O(mem0) enabled, which takes
      a gateway minutes to read on a busy host.
    type: int
  stop_timeout:
    description: Seconds that the gateway gets to stop by itself.
    type: int
  validate:
    description: V(strict) has OpenClaw itself check the config first, which takes 2 to 5 seconds.
    type: str
    choices: [quick, strict]
    default: quick
  backup_dir:
    description: With O(state=absent), folder on the host for an archive of the state directory, made first.
    type: str
  adopted:
    description:
      - What the registry knows of an instance that others made, where it is not one of ours.
      - It can then be started, stopped and restarted, whatever keeps it running, and with O(confirm) removed.
    type: dict
    suboptions:
      state_dir:
        description: Its state directory with no link in it, by which it is found again.
        type: str
        required: true
      openclaw_home:
        description: Its home. What is found there in another home is another's, and is left alone.
        type: str
      openclaw_user:
        description: Its user. What is found there of another user is left alone.
        type: str
  take_over:
    description:
      - Have an instance that others made in the place of this one become ours, with its config, its data and its port.
      - Its secrets move to the C(.env) file, our service takes the place of its own, and what our options have no word
        for stays as it is. When its gateway does not come up again, all is put back.
    type: bool
    default: false
  confirm:
    description: The slug again, which removing an adopted instance needs.
    type: str
"""

EXAMPLES = r"""
- name: Have an instance with a key of its own
  claw.pilot.openclaw_instance:
    slug: acme
    display_name: Acme Ltd
    providers:
      - name: anthropic
        api_key: "{{ vault_anthropic_api_key }}"
    default_model: anthropic/claude-sonnet-4-6
    agents:
      - id: main
      - id: dev
        name: Developer

- name: Stop it, also over a reboot
  claw.pilot.openclaw_instance:
    slug: acme
    state: stopped

- name: Remove it without a trace, keeping an archive
  claw.pilot.openclaw_instance:
    slug: acme
    state: absent
    backup_dir: /var/backups/openclaw
"""

RETURN = r"""
instance:
  description: The instance as it is after the run; only C(slug) and C(state) when it is absent. No secret in it.
  type: dict
  returned: success
  sample:
    slug: acme
    state: running
    port: 18789
    url: http://127.0.0.1:18789/
    state_dir: /opt/openclaw/.openclaw-acme
    service: {manager: systemd, name: openclaw-acme, active: true, enabled: true, pid: 4711}
steps:
  description: The steps that were taken, or with check mode would be.
  type: list
  elements: str
  returned: success
removal:
  description: With O(state=absent), the paths that go and how many bytes they hold.
  type: dict
  returned: when O(state=absent)
backup:
  description: Path of the archive.
  type: str
  returned: when O(backup_dir) is given and there was something to archive
failure:
  description: Machine code, message and hint of a failure.
  type: dict
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._arguments import INSTANCE_ARGUMENTS, unfolded
from ..module_utils._module import finish
from ..module_utils._states import bring_to_state, unprepared


def main() -> None:
    module = AnsibleModule(argument_spec=INSTANCE_ARGUMENTS, supports_check_mode=True)
    options = unfolded(module.params)
    finish(
        module,
        lambda: bring_to_state(options, module.check_mode),
        unprepared=unprepared(options),
    )


if __name__ == "__main__":
    main()
