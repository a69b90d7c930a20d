# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of the registry: options in, results and failures out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.claw.pilot.plugins.action import openclaw_registry, openclaw_registry_info
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

SECRET = "canary-token"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine."""
    for name in ("REGISTRY", "REGISTRY_TOKEN", "ACTOR", "ORIGIN"):
        monkeypatch.delenv(f"CLAW_PILOT_{name}", raising=False)
    monkeypatch.setenv("CLAW_PILOT_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def run(
    module: Any, args: dict[str, Any], check: bool = False, diff: bool = False, **variables: Any
) -> dict[str, Any]:
    task = MagicMock(args=args, async_val=0, check_mode=check, diff=diff)
    plugin = module.ActionModule(task, *(MagicMock() for _part in range(5)))
    result: dict[str, Any] = plugin.run(task_vars={"inventory_hostname": "web1", **variables})
    assert SECRET not in json.dumps(result)
    return result


def record(event: str = "created", **more: Any) -> dict[str, Any]:
    instance = {"slug": "acme", "openclaw_home": "/o", "port": 100, "state": "running"}
    entry = {"event": event, "instance": instance}
    options = {"reports": [{"server": {"hostname": "web1"}, "entries": [entry]}]}
    return run(openclaw_registry, {**options, **more.pop("options", {})}, **more)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "reports"),
        ({"reports": 5}, "reports"),
        ({"reports": [{}]}, "server"),
        (
            {"reports": [{"server": {}, "entries": [{"event": "exploded", "instance": {}}]}]},
            "event",
        ),
        ({"reports": [], "colour": "red"}, "colour"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleActionFail, match=words):
        run(openclaw_registry, options)


@pytest.mark.parametrize("module", [openclaw_registry, openclaw_registry_info])
def test_an_error_is_a_failure_with_code_message_and_hint(module: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    options: dict[str, Any] = {"registry": str(tmp_path / "broken.db"), "registry_token": SECRET}
    if module is openclaw_registry:
        options["reports"] = [{"server": {"hostname": "h"}, "entries": []}]
    result = run(module, options)
    assert result["failed"] is True
    failure = result["failure"]
    assert failure["code"] == "REGISTRY_BROKEN"
    assert result["msg"] == f"{failure['message']} {failure['hint']}"


def test_a_dashboard_that_is_not_there_is_a_failure() -> None:
    options = {"registry": "http://127.0.0.1:1", "registry_token": SECRET}
    assert record(options=options)["failure"]["code"] == "REGISTRY_UNREACHABLE"
    assert run(openclaw_registry_info, options)["failure"]["code"] == "REGISTRY_UNREACHABLE"


def test_check_mode_tells_and_does_not_write(tmp_path: Path) -> None:
    told = record(check=True, diff=True)
    assert told["changed"] is True
    assert "acme" in told["diff"]["after"]
    assert list(tmp_path.iterdir()) == []


def test_a_record_is_written_with_who_and_from_where(tmp_path: Path) -> None:
    result = record(awx_user_name="ann", awx_job_id=7)
    assert result["changed"] is True
    assert result["registry"] == {"enabled": True}
    assert "diff" not in result
    with Registry(tmp_path / "registry.db") as registry:
        assert registry.events() == result["events"]
    assert (result["events"][0]["actor"], result["events"][0]["origin"]) == ("ann", "awx")
    assert record("observed")["changed"] is False


def test_none_records_nothing_and_says_so(tmp_path: Path) -> None:
    result = record(options={"registry": "none"})
    assert (result["changed"], result["registry"]) == (False, {"enabled": False})
    info = run(openclaw_registry_info, {"registry": "none", "slug": "acme"})
    assert (info["changed"], info["registry"]["enabled"]) == (False, False)
    assert list(tmp_path.iterdir()) == []


def test_info_is_of_the_plays_host_or_the_named_one() -> None:
    record()
    own = run(openclaw_registry_info, {"slug": "acme"})
    assert own["changed"] is False
    assert own["registry"]["instance"]["port"] == 100
    assert own["registry"]["reserved_ports"] == []
    other = run(openclaw_registry_info, {"slug": "beta"})
    assert (other["registry"]["instance"], other["registry"]["reserved_ports"]) == (None, [100])
    assert run(openclaw_registry_info, {"hostname": "web2"})["registry"]["instances"] == []
    home = {"slug": "acme", "openclaw_home": "/root"}
    assert run(openclaw_registry_info, home)["registry"]["reserved_ports"] == [100]


def test_neither_needs_a_connection_to_the_host() -> None:
    for module in (openclaw_registry, openclaw_registry_info):
        assert module.ActionModule._requires_connection is False
        assert module.ActionModule.TRANSFERS_FILES is False


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("created", "'acme' on web1 was created, and its gateway runs"),
        ("taken_over", "'acme' on web1 was taken over, and its gateway runs"),
        ("observed", ""),
    ],
)
def test_what_could_not_be_written_is_said_with_what_to_do(event: str, words: str) -> None:
    options = {"registry": "http://127.0.0.1:1", "registry_token": SECRET}
    failure = record(event, options=options)["failure"]
    assert words in failure["message"]
    assert ("What was done stands" in failure["message"]) is bool(words)
    assert ("run the same again" in failure["hint"]) is bool(words)
