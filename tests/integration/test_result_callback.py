# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result callback under ansible-playbook: standard output is one JSON document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
CANARY = "sk-ant-callback-canary"
HOSTS = f"""\
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: {sys.executable}
  hosts:
    one:
    two:
    gone: {{ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}}
"""


def run(folder: Path, *flags: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run play.yml of the folder."""
    (folder / "hosts.yml").write_text(HOSTS)
    words = {"ANSIBLE_STDOUT_CALLBACK": "claw.pilot.result", "HOME": str(folder), **env}
    return subprocess.run(
        [ANSIBLE, "-i", "hosts.yml", "play.yml", *flags],
        cwd=folder,
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """All of standard output, which has to be one document."""
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def play(folder: Path, tasks: str, hosts: str = "one:two", name: str = "play.yml") -> None:
    lines = "\n".join(f"    {line}" for line in tasks.strip("\n").splitlines())
    head = f"- name: A play\n  hosts: {hosts}\n  gather_facts: false\n  tasks:\n"
    (folder / name).write_text(head + lines + "\n")


def codes(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(failure["host"], failure["code"]) for failure in found["failures"]]


FAILING = """
- name: Refuse on one host
  claw.pilot.openclaw_instance:
    slug: "{{ 'Not A Slug' if inventory_hostname == 'one' else 'acme' }}"
    state: absent
    openclaw_home: "{{ playbook_dir }}"
"""


def test_a_host_that_fails_stands_beside_one_that_does_not(tmp_path: Path) -> None:
    play(tmp_path, FAILING)
    done = run(tmp_path)
    found = document(done)
    assert done.returncode == 2
    assert codes(found) == [("one", "INVALID_SLUG")]
    assert found["failures"][0]["task"] == "Refuse on one host"
    assert "Not A Slug" in found["failures"][0]["message"]
    assert found["failures"][0]["hint"]
    assert found["hosts"]["one"]["failures"] == found["hosts"]["two"]["ok"] == 1
    assert (found["ok"], found["playbook"]) == (False, "play")


def test_a_host_that_is_unreachable_stands_beside_one_that_is_not(tmp_path: Path) -> None:
    play(tmp_path, "- ansible.builtin.ping:", hosts="one:gone")
    done = run(tmp_path)
    found = document(done)
    assert done.returncode == 4
    assert codes(found) == [("gone", "HOST_UNREACHABLE")]
    assert found["failures"][0]["message"]
    assert (found["hosts"]["gone"]["unreachable"], found["hosts"]["one"]["ok"]) == (1, 1)


STATS = """
- name: Answer
  ansible.builtin.set_stats:
    aggregate: true
    data:
      instances: "{{ [{'host': inventory_hostname, 'port': 18789}] }}"
      lines: ["of {{ inventory_hostname }}"]
- name: Answer for the host alone
  ansible.builtin.set_stats:
    per_host: true
    data:
      name: "{{ inventory_hostname }}"
"""


@pytest.mark.parametrize("flags", [[], ["--check"], ["--check", "--diff", "--forks", "1"]])
def test_lists_of_all_hosts_are_one_list(tmp_path: Path, flags: list[str]) -> None:
    play(tmp_path, STATS)
    done = run(tmp_path, *flags)
    found = document(done)
    assert done.returncode == 0
    found["result"]["instances"].sort(key=lambda instance: instance["host"])
    assert found["result"] == {
        "instances": [{"host": "one", "port": 18789}, {"host": "two", "port": 18789}],
        "lines": found["result"]["lines"],
    }
    assert sorted(found["result"]["lines"]) == ["of one", "of two"]
    assert found["hosts"]["two"]["result"] == {"name": "two"}
    assert (found["ok"], found["failures"]) == (True, [])


CHANGING = """
- name: Write
  ansible.builtin.copy:
    content: "{{ inventory_hostname }}"
    dest: "{{ playbook_dir }}/{{ inventory_hostname }}.txt"
    mode: "0600"
"""


def test_check_mode_says_what_would_change(tmp_path: Path) -> None:
    play(tmp_path, CHANGING)
    assert document(run(tmp_path, "--check", "--diff"))["changed"] is True
    assert not (tmp_path / "one.txt").exists()
    assert document(run(tmp_path))["changed"] is True
    assert document(run(tmp_path))["changed"] is False


FORGIVEN = """
- name: A block with a rescue
  block:
    - name: A block without one
      block:
        - name: Include
          ansible.builtin.include_tasks: more.yml
  rescue:
    - name: Go on
      ansible.builtin.command: "true"
- name: Ignored
  ansible.builtin.fail:
    msg: ignored
  ignore_errors: true
"""
INCLUDED = "- name: Included\n  ansible.builtin.fail:\n    msg: rescued\n"
THEN_FAILS = """
- name: In the end
  ansible.builtin.assert:
    that: item > 1
    fail_msg: "{{ item }} is too little"
  loop: [2, 1, 0]
"""


def test_what_was_rescued_or_ignored_is_no_failure(tmp_path: Path) -> None:
    play(tmp_path, FORGIVEN)
    (tmp_path / "more.yml").write_text(INCLUDED)
    done = run(tmp_path)
    found = document(done)
    assert done.returncode == 0, done.stderr
    assert (found["ok"], found["failures"]) == (True, [])


def test_what_failed_after_a_rescue_is_all_that_is_told(tmp_path: Path) -> None:
    play(tmp_path, FORGIVEN + THEN_FAILS, hosts="one")
    (tmp_path / "more.yml").write_text(INCLUDED)
    found = document(run(tmp_path))
    assert [(f["task"], f["message"]) for f in found["failures"]] == [
        ("In the end (item=1)", "1 is too little"),
        ("In the end (item=0)", "0 is too little"),
    ]


FLUSHED = """
- name: A block with a rescue
  block:
    - name: Notify
      ansible.builtin.command: "true"
      notify: Refuse
    - name: Flush
      ansible.builtin.meta: flush_handlers
  rescue:
    - name: Go on
      ansible.builtin.command: "true"
"""
HANDLERS = "  handlers:\n    - name: Refuse\n      ansible.builtin.fail:\n        msg: rescued\n"


def test_a_handler_that_was_rescued_is_no_failure(tmp_path: Path) -> None:
    play(tmp_path, FLUSHED, hosts="one")
    (tmp_path / "play.yml").write_text((tmp_path / "play.yml").read_text() + HANDLERS)
    done = run(tmp_path)
    found = document(done)
    assert done.returncode == 0
    assert (found["ok"], found["failures"]) == (True, [])


SECRET = f"""
- name: Fail with a secret
  ansible.builtin.fail:
    msg: "{{{{ item }}}}"
  loop: [{CANARY}]
  no_log: true
"""


def test_no_log_keeps_a_secret(tmp_path: Path) -> None:
    play(tmp_path, SECRET)
    done = run(tmp_path)
    found = document(done)
    assert CANARY not in done.stdout + done.stderr
    assert [failure["message"] for failure in found["failures"]] == ["censored", "censored"]


WARNING_MODULE = """
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({})
module.warn("The disk is nearly full.")
module.deprecate("The option x goes away.", version="9.0", collection_name="claw.pilot")
module.exit_json(changed=False)
"""


def test_warnings_of_modules_are_told_once_for_all_hosts(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "warner.py").write_text(WARNING_MODULE)
    play(tmp_path, "- warner:\n- warner:")
    done = run(tmp_path)
    assert document(done)["warnings"] == [
        "The disk is nearly full.",
        "Deprecated: The option x goes away.",
    ]
    assert "nearly full" not in done.stderr


def test_two_playbooks_are_two_lines_and_the_last_has_both(tmp_path: Path) -> None:
    play(tmp_path, "- ansible.builtin.ping:", hosts="one")
    play(tmp_path, "- ansible.builtin.ping:", hosts="two", name="second.yml")
    lines = run(tmp_path, "second.yml").stdout.splitlines()
    first, last = (json.loads(line) for line in lines)
    assert (first["playbook"], set(first["hosts"])) == ("play", {"one"})
    assert (last["playbook"], set(last["hosts"])) == ("second", {"one", "two"})


def test_verbose_words_can_be_kept_out(tmp_path: Path) -> None:
    play(tmp_path, "- ansible.builtin.ping:", hosts="one")
    done = run(tmp_path, "-vvv", ANSIBLE_VERBOSE_TO_STDERR="true")
    assert document(done)["ok"] is True
    assert "PLAYBOOK" in done.stderr or "config file" in done.stderr


def test_nobody_home_is_a_warning(tmp_path: Path) -> None:
    play(tmp_path, "- ansible.builtin.ping:", hosts="nobody")
    found = document(run(tmp_path))
    assert found["warnings"] == ["No host matched the play 'A play'."]


def test_a_playbook_that_cannot_be_parsed_gives_no_document(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text("- hosts: one\n  tusks: []\n")
    done = run(tmp_path)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "tusks" in done.stderr
