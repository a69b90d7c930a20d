"""After a reboot what its owner enabled is back, and discovery says the same as before."""

from __future__ import annotations

ASSISTANT, TEAM = "/home/alice/assistant", "/home/alice/.openclaw-team"
ACME = "/opt/openclaw/.openclaw-acme"


def test_what_is_enabled_is_back_also_what_we_had_stopped(seen, server):
    states = {path: one["state"] for path, one in seen.answer("rebooted").instances.items()}
    assert {path for path, state in states.items() if state == "running"} == {ACME, ASSISTANT, TEAM}
    for user, unit in (
        ("openclaw", "openclaw-acme"),
        ("alice", "my-assistant"),
        ("alice", "openclaw-gateway-team"),
    ):
        assert server.systemctl(user, "is-active", unit) == "active"


def test_discovery_agrees_with_itself(seen):
    def told(name: str) -> dict[str, tuple[str, ...]]:
        keys = ("slug", "state", "source", "confidence", "port", "openclaw_user")
        found = seen.answer(name).instances
        return {path: tuple(one[key] for key in keys) for path, one in found.items()}

    assert told("rebooted") == told("as_root")
    assert seen.answer("rebooted").result["new"] == []
    assert seen.answer("rebooted").result["gone"] == []


def test_the_registry_knows_that_it_runs_again(seen):
    assert seen.rows()[ASSISTANT]["state"] == "running"
