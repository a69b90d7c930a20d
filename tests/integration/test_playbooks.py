# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as people run them: by name, by path, at a terminal, and through make."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from .conftest import Home, listing, new_home
from .controller import ANSIBLE, ROOT, private_environment

KEY = "sk-ant-playbook-canary"


def run(*command: str, home: Home, **env: str) -> subprocess.CompletedProcess[str]:
    variables = private_environment(home.path, **env)
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False
    )


def play(home: Home, name: str, *flags: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Run a playbook by its full name, its variables from a private file."""
    given = {"openclaw_home": str(home.path), "prefix": str(home.prefix)}
    given.update(variables)
    file = home.path / "vars.json"
    file.write_text(json.dumps(given))
    try:
        return run(ANSIBLE, f"claw.pilot.{name}_instance", *flags, "-e", f"@{file}", home=home)
    finally:
        file.unlink()


def changes(done: subprocess.CompletedProcess[str]) -> int:
    found = re.search(r"changed=(\d+)", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1])


@pytest.fixture(scope="module")
def lived(real_prefix: Path) -> Iterator[Home]:
    """A home in which the tests of this file build on each other, in order."""
    made = new_home(real_prefix)
    made.slugs.add("demo")
    yield made
    made.clean_up()


def test_1_check_mode_works_on_a_host_that_has_nothing(lived: Home) -> None:
    nothing = str(lived.path / "no-prefix")
    done = play(lived, "create", "--check", "--diff", slug="demo", prefix=nothing)
    assert done.returncode == 0, done.stdout + done.stderr
    assert changes(done) == 3  # the last one is the registry's
    assert not lived.state_dir("demo").exists()
    assert not Path(nothing).exists()
    assert not (lived.path / "pilot").exists()


def test_2_create_by_name_ends_with_url_port_files_and_next_commands(lived: Home) -> None:
    done = play(lived, "create", "-vvv", "--diff", slug="demo", anthropic_api_key=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    port = lived.config("demo")["gateway"]["port"]
    for word in (f"http://127.0.0.1:{port}/", str(lived.state_dir("demo")), "stop_instance"):
        assert word in done.stdout
    assert KEY not in done.stdout + done.stderr
    agents = (lived.state_dir("demo") / "workspaces" / "main" / "AGENTS.md").read_text()
    assert f"{lived.path}/projects/demo" in agents


def test_3_create_again_changes_nothing_and_keeps_edited_workspaces(lived: Home) -> None:
    soul = lived.state_dir("demo") / "workspaces" / "main" / "SOUL.md"
    soul.write_text("mine")
    done = play(lived, "create", slug="demo", anthropic_api_key=KEY)
    assert changes(done) == 0
    assert soul.read_text() == "mine"


def test_3a_a_short_value_in_the_environment_masks_nothing_else(lived: Home) -> None:
    done = play(lived, "create", "-v", slug="demo", instance_environment={"SKIP": "1"})
    assert changes(done) == 2
    assert f"http://127.0.0.1:{lived.config('demo')['gateway']['port']}/" in done.stdout
    assert "SKIP=1" in (lived.state_dir("demo") / ".env").read_text()


def test_4_restart_gives_a_new_process(lived: Home) -> None:
    def pid() -> int:
        answer = lived.instance("demo", state="started")
        return int(answer["instance"]["service"]["pid"])

    before = pid()
    assert changes(play(lived, "restart", slug="demo")) == 2
    assert pid() != before


def test_5_a_wrong_slug_is_one_sentence(lived: Home) -> None:
    done = play(lived, "start", slug="dmeo")
    assert done.returncode != 0
    assert "There is no instance 'dmeo' of ours" in done.stdout + done.stderr


def test_6_destroy_wants_the_slug_confirmed(lived: Home) -> None:
    before = listing(lived.path / "projects")
    done = play(lived, "destroy", slug="demo")
    assert done.returncode != 0
    assert "Nothing was removed: destroying demo needs confirm=demo." in done.stdout + done.stderr
    assert re.search(r"Removes [\d.]+ MB", done.stdout)
    assert listing(lived.path / "projects") == before


def test_7_at_a_terminal_slug_and_confirmation_are_asked_for(lived: Home) -> None:
    env = private_environment(lived.path, TERM="dumb")
    options = ["-e", f"openclaw_home={lived.path}", "-e", f"prefix={lived.prefix}"]
    terminal = pexpect.spawn(
        ANSIBLE, ["claw.pilot.destroy_instance", *options], env=env, encoding="utf-8", timeout=60
    )
    terminal.expect("Name of the instance to destroy")
    terminal.sendline("demo")
    terminal.expect("Type demo to remove all of this")
    terminal.sendline("demo")
    terminal.expect(r"changed=3 .*failed=0")
    terminal.expect(pexpect.EOF)
    assert not lived.state_dir("demo").exists()
    assert changes(play(lived, "destroy", slug="demo", confirm="demo")) == 0


def test_make_up_twice_then_down(real_prefix: Path) -> None:
    home = new_home(real_prefix)
    home.slugs.add("demo")
    make = str(shutil.which("make"))
    arguments = f"ARGS=-e prefix={real_prefix}"
    try:
        first = run(make, "up", arguments, f"PYTHON={sys.executable}", home=home)
        assert first.returncode == 0, first.stdout + first.stderr
        assert "http://127.0.0.1:" in first.stdout
        again = run(make, "up", arguments, f"PYTHON={sys.executable}", home=home)
        assert changes(again) == 0
        down = run(make, "down", arguments, f"PYTHON={sys.executable}", home=home)
        assert down.returncode == 0, down.stdout + down.stderr
        assert home.instance("demo", "--check", state="started")["changed"] is True
        assert home.state_dir("demo").exists()
    finally:
        home.clean_up()
