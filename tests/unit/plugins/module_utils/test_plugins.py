# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin installed and removed: the order of things, and all as before when one fails."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _plugins
from ansible_collections.claw.pilot.plugins.module_utils._config import render
from ansible_collections.claw.pilot.plugins.module_utils._host import Host
from ansible_collections.claw.pilot.plugins.module_utils._merge import merge
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    ClawPilotError,
    InstanceSpec,
    Layout,
    spec_from,
    to_plain,
)
from ansible_collections.claw.pilot.plugins.module_utils._plugin_store import PluginStore
from ansible_collections.claw.pilot.plugins.module_utils._sightings import ServiceState
from ansible_collections.claw.pilot.plugins.module_utils._unit import Runtime

from tests.fake_gateway import FakeGateway

MEM0 = "openclaw-mem0"
QDRANT = "pin @qdrant/js-client-rest@1.18.0"
SECRET = "canary-gateway-token"
CORE = {"id": "memory-core", "runtime": {"state": "active"}}
ROW = {"id": MEM0, "state": "enabled", "runtime": {"state": "active"}}


class Instance:
    """An instance on disk, its service of words, and an `openclaw plugins` that only writes."""

    def __init__(self, home: Path, gateway: FakeGateway) -> None:
        self.layout = Layout(str(home), "acme")
        self.gateway = gateway
        self.said: list[str] = []
        self.active = True
        self.stop_timeout = 1
        self.kind = "supervisor"
        self.fails = ""
        spec = InstanceSpec("acme")
        rendered = render(spec, self.layout, gateway.port)
        os.makedirs(self.layout.state_dir)
        self.config = rendered
        Path(self.layout.env_path).write_text(f"OPENCLAW_GW_AUTH_TOKEN={SECRET}\n")
        marker = {"port": gateway.port, "spec": to_plain(spec), "rendered": rendered}
        Path(self.layout.marker_path).write_text(json.dumps(marker))

    @property
    def config(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(Path(self.layout.config_path).read_text())
        return data

    @config.setter
    def config(self, data: dict[str, Any]) -> None:
        Path(self.layout.config_path).write_text(json.dumps(data))

    @property
    def marker(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(Path(self.layout.marker_path).read_text())
        return data

    @property
    def project(self) -> Path:
        return Path(self.layout.state_dir) / "npm" / "projects" / "mem0-openclaw-mem0-1a2b"

    def loads(self, *rows: dict[str, Any]) -> None:
        names = [row["id"] for row in rows]
        self.gateway.methods = {
            "plugins.list": {"plugins": list(rows), "diagnostics": []},
            "health": {"plugins": {"loaded": names, "errors": [], "unavailable": []}},
        }

    def state(self) -> ServiceState:
        return ServiceState(active=self.active, enabled=self.active, pid=os.getpid())

    def stop(self) -> None:
        self.said.append("stop")
        self.active = False

    def start(self) -> None:
        self.said.append("start")
        self.active = True

    def openclaw(self, *words: str) -> None:
        """As OpenClaw does: settings of its own, and here a change of what is not the plugin's."""
        self.said.append(words[0])
        assert not self.active
        if self.fails == words[0]:
            raise ClawPilotError("INSTALL_FAILED", f"npm said {SECRET}.", "Look.")
        config = self.config
        if words[0] == "install":
            package, _at, version = words[-1][len("npm:") :].rpartition("@")
            place = self.project / "node_modules" / package
            place.mkdir(parents=True, exist_ok=True)
            files = {
                self.project / "package.json": {"dependencies": {package: version, "zod": "1"}},
                place / "package.json": {"name": package, "version": version},
                place / "openclaw.plugin.json": {"id": MEM0},
            }
            for path, data in files.items():
                path.write_text(json.dumps(data))
            config["plugins"]["slots"] = {"memory": MEM0, "other": MEM0}
            config["gateway"]["bind"] = "lan"
        else:
            shutil.rmtree(self.project)
            config["plugins"]["entries"] = {MEM0: {"enabled": False}}
        self.config = {**config, "meta": {"lastTouchedVersion": "2026.9.6"}}

    def pin(self, store: PluginStore) -> None:
        for spec in store.unpinned(MEM0):
            self.said.append(f"pin {spec}")
            package, _at, version = spec.rpartition("@")
            place = self.project / "node_modules" / package
            place.mkdir(parents=True, exist_ok=True)
            (place / "package.json").write_text(json.dumps({"version": version}))

    def plugin(self, check: bool = False, **more: Any) -> dict[str, Any]:
        options = {key: None for key in _plugins.PLUGIN_ARGUMENTS}
        options.update(openclaw_home=self.layout.home, slug="acme", name=MEM0, state="present")
        options.update(environment={}, timeout=9, start_timeout=9, **more)
        result = _plugins.bring_to_state(options, check)
        assert SECRET not in json.dumps(result)
        return result


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    with FakeGateway(SECRET) as gateway:
        made = Instance(tmp_path, gateway)
        made.loads(ROW, CORE)
        runtime = Runtime("/n/bin/node", "24", "2026.9.6", "/o/index.js")
        monkeypatch.setattr(_plugins, "find", lambda *_a: runtime)
        monkeypatch.setattr(_plugins, "manager_of", lambda *_a: made)
        monkeypatch.setattr(_plugins.Instance, "described", lambda *_a: {"slug": "acme"})
        monkeypatch.setattr(_plugins, "mem0_gaps", lambda _settings: ["Ollama is not there."])
        monkeypatch.setattr(_plugins, "LOAD_SECONDS", 0)
        monkeypatch.setattr(_plugins.Instance, "await_health", lambda *_a: None)
        monkeypatch.setattr(PluginStore, "_openclaw", lambda _self, *words: made.openclaw(*words))
        monkeypatch.setattr(PluginStore, "pin", lambda self, _name: made.pin(self))
        yield made


def test_check_mode_says_what_it_takes_and_changes_nothing(instance: Instance) -> None:
    before = instance.config
    result = instance.plugin(check=True)
    assert result["changed"]
    assert result["steps"] == ["stop", "install", "config", "start"]
    assert "2 minutes" in result["plugin"]["cost"]
    assert result["plugin"]["cost"] in result["warnings"]
    assert (instance.config, instance.said) == (before, [])


def test_the_gateway_is_stopped_for_it_and_proves_that_it_loads_it(instance: Instance) -> None:
    result = instance.plugin()
    assert instance.said == ["stop", "install", QDRANT, "start"]
    assert result["plugin"]["version"] == "1.0.16"
    assert result["plugin"]["loaded"] and result["plugin"]["slots"] == ["memory"]
    assert "Ollama is not there." in result["warnings"]


def test_what_else_the_install_wrote_is_put_back(instance: Instance) -> None:
    before = instance.config
    instance.plugin()
    after = instance.config
    assert after["gateway"] == before["gateway"]
    assert after["plugins"]["slots"] == {"memory": MEM0}
    assert after["meta"] == {"lastTouchedVersion": "2026.9.6"}


def test_its_reports_to_posthog_are_turned_off(instance: Instance) -> None:
    instance.plugin()
    assert instance.config["env"] == {"vars": {"MEM0_TELEMETRY": "false"}}
    assert instance.marker["rendered"]["env"] == instance.config["env"]


def test_variables_of_others_stay_when_it_goes(instance: Instance) -> None:
    before = instance.config
    instance.config = {**before, "env": {"vars": {"THEIRS": "1"}}}
    instance.plugin()
    instance.loads(CORE)
    instance.plugin(state="absent")
    assert instance.config["env"] == {"vars": {"THEIRS": "1"}}


def test_create_instance_has_nothing_to_change_afterwards(instance: Instance) -> None:
    instance.plugin(config={"oss": {"embedder": {"config": {"url": "http://10.0.0.1:1"}}}})
    marker = instance.marker
    spec = spec_from(marker["spec"])
    assert spec.mem0.enabled
    assert spec.mem0.ollama_url == "http://10.0.0.1:1"
    rendered = render(spec, instance.layout, instance.gateway.port)
    assert rendered == marker["rendered"]
    settings = rendered["plugins"]["entries"][MEM0]["config"]
    assert settings["oss"]["llm"]["config"]["url"] == "http://10.0.0.1:1"
    merged = merge(instance.config, rendered, rendered)
    assert merged["plugins"]["slots"] == instance.config["plugins"]["slots"]


def test_a_second_run_changes_nothing_and_starts_nothing(instance: Instance) -> None:
    instance.plugin()
    del instance.said[:]
    result = instance.plugin()
    assert not result["changed"] and result["steps"] == []
    assert result["plugin"]["loaded"] and result["plugin"]["cost"] == ""
    assert instance.said == []


def test_a_package_that_it_cannot_work_with_is_exchanged(instance: Instance) -> None:
    instance.plugin()
    del instance.said[:]
    newer = instance.project / "node_modules" / "@qdrant" / "js-client-rest" / "package.json"
    newer.write_text('{"version": "1.19.0"}')
    assert instance.plugin()["steps"] == ["stop", "pin", "start"]
    assert instance.said == ["stop", QDRANT, "start"]
    assert not instance.plugin()["changed"]


def test_a_gateway_that_has_lost_it_is_restarted(instance: Instance) -> None:
    instance.plugin()
    del instance.said[:]
    instance.loads({**ROW, "runtime": {"state": "unloaded"}})
    assert instance.plugin(check=True)["steps"] == ["stop", "start"]
    with pytest.raises(ClawPilotError, match="does not load openclaw-mem0: it is enabled"):
        instance.plugin()
    assert instance.said[:2] == ["stop", "start"]
    assert instance.active


def test_a_plugin_that_does_not_load_is_taken_out_again(instance: Instance) -> None:
    before, marker = instance.config, instance.marker
    instance.loads({**ROW, "error": f"no key in {SECRET}", "runtime": {"state": "failed"}})
    with pytest.raises(ClawPilotError) as caught:
        instance.plugin()
    assert caught.value.code == "PLUGIN_NOT_LOADED"
    assert "no key in ********" in caught.value.message
    assert instance.said == ["stop", "install", QDRANT, "start", "stop", "uninstall", "start"]
    assert (instance.config, instance.marker) == (before, marker)
    assert not instance.project.exists()


def test_a_failed_install_leaves_all_as_before(instance: Instance) -> None:
    before = instance.config
    instance.fails = "install"
    with pytest.raises(ClawPilotError) as caught:
        instance.plugin()
    assert caught.value.code == "INSTALL_FAILED"
    assert SECRET not in caught.value.message
    assert instance.said == ["stop", "install", "start"]
    assert instance.config == before


def test_another_version_is_installed_over_it(instance: Instance) -> None:
    instance.plugin()
    del instance.said[:]
    result = instance.plugin(version="1.0.17")
    assert result["steps"] == ["stop", "install", "start"]
    assert result["plugin"]["version"] == "1.0.17"


def test_a_stopped_instance_stays_stopped(instance: Instance) -> None:
    instance.active = False
    result = instance.plugin()
    assert result["steps"] == ["install", "config"]
    assert instance.said == ["install", QDRANT]
    assert not result["plugin"]["loaded"]
    assert any("nothing proves" in warning for warning in result["warnings"])


def test_removing_it_gives_the_memory_back(instance: Instance) -> None:
    before = instance.config
    instance.plugin()
    instance.loads(CORE)
    del instance.said[:]
    result = instance.plugin(state="absent")
    assert result["steps"] == ["stop", "uninstall", "config", "start"]
    assert instance.said == ["stop", "uninstall", "start"]
    assert instance.config == {**before, "meta": instance.config["meta"]}
    assert "env" not in instance.marker["rendered"]
    assert not spec_from(instance.marker["spec"]).mem0.enabled
    assert instance.marker["rendered"] == before
    assert not (Path(instance.layout.state_dir) / "npm").exists()
    assert not instance.plugin(state="absent")["changed"]


def test_a_removal_after_which_the_gateway_has_no_memory_is_a_failure(instance: Instance) -> None:
    instance.plugin()
    instance.loads()
    with pytest.raises(ClawPilotError) as caught:
        instance.plugin(state="absent")
    assert caught.value.code == "PLUGIN_NOT_LOADED"
    assert caught.value.hint == "The plugin itself is removed."
    assert not spec_from(instance.marker["spec"]).mem0.enabled


def test_a_full_disk_is_seen_before_anything_is_stopped(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(instance.layout.home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=900 * 2**20))
    with pytest.raises(ClawPilotError) as caught:
        instance.plugin()
    assert caught.value.code == "NO_DISK_SPACE"
    assert instance.said == []


def test_an_instance_of_others_is_not_touched(tmp_path: Path) -> None:
    options = {"openclaw_home": str(tmp_path), "slug": "acme", "name": MEM0, "state": "present"}
    with pytest.raises(ClawPilotError) as caught:
        _plugins.bring_to_state(options, False, Host())
    assert caught.value.code == "INSTANCE_NOT_FOUND"


def test_npm_is_one_that_works_and_keeps_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenClaw finds npm by PATH, and takes npm_config_cache away from it."""
    node = tmp_path / "bin" / "node"
    cli = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    entry = tmp_path / "index.js"
    for path in (node, cli, entry):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    node.write_text(
        '#!/bin/sh\n[ "$1" = "${1%npm-cli.js}" ] && exec npm view\n'
        f'echo "$npm_config_cache $OPENCLAW_PROFILE $HTTP_PROXY $2" > {tmp_path}/said\n'
    )
    node.chmod(0o755)
    monkeypatch.setenv("OPENCLAW_STATE_DIR", "/elsewhere")
    layout = Layout(str(tmp_path), "acme")
    os.makedirs(layout.state_dir)
    runtime = Runtime(str(node), "24", "2026.9.6", str(entry))
    given = {"npm_config_cache": "/my cache", "HTTP_PROXY": "http://p:1"}
    store = PluginStore(Host(), layout, runtime, 18789, given, 30)
    store.uninstall("weather")
    assert (tmp_path / "said").read_text() == "/my cache acme http://p:1 view\n"
    assert os.listdir(layout.state_dir) == []
