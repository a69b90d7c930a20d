# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a config tells, in both shapes, with wrong types in every place, and never a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._summary import (
    agents,
    auth,
    base_path,
    looks_like_openclaw,
    mem0_enabled,
    model,
    port_of,
    secret_word,
    summary,
    telegram,
)

STATE, HOME = "/h/.openclaw-acme", "/h"
TODAY = {
    "gateway": {
        "port": 18790,
        "bind": "lan",
        "auth": {"mode": "token", "token": "${OPENCLAW_GW_AUTH_TOKEN}"},
        "controlUi": {"basePath": "/acme/"},
    },
    "logging": {"file": "~/log/x.log"},
    "agents": {
        "defaults": {
            "model": {"primary": "anthropic/claude"},
            "systemAgent": {"agentId": "ops"},
        },
        "entries": {
            "main": {"name": "Main", "workspace": "~/w"},
            "ops": {"model": "openai/gpt", "workspace": "relative"},
            "free": {},
        },
    },
    "models": {"providers": {"openai": {"apiKey": "sk-canary"}, "anthropic": {}}},
    "channels": {"telegram": {"botToken": "1:canary", "name": "Acme_Bot"}},
    "plugins": {"slots": {"memory": "openclaw-mem0"}},
}
FEBRUARY = {
    "gateway": {"port": 18790},
    "agents": {
        "defaults": {"workspace": "/w/main", "model": "anthropic/claude"},
        "list": [{"id": "main"}, {"id": "two", "default": True, "name": "Two"}, 5, {"id": 7}],
    },
}


def test_a_config_of_today_is_told_whole() -> None:
    assert summary(TODAY, STATE, HOME, {"OPENCLAW_GW_AUTH_TOKEN"}) == {
        "bind": "lan",
        "default_model": "anthropic/claude",
        "providers": ["anthropic", "openai"],
        "agents": [
            {
                "id": "ops",
                "name": "ops",
                "model": "openai/gpt",
                "workspace": f"{STATE}/relative",
                "is_default": True,
            },
            {
                "id": "main",
                "name": "Main",
                "model": "",
                "workspace": "/h/w",
                "is_default": False,
            },
            {
                "id": "free",
                "name": "free",
                "model": "",
                "workspace": f"{STATE}/workspace-free",
                "is_default": False,
            },
        ],
        "telegram": {"enabled": True, "bot": "@Acme_Bot", "token": "literal"},
        "mem0": {"enabled": True},
        "auth": {"mode": "token", "secret": "reference"},
        "log_path": "/h/log/x.log",
    }
    assert port_of(TODAY) == 18790 and base_path(TODAY) == "/acme"


def test_a_config_of_february_is_told_too() -> None:
    told = summary(FEBRUARY, STATE, HOME, ())
    assert told["default_model"] == "anthropic/claude"
    assert [(a["id"], a["is_default"], a["workspace"]) for a in told["agents"]] == [
        ("two", True, "/w/main"),
        ("main", False, "/w/main/main"),
    ]


def test_without_agents_there_is_main() -> None:
    (only,) = agents({}, STATE, HOME)
    assert only == {
        "id": "main",
        "name": "main",
        "model": "",
        "workspace": f"{STATE}/workspace",
        "is_default": True,
    }


