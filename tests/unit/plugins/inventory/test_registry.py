# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin over a registry that is a fake: names, variables, groups, cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible_collections.claw.pilot.plugins.inventory import registry as plugin
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

WEB = {
    "hostname": "web1.example.org",
    "ip": "192.0.2.7",
    "ssh_user": "admin",
    "ssh_port": 2222,
    "connection": "ssh",
    "openclaw_home": "/opt/openclaw",
    "openclaw_version": "2026.9.6",
    "updated_at": "2026-11-21T07:00:00Z",
}
HERE = {"hostname": "localhost", "connection": "local", "openclaw_home": "/home/me"}
ACME = {
    "id": 1,
    "slug": "acme",
    "hostname": "web1.example.org",
    "openclaw_home": "/opt/openclaw",
    "openclaw_user": "openclaw",
    "display_name": "Acme {{ lookup('pipe', 'id') }}",
    "state": "running",
    "port": 18789,
    "default_model": "anthropic/claude-sonnet-4-6",
    "discovered": 1,
    "gateway_token": "canary",
}
DEMO = {"slug": "demo", "hostname": "localhost", "openclaw_home": "/home/me", "state": "stopped"}
AUTOMATIC = {
    "host_web1_example_org",
    "model_anthropic_claude_sonnet_4_6",
    "state_running",
    "version_2026_9_6",
}


class FakeRegistry:
    """As much of plugin_utils/registry.py as the plugin uses; opened counts."""

    opened = 0
    path: Any = None
    servers_rows: tuple[dict[str, Any], ...] = (WEB, HERE)
    instances_rows: tuple[dict[str, Any], ...] = (ACME, DEMO)

    warnings: tuple[str, ...] = ()

    def __init__(self, path: Path, *, dry: bool) -> None:
        assert dry, "an inventory is to leave the file as it is"
        type(self).opened += 1
        type(self).path = path

    def __enter__(self) -> FakeRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def servers(self) -> list[dict[str, Any]]:
        return list(self.servers_rows)

    def instances(self) -> list[dict[str, Any]]:
        return list(self.instances_rows)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[FakeRegistry]:
    """A registry that stands at tmp_path/registry.db."""

    class Fake(FakeRegistry):
        pass

    file = tmp_path / "registry.db"
    file.touch()
    monkeypatch.setattr(plugin, "Registry", Fake)
    monkeypatch.setattr(plugin, "default_path", lambda: file)
    return Fake


