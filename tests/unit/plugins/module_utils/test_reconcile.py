# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan between wanted and observed: the right steps, one restart, no secret in the diff."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._config import MEM0_PLUGIN
from ansible_collections.claw.pilot.plugins.module_utils._reconcile import (
    Observed,
    Plan,
    Wanted,
    plan,
)

SECRET = "sk-ant-very-secret"
PLUGINS: dict[str, Any] = {
    "allow": ["anthropic", MEM0_PLUGIN],
    "slots": {"memory": MEM0_PLUGIN},
    "entries": {MEM0_PLUGIN: {"config": {"userId": "acme"}}},
}
WANTED = Wanted(
    config={
        "gateway": {"port": 18789, "auth": {"token": "${OPENCLAW_GW_AUTH_TOKEN}"}},
        "plugins": PLUGINS,
    },
    env=f"OPENCLAW_GW_AUTH_TOKEN=0123456789abcdef\nANTHROPIC_API_KEY={SECRET}\n",
    definition="[Unit]\n",
    directories=("/h/logs", "/h/workspaces"),
    files={"/h/workspaces/main/SOUL.md": "soul"},
    record={"spec": {"mem0": {"enabled": True}}, "variables": []},
)
RUNNING = Observed(
    committed=True,
    config=WANTED.config,
    env=WANTED.env,
    definition=WANTED.definition,
    directories=frozenset(WANTED.directories),
    files=frozenset(WANTED.files),
    active=True,
    enabled=True,
    record=WANTED.record,
)
CREATE = ("claim", "config", "first_start_env", "define", "start", "live")
FINISH = ("env", "directories", "files", "ready", "commit")

OTHER_CONFIG: dict[str, Any] = {"config": {"gateway": {"port": 1}, "old": 1, "plugins": PLUGINS}}
OLD_KEY: dict[str, Any] = {"env": WANTED.env.replace(SECRET, "sk-ant-old-secret")}
OLD_UNIT = {"definition": "[Unit]\n# old\n"}
NO_FOLDER = {"directories": frozenset({"/h/logs"})}
NO_FILE: dict[str, Any] = {"files": frozenset()}
OPEN_MODE = {"wrong_modes": frozenset({"/h/.env"})}

STOPPED_FOR_IT = ("stop", "config", "start", "live", "ready", "commit")


def with_plugins(**changes: Any) -> dict[str, Any]:
    return {"config": {**WANTED.config, "plugins": {**PLUGINS, **changes}}}


OTHER_MEM0 = with_plugins(entries={MEM0_PLUGIN: {"config": {"userId": "old"}}})
OTHER_SLOT = with_plugins(slots={})
NOT_ALLOWED = with_plugins(allow=["anthropic"])
OTHER_PLUGIN = with_plugins(allow=["anthropic", "weather", MEM0_PLUGIN])
OTHER_RECORD: dict[str, Any] = {"record": {"spec": {"mem0": {"enabled": False}}, "variables": []}}

WHILE_RUNNING: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nothing": ({}, ()),
    "modes": (OPEN_MODE, ("modes", "commit")),
    "directories": (NO_FOLDER, ("directories", "commit")),
    "files": (NO_FILE, ("files", "commit")),
    "config": (OTHER_CONFIG, ("patch_config", "live", "ready", "commit")),
    "a key": (OLD_KEY, ("env", "restart", "live", "ready", "commit")),
    "a key and the config": (
        {**OLD_KEY, **OTHER_CONFIG},
        ("env", "stop", "config", "start", "live", "ready", "commit"),
    ),
    "mem0": (OTHER_MEM0, STOPPED_FOR_IT),
    "whose the memory is": (OTHER_SLOT, STOPPED_FOR_IT),
    "mem0 not allowed": (NOT_ALLOWED, STOPPED_FOR_IT),
    "another plugin": (OTHER_PLUGIN, ("patch_config", "live", "ready", "commit")),
    "the record alone": (OTHER_RECORD, ("commit",)),
    "the record and a folder": ({**OTHER_RECORD, **NO_FOLDER}, ("directories", "commit")),
    "no env": ({"env": ""}, ("env", "restart", "live", "ready", "commit")),
    "definition": (OLD_UNIT, ("define", "restart", "live", "ready", "commit")),
    "no definition": ({"definition": None}, ("define", "restart", "live", "ready", "commit")),
    "not enabled": ({"enabled": False}, ("start", "commit")),
    "a key and the definition": (
        {**OLD_KEY, **OLD_UNIT},
        ("env", "define", "restart", "live", "ready", "commit"),
    ),
    "not enabled and a key": (
        {**OLD_KEY, "enabled": False},
        ("env", "restart", "live", "ready", "commit"),
    ),
    "everything": (
        {**OTHER_CONFIG, **OLD_KEY, **OLD_UNIT, **NO_FOLDER, **NO_FILE, **OPEN_MODE},
        ("modes", "env", "directories", "files", "stop", "config", "define", "start")
        + ("live", "ready", "commit"),
    ),
}

