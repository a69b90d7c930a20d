# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is one clear sentence with a code, and nothing is written; failures roll back."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .conftest import HERE, Home, ModuleFailed, call, listing, new_home

BOT = "123456:canary-telegram-token"
BAD = {
    "INVALID_SLUG": {"slug": "../x"},
    "INVALID_PORT": {"port": 80},
    "MODEL_WITHOUT_KEY": {"default_model": "anthropic/claude-sonnet-4-6"},
    "INVALID_MODEL": {"default_model": "sonnet"},
    "DUPLICATE_AGENT": {"agents": [{"id": "dev"}, {"id": "dev"}]},
    "INVALID_AGENT": {"agents": [{"id": "Dev"}]},
    "CONFIG_INVALID": {"config": {"gatway": {}}},
    "CONFIG_PROTECTED": {"config": {"gateway": {"port": 1}}},
    "UNSET_VARIABLE": {"config": {"messages": {"responsePrefix": "${NOT_SET}"}}},
    "TELEGRAM_WITHOUT_TOKEN": {"telegram": {"enabled": True}},
    "INVALID_VARIABLE": {"environment": {"lower": "x"}},
    "INSTANCE_NOT_FOUND": {"state": "started"},
    "OPENCLAW_NOT_FOUND": {"openclaw_version": "1.2.3"},
    "INVALID_VERSION": {"openclaw_version": "../1"},
}


@pytest.mark.parametrize("code", BAD)
def test_bad_input_is_one_sentence_and_nothing_is_written(stub_home: Home, code: str) -> None:
    before = listing(stub_home.path)
    with pytest.raises(ModuleFailed) as failed:
        options: dict[str, Any] = {"slug": "acme", **BAD[code]}
        stub_home.instance(options.pop("slug"), **options)
    stub_home.slugs.clear()
    failure = failed.value.result["failure"]
    assert failure["code"] == code
    assert failure["message"].endswith((".", ".\n"))
    assert failure["hint"]
    assert "Traceback" not in failed.value.result["msg"]
    assert listing(stub_home.path) == before


def test_a_taken_port_is_refused_with_its_reason(stub_home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ModuleFailed, match=f"The port {port} has a listener") as failed:
            stub_home.instance("acme", port=port)
    assert failed.value.code == "PORT_CONFLICT"
    assert stub_home.instance("one", port=28001)["instance"]["port"] == 28001
    with pytest.raises(ModuleFailed, match="belongs to the instance 'one'"):
        stub_home.instance("two", port=28001)


def test_a_state_directory_that_is_not_ours_is_never_touched(stub_home: Home) -> None:
    theirs = stub_home.state_dir("theirs")
    theirs.mkdir()
    (theirs / "openclaw.json").write_text('{"gateway": {"mode": "local", "port": 18789}}')
    before = listing(stub_home.path)
    for state, code in (("present", "INSTANCE_EXISTS"), ("absent", "INSTANCE_NOT_OURS")):
        with pytest.raises(ModuleFailed) as failed:
            stub_home.instance("theirs", state=state)
        assert failed.value.code == code
    assert listing(stub_home.path) == before
    stub_home.slugs.clear()
    assert stub_home.instance("ours")["instance"]["port"] != 18789


def test_a_malformed_neighbour_stops_nobody(stub_home: Home) -> None:
    broken = stub_home.state_dir("broken")
    broken.mkdir()
    (broken / "openclaw.json").write_text("{ not json")
    assert stub_home.instance("acme")["instance"]["state"] == "running"


def test_what_the_real_gateway_refuses_at_start_is_rolled_back(home: Home) -> None:
    before = listing(home.path)
    config = {"agents": {"defaults": {"maxConcurrent": "many"}}}
    with pytest.raises(ModuleFailed, match="(?s)OpenClaw refused.*maxConcurrent") as failed:
        home.instance("acme", config=config)
    assert failed.value.code == "CONFIG_REFUSED"
    assert listing(home.path) == before


def test_strict_validation_refuses_before_anything_is_written(home: Home) -> None:
    before = listing(home.path)
    config = {"agents": {"defaults": {"maxConcurrent": "many"}}}
    with pytest.raises(ModuleFailed, match="OpenClaw refuses the config.*maxConcurrent"):
        home.instance("acme", config=config, validate="strict")
    assert listing(home.path) == before


def test_a_gateway_that_does_not_come_up_in_time_is_rolled_back(home: Home) -> None:
    before = listing(home.path)
    with pytest.raises(ModuleFailed, match="did not come up: it is not live") as failed:
        home.instance("acme", start_timeout=1)
    assert failed.value.code == "GATEWAY_UNHEALTHY"
    assert listing(home.path) == before