class Plugin(plugin.InventoryModule):
    """With options that a test sets instead of a config file."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        nothing = {"compose": {}, "groups": {}, "keyed_groups": [], "strict": True, "cache": False}
        self.given = {**nothing, "registry": None, "mode": "host", "use_extra_vars": False}
        self.given.update(**{"leading_separator": True, "grouped": True, **options})
        self.display = MagicMock()
        self._cache: Any = {}
        self._load_name = self.ansible_name = self.NAME

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self.given[option]

    def _read_config_data(self, path: str) -> dict[str, Any]:
        return self.given


def parse(made: Plugin, cache: bool = True) -> InventoryData:
    inventory = InventoryData()
    made.parse(inventory, DataLoader(), "fleet.claw_pilot.yml", cache)
    return inventory


def variables(inventory: InventoryData, name: str) -> dict[str, Any]:
    found: dict[str, Any] = inventory.get_host(name).get_vars()
    return found


def groups_of(inventory: InventoryData, name: str) -> set[str]:
    return {group.name for group in inventory.get_host(name).get_groups()} - {"all", "ungrouped"}


def test_a_file_that_is_missing_gives_nothing_and_a_warning(fake: Any, tmp_path: Path) -> None:
    made = Plugin(registry=str(tmp_path / "nowhere.db"), cache=True)
    assert parse(made).hosts == {}
    assert "nowhere.db" in made.display.warning.call_args.args[0]
    assert fake.opened == 0
    assert not (tmp_path / "nowhere.db").exists()
    assert made._cache == {}


def test_a_registry_that_is_off_gives_nothing_and_no_warning(fake: Any) -> None:
    made = Plugin(registry="none")
    assert parse(made).hosts == {}
    assert not made.display.warning.called
    assert fake.opened == 0


def test_a_dashboard_is_refused_in_one_sentence(fake: Any) -> None:
    with pytest.raises(AnsibleParserError, match=r"https://pilot\.example\.org is a dashboard"):
        parse(Plugin(registry="https://pilot.example.org"))


def test_what_the_registry_refuses_is_said_with_the_hint(
    fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(self: Any) -> None:
        raise ClawPilotError("REGISTRY_TOO_NEW", "The registry is of a newer version.", "Upgrade.")

    monkeypatch.setattr(fake, "servers", newer)
    with pytest.raises(AnsibleParserError, match=r"of a newer version\. Upgrade\."):
        parse(Plugin())


def test_the_path_of_the_option_is_opened(fake: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.touch()
    parse(Plugin(registry=str(other)))
    assert fake.path == other


def test_only_files_of_its_name_are_taken(tmp_path: Path) -> None:
    for name, wanted in (
        ("claw_pilot.yml", True),
        ("x.claw_pilot.yaml", True),
        ("x.claw_pilot.json", False),
        ("hosts.yml", False),
    ):
        (tmp_path / name).touch()
        assert Plugin().verify_file(str(tmp_path / name)) is wanted
    assert Plugin().verify_file(str(tmp_path / "missing.claw_pilot.yml")) is False


def test_a_server_is_a_host_with_its_connection_and_instances(fake: Any) -> None:
    inventory = parse(Plugin())
    assert set(inventory.hosts) == {"web1.example.org", "localhost"}
    web = variables(inventory, "web1.example.org")
    assert web["ansible_host"] == "192.0.2.7"
    assert (web["ansible_user"], web["ansible_port"]) == ("admin", 2222)
    assert web["ansible_connection"] == "ssh"
    assert "ansible_python_interpreter" not in web
    [instance] = web["openclaw_instances"]
    assert instance["slug"] == "acme"
    assert instance["openclaw_version"] == "2026.9.6"  # from the server
    assert instance["discovered"] is True
    assert groups_of(inventory, "web1.example.org") == AUTOMATIC


def test_a_local_server_uses_the_python_of_ansible(fake: Any) -> None:
    here = variables(parse(Plugin()), "localhost")
    assert here["ansible_connection"] == "local"
    assert here["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert not {"ansible_host", "ansible_user", "ansible_port"} & set(here)


def test_only_named_columns_are_shown(fake: Any) -> None:
    for mode in ("host", "instance"):
        inventory = parse(Plugin(mode=mode))
        assert "canary" not in str([host.get_vars() for host in inventory.hosts.values()])


def test_an_unknown_port_is_0_and_an_unknown_word_is_empty(fake: Any) -> None:
    [demo] = variables(parse(Plugin()), "localhost")["openclaw_instances"]
    assert demo["port"] == 0
    assert demo["default_model"] == demo["openclaw_version"] == ""
    assert groups_of(parse(Plugin()), "localhost") == {"host_localhost", "state_stopped"}


def test_the_home_written_last_has_the_right_address(fake: Any) -> None:
    fake.servers_rows = (
        {**WEB, "ip": "192.0.2.9", "updated_at": "2026-11-22T07:00:00Z", "openclaw_home": "/new"},
        {**WEB, "ip": "192.0.2.7"},
    )
    assert variables(parse(Plugin()), "web1.example.org")["ansible_host"] == "192.0.2.9"


def test_an_instance_is_a_host_with_what_playbooks_take(fake: Any) -> None:
    inventory = parse(Plugin(mode="instance"))
    assert set(inventory.hosts) == {"acme@web1.example.org", "demo@localhost"}
    acme = variables(inventory, "acme@web1.example.org")
    assert (acme["slug"], acme["openclaw_home"]) == ("acme", "/opt/openclaw")
    assert acme["openclaw_user"] == "openclaw"
    assert acme["ansible_host"] == "192.0.2.7"
    assert acme["openclaw_instance"]["port"] == 18789
    assert groups_of(inventory, "acme@web1.example.org") == AUTOMATIC


def test_an_instance_without_an_address_is_reached_by_the_name_of_its_host(fake: Any) -> None:
    fake.servers_rows = ({**WEB, "ip": ""}, HERE)
    acme = variables(parse(Plugin(mode="instance")), "acme@web1.example.org")
    assert acme["ansible_host"] == "web1.example.org"


def test_who_connects_as_the_user_of_the_instance_does_not_become_root(fake: Any) -> None:
    fake.servers_rows = ({**WEB, "ssh_user": "openclaw"},)
    acme = variables(parse(Plugin(mode="instance")), "acme@web1.example.org")
    assert "openclaw_user" not in acme


def test_a_registry_that_is_old_steers_nothing(fake: Any) -> None:
    acme = variables(parse(Plugin(mode="instance")), "acme@web1.example.org")
    assert not {"port", "default_model", "openclaw_version", "display_name"} & set(acme)


@pytest.mark.parametrize(
    ("homes", "names"),
    [
        (["/opt/openclaw"], ["acme@w"]),
        (["/opt/openclaw", "/home/me"], ["acme@w+opt-openclaw", "acme@w+home-me"]),
        (["/opt/a:b", "/opt/a,b"], ["acme@w+opt-a-b-df5319", "acme@w+opt-a-b-8828eb"]),
    ],
)
def test_names_are_unique_and_safe_in_patterns(homes: list[str], names: list[str]) -> None:
    rows = [{"slug": "acme", "hostname": "w", "openclaw_home": home} for home in homes]
    assert [name for name, _row in plugin.names(rows)] == names


def test_groups_and_variables_can_be_composed(fake: Any) -> None:
    made = Plugin(
        mode="instance",
        compose={"url": "'http://127.0.0.1:' ~ openclaw_instance.port"},
        groups={"adopted": "openclaw_instance.discovered"},
        keyed_groups=[{"key": "openclaw_instance.openclaw_home", "prefix": "home"}],
    )
    made.given["compose"] = trusted(made.given["compose"])
    made.given["groups"] = trusted(made.given["groups"])
    made.given["keyed_groups"] = [trusted(made.given["keyed_groups"][0])]
    inventory = parse(made)
    assert variables(inventory, "acme@web1.example.org")["url"] == "http://127.0.0.1:18789"
    assert groups_of(inventory, "acme@web1.example.org") == {
        *AUTOMATIC,
        "adopted",
        "home__opt_openclaw",
    }


@pytest.mark.parametrize("name", ["state_running", "host_localhost", "adopted", "prod"])
def test_a_host_that_is_called_like_a_group_is_left_out(fake: Any, name: str) -> None:
    fake.servers_rows = (WEB, HERE, {**WEB, "hostname": name})
    made = Plugin(groups=trusted({"adopted": "openclaw_instances | length > 0"}))
    inventory = InventoryData()
    inventory.add_group("prod")
    made.parse(inventory, DataLoader(), "fleet.claw_pilot.yml")
    assert set(inventory.hosts) == {"web1.example.org", "localhost"}
    assert all(name not in map(str, group.get_hosts()) for group in inventory.groups.values())
    (warning,) = [call.args[0] for call in made.display.warning.call_args_list]
    assert name in warning


def test_without_groups_the_name_of_a_host_means_that_host(fake: Any) -> None:
    fake.servers_rows = (WEB, {**WEB, "hostname": "state_running"})
    made = Plugin(grouped=False)
    inventory = parse(made)
    assert set(inventory.hosts) == {"web1.example.org", "state_running"}
    assert set(inventory.groups) == {"all", "ungrouped"}


def trusted(words: dict[str, str]) -> dict[str, str]:
    """As if they stood in a config file."""
    return {key: plugin.trust_as_template(word) for key, word in words.items()}


def test_a_full_cache_leaves_the_registry_closed(fake: Any) -> None:
    made = Plugin(cache=True)
    first = parse(made)
    assert fake.opened == 1
    again = parse(made)
    assert fake.opened == 1
    assert variables(again, "web1.example.org") == variables(first, "web1.example.org")


def test_a_refresh_reads_again_and_fills_the_cache(fake: Any) -> None:
    made = Plugin(cache=True)
    parse(made)
    fake.instances_rows = (ACME,)
    assert variables(parse(made, cache=False), "localhost")["openclaw_instances"] == []
    assert variables(parse(made), "localhost")["openclaw_instances"] == []
    assert fake.opened == 2


def test_the_cache_of_one_registry_is_not_that_of_another(fake: Any, tmp_path: Path) -> None:
    made = Plugin(cache=True)
    parse(made)
    other = tmp_path / "other.db"
    other.touch()
    made.given["registry"] = str(other)
    parse(made)
    assert fake.opened == 2


def test_without_a_cache_it_is_read_each_time(fake: Any) -> None:
    made = Plugin()
    parse(made)
    parse(made)
    assert fake.opened == 2
    assert made._cache == {}
