# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts or the instances of the registry as an Ansible inventory; it only reads."""

from __future__ import annotations

DOCUMENTATION = r"""
name: registry
short_description: Hosts or instances of the Claw Pilot registry
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - Reads the registry file of Claw Pilot and makes Ansible hosts of it. Nothing is written and no host is contacted.
  - The configuration is a file whose name ends in C(claw_pilot.yml) or C(claw_pilot.yaml).
  - Every Ansible host has the connection variables of its server, C(ansible_connection) and, unless it is local,
    C(ansible_host), C(ansible_user) and C(ansible_port), where the registry knows them.
    C(openclaw_host) is the server's name.
  - Groups are made by host (C(host_NAME)), state (C(state_running)), OpenClaw version (C(version_2026_9_6)) and default
    model (C(model_anthropic_claude_sonnet_4_6)). Characters that a group name cannot have become C(_).
  - There are no secrets in the registry, hence none in the inventory.
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description: Says that the file is for this plugin.
    type: str
    required: true
    choices: [claw.pilot.registry]
  registry:
    description:
      - Path of the registry file. The default is C(registry.db) in E(CLAW_PILOT_HOME), which is C(~/.claw-pilot) by default.
      - A file that does not exist gives an empty inventory and a warning.
      - With V(none) the inventory is empty.
    type: str
    env:
      - name: CLAW_PILOT_REGISTRY
  mode:
    description:
      - What an Ansible host is.
      - With V(host) it is a server, under the name that it has in the registry. Its variable C(openclaw_instances) lists
        its instances.
      - With V(instance) it is an instance, named C(SLUG@HOST). Where a host has that slug in more than one home, these are
        named C(SLUG@HOST+HOME), the home written as in C(opt-openclaw).
        Its variables are C(slug), C(openclaw_home), C(openclaw_user) unless that is the connecting user, and
        C(openclaw_instance) with everything that is known.
    type: str
    choices: [host, instance]
    default: host
  grouped:
    description: Whether groups are made by host, state, version and model.
    type: bool
    default: true
notes:
  - To Ansible a name that is a group and a host means the group. So a host of the registry that is called like a group,
    of this inventory or of a source before it, is left out with a warning.
  - What the registry holds is data, never a template. In the JSON of C(ansible-inventory --list) such strings are marked with
    C(__ansible_unsafe), which Ansible and AWX understand.
  - The playbooks ask for O(ignore:slug) unless it is an extra variable. With O(mode=instance) hand them
    C(-e 'slug={{ openclaw_instance.slug }}'), as the example shows.
requirements:
  - sqlite-utils 4 or later on the controller
"""

EXAMPLES = r"""
# fleet.claw_pilot.yml: every server, and a group for the servers with many instances
plugin: claw.pilot.registry
groups:
  busy: openclaw_instances | length > 5

---
# instances.claw_pilot.yml: every instance, grouped by its home as well
# ansible-playbook -i instances.claw_pilot.yml claw.pilot.stop_instance -e target=all -e 'slug={{ openclaw_instance.slug }}'
plugin: claw.pilot.registry
mode: instance
keyed_groups:
  - key: openclaw_instance.openclaw_home
    prefix: home
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/claw-pilot/inventory
"""

import getpass
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.template import trust_as_template

from ..module_utils._model import ClawPilotError
from ..plugin_utils.registry import Registry, default_path