WHILE_STOPPED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nothing": ({}, ()),
    "config": (OTHER_CONFIG, ("config",)),
    "a key": (OLD_KEY, ("env",)),
    "definition": (OLD_UNIT, ("define",)),
    "everything": (
        {**OTHER_CONFIG, **OLD_KEY, **OLD_UNIT, **NO_FOLDER, **NO_FILE, **OPEN_MODE},
        ("modes", "env", "directories", "files", "config", "define"),
    ),
}


def test_an_absent_instance_is_created_with_its_config_alone_before_it_is_live() -> None:
    planned = plan(WANTED, Observed())
    assert planned.steps == CREATE + FINISH
    assert planned.before["state"] == "absent"
    assert planned.after["state"] == "running"


@pytest.mark.parametrize(
    ("observed", "steps"),
    [
        (replace(RUNNING, committed=False), ("claim", "stop", *CREATE[1:], *FINISH)),
        (replace(RUNNING, committed=False, active=False), CREATE + FINISH),
        (Observed(config=WANTED.config), CREATE + FINISH),
        (Observed(committed=True, env=WANTED.env), CREATE + FINISH),
    ],
    ids=["running", "stopped", "only its config", "config lost"],
)
def test_an_unfinished_create_is_finished_by_the_same_steps(
    observed: Observed, steps: tuple[str, ...]
) -> None:
    assert plan(WANTED, observed).steps == steps


@pytest.mark.parametrize(("seen", "steps"), WHILE_RUNNING.values(), ids=WHILE_RUNNING.keys())
def test_a_running_instance_takes_the_steps_of_its_differences(
    seen: dict[str, Any], steps: tuple[str, ...]
) -> None:
    planned = plan(WANTED, replace(RUNNING, **seen))
    assert planned.steps == steps
    assert planned.changed is bool(steps)
    assert planned.restart is ("restart" in steps)


@pytest.mark.parametrize(("seen", "steps"), WHILE_STOPPED.values(), ids=WHILE_STOPPED.keys())
def test_a_stopped_instance_is_changed_on_disk_and_started(
    seen: dict[str, Any], steps: tuple[str, ...]
) -> None:
    planned = plan(WANTED, replace(RUNNING, active=False, enabled=False, **seen))
    assert planned.steps == (*steps, "start", "live", "ready", "commit")
    assert (planned.before["state"], planned.after["state"]) == ("stopped", "running")
    assert not planned.restart


def every_plan() -> list[Plan]:
    seen = [fields for fields, _steps in (*WHILE_RUNNING.values(), *WHILE_STOPPED.values())]
    return [
        plan(WANTED, replace(RUNNING, active=active, committed=committed, **fields))
        for fields in seen
        for active in (True, False)
        for committed in (True, False)
    ]


def test_a_plan_starts_or_restarts_once_and_waits_after_that() -> None:
    for planned in every_plan():
        starts = [step for step in planned.steps if step in ("start", "restart")]
        assert len(starts) <= 1
        assert len(set(planned.steps)) == len(planned.steps)
        if planned.changed:
            assert planned.steps[-1] == "commit"
        if "restart" in planned.steps:
            assert planned.steps.index("live") > planned.steps.index("restart")


def test_what_needs_a_restart_is_in_place_before_it() -> None:
    for planned in every_plan():
        if planned.restart:
            place = planned.steps.index("restart")
            assert not {"env", "define", "patch_config"} & set(planned.steps[place:])


def test_a_dropped_agent_is_taken_out_while_the_gateway_is_stopped() -> None:
    crowded: dict[str, Any] = {**WANTED.config, "agents": {"entries": {"main": {}, "dev": {}}}}
    planned = plan(WANTED, replace(RUNNING, config=crowded))
    assert planned.steps == ("stop", "config", "start", "live", "ready", "commit")


