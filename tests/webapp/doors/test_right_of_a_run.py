# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which right a run of a playbook has, by what its variables make of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors.rights import OPERATES, RIGHTS, of_run
from ansible_collections.claw.pilot.webapp.jobs.accepted import own


@pytest.mark.parametrize(
    ("playbook", "variables", "right"),
    [
        ("create_instance", {}, "create"),
        ("create_instance", {"take_over": True}, "take_over"),
        ("create_instance", {"take_over": "yes"}, "take_over"),
        ("create_instance", {"slug": "a", "providers": [{"name": "x"}]}, "create"),
        ("create_instance", {"config": {"mcp": {"servers": {}}}}, "decide"),
        ("create_instance", {"instance_environment": {"NODE_OPTIONS": "--import=x"}}, "decide"),
        ("create_instance", {"openclaw_user": "root"}, "decide"),
        ("create_instance", {"plugins": {"allow": ["x"]}}, "decide"),
        ("create_instance", {"openclaw_home": "/tmp/mine"}, "decide"),
        ("discover", {"adopt": True, "openclaw_home": ["/home/a"]}, "adopt"),
        ("create_instance", {"projects_root": "/etc"}, "decide"),
        ("create_instance", {"providers": [{"name": "x", "base_url": "http://y"}]}, "decide"),
        ("create_instance", {"providers": [{"name": "x", "base_url": ""}]}, "decide"),
        ("create_instance", {"config": {}}, "decide"),
        ("create_instance", {"instance_environment": {}}, "decide"),
        ("create_instance", {"plugins": None}, "decide"),
        ("create_instance", {"openclaw_user": ""}, "decide"),
        ("create_instance", {"take_over": False}, "decide"),
        ("create_instance", {"providers": ["name=x base_url=http://y/"]}, "decide"),
        ("create_instance", {"providers": "name=x"}, "decide"),
        ("create_instance", {"providers": [{"name": "x", "models": ["id=a"]}]}, "decide"),
        ("create_instance", {"providers": [{"name": "x", "key_required": False}]}, "decide"),
        ("create_instance", {"agents": ["id=ops tools_profile=full"]}, "decide"),
        ("create_instance", {"agents": [{"id": "a", "tools_profile": "full"}]}, "decide"),
        ("create_instance", {"telegram": '{"api_root":"http://y"}'}, "decide"),
        ("create_instance", {"telegram": {"dm_policy": "open"}}, "decide"),
        ("create_instance", {"mem0": "ollama_url=http://y"}, "decide"),
        ("create_instance", {"control_ui": {"enabled": True}}, "decide"),
        ("create_instance", {"domain": "x"}, "decide"),
        ("create_instance", {"trusted_proxies": []}, "decide"),
        ("create_instance", {"openclaw_version": "1"}, "decide"),
        ("create_instance", {"secrets_from": "acme"}, "decide"),
        ("create_instance", {"anything_new": 1}, "decide"),
        ("restart_instance", {"slug": "a", "wait": "none", "stop_timeout": 3}, "restart"),
        ("restart_instance", {"slug": "a", "openclaw_user": "root"}, "decide"),
        ("discover", {"adopt": True, "prune": "no"}, "prune"),
        ("create_instance", {"telegram": {"api_root": "http://y"}}, "decide"),
        ("create_instance", {"mem0": {"ollama_url": "http://y"}}, "decide"),
        ("create_instance", {"agents": [{"id": "a", "workspace": "/etc"}]}, "decide"),
        ("create_instance", {"config": {"a": 1}, "take_over": True}, "take_over"),
        ("start_instance", {"prefix": "/tmp/mine"}, "decide"),
        ("destroy_instance", {"prefix": "/tmp/mine"}, "destroy"),
        ("destroy_instance", {}, "destroy"),
        ("stop_instance", {}, "stop"),
        ("discover", {"adopt": False}, "discover"),
        ("discover", {"adopt": True}, "adopt"),
        ("discover", {"adopt": True, "prune": True}, "prune"),
        ("devices", {}, "examine"),
        ("devices", {"approve": ["a"]}, "approve"),
        ("devices", {"approve": ["a"], "remove": ["b"]}, "remove_device"),
        ("devices", {"approve": ["a"], "policy": "f"}, "run"),
        ("pair_telegram", {"code": "A"}, "approve"),
        ("pair_telegram", {"code": "A", "owner": True}, "run"),
        ("install_plugin", {}, "run"),
        ("remove_plugin", {}, "run"),
        ("another", {}, "run"),
    ],
)
def test_a_job_has_the_right_of_what_it_does(
    playbook: str, variables: dict[str, Any], right: str
) -> None:
    assert of_run(playbook, variables) == right


WHOLE = {
    "slug": "acme",
    "display_name": "Acme",
    "gateway_port": 18789,
    "default_model": "anthropic/x",
    "anthropic_api_key": "k",
    "telegram_bot_token": "t",
    "heartbeat": "30m",
    "agents": [{"id": "dev", "name": "Dev", "model": "anthropic/x"}],
    "providers": [{"name": "x", "api_key": "k", "models": [{"id": "a", "name": "A"}]}],
    "wait": "ready",
    "pair": True,
}


def test_who_may_operate_creates_an_instance_whole() -> None:
    assert of_run("create_instance", WHOLE) == "create"


def test_what_is_named_for_who_may_operate_is_what_the_playbooks_take() -> None:
    taken = own().playbooks
    assert {n: set(vs) - taken[n] for n, vs in OPERATES.items() if set(vs) - taken[n]} == {}
    assert {RIGHTS[of_run(name, {})].scope for name in taken.keys() - OPERATES.keys()} == {"admin"}
