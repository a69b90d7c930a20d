"""An adopted instance is started, restarted and stopped like one of ours, and stays its owner's."""

from __future__ import annotations

from typing import Any

ASSISTANT = "/home/alice/assistant"
ACME = "/opt/openclaw/.openclaw-acme"


def findings(seen: Any, slug: str) -> list[dict[str, Any]]:
    return [one for one in seen.answer("doctor").result["findings"] if one["slug"] == slug]


def test_a_name_that_two_users_have_is_not_guessed(seen):
    failure = seen.answer("ambiguous").failure
    assert failure["code"] == "INSTANCE_AMBIGUOUS"
    assert "/home/alice" in failure["message"]
    assert "/home/bob" in failure["message"]


def test_it_was_started_once(seen):
    started, again = seen.answer("started"), seen.answer("started_again")
    assert (started.changed, started.only["state"]) == (True, "running")
    assert not again.changed
    assert again.only["service"]["pid"] == started.only["service"]["pid"] > 0


def test_a_restart_gave_it_a_new_process(seen):
    restarted = seen.answer("restarted")
    assert (restarted.changed, restarted.only["state"]) == (True, "running")
    assert restarted.only["service"]["pid"] not in (
        0,
        seen.answer("started").only["service"]["pid"],
    )


def test_it_is_stopped_and_its_unit_is_as_enabled_as_before(seen, server):
    stopped = seen.answer("stopped")
    assert (stopped.changed, stopped.only["state"]) == (True, "stopped")
    assert server.systemctl("alice", "is-active", "my-assistant") == "inactive"
    assert server.systemctl("alice", "is-enabled", "my-assistant") == "enabled"
    assert seen.rows()[ASSISTANT]["state"] == "stopped"


def test_the_other_gateway_has_not_noticed(seen, server):
    before = seen.answer("as_root").instances[ACME]["service"]["pid"]
    assert seen.answer("status").instances[ACME]["service"]["pid"] == before
    assert server.pid("openclaw", "openclaw-acme") == before > 0


def test_status_shows_all_of_them_and_the_server(seen):
    status = seen.answer("status")
    states = {path: one["state"] for path, one in status.instances.items()}
    assert states.keys() == seen.answer("as_root").instances.keys()
    assert [path for path, state in states.items() if state == "running"] == [ACME]
    assert status.instances[ACME]["process"]["memory_bytes"] > 50_000_000
    assert status.result["hosts"][0]["os"] == "Debian GNU/Linux 12 (bookworm)"


def test_its_log_is_read(seen):
    lines = seen.answer("logs").result["lines"]
    assert [line for line in lines if "http server" in line["message"].lower()]


def test_the_doctor_sees_a_broken_config_and_open_files(seen):
    found = findings(seen, "broken")
    assert {one["check"] for one in found} == {"config", "modes"}
    assert {one["severity"] for one in found} == {"error"}
    fixes = {one["fix"] for one in found if one["check"] == "modes"}
    folder = "/home/bob/.openclaw-broken"
    assert fixes == {f"chmod 700 {folder}", f"chmod 600 {folder}/openclaw.json"}


def test_the_doctor_sees_that_bob_does_not_linger_and_alice_does(seen):
    linger = [one for one in findings(seen, "team") if one["check"] == "linger"]
    assert [(one["openclaw_home"], one["fix"]) for one in linger] == [
        ("/home/bob", "loginctl enable-linger bob")
    ]


def test_the_doctor_sees_one_port_of_two_instances(seen):
    assert "port" in {one["check"] for one in findings(seen, "default")}


def test_no_secret_is_shown(seen):
    for name in ("started.json", "status.json", "logs.json", "doctor.json"):
        assert not [secret for secret in seen.secrets if secret in seen.text(name)]
