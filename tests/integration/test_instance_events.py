# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbooks of instances tell the registry, and what they take from it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from .conftest import Home, new_home
from .controller import Controller

CANARY = "sk-ant-canary-0123456789"


@pytest.fixture(scope="module")
def homes(stub_prefix: Path) -> Iterator[dict[str, Home]]:
    """The homes of two hosts, in which the tests of this file build on each other, in order."""
    made = {name: new_home(stub_prefix) for name in ("one", "two")}
    for home in made.values():
        home.slugs.add("acme")
    yield made
    for home in made.values():
        home.clean_up()


@pytest.fixture(scope="module")
def controller(homes: dict[str, Home], tmp_path_factory: pytest.TempPathFactory) -> Controller:
    hosts = {
        name: {"openclaw_home": str(home.path), "prefix": str(home.prefix)}
        for name, home in homes.items()
    }
    return Controller(tmp_path_factory.mktemp("controller"), hosts)


def given(verb: str, **more: Any) -> dict[str, Any]:
    """The variables of a run."""
    create = {"wait": "live", "anthropic_api_key": CANARY} if verb == "create" else {}
    return {"slug": "acme", "service_manager": "supervisor", **create, **more}


def document(controller: Controller, verb: str, *flags: str, **more: Any) -> dict[str, Any]:
    return controller.document(f"{verb}_instance", *flags, **given(verb, **more))


def ports(controller: Controller) -> dict[str, dict[int, str]]:
    with controller.registry() as registry:
        return {host: registry.ports(host) for host in controller.hosts}


