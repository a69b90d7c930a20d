# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of configs broken at random: nothing is raised, and no neighbour changes."""

from __future__ import annotations

import copy
import json
import os
import random
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._definitions import programs, unit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.a_host import INDEX, World

pytestmark = pytest.mark.timeless

CONFIG: dict[str, Any] = {
    "gateway": {
        "mode": "local",
        "port": 18790,
        "bind": "loopback",
        "auth": {"mode": "token", "token": "${OPENCLAW_GW_AUTH_TOKEN}"},
        "controlUi": {"basePath": "/acme"},
    },
    "agents": {
        "defaults": {"model": {"primary": "anthropic/x"}, "systemAgent": {"agentId": "main"}},
        "entries": {"main": {"name": "Main", "workspace": "~/w"}, "ops": {"$include": "x.json5"}},
        "list": [{"id": "main", "default": True}],
    },
    "channels": {"telegram": {"enabled": True, "botToken": "x", "accounts": {"a": {}}}},
    "models": {"providers": {"anthropic": {"apiKey": "x"}}},
    "plugins": {"slots": {"memory": "x"}, "entries": {"openclaw-mem0": {"enabled": True}}},
    "env": {"vars": {"A": "b"}},
    "logging": {"file": "~/x.log"},
    "meta": {"lastTouchedVersion": "2026.9.6"},
}
JUNK: list[Any] = [
    *(None, True, 0, -1, 10**40, 1e308, "", "\0", "\ud800", "~", "../..", "${A}", [], {}, [[]]),
    *({"$include": "/etc/passwd"}, {"$include": ["x.json5", "\0"]}, {"a": {"b": []}}, ["x"] * 50),
]
PIECES = [b"\0", b"\xff", b"{", b"}", b"[", b'"', b",", b":", b"//", b"/*", b"\\u", b"$include"]
BASE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def spoilt_value(draw: random.Random) -> bytes:
    """The config with a few values or keys replaced."""
    config = json.loads(json.dumps(CONFIG))
    for _turn in range(draw.randint(1, 4)):
        holder: Any = config
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw.choice(keys)
            if isinstance(holder[key], (dict, list)) and holder[key] and draw.random() < 0.8:
                holder = holder[key]
                continue
            value = copy.deepcopy(draw.choice(JUNK))
            if isinstance(holder, dict) and draw.random() < 0.3:
                holder[draw.choice(["$include", "\ud800", "", "x" * 300])] = holder.pop(key)
            holder[key] = value
            break
    return json.dumps(config).encode()


def spoilt_bytes(draw: random.Random) -> bytes:
    """The config's text with bytes cut, doubled, put in, or all of it encoded otherwise."""
    data = json.dumps(CONFIG).encode()
    for _turn in range(draw.randint(1, 6)):
        here, there = sorted(draw.randrange(len(data) + 1) for _turn in range(2))
        way = draw.randrange(5)
        if way == 0:
            data = data[:here]
        elif way == 1:
            data = data[:here] + data[there:]
        elif way == 2:
            data = data[:there] + data[here:]
        elif way == 3:
            data = data[:here] + draw.choice(PIECES) * draw.randint(1, 300) + data[here:]
        else:
            data = data[:here] + bytes(draw.randrange(256) for _turn in range(8)) + data[there:]
    return data


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A home with a healthy instance, and what is said of it while the other is healthy, too."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(tmp_path_factory.mktemp("fuzz"), patch)
        world.instance("good", {**CONFIG, "agents": {}, "gateway": {"port": 18999}})
        bad = world.instance("bad", None)
        (bad / "x.json5").write_text("{name: 'Ops'}")
        (bad / ".claw-pilot.json").write_text('{"slug": "bad"}')
        yield world, bad, world.instances()["good"]


@pytest.mark.parametrize("spoil", [spoilt_value, spoilt_bytes])
@settings(BASE, max_examples=1000)
@given(seed=st.integers(0, 2**64))
def test_a_config_broken_at_random_harms_nobody(home: Any, spoil: Any, seed: int) -> None:
    world, bad, good = home
    (bad / "openclaw.json").write_bytes(spoil(random.Random(seed)))
    observation = world.observe(world.home)
    found = {instance["slug"]: instance for instance in observation["instances"]}
    assert found.pop("good") == good
    (broken,) = found.values()
    assert broken["slug"] == "bad" and 0 <= broken["port"] < 65536
    assert broken["agents"] and observation["warnings"] == []
    assert (broken["problems"] == []) or broken["problems"][0]["code"] in (
        "FILE_MALFORMED", "FILE_UNREADABLE", "NOT_A_FILE", "FILE_TOO_LARGE",
    )  # fmt: skip
    json.dumps(observation, ensure_ascii=False).encode()


NOISE = [*"[]=%${}\\\"'\0\n;#, ", "[Service]\n", "ExecStart=", "Environment=", "EnvironmentFile="]
WORDS = ["/usr/bin/node ", INDEX, " gateway", "OPENCLAW_STATE_DIR=", "/a", "--port", "%h", "${A}"]
SECTIONS = ["[program:a]\n", "command=", "environment=", "directory=", "%(here)s", "\xff", "~"]


@settings(BASE, max_examples=500)
@given(st.lists(st.sampled_from([*NOISE, *WORDS, *SECTIONS])).map("".join))
def test_a_service_broken_at_random_is_read_as_far_as_it_goes(text: str) -> None:
    units = [unit("a@b.service", [text, text], {"h": "/h"}, lambda _path: {"A": text})]
    for found in [*units, *programs(text, "/etc")]:
        assert isinstance(found.is_gateway, bool)


@settings(BASE, max_examples=200)
@given(text=st.text(), name=st.sampled_from([".env", ".claw-pilot.json", "lock"]))
def test_other_files_broken_at_random_harm_nobody(home: Any, text: str, name: str) -> None:
    world, bad, good = home
    (bad / "openclaw.json").write_text(json.dumps(CONFIG))
    folder = bad / "tmp" / f"openclaw-{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "gateway.state.lock" if name == "lock" else bad / name
    path.write_text(text, errors="surrogatepass")
    found = world.instances(world.home)
    assert found["good"] == good and len(found) == 2
