"""Everything on the server is found for what it is, and adopted without a file being touched."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

ASSISTANT, TEAM = "/home/alice/assistant", "/home/alice/.openclaw-team"
ACME, LEGACY = "/opt/openclaw/.openclaw-acme", "/home/ops/.openclaw"
BROKEN, OTHER_TEAM, SHOP = "/home/bob/.openclaw-broken", "/home/bob/.openclaw-team", "/srv/shop"
ALL = "service process listener"
# state directory -> slug, user, port, state, source, confidence, what else tells of it
AS_ROOT = {
    ACME: (
        "acme",
        "openclaw",
        18789,
        "running",
        "directory",
        "certain",
        "service process listener",
    ),
    ASSISTANT: ("assistant", "alice", 19200, "running", "service", "certain", "process listener"),
    TEAM: ("team", "alice", 19320, "running", "directory", "certain", ALL),
    LEGACY: ("default", "ops", 18789, "stopped", "legacy", "medium", ""),
    OTHER_TEAM: ("team", "bob", 19560, "stopped", "directory", "high", "service"),
    BROKEN: ("broken", "bob", 0, "stopped", "directory", "low", ""),
    SHOP: ("shop", "bob", 19440, "stopped", "service", "high", ""),
}
# state directory -> service, scope, whether it is enabled
SERVICES = {
    ACME: ("openclaw-acme", "user", True),
    ASSISTANT: ("my-assistant", "user", True),
    TEAM: ("openclaw-gateway-team", "user", True),
    OTHER_TEAM: ("openclaw-gateway-team", "user", True),
    SHOP: ("openclaw-shop", "system", False),
}


def problems(instance: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in instance["problems"]]


def test_root_finds_them_all_and_nothing_else(seen):
    assert seen.answer("as_root").instances.keys() == AS_ROOT.keys()


@pytest.mark.parametrize("path", AS_ROOT)
def test_root_sees_what_each_is(seen, path: str):
    found = seen.answer("as_root").instances[path]
    keys = ("slug", "openclaw_user", "port", "state", "source", "confidence")
    kinds = [evidence["kind"] for evidence in found["evidence"]]
    assert (*(found[key] for key in keys), " ".join(kinds[1:])) == AS_ROOT[path]


@pytest.mark.parametrize("path", SERVICES)
def test_root_sees_what_runs_it(seen, path: str):
    service = seen.answer("as_root").instances[path]["service"]
    assert (service["name"], service["scope"], service["enabled"]) == SERVICES[path]


def test_only_ours_is_managed_and_known(seen):
    seen = seen.answer("as_root")
    assert [path for path, one in seen.instances.items() if one["managed"]] == [ACME]
    assert {one["state_dir"] for one in seen.result["new"]} == AS_ROOT.keys() - {ACME}


def test_what_is_broken_is_a_problem_of_that_instance_alone(seen):
    found = seen.answer("as_root").instances
    assert problems(found[BROKEN]) == ["FILE_MALFORMED"]
    assert BROKEN in found[BROKEN]["reason"]
    assert problems(found[LEGACY]) == ["PORT_TAKEN"]
    rest = found.keys() - {BROKEN, LEGACY}
    assert [path for path in rest if found[path]["problems"]] == []


def test_a_config_with_comments_and_one_with_a_list_of_agents_are_read(seen):
    found = seen.answer("as_root").instances
    assert [agent["name"] for agent in found[ASSISTANT]["agents"]] == ["Butler"]
    assert [agent["id"] for agent in found[TEAM]["agents"]] == ["main", "helper"]
    assert [agent["name"] for agent in found[LEGACY]["agents"]] == ["Old"]


def test_an_operator_finds_his_own_and_what_others_let_him_see(seen):
    found = seen.answer("as_ops").instances
    assert found.keys() == {LEGACY, ASSISTANT, TEAM, SHOP, ""}
    assert found[LEGACY]["confidence"] == "medium"
    for path in (ASSISTANT, TEAM):
        assert (found[path]["state"], found[path]["confidence"]) == ("running", "certain")
        assert problems(found[path]) == ["FILE_UNREADABLE"]


def test_a_gateway_in_a_home_that_may_not_be_read_is_seen_by_its_process(seen):
    found = seen.answer("as_ops").instances[""]
    assert (found["openclaw_user"], found["port"], found["state"]) == ("openclaw", 18789, "running")
    assert [evidence["kind"] for evidence in found["evidence"]] == ["process", "listener"]


def test_each_systemd_is_asked_once_however_many_instances_it_has(seen):
    asked = Counter(
        (words[0], next(word for word in words if word in ("list-units", "show")))
        for words in map(str.split, seen.text("systemctl.txt").splitlines())
        if {"list-units", "show"} & set(words)
    )
    assert asked.keys() >= {(user, "list-units") for user in ("root", "alice", "bob", "openclaw")}
    assert ("alice", "show") in asked
    assert set(asked.values()) == {1}


def test_a_person_sees_a_table_with_what_could_not_be_asked(seen):
    table = seen.text("table.txt")
    for words in (ASSISTANT, OTHER_TEAM, SHOP, "is not valid JSON5", "The systemd of bob did not"):
        assert words in table
    assert "openclaw-empty" not in table
    assert "openclaw-stray" not in table


def test_adoption_touches_no_file(seen):
    before, after = seen.listing("before_adoption.txt"), seen.listing("after_adoption.txt")
    assert {ASSISTANT, TEAM, LEGACY, BROKEN, OTHER_TEAM, SHOP} <= before.keys()
    assert len(before[f"{TEAM}/openclaw.json"]) == 2  # what it is, and what it holds
    assert after == before


def test_adoption_is_a_row_each(seen):
    assert seen.answer("adopted").changed
    known = seen.rows()
    assert known.keys() == AS_ROOT.keys()
    assert {path: row["discovered"] for path, row in known.items()} == {
        path: int(path != ACME) for path in AS_ROOT
    }
    assert sorted(seen.events("team")) == [("/home/alice", "adopted"), ("/home/bob", "adopted")]


def test_a_second_adoption_finds_nothing_new(seen):
    again = seen.answer("adopted_again")
    assert not again.changed
    assert again.result["new"] == []


@pytest.mark.parametrize("name", ["as_root.json", "adopted.json", "table.txt"])
def test_no_secret_is_shown(seen, name: str):
    assert not [secret for secret in seen.secrets if secret in seen.text(name)]
