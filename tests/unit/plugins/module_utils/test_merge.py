# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three-way merge and merge patch, by tables and by properties."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._merge import (
    array_paths,
    merge,
    merge_patch,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.rfc7396 import apply_patch

pytestmark = pytest.mark.timeless

TABLE: dict[str, tuple[Any, Any, Any, Any]] = {
    # name: (current, wanted, previous, merged)
    "no file yet": (None, {"a": {"b": 1}}, None, {"a": {"b": 1}}),
    "wanted wins": ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
    "wanted wins over the user": ({"a": 9}, {"a": 2}, {"a": 1}, {"a": 2}),
    "user's key stays": ({"a": 1, "u": 5}, {"a": 1}, {"a": 1}, {"a": 1, "u": 5}),
    "user's nested key stays": ({"a": {"u": 1}}, {"a": {"b": 2}}, {}, {"a": {"u": 1, "b": 2}}),
    "ours goes": ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1}),
    "ours goes nested": (
        {"a": {"b": 1, "c": 2}},
        {"a": {"c": 2}},
        {"a": {"b": 1}},
        {"a": {"c": 2}},
    ),
    "ours that the user changed stays": ({"b": 3}, {}, {"b": 2}, {"b": 3}),
    "a section of ours goes whole": ({"t": {"x": 1}}, {}, {"t": {"x": 1}}, {}),
    "the user's part of it stays": ({"t": {"x": 1, "u": 2}}, {}, {"t": {"x": 1}}, {"t": {"u": 2}}),
    "gone and not wanted": ({}, {}, {"b": 2}, {}),
    "list of ours replaced": ([1, 2], [3], [1, 2], [3]),
    "user's items stay behind ours": (["u", "a"], ["a", "b"], ["a"], ["a", "b", "u"]),
    "an item of ours goes": (["a", "b", "u"], ["a"], ["a", "b"], ["a", "u"]),
    "order alone is kept": (["b", "a"], ["a", "b"], ["a", "b"], ["b", "a"]),
    "order with the user's is kept": (["u", "b", "a"], ["a", "b"], ["a", "b"], ["u", "b", "a"]),
    "models by id keep the user's keys": (
        [{"id": "m", "u": 1}],
        [{"id": "m", "name": "M"}],
        [],
        [{"id": "m", "u": 1, "name": "M"}],
    ),
    "model of ours goes by id": (
        [{"id": "m"}, {"id": "n"}],
        [{"id": "n"}],
        [{"id": "m"}, {"id": "n"}],
        [{"id": "n"}],
    ),
    "our list's items go, the user's stay": (
        {"l": ["a", "u"]},
        {},
        {"l": ["a"]},
        {"l": ["u"]},
    ),
    "kind changed to a mapping": ({"a": [1]}, {"a": {"b": 1}}, {}, {"a": {"b": 1}}),
    "kind changed to a list": ({"a": {"b": 1}}, {"a": [1]}, {}, {"a": [1]}),
    "kind changed to a scalar": ({"a": {"b": 1}}, {"a": 1}, {"a": {"b": 1}}, {"a": 1}),
    "an empty mapping is wanted": ({}, {"a": {}}, {}, {"a": {}}),
}


@pytest.mark.parametrize(
    ("current", "wanted", "previous", "merged"), TABLE.values(), ids=TABLE.keys()
)
def test_a_three_way_merge(current: Any, wanted: Any, previous: Any, merged: Any) -> None:
    before = copy.deepcopy((current, wanted, previous))
    assert merge(current, wanted, previous) == merged
    assert (current, wanted, previous) == before


def test_what_openclaw_adds_when_it_rewrites_its_config_is_no_difference() -> None:
    wanted = {"gateway": {"port": 1}, "plugins": {"allow": ["a", "b"]}}
    rewritten = {
        "plugins": {"allow": ["b", "a"], "entries": {"x": {"enabled": True}}},
        "meta": {"lastTouchedVersion": "2026.9.6"},
        "commands": {"ownerAllowFrom": ["telegram:1"]},
        "gateway": {"port": 1},
    }
    assert merge(rewritten, wanted, wanted) == rewritten


