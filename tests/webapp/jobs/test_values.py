# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of jobs: secrets, locks, endings, environments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._secrets import redact
from ansible_collections.claw.pilot.webapp import playbook
from ansible_collections.claw.pilot.webapp.jobs import Request, accepted, surroundings
from ansible_collections.claw.pilot.webapp.jobs.catalog import Catalog, lock_of
from ansible_collections.claw.pilot.webapp.jobs.endings import Run, ending
from ansible_collections.claw.pilot.webapp.jobs.secrets import (
    Redactor,
    values,
)
from ansible_collections.claw.pilot.webapp.jobs.writer import event_of, joined

MULTILINE = "-----BEGIN KEY-----\nabcdefghij\n-----END KEY-----\n"


@pytest.mark.parametrize(
    ("variables", "hidden"),
    [
        ({"anthropic_api_key": "sk-1234"}, ["sk-1234"]),
        ({"providers": [{"name": "x", "api_key": "sk-5678"}]}, ["sk-5678"]),
        ({"telegram": {"bot_token": "1:abc"}}, ["1:abc"]),
        ({"bot_token": 12345678}, ["12345678"]),
        ({"instance_environment": {"ANY": "a-long-value"}}, ["a-long-value"]),
        ({"instance_environment": {"ANY": ["nested-value"]}}, ["nested-value"]),
        ({"registry_token": 'quo"ted'}, ['quo"ted', 'quo\\"ted']),
        ({"private_key": MULTILINE}, ["abcdefghij", "-----BEGIN KEY-----"]),
    ],
)
def test_pitfall_6_a_secret_is_known_however_it_is_written(
    variables: dict[str, Any], hidden: list[str]
) -> None:
    text = f"before {' and '.join(hidden)} behind"
    shown = Redactor(variables).text(text)
    assert not any(word in shown for word in hidden)
    assert shown.startswith("before ") and shown.endswith(" behind")
    assert not any(word in str(redact(variables)) for word in hidden)


def test_pitfall_6_what_is_no_secret_stays_readable() -> None:
    variables = {
        "slug": "acme",
        "default_model": "x/y",
        "secrets_from": "beta",
        "instance_environment": {"DEBUG": "true", "LEVEL": "info"},
        "api_key": None,
        "key_required": True,
        "token": "${A_REFERENCE}",
    }
    assert values(variables) == frozenset()
    assert Redactor(variables).text("acme is true, level info") == "acme is true, level info"
    assert redact(variables)["token"] == "${A_REFERENCE}"


def test_pitfall_6_results_are_masked_by_name_and_by_value() -> None:
    redactor = Redactor({"api_key": "sk-9876"})
    data = {"a": ["is sk-9876"], "password": "other", "sk-9876": 1, "n": 2, "none": None}
    assert redactor.data(data) == {
        "a": ["is ********"],
        "password": "********",
        "********": 1,
        "n": 2,
        "none": None,
    }


@pytest.mark.parametrize(
    ("name", "variables", "lock"),
    [
        ("create_instance", {"slug": "acme"}, "instance"),
        ("stop_instance", {"slug": "acme"}, "instance"),
        ("devices", {"slug": "acme"}, ""),
        ("devices", {"slug": "acme", "approve": "x"}, "instance"),
        ("devices", {"remove": "x"}, "host"),
        ("discover", {"adopt": True}, "host"),
        ("doctor", {"slug": "acme"}, ""),
        ("logs", {"slug": "acme"}, ""),
    ],
)
def test_a_change_locks_its_instance_and_a_look_nothing(
    name: str, variables: dict[str, Any], lock: str
) -> None:
    assert lock_of(name, variables, False) == lock
    assert lock_of(name, variables, True) == ""


@pytest.mark.parametrize(
    "path", sorted(playbook.PLAYBOOKS.glob("*.yml")), ids=lambda path: path.stem
)
def test_every_playbook_but_that_of_the_token_can_be_a_job(path: Path) -> None:
    catalog = Catalog()
    assert catalog.word("stop_instance") == "claw.pilot.stop_instance"
    if path.stem != "token":
        given = {"slug": "acme", "plugin": "x"}
        taken = accepted.own().playbooks[path.stem]
        catalog.check(Request(path.stem, {name: given[name] for name in given if name in taken}))


OK = {"ok": 2, "changed": 1, "failures": 0, "unreachable": 0, "skipped": 0}
BAD = {**OK, "failures": 1}
AWAY = {**OK, "ok": 0, "unreachable": 1}
WHY = [{"host": "b", "task": "t", "code": "X", "message": "m", "hint": "h"}]


@pytest.mark.parametrize(
    ("run", "state", "code"),
    [
        (Run(0, {"hosts": {"a": OK}}, hosts=["a"]), "successful", ""),
        (Run(0, {"hosts": {"a": OK}}, reason="canceled", hosts=["a"]), "successful", ""),
        (Run(0, {"hosts": {}}), "failed", "JOB_NO_HOST"),
        (Run(0, {"hosts": {"b": OK}}, hosts=["a"]), "failed", "JOB_NO_HOST"),
        (Run(2, {"hosts": {"a": OK, "b": BAD}, "failures": WHY}), "failed", "X"),
        (Run(4, {"hosts": {"b": AWAY}, "failures": WHY}), "unreachable", "X"),
        (Run(2, {"hosts": {"a": AWAY, "b": BAD}, "failures": WHY}), "failed", "X"),
        (Run(2, {"hosts": {"a": BAD}}), "failed", "PLAYBOOK_FAILED"),
        (Run(1, {}, said="bad syntax"), "failed", "PLAYBOOK_FAILED"),
        (Run(None, {}), "failed", "PLAYBOOK_FAILED"),
        (Run(3, {"hosts": {"a": OK}}), "failed", "PLAYBOOK_FAILED"),
        (Run(None, {}, reason="canceled", by="ann"), "canceled", "JOB_CANCELED"),
        (Run(None, {}, reason="timeout"), "failed", "JOB_TIMEOUT"),
        (Run(None, {}, reason="silent"), "failed", "JOB_SILENT"),
    ],
)
def test_pitfall_10_hosts_tell_what_a_job_came_to_and_not_the_exit_code_alone(
    run: Run, state: str, code: str
) -> None:
    found = ending(run)
    assert found.state == state
    assert [failure["code"] for failure in found.failures] == ([code] if code else [])
    assert all(f["message"] and f["hint"] for f in found.failures)
    assert run.said in str(found.failures)


