# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`$include` with files that are only words, against the rules of OpenClaw's own resolver."""

from __future__ import annotations

import posixpath
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._includes import (
    MAX_DEPTH,
    MAX_FILES,
    has_includes,
    resolve,
)
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

ROOT = "/c/openclaw.json"
LINKS = {"/c/link.json5": "/etc/secret", "/c/sub/up.json5": "/c/up.json5"}
FILES: dict[str, Any] = {
    "/c/a.json5": {"a": 1, "list": [1], "deep": {"x": 1, "y": 1}},
    "/c/b.json5": {"b": 2, "list": [2], "deep": {"y": 2}},
    "/c/number.json5": 5,
    "/c/list.json5": [{"$include": "a.json5"}, 7],
    "/c/sub/below.json5": {"beside": {"$include": "./beside.json5"}},
    "/c/sub/beside.json5": {"found": True},
    "/c/self.json5": {"$include": "self.json5"},
    "/c/ping.json5": {"x": {"$include": "pong.json5"}},
    "/c/pong.json5": {"y": {"$include": "./sub/../ping.json5"}},
    "/etc/secret": {"secret": True},
    "/shared/s.json5": {"shared": True},
    **{f"/c/chain{n}.json5": {"$include": f"chain{n + 1}.json5"} for n in range(20)},
    **{f"/c/last{n}.json5": {"$include": f"last{n - 1}.json5"} for n in range(1, 12)},
    "/c/last0.json5": {"end": True},
    **{f"/c/bomb{n}.json5": {"$include": [f"bomb{n + 1}.json5"] * 2} for n in range(9)},
    "/c/bomb9.json5": {},
}
read_paths: list[str] = []


def read(path: str) -> Any:
    read_paths.append(path)
    return FILES[path]


def real(path: str) -> str:
    return LINKS.get(path, path)


def included(value: Any, roots: tuple[str, ...] = ()) -> Any:
    read_paths.clear()
    return resolve(value, ROOT, real, read, roots)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"x": {"$include": "./a.json5"}}, {"x": FILES["/c/a.json5"]}),
        ({"$include": "/c/a.json5"}, FILES["/c/a.json5"]),
        (
            {"$include": ["a.json5", "b.json5"]},
            {"a": 1, "list": [1, 2], "deep": {"x": 1, "y": 2}, "b": 2},
        ),
        (
            {"$include": "a.json5", "a": 9, "list": [3], "deep": {"z": 3}},
            {"a": 9, "list": [1, 3], "deep": {"x": 1, "y": 1, "z": 3}},
        ),
        ({"x": {"$include": "number.json5"}}, {"x": 5}),
        ({"x": {"$include": ["a.json5", "number.json5"]}}, {"x": 5}),
        ({"x": {"$include": []}}, {"x": {}}),
        ({"$include": "sub/below.json5"}, {"beside": {"found": True}}),
        ({"x": [{"$include": "list.json5"}]}, {"x": [[FILES["/c/a.json5"], 7]]}),
        # The same file twice is no circle.
        ({"x": {"$include": "number.json5"}, "y": {"$include": "number.json5"}}, {"x": 5, "y": 5}),
        ({"$include": "last9.json5"}, {"end": True}),
        ({"include": "a.json5"}, {"include": "a.json5"}),
    ],
)
def test_included_files_take_the_place_of_what_names_them(value: Any, expected: Any) -> None:
    assert included(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"$include": "../etc/secret"},
        {"$include": "/etc/secret"},
        {"$include": "link.json5"},
        {"$include": "/config/a.json5"},
        {"$include": "/cc/a.json5"},
        {"$include": "a\0.json5"},
        {"$include": "\ud800.json5"},
        {"$include": "a" * 4096},
        {"$include": 5},
        {"$include": ["a.json5", None]},
        {"$include": "number.json5", "x": 1},
        {"$include": "self.json5"},
        {"$include": "ping.json5"},
        {"$include": "chain0.json5"},
        {"$include": "last10.json5"},
        {"$include": "bomb0.json5"},
        {"$include": ROOT},
    ],
)
def test_what_openclaw_refuses_is_refused(value: Any) -> None:
    with pytest.raises(ClawPilotError) as caught:
        included(value)
    assert caught.value.code == "FILE_MALFORMED"
    assert caught.value.message.startswith("/c/")
    assert not {"/etc/secret", "/config/a.json5", "/cc/a.json5"} & set(read_paths)
    assert len(read_paths) <= max(MAX_FILES, MAX_DEPTH + 1)


def test_a_file_elsewhere_may_be_included_when_its_folder_is_named() -> None:
    value = {"$include": "/shared/s.json5"}
    assert included(value, ("/other", "/shared/")) == {"shared": True}
    with pytest.raises(ClawPilotError):
        included({"$include": "/sharedness/s.json5"}, ("/shared",))


def test_a_path_is_relative_to_where_it_is_written_and_not_to_where_a_link_leads() -> None:
    FILES["/c/sub/up.json5"] = {"x": {"$include": "beside.json5"}}
    assert included({"$include": "sub/up.json5"}) == {"x": {"found": True}}
    assert posixpath.dirname(LINKS["/c/sub/up.json5"]) == "/c"


def test_most_configs_have_none() -> None:
    assert has_includes('{"$include": "x"}') and not has_includes("{}")
