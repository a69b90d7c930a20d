# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run came to, as one JSON document on standard output; it prints nothing before the end."""

from __future__ import annotations

DOCUMENTATION = r"""
name: result
type: stdout
short_description: Print the result of a run as one JSON document
version_added: 1.0.0
author: Claw Pilot contributors (@claw-pilot)
description:
  - For programs that run playbooks. Prints one line of JSON on standard output when a playbook has ended, and nothing else.
  - V(playbook) is the name of the playbook; V(ok) is false when a host failed or was unreachable; V(changed) is true when a host changed.
  - V(hosts) has the counters C(ok), C(changed), C(failures), C(unreachable) and C(skipped) of each host, and C(result)
    where M(ansible.builtin.set_stats) was used with C(per_host).
  - V(failures) has C(host), C(task), C(code), C(message) and C(hint) of each failure.
    An item of a loop is one failure, named behind the task.
    C(code) is that of the module where it returns RV(ignore:failure), else C(TASK_FAILED) or C(HOST_UNREACHABLE).
    What was ignored or rescued is not a failure. With C(no_log) the message is C(censored).
  - V(warnings) has each warning and each deprecation of the tasks once.
  - V(result) is what M(ansible.builtin.set_stats) set for the run.
notes:
  - Warnings that belong to no task are on standard error, as always.
  - There is no JSON when nothing ran to its end, as with a playbook that cannot be parsed, C(--syntax-check) or C(--list-tasks).
    The exit code tells, and standard error says why.
  - Ansible itself writes on standard output with C(-v), unless E(ANSIBLE_VERBOSE_TO_STDERR) is set, and when it asks at a terminal.
  - With several playbooks in one command there is a line after each of them. The last one covers them all.
requirements:
  - Set as standard output callback, as with E(ANSIBLE_STDOUT_CALLBACK=claw.pilot.result).
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from ansible import constants
from ansible.playbook.block import Block
from ansible.plugins.callback import CallbackBase

CENSORED = "censored"
RUN = "_run"  # where ansible-core keeps the custom stats that belong to no host
Document = dict[str, Any]
COUNTERS = ("ok", "changed", "failures", "unreachable", "skipped")


class CallbackModule(CallbackBase):
    """Collects while the run goes on, prints at its end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "claw.pilot.result"

    def __init__(self) -> None:
        super().__init__()
        self._playbook = ""
        self._play = ""
        self._failures: list[dict[str, str]] = []
        self._warnings: dict[str, None] = {}  # a set that keeps the order

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._playbook = PurePath(playbook._file_name).stem

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = str(play.get_name()).strip()

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._warn([f"No host matched the play '{self._play}'."])

    def v2_runner_on_ok(self, result: Any) -> None:
        self._warn(spoken(result))

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._warn(spoken(result))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._warn(spoken(result))
        if not ignore_errors and not is_rescued(result.task):
            self._failures += failures(result, "failed", "TASK_FAILED")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._warn(spoken(result))
        if not result.task.ignore_unreachable:
            self._failures += failures(result, "unreachable", "HOST_UNREACHABLE")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        hosts = host_results(stats)
        bad = {name for name, host in hosts.items() if host["failures"] or host["unreachable"]}
        document: Document = {
            "playbook": self._playbook,
            "ok": not bad,
            "changed": any(host["changed"] for host in hosts.values()),
            "hosts": hosts,
            # A handler that a block flushes is rescued by that block, and does not stand in it.
            "failures": [failure for failure in self._failures if failure["host"] in bad],
            "warnings": list(self._warnings),
            "result": stats.custom.get(RUN, {}),
        }
        self.hand_over(document)

    def hand_over(self, document: Document) -> None:
        """Print it; P(claw.pilot.result_file#callback) does something else with it."""
        self._display.display(as_json(document), screen_only=True)

    def _warn(self, sentences: Iterable[str]) -> None:
        self._warnings.update(dict.fromkeys(sentences))


def host_results(stats: Any) -> dict[str, dict[str, Any]]:
    """Host -> its counters, and what set_stats set for it alone."""
    own = {host: value for host, value in stats.custom.items() if host != RUN}
    found: dict[str, dict[str, Any]] = {}
    for host in sorted({*stats.processed, *own}):
        counters = stats.summarize(host)
        found[host] = {name: counters[name] for name in COUNTERS}
        if host in own:
            found[host]["result"] = own[host]
    return found


def failures(result: Any, mark: str, code: str) -> Iterator[dict[str, str]]:
    """One failure, or one for each item of a loop that has the mark."""
    data = result.result
    items = data.get("results")
    marked = [item for item in items if is_marked(item, mark)] if isinstance(items, list) else []
    base = {"host": str(result.host.get_name()), "task": result.task.get_name()}
    # A censored result is not looked into, and neither are its items.
    if CENSORED in data or not marked:
        yield {**base, **told(data, code)}
        return
    for item in marked:
        yield {"host": base["host"], "task": base["task"] + label(item), **told(item, code)}


def is_marked(item: Any, mark: str) -> bool:
    return isinstance(item, Mapping) and bool(item.get(mark))


def label(item: Mapping[str, Any]) -> str:
    """The item of a loop, when it is short enough to be a name."""
    value = item.get("_ansible_item_label", item.get("item"))
    return f" (item={value})" if isinstance(value, (str, int)) else ""


def told(data: Mapping[str, Any], code: str) -> dict[str, str]:
    """code, message and hint: the module's own, else from its msg."""
    failure = data.get("failure")
    if CENSORED in data:
        return {"code": code, "message": CENSORED, "hint": ""}
    if isinstance(failure, Mapping) and failure.get("code"):
        return {key: str(failure.get(key) or "") for key in ("code", "message", "hint")}
    message = data.get("msg") or "The task failed and did not say why."
    text = message if isinstance(message, str) else as_json(message)
    return {"code": code, "message": str(text), "hint": ""}


def is_rescued(task: Any) -> bool:
    """Whether the task stands in the main part of a block that has a rescue part, however deep."""
    child, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        if isinstance(parent, Block) and parent.rescue and stands_in(child, parent.block):
            return True
        child, parent = parent, getattr(parent, "_parent", None)
    return False


def stands_in(child: Any, section: Iterable[Any]) -> bool:
    """Tasks are copied while a play runs; what stays is their uuid."""
    return any(child._uuid == other._uuid for other in section)


def spoken(result: Any) -> Iterator[str]:
    """The warnings of a task and, unless these are turned off, its deprecations."""
    yield from (sentence(warning) for warning in result.warnings)
    if constants.DEPRECATION_WARNINGS:
        yield from (f"Deprecated: {sentence(warning)}" for warning in result.deprecations)


def sentence(warning: Any) -> str:
    """The words of a summary of ansible-core 2.19, or of a plain string."""
    event = getattr(warning, "event", None)
    if event is None:
        return str(warning)
    return " ".join(part for part in (event.msg, event.help_text) if part)


def as_json(value: Any) -> str:
    return json.dumps(value, default=plain)


def plain(value: Any) -> Any:
    """What json does not know by itself; only the type is told of what is neither data nor a date."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return list(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return f"<{type(value).__name__}>"