def of_job(ours: dict[str, str]) -> dict[str, str]:
    return surroundings.of_job(
        ours, job="x1", actor="ann", home=Path("/h"), registry="/h/registry.db"
    )


def test_pitfall_6_the_environment_is_what_a_playbook_needs_and_nothing_else() -> None:
    ours = {
        "HOME": "/root",
        "PATH": "/bin",
        "LC_TIME": "C",
        "SSL_CERT_FILE": "/etc/ssl/x.pem",
        "ANSIBLE_PRIVATE_KEY_FILE": "/root/.ssh/id",
        "ANSIBLE_STDOUT_CALLBACK": "json",
        "ANSIBLE_DEBUG": "1",
        "ANSIBLE_LOG_PATH": "/tmp/log",
        "CLAW_PILOT_REGISTRY_TOKEN": "canary",
        "OPENCLAW_STATE_DIR": "/x",
        "ANTHROPIC_API_KEY": "canary",
        "PYTHONPATH": "/y",
        "NO_COLOR": "1",
    }
    env = of_job(ours)
    assert {k for k in ours if k in env} == {
        "HOME",
        "PATH",
        "LC_TIME",
        "SSL_CERT_FILE",
        "ANSIBLE_PRIVATE_KEY_FILE",
    }
    assert "canary" not in str(env)
    assert env["CLAW_PILOT_ORIGIN"] == "dashboard"
    assert env["CLAW_PILOT_ACTOR"] == "ann"
    assert env["CLAW_PILOT_JOB"] == "x1"
    assert env["ANSIBLE_INJECT_FACT_VARS"] == "false"
    assert env["CLAW_PILOT_REGISTRY"] == "/h/registry.db"


def test_pitfall_11_ansible_is_pinned_to_this_collection_and_the_users_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    first = of_job({"ANSIBLE_COLLECTIONS_PATH": "/c"})["ANSIBLE_COLLECTIONS_PATH"].split(":")
    assert first[1:] == ["/c"]
    assert (Path(first[0]) / "ansible_collections/claw/pilot/webapp/jobs").is_dir()
    assert of_job({"ANSIBLE_CONFIG": "/e.cfg"})["ANSIBLE_CONFIG"] == "/e.cfg"
    tmp_path.chmod(0o755)
    (tmp_path / "ansible.cfg").touch()
    assert of_job({})["ANSIBLE_CONFIG"] == str(tmp_path / "ansible.cfg")
    tmp_path.chmod(0o777)
    assert of_job({}).get("ANSIBLE_CONFIG") != str(tmp_path / "ansible.cfg")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("playbook_on_task_start", {"task": "Say"}, "task"),
        ("runner_on_ok", {"host": "a", "task": "Say", "res": {"changed": True}}, "changed"),
        ("runner_on_ok", {"host": "a", "task": "Say", "res": {}}, "ok"),
        ("runner_on_unreachable", {"host": "a"}, "unreachable"),
        ("runner_on_failed", {"host": "a"}, "failed"),
        ("runner_on_skipped", {"host": "a"}, "skipped"),
        ("playbook_on_stats", {}, "stats"),
        ("warning", {}, "text"),
        ("verbose", {}, "text"),
    ],
)
def test_pitfall_9_an_event_is_of_few_kinds_and_has_no_secret(
    name: str, data: dict[str, Any], kind: str
) -> None:
    raw = {
        "event": name,
        "event_data": data,
        "stdout": "\x1b[0;32mit is sk-4711\x1b[0m",
        "created": "2026-11-21T12:00:00.123456+00:00",
    }
    event = event_of(raw, Redactor({"api_key": "sk-4711"}))
    assert event and event.kind == kind
    assert event.stdout == "\x1b[0;32mit is ********\x1b[0m"
    assert event.at == "2026-11-21T12:00:00.123Z"
    assert event.host == data.get("host", "")


def test_a_task_has_its_role_in_front_as_ansible_prints_it() -> None:
    data = {"task": "Say", "role": "claw.pilot.openclaw_host"}
    event = event_of({"event": "playbook_on_task_start", "event_data": data}, Redactor({}))
    assert event and event.task == "openclaw_host : Say"


def test_pitfall_9_empty_events_are_skipped_unless_they_matter() -> None:
    redactor = Redactor({})
    assert event_of({"event": "runner_on_start", "stdout": ""}, redactor) is None
    assert event_of({"event": "EOF"}, redactor) is None
    assert event_of({"event": "playbook_on_task_start", "stdout": ""}, redactor)
    assert event_of({"event": "runner_on_failed"}, redactor)


def test_pitfall_9_lines_of_text_travel_together() -> None:
    lines = [{"event": "verbose", "stdout": word} for word in ("one", "two")]
    events = [event_of(line, Redactor({})) for line in lines]
    ok = event_of({"event": "runner_on_ok", "stdout": "ok"}, Redactor({}))
    found = joined([e for e in (*events, ok, *events) if e])
    assert [event.stdout for event in found] == ["one\ntwo", "ok", "one\ntwo"]
