# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others is shown without steering what shows it, wherever that is."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _hostile
from ansible_collections.claw.pilot.webapp.cli import views
from rich.console import Console

from tests import attacks

TEXTS = attacks.texts(attacks.TERMINAL, attacks.LINE, attacks.SIZE)
ids = pytest.mark.parametrize("attack", TEXTS, ids=lambda attack: attack.name)


@ids
def test_one_line_stays_one_and_has_an_end(attack: attacks.Attack) -> None:
    text = _hostile.shown(attack.value)
    assert not attacks.hurts_terminal(text) and "\n" not in text
    assert len(text) < 10 * _hostile.MAX_SHOWN


def test_what_people_write_is_left_as_it_is() -> None:
    for text in ("Möbel Müller", "東京", "שלום", "👩‍💻 ok", "a\u200cb"):
        assert _hostile.shown(text) == text and not _hostile.fault(text)


@ids
def test_data_is_made_fit_to_be_shown_with_its_keys(attack: attacks.Attack) -> None:
    value = attack.value[:100]
    made = _hostile.shown_all({value: [value, {"a": (value, 1, None)}], "b": True})
    assert not attacks.hurts_terminal(str(made)) and made["b"] is True


def test_the_output_of_a_program_keeps_its_colours_and_nothing_else() -> None:
    said = "".join(f"{attack.value[:50]}\n" for attack in TEXTS)
    made = _hostile.shown_output(f"\x1b[0;32mok: [web1]\x1b[0m\r\n{said}")
    assert made.startswith("\x1b[0;32mok: [web1]\x1b[0m\n")
    rest = re.sub(r"\x1b\[[0-9;]*m", "", made)
    assert not attacks.hurts_terminal(rest)


@pytest.mark.parametrize(
    ("codes", "kept"),
    [
        ("8", None),
        ("008", None),
        ("8;8", None),
        ("1;8;31", "1;31"),
        ("0;8", "0"),
        (";8", ""),
        ("38;5;8", "38;5;8"),
        ("48;5;8;8", "48;5;8"),
        ("38;2;8;8;8;8;1", "38;2;8;8;8;1"),
        ("38;8", None),
        ("1;38;5", "1"),
        ("38;2;1;8", None),
        ("", ""),
        ("1;28", "1;28"),
    ],
)
def test_no_output_hides_text(codes: str, kept: str | None) -> None:
    made = "" if kept is None else f"\x1b[{kept}m"
    assert _hostile.shown_output(f"a\x1b[{codes}mb") == f"a{made}b"


@ids
def test_no_table_of_the_command_is_steered(attack: attacks.Attack) -> None:
    line: dict[str, Any] = dict.fromkeys(("slug", "host", "telegram", "version"), attack.value)
    line |= {"port": 1, "state": attack.value, "seen": "now", "registry": "created", "agents": 1}
    line |= {"memory_bytes": 1, "uptime_seconds": 1}
    out = Console(width=200, record=True, force_terminal=False, file=io.StringIO())
    out.print(views.instances_table([line]))
    assert not attacks.hurts_terminal(out.export_text())


def test_a_name_is_no_markup_of_a_table() -> None:
    out = Console(width=200, record=True, file=io.StringIO(), force_terminal=True)
    out.print(views.text("[link=https://evil.example]acme[/link] [red]x"))
    assert "[link=https://evil.example]acme[/link] [red]x" in out.export_text()
    assert "\x1b]8;" not in out.export_text(styles=True)
