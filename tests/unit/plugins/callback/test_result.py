# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result callback: what is a failure, what is a warning, and that it is plain JSON."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible._internal._datatag._tags import Origin
from ansible.executor.stats import AggregateStats
from ansible.executor.task_result import _RawTaskResult
from ansible.inventory.host import Host
from ansible.module_utils._internal._messages import DeprecationSummary, Event, WarningSummary
from ansible.playbook.block import Block
from ansible.playbook.task import Task
from ansible_collections.claw.pilot.plugins.callback import result as plugin

FAILURE = {"code": "PORT_CONFLICT", "message": "Port 1 is taken.", "hint": "Choose another."}
DATA = {"msg": "Port 1 is taken. Choose another.", "failure": FAILURE}
CANARY = "sk-ant-canary"


class Screen:
    """What was displayed, a line each."""

    verbosity = 0

    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, text: str, screen_only: bool = False) -> None:
        assert screen_only, "a result does not belong into the log file"
        self.lines.append(text)


class Run:
    """A run that a test makes event by event."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.callback = plugin.CallbackModule()
        self.callback._display = self.screen
        self.stats = AggregateStats()
        playbook = SimpleNamespace(_file_name="/somewhere/create_instance.yml")
        self.callback.v2_playbook_on_start(playbook)

    def failed(self, data: dict[str, Any], task: Task | None = None, **more: Any) -> None:
        counter = "ok" if more.get("ignore_errors") else "failures"
        self.stats.increment(counter, "web1")
        self.callback.v2_runner_on_failed(outcome({"failed": True, **data}, task), **more)

    def unreachable(self, data: dict[str, Any], task: Task | None = None) -> None:
        made = outcome({"unreachable": True, **data}, task)
        self.stats.increment("ok" if made.task.ignore_unreachable else "dark", "web1")
        self.callback.v2_runner_on_unreachable(made)

    def ok(self, data: dict[str, Any]) -> None:
        self.stats.increment("ok", "web1")
        self.callback.v2_runner_on_ok(outcome(data))

    def end(self) -> dict[str, Any]:
        assert self.screen.lines == []
        self.callback.v2_playbook_on_stats(self.stats)
        [line] = self.screen.lines
        assert "\n" not in line
        document: dict[str, Any] = json.loads(line)
        return document


@pytest.fixture
def run() -> Run:
    return Run()


def a_task(**fields: Any) -> Task:
    task = Task()
    for key, value in {"name": "Do it", **fields}.items():
        setattr(task, key, value)
    return task


def outcome(data: dict[str, Any], task: Task | None = None) -> Any:
    """A result as ansible-core hands it to callbacks, no_log applied."""
    made = task or a_task()
    raw = _RawTaskResult(Host("web1"), made, data, {"name": made.name})
    return raw.as_callback_task_result()


def told(code: str, message: str, hint: str = "", task: str = "Do it") -> dict[str, str]:
    return {"host": "web1", "task": task, "code": code, "message": message, "hint": hint}


def test_a_failure_has_the_code_message_and_hint_of_the_module(run: Run) -> None:
    run.failed(DATA)
    document = run.end()
    assert document["failures"] == [told(*FAILURE.values())]
    assert document["ok"] is False


def test_a_failure_of_another_module_has_its_msg(run: Run) -> None:
    run.failed({"msg": "non-zero return code", "rc": 1})
    run.failed({"msg": "", "failure": "words"})
    run.failed({"msg": ["a", 1], "failure": {"why": "no code"}})
    assert run.end()["failures"] == [
        told("TASK_FAILED", "non-zero return code"),
        told("TASK_FAILED", "The task failed and did not say why."),
        told("TASK_FAILED", '["a", 1]'),
    ]


def test_a_host_that_is_unreachable_says_why(run: Run) -> None:
    run.unreachable({"msg": "Connection refused"})
    document = run.end()
    assert document["failures"] == [told("HOST_UNREACHABLE", "Connection refused")]
    assert document["hosts"]["web1"]["unreachable"] == 1
    assert document["ok"] is False


def test_items_of_a_loop_are_failures_of_their_own(run: Run) -> None:
    items = [
        {"failed": True, "item": "acme", **DATA},
        {"item": "demo"},
        {"failed": True, "item": {"slug": "x", "key": CANARY}, "msg": "No."},
        {"failed": True, "item": {"slug": "y"}, "_ansible_item_label": "y", "msg": "Not y."},
    ]
    run.failed({"results": items, "msg": "One or more items failed"})
    document = run.end()
    assert document["failures"] == [
        told(*FAILURE.values(), task="Do it (item=acme)"),
        told("TASK_FAILED", "No."),
        told("TASK_FAILED", "Not y.", task="Do it (item=y)"),
    ]
    assert CANARY not in json.dumps(document)


def test_items_that_were_unreachable_are_told_apart(run: Run) -> None:
    items = [{"unreachable": True, "item": 1, "msg": "Timeout"}, {"item": 2}]
    run.unreachable({"results": items, "msg": "All items completed"})
    assert run.end()["failures"] == [
        told("HOST_UNREACHABLE", "Timeout", task="Do it (item=1)"),
    ]


def test_what_is_ignored_is_no_failure(run: Run) -> None:
    run.failed(DATA, ignore_errors=True)
    run.unreachable({"msg": "Timeout"}, a_task(ignore_unreachable=True))
    document = run.end()
    assert (document["ok"], document["failures"]) == (True, [])


def block(main: list[Any], rescue: list[Any], always: list[Any] | None = None) -> Block:
    made = Block()
    made.block, made.rescue, made.always = main, rescue, always or []
    for child in [*main, *rescue, *(always or [])]:
        child._parent = made
    return made


def test_rescued_is_what_stands_in_the_main_part_of_a_block_with_rescue() -> None:
    deep, side, last, other, bare = (Task() for _task in range(5))
    inner = block([deep], [])
    block([inner], [side], [last])
    block([other], [])
    assert plugin.is_rescued(deep)
    assert not plugin.is_rescued(side)
    assert not plugin.is_rescued(last)
    assert not plugin.is_rescued(other)
    assert not plugin.is_rescued(bare)


def test_the_rescue_part_of_a_block_can_be_rescued_by_the_block_around_it() -> None:
    side = Task()
    inner = block([Task()], [side])
    block([inner], [Task()])
    assert plugin.is_rescued(side)


def test_a_copied_task_is_still_the_task_of_its_block() -> None:
    task = Task()
    block([task], [Task()])
    assert plugin.is_rescued(task.copy())


def test_what_is_rescued_is_no_failure(run: Run) -> None:
    task = a_task()
    block([task], [Task()])
    run.callback.v2_runner_on_failed(outcome({"failed": True, **DATA}, task))
    run.stats.increment("rescued", "web1")
    document = run.end()
    assert (document["ok"], document["failures"]) == (True, [])


@pytest.mark.parametrize("way", ["task", "result"])
def test_no_log_hides_everything_but_that_it_failed(run: Run, way: str) -> None:
    secret = {"msg": CANARY, "failure": {**FAILURE, "message": CANARY}}
    items = {"results": [{"failed": True, "item": CANARY, **secret}]}
    marks = {} if way == "task" else {"_ansible_no_log": True}
    task = a_task(no_log=way == "task")
    run.failed({**secret, **marks}, task)
    run.failed({**items, **marks}, task)
    run.unreachable({**secret, **marks}, task)
    document = run.end()
    assert CANARY not in json.dumps(document)
    assert [f["message"] for f in document["failures"]] == ["censored"] * 3
    assert [f["code"] for f in document["failures"]] == [
        "TASK_FAILED",
        "TASK_FAILED",
        "HOST_UNREACHABLE",
    ]


def test_warnings_and_deprecations_are_told_once_each(run: Run) -> None:
    warning = WarningSummary(event=Event(msg="The disk is nearly full."))
    helped = WarningSummary(event=Event(msg="Odd.", help_text="Look there."))
    old = DeprecationSummary(event=Event(msg="The option x goes away."))
    run.ok({"warnings": [warning, helped], "deprecations": [old]})
    run.ok({"warnings": [warning]})
    run.failed({**DATA, "warnings": [helped, "plain words"]})
    assert run.end()["warnings"] == [
        "The disk is nearly full.",
        "Odd. Look there.",
        "Deprecated: The option x goes away.",
        "plain words",
    ]


def test_deprecations_can_be_turned_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEPRECATION_WARNINGS", False)
    old = DeprecationSummary(event=Event(msg="The option x goes away."))
    run.ok({"deprecations": [old]})
    assert run.end()["warnings"] == []


def test_a_pattern_without_hosts_is_a_warning(run: Run) -> None:
    run.callback.v2_playbook_on_play_start(SimpleNamespace(get_name=lambda: "Create"))
    run.callback.v2_playbook_on_no_hosts_matched()
    document = run.end()
    assert document["warnings"] == ["No host matched the play 'Create'."]
    assert (document["ok"], document["hosts"]) == (True, {})


def test_hosts_have_counters_and_the_run_says_whether_it_changed(run: Run) -> None:
    for counter in ("ok", "ok", "changed", "skipped"):
        run.stats.increment(counter, "web1")
    run.stats.increment("ok", "web2")
    document = run.end()
    nothing = {"ok": 1, "changed": 0, "failures": 0, "unreachable": 0, "skipped": 0}
    assert document["hosts"] == {"web1": {**nothing, "ok": 2, "changed": 1, "skipped": 1}} | {
        "web2": nothing
    }
    assert (document["playbook"], document["changed"]) == ("create_instance", True)


def test_stats_of_the_run_are_the_result_and_those_of_a_host_are_with_it(run: Run) -> None:
    run.stats.set_custom_stats("lines", ["one"])
    run.stats.set_custom_stats("port", 18789, "web1")
    document = run.end()
    assert document["result"] == {"lines": ["one"]}
    assert document["hosts"]["web1"]["result"] == {"port": 18789}


def test_tagged_values_are_plain_json(run: Run) -> None:
    def tag(value: Any) -> Any:
        return Origin(description="a test").tag(value)

    values = {tag("k"): tag([tag("v"), tag(1), tag(1.5), tag({"in": tag("side")})])}
    run.stats.set_custom_stats("tagged", tag(values))
    run.stats.set_custom_stats("day", tag(date(2026, 11, 21)))
    run.stats.set_custom_stats("several", frozenset({"x"}))
    run.stats.set_custom_stats("other", SimpleNamespace(key=CANARY))
    assert run.end()["result"] == {
        "tagged": {"k": ["v", 1, 1.5, {"in": "side"}]},
        "day": "2026-11-21",
        "several": ["x"],
        "other": "<SimpleNamespace>",
    }
