# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of one instance against the real gateway: create, change, stop, start, destroy."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Home, ModuleFailed, call, listing, manifest, new_home

KEY = "sk-ant-canary-7f3d"
PROVIDER = {"name": "anthropic", "api_key": KEY}
AGENTS = [{"id": "dev", "name": "Developer"}]


@pytest.fixture(scope="module")
def walk(real_prefix: Path) -> Iterator[Home]:
    """One home for the whole walk: the tests of this file build on each other, in order."""
    made = new_home(real_prefix)
    made.before = listing(made.path)  # type: ignore[attr-defined]
    yield made
    made.clean_up()


def get(port: int, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: dict[str, Any] = json.load(answer)
    return body


def pid_of(walk: Home) -> int:
    return int(walk.instance("acme", state="started")["instance"]["service"]["pid"])


def rpc(walk: Home, method: str) -> dict[str, Any]:
    """A call with the instance's own token, through OpenClaw's command line."""
    runtime = manifest(walk.prefix)
    state = walk.state_dir("acme")
    env = {
        "PATH": os.defpath,
        "HOME": str(walk.path),
        "OPENCLAW_STATE_DIR": str(state),
        "OPENCLAW_CONFIG_PATH": str(state / "openclaw.json"),
        "XDG_CACHE_HOME": str(state / "cache"),
    }
    command = [runtime["node"], runtime["entry"], "gateway", "call", method, "--json"]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_1_missing_options_are_named(walk: Home) -> None:
    options = walk.options("acme")
    del options["slug"]
    with pytest.raises(ModuleFailed, match="missing required arguments: slug"):
        call("openclaw_instance", options)


def test_2_check_mode_shows_the_plan_and_writes_nothing(walk: Home) -> None:
    result = walk.instance("acme", "--check", providers=[PROVIDER])
    assert result["changed"] is True
    assert result["diff"]["after"]["config"]["gateway"]["bind"] == "loopback"
    assert KEY not in json.dumps(result)
    assert listing(walk.path) == walk.before  # type: ignore[attr-defined]


def test_3_create_leaves_a_ready_gateway(walk: Home) -> None:
    result = walk.instance("acme", providers=[PROVIDER], display_name="Acme Ltd")
    instance = result["instance"]
    assert result["changed"] is True
    assert instance["state"] == "running"
    assert instance["default_model"] == "anthropic/claude-sonnet-4-6"
    assert get(instance["port"], "/readyz")["ready"] is True
    assert KEY not in json.dumps(result)


def test_3a_the_files_are_private_and_where_the_design_says(walk: Home) -> None:
    state = walk.state_dir("acme")
    modes = {p: stat.S_IMODE((state / p).stat().st_mode) for p in (".", "openclaw.json", ".env")}
    assert modes == {".": 0o700, "openclaw.json": 0o600, ".env": 0o600}
    env = (state / ".env").read_text()
    assert re.search(r"^OPENCLAW_GW_AUTH_TOKEN=[0-9a-f]{48}$", env, re.M)
    for name in ("AGENTS.md", "SOUL.md", "TOOLS.md", "USER.md", "MEMORY.md"):
        assert (state / "workspaces" / "main" / name).exists() is False  # texts come by the action
    assert (walk.path / "projects" / "acme").is_dir()
    assert not (walk.path / ".local/state/claw-pilot/openclaw-acme.env").exists()


def test_3b_the_token_works_and_the_config_needed_no_migration(walk: Home) -> None:
    assert rpc(walk, "system.info")["port"] == walk.config("acme")["gateway"]["port"]
    marker = json.loads((walk.state_dir("acme") / ".claw-pilot.json").read_text())
    ours = {key: walk.config("acme")[key] for key in marker["rendered"]}
    assert ours == marker["rendered"]
    log = (walk.state_dir("acme") / "logs" / "gateway.log").read_text()
    for word in ("Moved agents.list", "Materialized", "Missing env var", "migrat"):
        assert word not in log


def test_3c_no_secret_is_anywhere_but_in_the_env_file(walk: Home) -> None:
    token = re.findall(r"TOKEN=(\w+)", (walk.state_dir("acme") / ".env").read_text())[0]
    holders = []
    for path in walk.path.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # OpenClaw is still moving its page's files
            content = path.read_bytes() if path.is_file() else b""
            if KEY.encode() in content or token.encode() in content:
                holders.append(str(path.relative_to(walk.path)))
    # OpenClaw keeps a private copy of provider keys in its own database; ours is .env alone.
    assert [h for h in holders if not h.startswith(".openclaw-acme/state/")] == [
        ".openclaw-acme/.env"
    ]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes()
        except OSError:
            continue
        assert KEY.encode() not in line
        assert token.encode() not in line


def test_4_again_changes_nothing(walk: Home) -> None:
    result = walk.instance("acme", providers=[PROVIDER], display_name="Acme Ltd")
    assert (result["changed"], result["steps"]) == (False, [])


def test_4a_fewer_options_change_nothing_either(walk: Home) -> None:
    assert walk.instance("acme")["changed"] is False


def test_5_a_new_agent_reaches_the_running_gateway_without_a_restart(walk: Home) -> None:
    config = walk.config("acme")
    config["messages"] = {"responsePrefix": "[acme]"}
    (walk.state_dir("acme") / "openclaw.json").write_text(json.dumps(config))
    before = pid_of(walk)
    result = walk.instance("acme", agents=AGENTS)
    assert "patch_config" in result["steps"]
    assert "restart" not in result["steps"]
    assert pid_of(walk) == before
    assert walk.config("acme")["messages"] == {"responsePrefix": "[acme]"}
    agents = {agent["id"] for agent in rpc(walk, "agents.list")["agents"]}
    assert agents == {"main", "dev"}


def test_6_again_changes_nothing(walk: Home) -> None:
    assert walk.instance("acme", agents=AGENTS)["changed"] is False


def test_6a_a_new_secret_restarts_once_and_is_kept(walk: Home) -> None:
    before = pid_of(walk)
    result = walk.instance("acme", environment={"EXTRA_TOKEN": "extra-canary"})
    assert result["steps"].count("restart") == 1
    assert pid_of(walk) != before
    assert "EXTRA_TOKEN=extra-canary" in (walk.state_dir("acme") / ".env").read_text()
    assert walk.instance("acme")["changed"] is False


def test_6a2_what_is_wanted_no_more_goes_and_what_others_wrote_stays(walk: Home) -> None:
    result = walk.instance("acme", agents=[], environment={})
    assert result["steps"] == ["env", "stop", "config", "start", "live", "ready", "commit"]
    config = walk.config("acme")
    assert set(config["agents"]["entries"]) == {"main"}
    assert "tools" not in config
    assert config["messages"] == {"responsePrefix": "[acme]"}
    assert "EXTRA_TOKEN" not in (walk.state_dir("acme") / ".env").read_text()
    assert (walk.state_dir("acme") / "workspaces" / "dev").is_dir()
    assert {agent["id"] for agent in rpc(walk, "agents.list")["agents"]} == {"main"}
    assert walk.instance("acme")["changed"] is False


def test_6a3_a_change_that_was_killed_before_its_restart_is_finished(walk: Home) -> None:
    before = pid_of(walk)
    with pytest.raises(ModuleFailed) as killed:
        walk.instance("acme", "--kill-after-step", "env", environment={"LATE": "late-canary"})
    assert killed.value.result == {}
    assert pid_of(walk) == before
    assert walk.instance("acme", environment={"LATE": "late-canary"})["steps"] == [
        *("restart", "live", "ready", "commit")
    ]
    assert pid_of(walk) != before


def test_6a4_what_a_gateway_cannot_reload_restarts_it_once(walk: Home) -> None:
    log = walk.state_dir("acme") / "logs" / "gateway.log"

    def starts() -> int:
        return sum("gateway ready" in line for line in log.read_text().splitlines())

    before, pid = starts(), pid_of(walk)
    result = walk.instance("acme", control_ui={"base_path": "/gw"})
    assert result["steps"] == ["patch_config", "live", "ready", "commit"]
    assert pid_of(walk) != pid
    assert starts() == before + 1
    assert get(result["instance"]["port"], "/readyz")["ready"] is True


def test_6a5_a_spec_that_changes_nothing_else_is_remembered(walk: Home) -> None:
    before = pid_of(walk)
    result = walk.instance("acme", mem0={"enabled": True, "user_id": "jo"})
    assert (result["changed"], result["steps"]) == (True, ["commit"])
    assert result["diff"]["after"]["record"]["mem0"]["user_id"] == "jo"
    marker = json.loads((walk.state_dir("acme") / ".claw-pilot.json").read_text())
    assert marker["spec"]["mem0"]["user_id"] == "jo"
    assert walk.instance("acme", mem0={"enabled": True, "user_id": "jo"})["changed"] is False
    assert walk.instance("acme", mem0={"enabled": False})["steps"] == ["commit"]
    assert pid_of(walk) == before


def test_6b_a_config_that_openclaw_refuses_is_put_back_and_told_in_its_words(walk: Home) -> None:
    before = walk.config("acme")
    with pytest.raises(ModuleFailed, match="(?s)refused.*maxConcurrent") as failed:
        walk.instance("acme", config={"agents": {"defaults": {"maxConcurrent": "many"}}})
    assert failed.value.code == "CONFIG_REFUSED"
    assert walk.config("acme") == before
    assert walk.instance("acme")["changed"] is False


def test_6c_stopped_is_stopped_and_started_runs_again(walk: Home) -> None:
    assert walk.instance("acme", state="stopped")["instance"]["state"] == "stopped"
    assert walk.instance("acme", state="stopped")["changed"] is False
    result = walk.instance("acme", state="started")
    assert (result["changed"], result["instance"]["state"]) == (True, "running")


def test_6d_a_gateway_whose_token_is_set_nowhere_is_degraded(walk: Home) -> None:
    env = walk.state_dir("acme") / ".env"
    whole = env.read_text()
    bare = re.sub(r"^OPENCLAW_GW_AUTH_TOKEN=.*\n", "", whole, flags=re.M)
    env.write_text(bare)
    with pytest.raises(ModuleFailed, match="is degraded: it is live, but its token refers to"):
        walk.instance("acme", state="restarted")
    there = call("openclaw_instance_info", {"openclaw_home": str(walk.path)})["instances"][0]
    assert (there["state"], there["health"]["ready"]) == ("degraded", True)
    assert "nobody can connect" in there["reason"]

    env.write_text(whole)  # which the gateway has not read
    for options in ({"state": "started"}, {}):
        with pytest.raises(ModuleFailed, match="runs with another token than its files") as failed:
            walk.instance("acme", **options)
        assert failed.value.code == "GATEWAY_TOKEN_REFUSED"
        assert whole.partition("OPENCLAW_GW_AUTH_TOKEN=")[2][:48] not in str(failed.value.result)

    changed = walk.instance("acme", config={"messages": {"responsePrefix": "[mended]"}})
    assert changed["instance"]["state"] == "running"  # one that cannot be asked is restarted
    assert rpc(walk, "system.info")["port"] == changed["instance"]["port"]

    env.write_text(bare)
    mended = walk.instance("acme")
    assert mended["steps"] == ["env", "restart", "live", "ready", "commit"]
    assert mended["instance"]["state"] == "running"
    assert rpc(walk, "system.info")["port"] == mended["instance"]["port"]


def test_7_absent_removes_everything(walk: Home) -> None:
    locks = Path(f"/tmp/openclaw-state-locks-{os.getuid()}")
    result = walk.instance("acme", state="absent")
    gone = [Path(path) for path in result["removal"]["paths"]]
    assert [path for path in gone if path.parent == locks], "OpenClaw has other locks now"
    assert not [path for path in gone if path.exists()]
    assert result["changed"] is True
    assert result["removal"]["bytes"] > 0
    assert listing(walk.path) == walk.before  # type: ignore[attr-defined]


def test_8_again_changes_nothing(walk: Home) -> None:
    assert walk.instance("acme", state="absent")["changed"] is False
