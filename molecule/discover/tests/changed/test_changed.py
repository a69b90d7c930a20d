"""One was destroyed without a trace, one forgotten, one is ours now; the rest has not noticed."""

from __future__ import annotations

import json

ASSISTANT, TEAM = "/home/alice/assistant", "/home/alice/.openclaw-team"
ACME, LEGACY = "/opt/openclaw/.openclaw-acme", "/home/ops/.openclaw"
UNITS = "/home/alice/.config/systemd/user"
BACKUPS = "/home/alice/openclaw-backups"


def test_destroying_wants_the_slug(seen):
    assert "needs confirm=assistant" in seen.answer("destroy_refused").failure["message"]


def test_it_and_its_unit_are_gone_after_a_backup_and_nothing_else_is(seen):
    before, after = seen.listing("before_destroy.txt"), seen.listing("after_destroy.txt")
    running = (f"{TEAM}/",)  # which goes on writing
    lost = {path for path in before.keys() - after.keys() if not path.startswith(running)}
    own = {path for path in before if path == ASSISTANT or path.startswith(f"{ASSISTANT}/")}
    link = f"{UNITS}/default.target.wants/my-assistant.service"
    assert lost == own | {f"{UNITS}/my-assistant.service", link}
    new = {path for path in after.keys() - before.keys() if not path.startswith(running)}
    assert {path.partition("/openclaw-assistant-")[0] for path in new} == {BACKUPS}
    holders = {"/home/alice", UNITS, f"{UNITS}/default.target.wants", TEAM}
    kept = (before.keys() & after.keys()) - holders
    assert [p for p in kept if before[p] != after[p] and not p.startswith(running)] == []


def test_systemd_has_forgotten_it(server):
    assert server.systemctl("alice", "list-unit-files", "--no-legend", "my-assistant*") == ""
    assert server.root("pgrep", "--euid", "alice", "--full", "port 19200") == ""


def test_what_was_removed_by_hand_is_forgotten_and_only_that(seen):
    pruned = seen.answer("pruned")
    assert [row["state_dir"] for row in pruned.result["gone"]] == [LEGACY]
    before = seen.answer("rebooted").instances.keys()
    assert seen.rows().keys() == before - {LEGACY, ASSISTANT}
    assert seen.events("default")[0] == ("/home/ops", "pruned")
    assert seen.events("assistant")[0] == ("/home/alice", "destroyed")


def test_taking_over_shows_the_difference_and_wants_the_slug(seen):
    shown = seen.text("take_over_refused.txt")
    assert "+        Description=OpenClaw Gateway - Instance team" in shown
    assert shown.index("+    managed: true") < shown.index("taking over team needs confirm=team")
    assert seen.answer("status_before").instances[TEAM]["managed"] is False


def test_it_is_ours_on_its_port_with_a_new_process(seen, server):
    before, after = (
        seen.answer(name).instances[TEAM] for name in ("status_before", "status_after")
    )
    assert seen.answer("taken_over").changed
    assert (after["managed"], after["state"], after["service"]["name"]) == (
        True,
        "running",
        "openclaw-team",
    )
    assert after["port"] == before["port"] == 19320
    assert after["service"]["pid"] not in (0, before["service"]["pid"])
    assert [agent["id"] for agent in after["agents"]] == [a["id"] for a in before["agents"]]
    assert server.systemctl("alice", "is-active", "openclaw-team") == "active"
    assert server.systemctl("alice", "is-enabled", "openclaw-team") == "enabled"


def test_its_old_unit_is_retired(server):
    old = f"{UNITS}/openclaw-gateway-team.service"
    assert not server.exists(old)
    assert server.exists(f"{old}.retired")
    assert server.systemctl("alice", "is-active", "openclaw-gateway-team") == "inactive"
    assert server.systemctl("alice", "list-unit-files", "--no-legend", "openclaw-gateway*") == ""


def test_its_token_and_what_we_have_no_word_for_have_stayed(seen, server):
    config = json.loads(server.root("cat", f"{TEAM}/openclaw.json"))
    assert config["messages"]["ackReaction"] == "👀"
    assert seen.secrets[1] not in json.dumps(config)
    assert f"OPENCLAW_GW_AUTH_TOKEN={seen.secrets[1]}" in server.root("cat", f"{TEAM}/.env").split()
    assert server.exists(f"{TEAM}/openclaw.json.before-claw-pilot")


def test_the_registry_has_it_as_ours(seen):
    assert seen.rows()[TEAM]["discovered"] == 0
    assert ("/home/alice", "taken_over") in seen.events("team")


def test_a_second_take_over_changes_nothing(seen):
    assert not seen.answer("taken_over_again").changed
    pid = seen.answer("taken_over").only["service"]["pid"]
    assert seen.answer("status_after").instances[TEAM]["service"]["pid"] == pid


def test_ours_has_not_noticed_any_of_it(seen, server):
    pid = seen.answer("rebooted").instances[ACME]["service"]["pid"]
    assert server.pid("openclaw", "openclaw-acme") == pid > 0


def test_the_inventory_has_the_server_and_its_instances(seen):
    assert "--claw-pilot-discover" in seen.text("hosts").partition("@state_running")[2]
    hosts = json.loads(seen.text("instances"))["_meta"]["hostvars"]
    assert sorted(hosts) == [
        "acme@claw-pilot-discover",
        "broken@claw-pilot-discover",
        "shop@claw-pilot-discover",
        "team@claw-pilot-discover+home-alice",
        "team@claw-pilot-discover+home-bob",
    ]


def test_no_secret_is_shown_or_recorded(seen):
    kept = [*seen.folder.iterdir(), *(seen.folder.parent / "controller").iterdir()]
    files = [path for path in kept if path.is_file()]
    assert seen.folder.parent / "controller" / "registry.db" in files
    secrets = [secret.encode() for secret in seen.secrets]
    assert not [path for path in files for secret in secrets if secret in path.read_bytes()]