JUNK: list[Any] = [None, True, 0, -1, 1.5, 1e400, "", "text", [], [None], {}, {"x": [1]}, "\ud800"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [path, *(p for k, v in value.items() for p in places(v, (*path, k)))]
    if isinstance(value, list):
        return [path, *(p for n, v in enumerate(value) for p in places(v, (*path, n)))]
    return [path]


@pytest.mark.parametrize("base", [TODAY, FEBRUARY], ids=["today", "february"])
def test_anything_may_stand_anywhere(base: dict[str, Any]) -> None:
    whole = summary(base, STATE, HOME, ())
    for path in places(base)[1:]:
        for junk in JUNK:
            spoilt = json.loads(json.dumps(base))
            inner = spoilt
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = junk
            told = summary(spoilt, STATE, HOME, ())
            assert told.keys() == whole.keys()
            assert all(isinstance(told[key], type(whole[key])) for key in whole)
            assert told["agents"] and sum(a["is_default"] for a in told["agents"]) == 1
            assert isinstance(port_of(spoilt), int) and isinstance(base_path(spoilt), str)
            assert "canary" not in json.dumps(told)


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (None, 18789),
        (18790, 18790),
        (18790.0, 18790),
        (18790.5, 0),
        (0, 0),
        (-1, 0),
        (65536, 0),
        (10**300, 0),
        (float("inf"), 0),
        (float("nan"), 0),
        (True, 0),
        ("18790", 0),
        ([], 0),
    ],
)
def test_a_port_is_a_whole_number_of_a_port(port: Any, expected: int) -> None:
    assert port_of({"gateway": {"port": port}}) == expected


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "missing"),
        ("", "missing"),
        (" ", "missing"),
        (5, "missing"),
        ("undefined", "undefined"),
        (" NULL ", "undefined"),
        ("${SET}", "reference"),
        ("${SET}${UNSET}", "unset"),
        ("${UNSET}", "unset"),
        ("$${UNSET} is no reference", "literal"),
        ("${lower_is_no_variable}", "literal"),
        ("short", "weak"),
        ("changeme-changeme-changeme", "weak"),
        ("8f2c6f0e9d1b4a7788aa", "literal"),
        ({"source": "env", "id": "SET"}, "reference"),
        ({"source": "env", "id": "UNSET"}, "unset"),
        ({"source": "file", "id": "/x"}, "reference"),
        ({"source": "env", "id": 5}, "unset"),
    ],
)
def test_a_secret_is_told_by_its_kind(value: Any, word: str) -> None:
    assert secret_word(value, {"SET"}) == word


@pytest.mark.parametrize(
    ("settings", "variables", "expected"),
    [
        ({}, (), ("token", "missing")),
        ({}, ("OPENCLAW_GATEWAY_TOKEN",), ("token", "reference")),
        ({"password": "8f2c6f0e9d1b4a7788aa"}, (), ("password", "literal")),
        ({"mode": "password"}, ("OPENCLAW_GATEWAY_PASSWORD",), ("password", "reference")),
        ({"mode": "none"}, (), ("none", "missing")),
        ({"mode": "trusted-proxy"}, (), ("trusted-proxy", "missing")),
        ({"mode": 5, "token": "undefined"}, (), ("token", "undefined")),
    ],
)
def test_auth_is_told(settings: Any, variables: Any, expected: tuple[str, str]) -> None:
    told = auth({"gateway": {"auth": settings}}, variables)
    assert (told["mode"], told["secret"]) == expected


@pytest.mark.parametrize(
    ("settings", "variables", "expected"),
    [
        (None, (), (False, "", "missing")),
        ({}, (), (False, "", "missing")),
        ({"enabled": False, "botToken": "1:x"}, (), (False, "", "missing")),
        ({"enabled": True}, ("TELEGRAM_BOT_TOKEN",), (True, "", "reference")),
        ({"tokenFile": "/x"}, (), (True, "", "file")),
        ({"botToken": "${T}"}, (), (True, "", "unset")),
        ({"botToken": "short"}, (), (True, "", "literal")),
        (
            {"accounts": {"a": {"botToken": "${T}", "name": "@a_bot"}}},
            ("T",),
            (True, "@a_bot", "reference"),
        ),
        ({"enabled": True, "name": "Our help desk"}, (), (True, "", "missing")),
    ],
)
def test_telegram_is_told(settings: Any, variables: Any, expected: tuple[Any, ...]) -> None:
    told = telegram({"channels": {"telegram": settings}}, variables)
    assert (told["enabled"], told["bot"], told["token"]) == expected


def test_a_variable_that_the_config_sets_is_set() -> None:
    config = {
        "env": {"vars": {"A": "8f2c6f0e9d1b4a77"}, "B": "x", "C": "${C}"},
        "gateway": {"auth": {"token": "${A}"}},
        "channels": {"telegram": {"botToken": "${C}"}},
    }
    told = summary(config, STATE, HOME, ())
    assert told["auth"]["secret"] == "reference"
    assert told["telegram"]["token"] == "unset"


def test_mem0_is_on_by_its_slot_or_its_entry() -> None:
    assert mem0_enabled(TODAY)
    assert mem0_enabled({"plugins": {"entries": {"openclaw-mem0": {"enabled": True}}}})
    assert not mem0_enabled({"plugins": {"entries": {"openclaw-mem0": {"enabled": 1}}}})


def test_small_things() -> None:
    assert model({"primary": "a/b"}) == model("a/b") == "a/b"
    assert looks_like_openclaw(TODAY) and looks_like_openclaw({"bindings": []})
    assert not looks_like_openclaw({"gateway": "x"}) and not looks_like_openclaw({"x": {}})
    assert not looks_like_openclaw({"plugins": {"entries": {}}})  # as mem0 leaves it behind
