# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins in the config, on the disk and in a gateway's answers."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _plugin_facts as facts
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

MEM0 = "openclaw-mem0"
LEAN = {
    "gateway": {"port": 18789},
    "plugins": {"enabled": True, "allow": ["anthropic", "memory-core"]},
}
OSS = {
    "mode": "open-source",
    "oss": {
        "embedder": {"config": {"model": "nomic-embed-text", "url": "http://127.0.0.1:11434"}},
        "vectorStore": {"config": {"host": "127.0.0.1", "port": 6333}},
        "llm": {"config": {"model": "llama3.1:8b"}},
    },
}
# As OpenClaw 2026.9.6 answered with mem0 1.0.16 loaded.
ROW = {
    "id": MEM0,
    "installed": True,
    "enabled": True,
    "state": "enabled",
    "version": "1.0.16",
    "origin": "global",
    "runtime": {"state": "active"},
}
DIAGNOSTIC = {"level": "warn", "message": "Official plugin catalog fallback: getaddrinfo ENOTFOUND"}
LISTED = {"plugins": [ROW], "diagnostics": [DIAGNOSTIC], "generation": 3}
HEALTH = {"plugins": {"loaded": ["memory-core", MEM0], "errors": [], "unavailable": []}}


def test_a_plugin_is_allowed_turned_on_and_put_into_its_slot() -> None:
    config = facts.with_plugin(LEAN, MEM0, {"mode": "open-source"}, "memory")
    assert config["gateway"] == LEAN["gateway"]
    assert config["plugins"] == {
        "enabled": True,
        "allow": ["anthropic", "memory-core", MEM0],
        "entries": {
            MEM0: {
                "enabled": True,
                "config": {"mode": "open-source"},
                "hooks": {"allowConversationAccess": True},
            }
        },
        "slots": {"memory": MEM0},
    }


def test_only_mem0_may_see_conversations_and_nobody_who_says_no_is_overruled() -> None:
    assert (
        "hooks" not in facts.with_plugin(LEAN, "weather", {}, "")["plugins"]["entries"]["weather"]
    )
    no = {"plugins": {"entries": {MEM0: {"hooks": {"allowConversationAccess": False}}}}}
    entry = facts.with_plugin(no, MEM0, {}, "")["plugins"]["entries"][MEM0]
    assert entry["hooks"] == {"allowConversationAccess": False}


def test_what_was_there_is_not_touched() -> None:
    before = copy.deepcopy(LEAN)
    facts.with_plugin(LEAN, MEM0, {"a": {"b": 1}}, "memory")
    facts.with_settings_only(LEAN, facts.with_plugin(LEAN, MEM0, {"a": 1}, ""), MEM0)
    facts.without_plugin(LEAN, "memory-core")
    assert before == LEAN


def test_doing_it_again_is_no_difference() -> None:
    once = facts.with_plugin(LEAN, MEM0, OSS, "memory")
    assert facts.with_plugin(once, MEM0, OSS, "memory") == once
    assert facts.without_plugin(LEAN, MEM0) == LEAN


def test_removing_leaves_what_was_there_before() -> None:
    once = facts.with_plugin(LEAN, MEM0, OSS, "memory")
    assert facts.without_plugin(once, MEM0) == LEAN


def test_removing_keeps_other_plugins() -> None:
    others = facts.with_plugin(LEAN, "weather", {"units": "metric"}, "weather")
    both = facts.with_plugin(others, MEM0, OSS, "memory")
    assert facts.without_plugin(both, MEM0) == others


def test_what_openclaw_leaves_behind_after_an_uninstall_goes() -> None:
    left = {"plugins": {"allow": [], "deny": [MEM0], "entries": {MEM0: {"enabled": False}}}}
    assert facts.without_plugin(left, MEM0) == {"plugins": {"allow": [], "deny": []}}
    assert facts.without_plugin({"gateway": {}}, MEM0) == {"gateway": {}}


def test_settings_are_merged_and_a_null_removes_one() -> None:
    once = facts.with_plugin(LEAN, "x", {"a": {"b": 1, "c": 2}, "d": 3}, "")
    again = facts.with_plugin(once, "x", {"a": {"b": None, "e": 4}}, "")
    assert again["plugins"]["entries"]["x"]["config"] == {"a": {"c": 2, "e": 4}, "d": 3}
    assert "slots" not in again["plugins"]


def test_without_a_list_of_allowed_plugins_none_is_made() -> None:
    assert "allow" not in facts.with_plugin({"plugins": {}}, "x", {}, "")["plugins"]
    assert facts.with_plugin({}, "x", {}, "")["plugins"]["entries"] == {"x": {"enabled": True}}


