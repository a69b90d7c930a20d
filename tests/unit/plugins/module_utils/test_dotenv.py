# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The .env dialect: what Node and OpenClaw read is what we read, and what we write comes back."""

from __future__ import annotations

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._dotenv import encode, parse, update
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("value", ["s3\ncret", "s3cret\r", "\ns3cret", "s3'c\n`ret"])
def test_a_line_break_in_a_value_is_refused_by_name_and_without_the_value(value: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        encode("TOKEN", value)
    assert caught.value.code == "INVALID_SECRET"
    assert "TOKEN" in caught.value.message
    assert "line break" in caught.value.message
    assert "s3" not in caught.value.message


def test_a_value_with_all_kinds_of_quotes_is_refused_without_being_shown() -> None:
    with pytest.raises(ClawPilotError) as caught:
        encode("TOKEN", "s3'c`r\"et")
    assert caught.value.code == "INVALID_SECRET"
    assert "s3" not in caught.value.message


@pytest.mark.parametrize("name", ["", "a", "A B", "A=B", "A\n", "1A"])
def test_a_name_that_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        encode(name, "x")
    assert caught.value.code == "INVALID_VARIABLE"


# Each checked by hand: util.parseEnv of Node 24.19 and the dotenv package that OpenClaw has agree.
SAME_AS_NODE: list[tuple[str, dict[str, str]]] = [
    ("", {}),
    ("A=b", {"A": "b"}),
    ("A = b ", {"A": "b"}),
    ("  A=b", {"A": "b"}),
    ("A=   b   ", {"A": "b"}),
    ("A=", {"A": ""}),
    ("A=''", {"A": ""}),
    ("A", {}),
    ("=b", {}),
    ("A==b", {"A": "=b"}),
    ("A=a=b", {"A": "a=b"}),
    ("A=b c", {"A": "b c"}),
    ("A=b;c", {"A": "b;c"}),
    ("A=$B", {"A": "$B"}),
    ("A=\\n", {"A": "\\n"}),
    ("export A=b", {"A": "b"}),
    ("export   A=b", {"A": "b"}),
    ("exportA=b", {"exportA": "b"}),
    ("A.B=c", {"A.B": "c"}),
    ("A-B=c", {"A-B": "c"}),
    ("# A=b", {}),
    ("A=b # c", {"A": "b"}),
    ("A=b#c", {"A": "b"}),
    ("A=#", {"A": ""}),
    ("A= # c", {"A": ""}),
    ('A=""#x', {"A": ""}),
    ("A='#'", {"A": "#"}),
    ("A='b#c' # d", {"A": "b#c"}),
    ('A="b#c"', {"A": "b#c"}),
    ("A='b c'", {"A": "b c"}),
    ('A="b c"', {"A": "b c"}),
    ("A=`b c`", {"A": "b c"}),
    ("A='  b  '", {"A": "  b  "}),
    ("A='it", {"A": "'it"}),
    ('A="it', {"A": '"it'}),
    ("A=a'b", {"A": "a'b"}),
    ('A=a"b', {"A": 'a"b'}),
    ("A='a\"b'", {"A": 'a"b'}),
    ("A=`a'b\"c`", {"A": "a'b\"c"}),
    ('A="x\\ny"', {"A": "x\ny"}),
    ("A='x\\ny'", {"A": "x\\ny"}),
    ("A=1\nA=2", {"A": "2"}),
    ("A=b\r\nB=c\r\n", {"A": "b", "B": "c"}),
    ("A='b\nC=d", {"A": "'b", "C": "d"}),
    ("A='\u00e9\u20ac'", {"A": "\u00e9\u20ac"}),
    ("A=\u00e9", {"A": "\u00e9"}),
    # what only Python takes for the end of a line
    ("A=x\u2028y", {"A": "x\u2028y"}),
    ("A=x\x0by", {"A": "x\x0by"}),
    ("A='x\x0cy'", {"A": "x\x0cy"}),
    ("A='x\x85y'", {"A": "x\x85y"}),
    # quoted values that span lines, such as keys in PEM
    ("A='x\ny'\nB=2", {"A": "x\ny", "B": "2"}),
    ('A="x\nZ=3\ny"\nB=2', {"A": "x\nZ=3\ny", "B": "2"}),
]


@pytest.mark.parametrize(
    ("text", "values"), SAME_AS_NODE, ids=[repr(case[0]) for case in SAME_AS_NODE]
)
def test_a_file_is_read_as_node_and_openclaw_read_it(text: str, values: dict[str, str]) -> None:
    assert parse(text) == values


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("sk-ant-api03-Ab_9", "A=sk-ant-api03-Ab_9"),
        ("123456:AAH-x_y", "A=123456:AAH-x_y"),
        ("", "A="),
        ("https://u@h:1/p?q=1", "A='https://u@h:1/p?q=1'"),
        ("a#b", "A='a#b'"),
        (" a ", "A=' a '"),
        ("it's", "A=`it's`"),
        ('say "x"', "A='say \"x\"'"),
        ("a\\nb", "A='a\\nb'"),
        ("$HOME", "A='$HOME'"),
    ],
)
def test_a_value_is_quoted_only_when_it_must_be(value: str, line: str) -> None:
    assert encode("A", value) == line
    assert parse(line) == {"A": value}