def test_a_gateway_of_somebody_else_on_the_port_is_not_taken_for_ours(
    stub_home: Home, stub_prefix: Path
) -> None:
    other = new_home(stub_prefix)
    try:
        stub_home.instance("acme", port=28301)
        stub_home.instance("acme", state="stopped")
        other.instance("rival", port=28301)
        with pytest.raises(ModuleFailed, match="EADDRINUSE") as failed:
            stub_home.instance("acme", state="started")
        assert failed.value.code == "PORT_CONFLICT"
        info = call("openclaw_instance_info", {"openclaw_home": str(stub_home.path)})
        assert info["instances"][0]["state"] in ("starting", "error")
    finally:
        other.clean_up()


def test_twenty_creates_at_once_get_twenty_ports(stub_home: Home) -> None:
    slugs = [f"team-{number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda slug: stub_home.instance(slug, wait="none"), slugs))
    ports = sorted(result["instance"]["port"] for result in results)
    assert len(set(ports)) == 20
    assert min(b - a for a, b in zip(ports, ports[1:], strict=False)) >= 120


def test_two_creates_of_one_slug_make_one_instance(stub_home: Home) -> None:
    def create(_number: int) -> dict[str, Any]:
        return stub_home.instance("acme")

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(create, range(2)))
    assert sorted(result["changed"] for result in results) == [False, True]


def test_keys_are_copied_on_the_host_and_the_token_is_not(stub_home: Home) -> None:
    provider = {"name": "anthropic", "api_key": "sk-ant-copied"}
    stub_home.instance("first", providers=[provider])
    result = stub_home.instance("second", providers=[{"name": "anthropic"}], secrets_from="first")
    first, second = (
        (stub_home.state_dir(slug) / ".env").read_text() for slug in ("first", "second")
    )
    assert "ANTHROPIC_API_KEY=sk-ant-copied" in second
    assert first.splitlines()[-1] != second.splitlines()[-1]
    assert "sk-ant-copied" not in json.dumps(result)


def test_mem0_waits_for_its_plugin_and_says_so(stub_home: Home) -> None:
    result = stub_home.instance("acme", mem0={"enabled": True})
    assert "mem0 is wanted, but its plugin is not installed" in json.dumps(result["warnings"])
    assert "slots" not in stub_home.config("acme")["plugins"]
    (stub_home.state_dir("acme") / "npm" / "projects" / "mem0-openclaw-mem0-1a2b").mkdir(
        parents=True
    )
    planned = stub_home.instance("acme", "--check")
    assert planned["diff"]["after"]["config"]["plugins"]["slots"] == {"memory": "openclaw-mem0"}


def test_an_instance_knows_its_prefix_and_can_be_stopped_without_it(
    stub_home: Home, stub_prefix: Path
) -> None:
    stub_home.instance("acme")
    elsewhere = stub_home.options("acme", state="stopped")
    del elsewhere["prefix"]
    assert call("openclaw_instance", elsewhere)["changed"] is True
    assert call("openclaw_instance", {**elsewhere, "state": "started"})["changed"] is True
    gone = {**elsewhere, "prefix": str(stub_prefix / "gone")}
    assert call("openclaw_instance", gone)["instance"]["state"] == "stopped"


def test_an_archive_is_made_before_the_removal(stub_home: Home, tmp_path: Path) -> None:
    stub_home.instance("acme")
    result = stub_home.instance("acme", state="absent", backup_dir=str(tmp_path / "backups"))
    archive = Path(result["backup"])
    assert archive.stat().st_mode & 0o777 == 0o600
    names = subprocess.check_output(["tar", "-tzf", archive], text=True)
    assert ".openclaw-acme/openclaw.json" in names
    assert not stub_home.state_dir("acme").exists()


def test_a_project_directory_that_was_there_stays(stub_home: Home) -> None:
    work = stub_home.path / "projects" / "acme"
    work.mkdir(parents=True)
    (work / "plan.md").write_text("mine")
    stub_home.instance("acme")
    stub_home.instance("acme", state="absent")
    assert (work / "plan.md").read_text() == "mine"