def test_before_it_is_there_only_its_settings_are_written() -> None:
    wanted = facts.with_plugin(LEAN, MEM0, OSS, "memory")
    early = facts.with_settings_only(LEAN, wanted, MEM0)
    assert early["plugins"]["entries"] == {MEM0: {"config": OSS}}
    assert early["plugins"]["allow"] == LEAN["plugins"]["allow"]  # type: ignore[index]
    assert "slots" not in early["plugins"]
    assert facts.with_settings_only(LEAN, facts.with_plugin(LEAN, "x", {}, ""), "x") == LEAN


def test_of_what_openclaw_writes_only_its_own_words_stay() -> None:
    wanted = facts.with_plugin(LEAN, MEM0, OSS, "memory")
    written = {**wanted, "gateway": {"port": 1}, "tools": {}, "meta": {"lastTouchedVersion": "9"}}
    kept = facts.with_own_words(wanted, written)
    assert kept == {**wanted, "meta": {"lastTouchedVersion": "9"}}
    assert facts.with_own_words(wanted, {}) == wanted


def test_the_installed_plugin_is_found_by_its_id() -> None:
    package = {"name": "@mem0/openclaw-mem0", "version": "1.0.16"}
    packages = [("/p/other", {"name": "x"}, {"id": "x"}), ("/p/mem0", package, {"id": MEM0})]
    found = facts.found(MEM0, packages)
    assert found == facts.Installed("@mem0/openclaw-mem0", "1.0.16", "/p/mem0")
    assert facts.found("weather", packages) is None


@pytest.mark.parametrize(
    ("source", "package"),
    [("npm:@mem0/openclaw-mem0", "@mem0/openclaw-mem0"), ("npm:weather.js", "weather.js")],
)
def test_the_package_of_a_source(source: str, package: str) -> None:
    assert facts.package_of(source) == package


@pytest.mark.parametrize(
    "source", ["", "weather", "npm:weather@1", "npm:../x", "clawhub:x", "npm:-g", "npm:a b"]
)
def test_a_source_that_is_no_npm_package_is_refused(source: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        facts.package_of(source)
    assert caught.value.code == "INVALID_PLUGIN"


@pytest.mark.parametrize("name", ["", "--force", "a b", "../x", "A"])
def test_a_name_that_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        facts.check_name(name)
    assert caught.value.code == "INVALID_PLUGIN"
    assert facts.check_name(MEM0) == MEM0


def test_a_plugin_is_loaded_when_its_runtime_is_active_and_health_says_so() -> None:
    assert facts.loaded(MEM0, LISTED, HEALTH) == facts.Loaded(True)


@pytest.mark.parametrize(
    ("row", "health", "words"),
    [
        ({"runtime": {"state": "unloaded"}}, {}, "it is enabled, its runtime unloaded"),
        ({}, {"loaded": []}, "it is enabled, its runtime active"),
        ({"runtime": {"state": "failed", "error": "no\n key"}}, {}, "no key"),
        ({}, {"loaded": [], "errors": [{"id": MEM0, "error": "boom"}]}, "boom"),
        ({}, {"loaded": [], "errors": [{"id": "x", "error": "boom"}]}, "it is enabled,"),
        ({}, {"loaded": [], "unavailable": [f"{MEM0} is quarantined"]}, "is quarantined"),
    ],
)
def test_a_plugin_that_is_not_loaded_comes_with_the_gateways_words(
    row: dict[str, Any], health: dict[str, Any], words: str
) -> None:
    listed = {**LISTED, "plugins": [{**ROW, **row}]}
    seen = facts.loaded(MEM0, listed, {"plugins": {**HEALTH["plugins"], **health}})
    assert not seen.active
    assert words in seen.words


@pytest.mark.parametrize("answer", [None, [], {"plugins": 1}, {"plugins": {"loaded": 1}}])
def test_an_answer_of_another_shape_is_no_proof(answer: Any) -> None:
    seen = facts.loaded(MEM0, answer, answer)
    assert not seen.active
    assert seen.words == "it is not known to the gateway, its runtime unloaded"


def test_slots_of_a_plugin() -> None:
    config = facts.with_plugin(LEAN, MEM0, {}, "memory")
    assert facts.slots_of(config, MEM0) == ["memory"]
    assert facts.slots_of(LEAN, MEM0) == []


def test_what_mem0_lacks_is_said() -> None:
    tags = {"models": [{"name": "nomic-embed-text:latest"}, {"name": "llama3.1:8b"}]}
    assert facts.mem0_gaps(OSS, tags, {}) == []
    assert facts.mem0_gaps(OSS, {"models": []}, {}) == [
        "Ollama does not have the model nomic-embed-text: run ollama pull nomic-embed-text.",
        "Ollama does not have the model llama3.1:8b: run ollama pull llama3.1:8b.",
    ]
    missing = facts.mem0_gaps(OSS, None, None)
    assert "Ollama does not answer at http://127.0.0.1:11434" in missing[0]
    assert "Qdrant does not answer at 127.0.0.1:6333" in missing[1]
    assert facts.mem0_gaps({"mode": "platform"}, None, None) == []
    assert json.dumps(facts.mem0_gaps({"mode": "open-source"}, None, None))