keys = st.sampled_from("abcd")
scalars = st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x", "${A}"])
items = st.lists(scalars, max_size=3, unique_by=json.dumps)
models = st.lists(
    st.builds(lambda i, n: {"id": i, "name": n}, keys, scalars),
    max_size=3,
    unique_by=lambda item: item["id"],
)
documents = st.dictionaries(
    keys,
    st.recursive(
        scalars | items | models, lambda kids: st.dictionaries(keys, kids, max_size=3), max_leaves=8
    ),
    max_size=4,
)


@given(documents, documents, documents)
def test_a_second_merge_changes_nothing(current: Any, wanted: Any, previous: Any) -> None:
    once = merge(current, wanted, previous)
    assert merge(once, wanted, wanted) == once


@given(documents, documents, documents)
def test_everything_wanted_is_there(current: Any, wanted: Any, previous: Any) -> None:
    assert holds(merge(current, wanted, previous), wanted)


def holds(merged: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(merged, dict) and all(
            key in merged and holds(merged[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return all(any(holds(item, one) for item in merged) for one in wanted)
    return bool(merged == wanted)


@given(documents, documents, documents)
def test_keys_that_only_the_user_has_stay(current: Any, wanted: Any, previous: Any) -> None:
    merged = merge(current, wanted, previous)
    for key in set(current) - set(wanted) - set(previous):
        assert merged[key] == current[key]


@given(documents, documents)
def test_what_only_we_had_goes(wanted: Any, previous: Any) -> None:
    assert merge(previous, {}, previous) == {}
    merged = merge(merge(None, previous), wanted, previous)
    assert set(merged) == set(wanted)


@given(documents)
def test_what_is_already_so_is_no_change(document: Any) -> None:
    assert merge(document, document, document) == document
    assert merge_patch(document, document) == {}


@given(st.permutations(["a", "b", "c", "d"]), st.sampled_from([["a"], ["a", "b"], ["d", "a"]]))
def test_order_alone_is_no_change(current: list[str], wanted: list[str]) -> None:
    assert merge(current, wanted, wanted) == current


@given(documents, documents)
def test_a_merge_patch_leads_from_one_document_to_the_other(current: Any, target: Any) -> None:
    before = copy.deepcopy(current)
    assert apply_patch(current, merge_patch(current, target)) == target
    assert current == before


@pytest.mark.parametrize(
    ("current", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396_hold(current: Any, patch: Any, result: Any) -> None:
    assert apply_patch(current, patch) == result


def test_a_patch_says_only_what_changes() -> None:
    current = {"a": {"b": 1, "c": [1]}, "d": 2, "e": 3}
    target = {"a": {"b": 1, "c": [2]}, "d": 2}
    assert merge_patch(current, target) == {"a": {"c": [2]}, "e": None}


@pytest.mark.parametrize(
    ("patch", "base", "paths"),
    [
        ({"a": 1}, {"a": [1]}, {"a"}),
        ({"a": [1]}, {}, {"a"}),
        ({"a": {"b": [1]}}, {"a": {"b": [2], "c": [3]}}, {"a.b"}),
        ({"a": None}, {"a": {"b": [2], "c": {"d": []}}}, {"a.b", "a.c.d"}),
        ({"a": None}, {"a": [{"b": [1]}]}, {"a"}),
        ({"a": [{"id": "m", "b": ["x"]}]}, {"a": []}, {"a", "a[].b"}),
        ({"a": [1]}, {"a": {"b": [2]}}, {"a", "a.b"}),
        ({"a": {"b": 1}}, {"a": 5}, set()),
        ({"a": {"b": None}}, None, set()),
    ],
)
def test_arrays_that_go_are_named_as_openclaw_names_them(
    patch: Any, base: Any, paths: set[str]
) -> None:
    assert array_paths(patch, base) == paths