def test_no_plan_shows_a_secret() -> None:
    for planned in every_plan():
        shown = json.dumps([dict(planned.before), dict(planned.after)])
        for secret in (SECRET, "sk-ant-old-secret", "0123456789abcdef"):
            assert secret not in shown


def test_a_secret_in_a_config_that_a_person_edited_is_masked_in_the_diff() -> None:
    seen = {"gateway": {"auth": {"token": "typed-in-by-hand"}}}
    planned = plan(WANTED, replace(RUNNING, config=seen))
    assert "typed-in-by-hand" not in json.dumps(planned.before)
    assert planned.after["config"]["gateway"]["auth"]["token"] == "${OPENCLAW_GW_AUTH_TOKEN}"


def test_the_diff_names_the_variable_that_changed_without_its_value() -> None:
    planned = plan(WANTED, replace(RUNNING, **OLD_KEY))
    assert planned.before["env"]["ANTHROPIC_API_KEY"] != planned.after["env"]["ANTHROPIC_API_KEY"]
    same = "OPENCLAW_GW_AUTH_TOKEN"
    assert planned.before["env"][same] == planned.after["env"][same]


def test_the_diff_shows_variables_that_come_and_go() -> None:
    planned = plan(WANTED, replace(RUNNING, env="OLD_KEY=x\n"))
    assert set(planned.before["env"]) == {"OLD_KEY"}
    assert set(planned.after["env"]) == {"OPENCLAW_GW_AUTH_TOKEN", "ANTHROPIC_API_KEY"}


def test_secrets_of_a_first_start_that_were_left_over_are_put_in_their_place() -> None:
    planned = plan(WANTED, replace(RUNNING, first_start_pending=True))
    assert "env" in planned.steps


def test_a_record_shows_which_option_it_is_about_and_no_secret() -> None:
    spec = {"mem0": {"enabled": True}, "config": {"hooks": {"token": SECRET}}, "port": None}
    wanted = replace(WANTED, record={"spec": spec, "variables": ["A"]})
    planned = plan(wanted, replace(RUNNING, **OTHER_RECORD))
    assert planned.after["record"] == {
        "mem0": {"enabled": True},
        "config": {"hooks": {"token": "********"}},
        "variables": ["A"],
    }
    assert planned.before["record"]["mem0"] == {"enabled": False}


def test_an_instance_whose_marker_says_nothing_yet_is_left_alone() -> None:
    assert plan(WANTED, replace(RUNNING, record=None)) == Plan()


def test_nothing_to_do_has_an_empty_diff() -> None:
    planned = plan(WANTED, RUNNING)
    assert planned == Plan()
    assert not planned.changed


THEIRS = replace(RUNNING, committed=False, active=False, definition=None, foreign=True)
TAKE_OVER = ("define", "start", "live", "ready", "retire_predecessor", "commit")


@pytest.mark.parametrize(
    ("seen", "steps"),
    [
        ({}, ("note_predecessor", "stop_predecessor", *TAKE_OVER)),
        ({"active": True}, ("note_predecessor", "stop_predecessor", "stop", *TAKE_OVER)),
        (
            {**OTHER_CONFIG, **OLD_KEY, **NO_FOLDER, **NO_FILE, **OPEN_MODE},
            ("note_predecessor", "env", "directories", "files")
            + ("stop_predecessor", "config", "modes", *TAKE_OVER),
        ),
    ],
    ids=["nothing differs", "ours runs already", "everything"],
)
def test_what_a_running_gateway_does_not_mind_comes_before_it_is_stopped(
    seen: dict[str, Any], steps: tuple[str, ...]
) -> None:
    assert plan(WANTED, replace(THEIRS, **seen)).steps == steps


def test_a_take_over_shows_only_what_it_changes() -> None:
    config = {**WANTED.config, "channels": {"slack": {"hook": SECRET}}, "env": {"ODD": SECRET}}
    config["gateway"] = {"port": 18789, "auth": {"token": SECRET}}
    wanted = replace(WANTED, config={**config, **WANTED.config, "env": {}})
    planned = plan(wanted, replace(THEIRS, config=config))
    shown = json.dumps([planned.before, planned.after])
    assert SECRET not in shown
    assert "slack" not in shown
    assert planned.after["config"]["gateway"]["auth"]["token"] == "${OPENCLAW_GW_AUTH_TOKEN}"
    assert (planned.before["managed"], planned.after["managed"]) == (False, True)