names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
printable = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20).filter(
    lambda value: not {"'", "`"} <= set(value)
)


@given(st.dictionaries(names, printable, max_size=5))
def test_what_is_written_comes_back(values: dict[str, str]) -> None:
    assert parse(update("", values)) == values


@given(st.dictionaries(names, printable, max_size=5), st.dictionaries(names, printable, max_size=5))
def test_an_update_sets_its_values_and_keeps_the_others(
    old: dict[str, str], new: dict[str, str]
) -> None:
    text = update(update("", old), new)
    assert parse(text) == {**old, **new}
    assert update(text, new) == text


@given(st.dictionaries(names, printable, max_size=5), st.sets(names, max_size=3))
def test_a_removed_name_is_gone_and_nothing_else(old: dict[str, str], gone: set[str]) -> None:
    text = update(update("", old), {}, gone)
    assert parse(text) == {name: value for name, value in old.items() if name not in gone}


FOREIGN = "# my keys\n\n  # indented\nODD LINE\nMINE = 'kept as it is'  # note\nexport E=1\n\t\n"


def test_comments_and_foreign_lines_are_kept_byte_for_byte() -> None:
    text = update(FOREIGN + "A=1\n", {"A": "2", "B": "3"})
    assert text == FOREIGN + "A=2\nB=3\n"


def test_a_file_without_a_last_line_break_is_not_glued_together() -> None:
    assert update("A=1", {"B": "2"}) == "A=1\nB=2\n"


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x85", "\u2028", "\x1c"])
def test_a_foreign_line_is_not_broken_at_what_only_python_takes_for_its_end(odd: str) -> None:
    text = f"# note{odd}A=9\nM=x{odd}y\n"
    assert update(text, {"A": "1"}) == text + "A=1\n"


def test_a_line_inside_of_a_quoted_value_is_not_taken_for_a_variable() -> None:
    text = 'PEM="-----BEGIN\nA=bc==\n-----END"\n'
    assert update(text, {"A": "1"}) == text + "A=1\n"
    assert update(text, {}, {"A"}) == text


def test_an_unchanged_value_keeps_its_line_with_quotes_and_comment() -> None:
    text = 'export A="b"  # from the wiki\n'
    assert update(text, {"A": "b"}) == text


def test_a_changed_value_replaces_the_line_in_its_place_and_later_ones_go() -> None:
    assert update("A=1\nB=2\nA=3\n", {"A": "9"}) == "A=9\nB=2\n"


def test_a_value_that_is_set_is_not_removed() -> None:
    assert update("A=1\nB=2\n", {"A": "1"}, {"A", "B"}) == "A=1\n"


def test_a_file_whose_last_line_goes_is_empty() -> None:
    assert update("A=1\n", {}, {"A"}) == ""


def test_a_line_break_written_as_such_in_double_quotes_is_one() -> None:
    assert parse('A="x\\ry"') == {"A": "x\ry"}  # as dotenv has it; Node's own keeps it as it is
