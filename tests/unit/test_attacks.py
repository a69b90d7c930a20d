# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of attacks: each of them works where it is trusted, and every crossing has its test."""

from __future__ import annotations

import ast
import html.parser
import os
import shutil
import subprocess
from pathlib import Path

import jinja2
import pytest
import yaml

from tests import attacks, crossings, trusting

pytestmark = pytest.mark.timeless

TESTS = Path(__file__).parents[1]


def test_every_attack_on_ansible_works_where_it_is_trusted(tmp_path: Path) -> None:
    kinds = (attacks.TEMPLATE, attacks.KEY, attacks.EXPRESSION)
    salvo = attacks.Salvo(tmp_path, *attacks.of(*kinds))
    names = {f"value_{number}": value for number, value in enumerate(salvo.values.values())}
    (tmp_path / "trusted.yml").write_text(yaml.safe_dump(names))
    trusting.run(tmp_path, trusting.tasks(names), "--extra-vars", "@trusted.yml")
    assert salvo.fired == list(salvo.values)


def test_every_attack_on_jinja_works_outside_of_a_sandbox(tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.JINJA))
    for value in salvo.values.values():
        jinja2.Environment().from_string(value).render()
    assert salvo.fired == list(salvo.values)


@pytest.mark.parametrize("attack", attacks.of(attacks.SHELL), ids=lambda attack: attack.name)
def test_every_attack_on_a_shell_works_where_it_is_not_quoted(
    attack: attacks.Attack, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    value = attack.aimed(canary)
    for line in (f"echo {value}", f"echo '{value}'", f'echo "{value}"'):
        subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False)
    assert canary.exists()


@pytest.mark.skipif(not shutil.which("ssh"), reason="needs ssh")
def test_an_option_of_ssh_runs_a_command(tmp_path: Path) -> None:
    first, second = attacks.of(attacks.OPTION)[:2]
    for attack in (first, second):
        canary = tmp_path / f"canary-{len(attack.value)}"
        command = ["ssh", attack.aimed(canary), "nowhere.invalid"]
        subprocess.run(command, capture_output=True, check=False)
        assert canary.exists(), attack.name


def test_every_option_begins_as_one() -> None:
    assert all(attack.value.startswith("-") for attack in attacks.of(attacks.OPTION))


def test_every_path_leads_out_or_is_none(tmp_path: Path) -> None:
    for attack in attacks.of(attacks.PATH):
        path = os.path.join(tmp_path, "folder", attack.value)
        try:
            os.stat(path)
        except ValueError:  # what the system cannot even be asked for
            continue
        except OSError:
            pass
        below = os.path.expanduser(os.path.normpath(os.path.expanduser(attack.value)))
        assert below.startswith(("..", "/")), attack.name


def test_every_line_begins_one() -> None:
    assert all(len(attack.value.splitlines()) > 1 for attack in attacks.of(attacks.LINE))


def test_every_attack_on_a_terminal_is_seen_as_one() -> None:
    assert all(attacks.hurts_terminal(attack.value) for attack in attacks.of(attacks.TERMINAL))
    assert not attacks.hurts_terminal("Möbel Müller\n東京")


class Markup(html.parser.HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("attack", attacks.of(attacks.HTML), ids=lambda attack: attack.name)
def test_every_attack_on_a_page_works_where_it_is_not_escaped(attack: attacks.Attack) -> None:
    value = attack.value
    pages = (
        f"<p>{value}</p>",
        f'<p title="{value}"></p>',
        f"<p title='{value}'></p>",
        f"<p><script>x = '{value}'</script></p>",
    )
    found = [Markup(page) for page in pages]
    changed = (
        found[0].tags != ["p"]
        or found[0].text != value
        or found[1].attributes != [("title", value)]
        or found[2].attributes != [("title", value)]
        or found[3].tags != ["p", "script"]
    )
    assert changed or value.startswith("javascript:")


def test_attacks_have_names_of_their_own_and_say_what_they_do() -> None:
    names = [attack.name for attack in attacks.ALL]
    assert len(set(names)) == len(names)
    assert all(attack.does for attack in attacks.ALL)
    assert {attack.kind for attack in attacks.ALL} == set(attacks.KINDS)


def test_every_crossing_names_a_test_that_is_there() -> None:
    missing = []
    for crossing in crossings.CROSSINGS:
        assert crossing.source in crossings.SOURCES and crossing.sink in crossings.SINKS
        path, _colons, name = crossing.test.partition("::")
        tree = ast.parse((TESTS / path).read_text()) if (TESTS / path).is_file() else None
        names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)} if tree else ()
        missing += [] if name in names else [crossing.test]
    assert missing == []
