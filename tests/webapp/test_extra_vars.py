# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables as ansible-playbook gets them: what is not typed is data there, with every attack."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp import extra_vars, playbook

from tests import attacks, trusting

pytestmark = pytest.mark.timeless

# What YAML could take for something else, as text.
WORDS = ("123", "0123", "1e3", "yes", "null", "~", "2026-01-01", "<<", "=", "*a", "!vault x", "")


RUN_BY_ANSIBLE = (attacks.TEMPLATE, attacks.KEY, attacks.EXPRESSION)


def seen_by_ansible(folder: Path, variables: dict[str, Any], *words: str) -> dict[str, Any]:
    """The variables as a playbook has them, once it has evaluated those that could run."""
    dump = {name: f"{{{{ {name} }}}}" for name in variables}
    tasks = trusting.tasks(name for name in variables if name.startswith("run_"))
    tasks.append({"ansible.builtin.set_fact": {"seen": dump}})
    tasks.append({"ansible.builtin.debug": {"msg": "SEEN={{ seen | to_json | b64encode }}"}})
    output = trusting.run(folder, tasks, *words)
    found = re.search(r"SEEN=([A-Za-z0-9+/=]+)", output)
    assert found, output
    return dict(json.loads(base64.b64decode(found[1])))


def test_no_attack_works_and_every_value_arrives_as_it_was(tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(*RUN_BY_ANSIBLE))
    rest = [one.value for one in attacks.ALL if one.kind not in RUN_BY_ANSIBLE]
    rest = [value for value in rest if value != attacks.nested("x", attacks.DEEP)]
    rest += [*WORDS, list(WORDS), 1.5, 10**20, -1, True, None, {"1": [{}]}]
    variables = {f"run_{number}": value for number, value in enumerate(salvo.values.values())}
    variables |= {f"value_{number}": value for number, value in enumerate(rest)}
    with extra_vars.files(variables) as words:
        seen = seen_by_ansible(tmp_path, variables, *words)
    assert salvo.fired == []
    assert seen == variables


def test_what_was_typed_is_still_a_template(tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.TEMPLATE))
    variables = {f"value_{number}": value for number, value in enumerate(salvo.values.values())}
    with extra_vars.files({"other": "{{ x }}", **variables}, typed=set(variables)) as words:
        trusting.run(tmp_path, trusting.tasks([*variables, "other"]), *words)
    assert salvo.fired == list(salvo.values)


def test_the_command_for_a_person_runs_no_attack_when_it_is_copied(tmp_path: Path) -> None:
    # Nothing of ours takes a variable for a condition, so a text may look like one.
    kinds = (attacks.TEMPLATE, attacks.KEY)
    salvo = attacks.Salvo(tmp_path, *attacks.of(*kinds))
    rest = [one.value for one in attacks.ALL if one.kind not in (*kinds, attacks.SIZE)]
    variables = {f"run_{number}": value for number, value in enumerate(salvo.values.values())}
    variables |= {f"value_{number}": value for number, value in enumerate(rest)}
    variables["invisible"] = "\U000e0041 \u200b \U0010ffff"
    shown = extra_vars.for_a_person(variables)
    assert attacks.hurts_terminal(shown) == ""
    seen = seen_by_ansible(tmp_path, variables, "--extra-vars", shown)
    assert salvo.fired == []
    assert seen == variables


def test_the_command_for_a_person_has_them_in_that_form() -> None:
    words = shlex.split(
        playbook.equivalent("x", {"slug": "a'b", "y": "{{ z }}", "t": "{{ z }}"}, typed=["t"])
    )
    assert words[:3] == ["ansible-playbook", "claw.pilot.x", "--extra-vars"]
    assert words[3] == '{"slug": "a\'b", "y": !unsafe "{{ z }}", "t": "{{ z }}"}'


@pytest.mark.parametrize(("other", "number"), [("{{ z }}", "\\U000E0041"), ("z", "\\udb40\\udc41")])
def test_an_invisible_character_is_written_as_the_language_of_the_text_has_it(
    other: str, number: str
) -> None:
    assert number in extra_vars.for_a_person({"a": "\U000e0041", "b": other})


def test_a_shell_that_is_given_the_command_runs_no_attack(tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.SHELL, attacks.LINE))
    line = playbook.equivalent("x", dict(salvo.values), ["--limit", next(iter(salvo.values))])
    subprocess.run(["/bin/sh", "-c", f"echo {line}"], capture_output=True, check=True)
    assert salvo.fired == []


@pytest.mark.parametrize(
    "value",
    ["\ud800", {"\udfff": 1}, float("nan"), object(), {1}, attacks.nested("x", attacks.DEEP)],
)
def test_what_no_file_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(ClawPilotError) as error:
        extra_vars.as_data({"x": [value]})
    assert error.value.code == "INVALID_VARIABLES"


def test_the_files_are_private_and_go() -> None:
    with extra_vars.files({"a": "1", "b": "{{ x }}"}, typed={"b"}) as words:
        paths = [Path(word.removeprefix("@")) for word in words[1::2]]
        assert words[::2] == ["--extra-vars"] * 2
        assert [path.stat().st_mode & 0o777 for path in paths] == [0o600] * 2
        assert [path.parent.stat().st_mode & 0o777 for path in paths] == [0o700] * 2
        assert yaml.safe_load(paths[0].read_text().removeprefix("!unsafe ")) == {"a": "1"}
        assert json.loads(paths[1].read_text()) == {"b": "{{ x }}"}
    assert not any(path.parent.exists() for path in paths)


def test_nobody_puts_variables_beside_an_inventory_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, plays = tmp_path / "tmp", tmp_path / "plays"
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    salvo = attacks.Salvo(tmp_path, attacks.TEMPLATES[0])
    (planted,) = salvo.values.values()
    for name in ("host_vars/localhost.yml", "group_vars/all.yml"):
        (temporary / name).parent.mkdir(parents=True)
        (temporary / name).write_text(json.dumps({"planted": planted}))
    plays.mkdir()
    look = trusting.tasks(["planted"])
    with extra_vars.private_file("all: {hosts: {localhost: }}", ".yml") as inventory:
        trusting.run(plays, look, "--inventory", inventory)
    assert salvo.fired == []
    # And it does run where the inventory lies beside them.
    (temporary / "hosts.yml").write_text("all: {hosts: {localhost: }}")
    trusting.run(plays, look, "--inventory", str(temporary / "hosts.yml"))
    assert salvo.fired == list(salvo.values)


def test_a_file_that_is_there_is_not_written_to(tmp_path: Path) -> None:
    os.symlink(tmp_path / "other", tmp_path / "link")
    with pytest.raises(FileExistsError):
        extra_vars.write(tmp_path / "link", "x")


KILLED = """
import os, signal, sys
from ansible_collections.claw.pilot.webapp import extra_vars
with extra_vars.private_file("secret", ".yml") as path:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_command_has_left_goes_with_the_next_and_what_is_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    os.utime(left, (0, 0))
    assert [path.read_text() for path in left.iterdir()] == ["secret"]
    theirs = tmp_path / "claw-pilot-run-theirs"
    theirs.symlink_to(tmp_path / "elsewhere")
    with extra_vars.private_file("one", ".yml") as one:
        assert not left.exists()
        os.utime(Path(one).parent, (0, 0))
        with extra_vars.private_file("two", ".yml") as two:
            assert (Path(one).read_text(), Path(two).read_text()) == ("one", "two")
    assert [*tmp_path.iterdir()] == [theirs]