def test_an_old_python_is_told_so_in_a_sentence() -> None:
    old = os.environ.get("CLAW_PILOT_OLD_PYTHON")
    floor = HERE.parents[1] / "plugins" / "module_utils" / "_floor.py"
    check = f"import sys; sys.version_info = (3, 8, 0); exec(open({str(floor)!r}).read()); check()"
    done = subprocess.run(
        [old or sys.executable, "-c", check], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["failure"]["code"] == "PYTHON_TOO_OLD"


def test_two_homes_of_one_host_get_two_ports(stub_home: Home, stub_prefix: Path) -> None:
    other = new_home(stub_prefix)
    try:
        homes = [stub_home, other] * 3
        with ThreadPoolExecutor(len(homes)) as pool:
            made = pool.map(lambda h, n: h.instance(f"team-{n}"), homes, range(len(homes)))
            ports = [result["instance"]["port"] for result in made]
        assert len(set(ports)) == len(homes)
    finally:
        other.clean_up()


def test_a_broken_off_destroy_never_costs_the_data_of_a_living_instance(stub_home: Home) -> None:
    stub_home.instance("acme")
    note = stub_home.state_dir("acme") / "note.txt"
    note.write_text("mine")
    with pytest.raises(ModuleFailed):  # killed right after the journal of the removal was written
        stub_home.instance("acme", "--kill-after", "1", state="absent")
    assert stub_home.instance("acme", state="started")["instance"]["state"] == "running"
    with pytest.raises(ModuleFailed):
        stub_home.instance("acme", environment={"A": "b"}, start_timeout=0)
    assert note.read_text() == "mine"
    assert stub_home.instance("acme")["instance"]["state"] == "running"
    assert not (stub_home.path / ".local/state/claw-pilot/openclaw-acme.journal.json").exists()


def test_an_agent_that_goes_goes_whole(stub_home: Home) -> None:
    stub_home.instance("acme", agents=[{"id": "dev"}])
    config = stub_home.config("acme")
    config["agents"]["entries"]["dev"]["identity"] = {"emoji": "x"}
    (stub_home.state_dir("acme") / "openclaw.json").write_text(json.dumps(config))
    stub_home.instance("acme", agents=[])
    assert set(stub_home.config("acme")["agents"]["entries"]) == {"main"}


def test_a_secret_in_the_words_of_a_gateway_is_masked(stub_home: Home) -> None:
    stub_home.instance("acme", environment={"BOT": "123456:canary-secret"})
    stub_home.instance("acme", state="stopped")
    config = stub_home.config("acme")
    config["gateway"]["mode"] = "123456:canary-secret"  # the stand-in shows what it refuses
    (stub_home.state_dir("acme") / "openclaw.json").write_text(json.dumps(config))
    with pytest.raises(ModuleFailed, match="gateway.mode") as failed:
        stub_home.instance("acme", state="started")
    assert "canary-secret" not in json.dumps(failed.value.result)
    config["gateway"]["mode"] = "local"
    (stub_home.state_dir("acme") / "openclaw.json").write_text(json.dumps(config))


def test_a_config_with_comments_is_read_as_openclaw_reads_it(stub_home: Home) -> None:
    stub_home.instance("acme")
    path = stub_home.state_dir("acme") / "openclaw.json"
    text = path.read_text()
    path.write_text("// mine\n" + text.replace('"gateway"', "/* the door */ gateway", 1))
    assert stub_home.instance("acme")["changed"] is False
    assert path.read_text().startswith("// mine")


def test_telegram_that_nobody_could_write_to_is_refused(stub_home: Home) -> None:
    bot = {"enabled": True, "bot_token": "123:abc", "dm_policy": "allowlist"}
    with pytest.raises(ModuleFailed) as failed:
        stub_home.instance("acme", telegram=bot)
    assert failed.value.code == "TELEGRAM_WITHOUT_SENDERS"
    stub_home.instance("acme", telegram={**bot, "dm_policy": "open"})
    assert stub_home.config("acme")["channels"]["telegram"]["allowFrom"] == ["*"]


def test_an_unreachable_telegram_holds_the_real_gateways_stop_for_half_a_minute_at_most(
    home: Home,
) -> None:
    bot = {"enabled": True, "bot_token": BOT, "api_root": "http://127.0.0.1:9"}
    result = home.instance("acme", telegram=bot)
    assert result["instance"]["telegram"] == {"enabled": True, "bot": "", "token": "reference"}
    assert BOT not in json.dumps(result)
    assert home.instance("acme")["changed"] is False
    begin = time.monotonic()
    home.instance("acme", state="stopped")
    assert time.monotonic() - begin < 60
    for log in (home.path / ".openclaw-acme/logs").iterdir():
        assert BOT not in log.read_text()
    home.instance("acme", telegram={"enabled": False})
    assert "TELEGRAM_BOT_TOKEN" not in (home.state_dir("acme") / ".env").read_text()