Row = dict[str, Any]
ENDINGS = ("claw_pilot.yml", "claw_pilot.yaml")
LOCAL = ("local", "ansible.builtin.local")
# What is said of an instance. New columns of the registry are not shown unless they are named here.
SHOWN = (
    "slug display_name state port default_model openclaw_version openclaw_home openclaw_user"
    " state_dir config_path service_manager service_scope systemd_unit telegram_bot discovered"
    " agent_count"
).split()
GROUPED = {"state": "state", "openclaw_version": "version", "default_model": "model"}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Rows of the registry, or of the cache, made into hosts and groups."""

    NAME = "claw.pilot.registry"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(ENDINGS)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        rows = self._rows(path, cache)
        hosts = by_instance(rows) if self.get_option("mode") == "instance" else by_host(rows)
        own = []
        for name, variables, instances in hosts:
            if name in self.inventory.groups:  # its variables would become those of the group
                self._leave_out(name)
                continue
            if name not in self.inventory.hosts:
                own.append(name)
            self._add(name, variables, instances)
        for name in own:
            if name in self.inventory.groups:
                self.inventory.remove_host(self.inventory.get_host(name))
                self._leave_out(name)

    def _leave_out(self, name: str) -> None:
        self.display.warning(
            f"The registry's host {name} is left out: a group has that name, and as a target it"
            " would mean the hosts of the group. Rename one of them."
        )

    def _rows(self, path: str, cache: bool) -> dict[str, list[Row]]:
        """Servers and instances, from the cache if it may be used and has them."""
        file = registry_file(self.get_option("registry"))
        if file is None:
            return {"servers": [], "instances": []}
        # The file is part of the key: the environment may name another one for the same config.
        digest = hashlib.sha256(str(file).encode()).hexdigest()[:12]
        key = f"{self.get_cache_key(path)}_{digest}"
        cached = self.get_option("cache")
        if cached and cache and key in self._cache:
            return dict(self._cache[key])
        if not file.exists():
            self.display.warning(f"There is no registry at {file}, so this inventory is empty.")
            return {"servers": [], "instances": []}
        rows, warnings = read(file)
        for warning in warnings:
            self.display.warning(warning)
        if cached:
            self._cache[key] = rows
        return rows

    def _add(self, name: str, variables: Row, instances: list[Row]) -> None:
        """One Ansible host in its groups."""
        self.inventory.add_host(name)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        grouped = self.get_option("grouped")
        for group in sorted(self._groups(instances, variables)) if grouped else ():
            self.inventory.add_group(group)
            self.inventory.add_child(group, name)
        known = self.inventory.get_host(name).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), known, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), known, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, name, strict=strict)

    def _groups(self, instances: list[Row], variables: Row) -> set[str]:
        names = {f"host_{variables['openclaw_host']}"}
        for instance in instances:
            names |= {f"{word}_{instance[key]}" for key, word in GROUPED.items() if instance[key]}
        return {self._sanitize_group_name(name) for name in names}


def registry_file(option: str | None) -> Path | None:
    """The file to read; None when the registry is turned off."""
    if option == "none":
        return None
    if option and re.match(r"https?://", option):
        raise AnsibleParserError(
            f"The inventory reads the registry from a file, and {option} is a dashboard."
            " Set the option registry to a path, or run the playbook where the file is."
        )
    return Path(option).expanduser().absolute() if option else default_path()


def read(file: Path) -> tuple[dict[str, list[Row]], list[str]]:
    """Every server and instance, as plain data that a cache can hold; and why some are left out."""
    try:
        with Registry(file, dry=True) as registry:  # reading is to leave the file as it is
            servers, instances = registry.servers(), registry.instances()
            warnings = registry.warnings
    except ClawPilotError as error:
        raise AnsibleParserError(f"{error.message} {error.hint}".strip()) from None
    homes = {(row["hostname"], row["openclaw_home"]): row for row in servers}
    rows = {"servers": servers, "instances": [shown(row, homes) for row in instances]}
    return rows, warnings


def shown(row: Row, homes: Mapping[tuple[str, str], Row]) -> Row:
    """What is said of an instance, and the host that it is on."""
    server = homes.get((row["hostname"], row["openclaw_home"]), {})
    known = {key: row.get(key) or server.get(key) for key in SHOWN}
    numbers = {"port": int(known["port"] or 0), "agent_count": int(known["agent_count"] or 0)}
    texts = {key: str(known[key] or "") for key in SHOWN if key not in ("discovered", *numbers)}
    return {
        **texts,
        **numbers,
        "discovered": bool(known["discovered"]),
        "hostname": str(row["hostname"]),
    }


def by_host(rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, Row, list[Row]]]:
    """Name, variables and instances of every server."""
    of_host = grouped(rows["instances"], "hostname")
    for hostname, servers in sorted(grouped(rows["servers"], "hostname").items()):
        instances = of_host[hostname]
        listed = [without_host(instance) for instance in instances]
        variables = {**connection(hostname, servers), "openclaw_instances": listed}
        yield hostname, variables, instances


def by_instance(rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, Row, list[Row]]]:
    """Name, variables and, as the only one, the instance itself."""
    of_host = grouped(rows["instances"], "hostname")
    for hostname, servers in sorted(grouped(rows["servers"], "hostname").items()):
        connected = connection(hostname, servers)
        # Without it, the name of the instance would be taken for an address.
        if connected["ansible_connection"] not in LOCAL:
            connected.setdefault("ansible_host", hostname)
        for name, instance in names(of_host[hostname]):
            yield name, {**connected, **of_instance(instance, connected)}, [instance]


def names(instances: list[Row]) -> Iterator[tuple[str, Row]]:
    """SLUG@HOST, with the home where the slug alone is not enough.

    No character of a name may have a meaning in a pattern of hosts: hence + and -, not : and /.
    """
    for slug, same in sorted(grouped(instances, "slug").items()):
        words = [re.sub(r"[^A-Za-z0-9._]+", "-", i["openclaw_home"]).strip("-") for i in same]
        for word, instance in zip(words, same, strict=True):
            digest = hashlib.sha256(instance["openclaw_home"].encode()).hexdigest()[:6]
            exact = f"{word}-{digest}" if words.count(word) > 1 else word
            home = f"+{exact}" if len(same) > 1 else ""
            yield f"{slug}@{instance['hostname']}{home}", instance


def of_instance(instance: Row, connected: Row) -> Row:
    """The variables that playbooks take, and the rest where it cannot steer them.

    A port or a version of the registry may be old, so none of these is a variable of its own:
    create_instance would set it again.
    """
    found = {"slug": instance["slug"], "openclaw_home": instance["openclaw_home"]}
    user = instance["openclaw_user"]
    # With openclaw_user a play becomes root; who is that user already needs no root.
    if user and user != (connected.get("ansible_user") or getpass.getuser()):
        found["openclaw_user"] = user
    return {**found, "openclaw_instance": without_host(instance)}


def connection(hostname: str, servers: list[Row]) -> Row:
    """The connection variables of a host: of its homes, the one written last knows best."""
    known: Row = {}
    for server in sorted(servers, key=lambda row: str(row.get("updated_at") or "")):
        known.update({key: value for key, value in server.items() if value})
    how = known.get("connection") or "ssh"
    found = {"openclaw_host": hostname, "ansible_connection": how}
    if how in LOCAL:
        python = trust_as_template("{{ ansible_playbook_python }}")
        return {**found, "ansible_python_interpreter": python}
    columns = {"ansible_host": "ip", "ansible_user": "ssh_user", "ansible_port": "ssh_port"}
    return {**found, **{name: known[key] for name, key in columns.items() if key in known}}


def grouped(rows: list[Row], key: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def without_host(instance: Row) -> Row:
    return {key: value for key, value in instance.items() if key != "hostname"}