def stats(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(host, slug, state) of the instances of a result."""
    return sorted((i["host"], i["slug"], i["state"]) for i in found["result"]["instances"])


def both(state: str) -> list[tuple[str, str, str]]:
    return [("one", "acme", state), ("two", "acme", state)]


def newest(controller: Controller, count: int = 2) -> set[tuple[str, str, str]]:
    return set(controller.events()[-count:])


def test_1_check_mode_records_nothing(controller: Controller) -> None:
    found = document(controller, "create", "--check")
    assert found["changed"] is True
    assert not controller.registry_path.exists()


def test_2_create_takes_ports_from_the_registrys_range_and_past_its_rows(
    controller: Controller,
) -> None:
    """The row is of an instance that does not run, in another home of the host."""
    with controller.registry() as registry:
        registry.set_config("port_range_start", "20100")
        taken = {"slug": "other", "openclaw_home": "/srv/other", "port": 20100, "state": "stopped"}
        entry = {"event": "adopted", "instance": taken}
        registry.record([{"server": {"hostname": "one"}, "entries": [entry]}])
    found = document(controller, "create")
    assert found["failures"] == []
    assert stats(found) == both("running")
    assert CANARY not in json.dumps(found)
    assert ports(controller)["one"] == {20100: "other", 20220: "acme"}
    assert list(ports(controller)["two"]) in ([20100], [20340])  # both are this machine
    assert newest(controller) == {("one", "acme", "created"), ("two", "acme", "created")}
    assert ("one", "acme", 0) in controller.rows()
    files = [path.read_bytes() for path in controller.registry_path.parent.iterdir()]
    assert not any(CANARY.encode() in content for content in files)
    agents = [i["agents"][0]["id"] for i in found["result"]["instances"]]
    assert agents == ["main", "main"]


def test_3_what_changes_nothing_is_no_event(controller: Controller) -> None:
    before = controller.events()
    for verb in ("create", "start"):
        found = document(controller, verb)
        assert (found["failures"], found["changed"]) == ([], False)
    assert controller.events() == before


@pytest.mark.parametrize(
    ("verb", "event", "state"),
    [
        ("stop", "stopped", "stopped"),
        ("start", "started", "running"),
        ("restart", "restarted", "running"),
    ],
)
def test_4_what_is_done_is_an_event_in_one_write(
    controller: Controller, verb: str, event: str, state: str
) -> None:
    shown = controller.play(f"{verb}_instance", **given(verb))
    (written,) = re.findall(r"TASK \[[^]]*Record it in the registry\].*\n((?:\w+: .*\n)+)", shown)
    assert written.splitlines() == ["changed: [one]"]
    assert newest(controller) == {("one", "acme", event), ("two", "acme", event)}
    with controller.registry() as registry:
        assert {row["state"] for row in registry.instances(slug="acme")} == {state}
        stamps = {e["created_at"] for e in registry.events()[:2]}
    assert len(stamps) == 1


def test_5_a_host_that_fails_does_not_keep_the_other_from_being_recorded(
    controller: Controller,
) -> None:
    good = controller.hosts["one"]["openclaw_home"]
    controller.hosts["one"]["openclaw_home"] = "/nowhere"
    found = document(controller, "restart")
    controller.hosts["one"]["openclaw_home"] = good
    assert [failure["host"] for failure in found["failures"]] == ["one"]
    assert newest(controller, 1) == {("two", "acme", "restarted")}
    assert stats(found) == [("two", "acme", "running")]


def test_6_without_a_registry_everything_works(controller: Controller) -> None:
    before = controller.events()
    for verb in ("stop", "start"):
        found = document(controller, verb, registry="none")
        assert (found["failures"], found["changed"]) == ([], True)
    assert controller.events() == before


def test_7_an_instance_that_the_registry_has_lost_is_put_back(controller: Controller) -> None:
    controller.registry_path.unlink()
    found = document(controller, "start")
    assert found["failures"] == []
    assert newest(controller) == {("one", "acme", "adopted"), ("two", "acme", "adopted")}
    assert controller.rows() == [("one", "acme", 0), ("two", "acme", 0)]


class Deaf(BaseHTTPRequestHandler):
    """A dashboard that answers what is asked, and takes no report."""

    view: ClassVar[dict[str, Any]] = {"instances": [], "config": {}}

    def do_GET(self) -> None:
        self.answer(200, self.view)

    def do_POST(self) -> None:
        self.answer(503, {"error": {"message": "The disk is full."}})

    def answer(self, code: int, content: dict[str, Any]) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def deaf() -> Iterator[str]:
    """The URL of one."""
    server = HTTPServer(("127.0.0.1", 0), Deaf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("verb", "more", "event", "state"),
    [
        ("stop", {}, "stopped", "stopped"),
        ("start", {}, "started", "running"),
        ("create", {"display_name": "Renamed"}, "changed", "running"),
        ("destroy", {"confirm": "acme"}, "destroyed", ""),
        ("create", {}, "created", "running"),
    ],
)
def test_7b_what_the_registry_was_not_told_it_learns_from_the_same_run(
    controller: Controller, deaf: str, verb: str, more: dict[str, Any], event: str, state: str
) -> None:
    with controller.registry() as registry:
        rows = {row["hostname"]: row for row in registry.instances()}
    lost = document(controller, verb, registry=deaf, **more)
    (failure,) = lost["failures"]
    assert failure["code"] == "REGISTRY_UNREACHABLE" and "The disk is full" in failure["message"]
    for host in ("one", "two"):
        assert f"'acme' on {host} was {event}" in failure["message"]
    assert ("its gateway runs" in failure["message"]) is (state == "running")
    assert "run the same again" in failure["hint"]
    with controller.registry() as registry:
        assert {row["hostname"]: row for row in registry.instances()} == rows
    again = document(controller, verb, **more)
    assert (again["failures"], again["changed"]) == ([], verb == "destroy" or not rows)
    with controller.registry() as registry:
        found = registry.instances()
    assert {row["state"] for row in found} == ({state} if state else set())
    if "display_name" in more:
        assert {row["display_name"] for row in found} == {"Renamed"}


def test_8_destroy_is_an_event_and_shows_each_instance_once(controller: Controller) -> None:
    refused = document(controller, "destroy")
    assert refused["failures"]
    assert len(controller.rows()) == 2
    checked = document(controller, "destroy", "--check", confirm="acme")
    assert (checked["failures"], checked["changed"]) == ([], True)
    assert len(controller.rows()) == 2
    found = document(controller, "destroy", confirm="acme")
    assert found["failures"] == []
    assert stats(found) == both("absent")
    assert controller.rows() == []
    assert newest(controller) == {("one", "acme", "destroyed"), ("two", "acme", "destroyed")}
    again = document(controller, "destroy", confirm="acme")
    assert (again["failures"], again["changed"]) == ([], False)
