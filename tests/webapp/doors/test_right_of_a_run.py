# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which right a run of a playbook has, by what its variables make of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.doors.rights import of_run


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
        ("create_instance", {"providers": [{"name": "x", "base_url": ""}]}, "create"),
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
