# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: every page, every call of the API and every channel, with every scope."""

from __future__ import annotations

import inspect
import json
import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.module_utils._secrets import REDACTED
from ansible_collections.claw.pilot.webapp import actions
from ansible_collections.claw.pilot.webapp.api.document import document, path_of
from ansible_collections.claw.pilot.webapp.doors.rights import (
    CHANNELS,
    NAME,
    OPEN,
    RIGHTS,
    SCOPES,
    YES,
    of_run,
)
from ansible_collections.claw.pilot.webapp.doors.who import Who, right_of, scope_of
from ansible_collections.claw.pilot.webapp.jobs.model import Here, Job, Request
from ansible_collections.claw.pilot.webapp.live.connection import Connection
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.webapp.fakes import FakeJobs
from tests.webapp.routes import routes

pytestmark = pytest.mark.timeless

SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket"}


def header(services: Any, scope: str) -> dict[str, str]:
    made = services.doors.make_token(f"with {scope}", scope)
    return {"Authorization": f"Bearer {made}"}


def a_place(services: Any) -> dict[str, str]:
    """Where an instance is that runs."""
    line = next(one for one in services.live.lines() if one["state"] == "running")
    return {"host": str(line["host"]), "slug": str(line["slug"])}


def a_job(jobs: FakeJobs, playbook: str, check: bool = False, **variables: Any) -> Job:
    given = {**({} if playbook == "discover" else {"slug": "acme"}), **variables}
    return jobs.submit(Request(playbook, given, "web1", "acme", title="Do it to acme", check=check))


def test_every_view_states_its_right(app: Flask) -> None:
    rights = {endpoint: right_of(view) for endpoint, view in app.view_functions.items()}
    assert [endpoint for endpoint, right in rights.items() if right not in RIGHTS] == []


def test_what_states_nothing_takes_everything(app: Flask, anonymous: FlaskClient) -> None:
    services = app.extensions["claw_pilot"]
    app.add_url_rule("/api/new", "new", lambda: "done")
    codes = [
        anonymous.get("/api/new", headers=header(services, scope)).status_code for scope in SCOPES
    ]
    assert codes == [403, 403, 403, 200]


@pytest.mark.parametrize("scope", ["", *SCOPES])
def test_every_route_lets_in_whom_its_right_says(
    app: Flask, anonymous: FlaskClient, services: Any, fake_jobs: FakeJobs, scope: str
) -> None:
    job = a_job(fake_jobs, "destroy_instance", confirm="acme")
    token = header(services, scope) if scope else {}
    asks = Who("with", scope) if scope else None
    walked = routes(app, {**a_place(services), "id": job.id})
    assert len(walked) > 60
    for endpoint, method, path in walked:
        right = right_of(app.view_functions[endpoint])
        more = SOCKET if path == "/ws" else {}
        try:
            answer = anonymous.open(path, method=method, headers={**token, **more})
        except RuntimeError:  # there is no socket to make a live connection of
            answer = SimpleNamespace(status_code=200, text="")
        missing = answer.status_code == 403 and "and this takes one that may" in answer.text
        if asks is None:
            let_in = answer.status_code not in (401, 303) or endpoint == "doors.login"
            if endpoint == "doors.enter":  # it is the one to say that a token is wrong
                let_in = "takes a login" not in answer.text
            assert let_in is (RIGHTS[right].scope == OPEN), (method, path, answer.status_code)
        elif "job_again" in endpoint or endpoint == "api.repeat_job":  # what destroying takes
            assert missing is (scope != "admin"), (method, path)
        else:
            assert missing is not asks.may(scope_of(right)), (method, path, scope)
    assert (
        scope == "admin"
        or len(fake_jobs.requests) == 1
        or {of_run(one.playbook, one.variables) for one in fake_jobs.requests[1:]}
        <= {name for name, right in RIGHTS.items() if asks and asks.may(right.scope)}
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_whatever_a_view_lets_through_no_job_is_made_by_who_may_not(
    app: Flask, services: Any, fake_jobs: FakeJobs, scope: str
) -> None:
    """The views are not asked here: this is the second lock."""
    line = services.live.lines()[0]
    slug = line["slug"]
    done = {
        "start": lambda: actions.start(line, "x"),
        "stop": lambda: actions.stop(line, "x"),
        "restart": lambda: actions.restart(line, "x"),
        "destroy": lambda: actions.destroy(line, slug, None, "x"),
        "create": lambda: actions.create("web1", {"slug": "new"}, False, "x"),
        "decide": lambda: actions.create("web1", {"slug": "new", "prefix": "/x"}, True, "x"),
        "take_over": lambda: actions.create("web1", {"slug": "a1", "take_over": True}, True, "x"),
        "discover": lambda: actions.discover("web1", "x"),
        "adopt": lambda: actions.adopt([line], "x"),
        "approve": lambda: actions.pair_telegram(line, "ABC", "x"),
        "reject": lambda: actions.devices(line, "reject", "r1", "x"),
        "remove_device": lambda: actions.devices(line, "remove", "d1", "x"),
        "rotate_device": lambda: actions.devices(line, "rotate", "d1", "x"),
        "run": lambda: actions.run("doctor", "web1", {}, "x", check=False, diff=False),
        "control_ui": lambda: actions.control_ui(line),
        "cancel": lambda: actions.cancel(a_job(fake_jobs, "doctor").id, "x"),
        "tag": lambda: actions.set_tags({**line, "registry": "none"}, []),
    }
    public = {
        name
        for name, one in inspect.getmembers(actions, inspect.isfunction)
        if one.__module__ == actions.__name__ and not name.startswith("_")
    }
    assert public - {"row_of", "right_again", "again", "devices", "pair_telegram", "set_tags"} <= {
        *done
    }, "a new action has to be here"
    for right, do in done.items():
        with app.test_request_context():
            from flask import g

            g.who = Who("someone", scope)
            try:
                do()
                code = ""
            except ClawPilotError as error:
                code = error.code
        may = Who("", scope).may(RIGHTS[right].scope)
        assert (code == "SCOPE_MISSING") is not may, (right, code)


@pytest.mark.parametrize("scope", SCOPES)
def test_every_channel_is_for_whom_its_right_says(services: Any, app: Flask, scope: str) -> None:
    ws: Any = SimpleNamespace()
    made = Connection(ws, services.hub, False, lambda: True, Who("x", scope))
    told: list[str] = []
    made._refuse = lambda error, kind, one: told.append(error.code)  # type: ignore[method-assign]
    for channel, right in CHANNELS.items():
        payload = {"channel": channel, "id": "none"}
        waiting = [json.dumps({"type": "subscribe", "payload": payload})]
        ws.receive = lambda timeout, waiting=waiting: waiting.pop() if waiting else None
        told.clear()
        made._receive()
        assert ("SCOPE_MISSING" in told) is not Who("", scope).may(RIGHTS[right].scope), channel


def test_a_channel_without_a_right_is_none(services: Any, app: Flask) -> None:
    made = Connection(SimpleNamespace(), services.hub, False, lambda: True, Who("x", "admin"))
    source = inspect.getsource(Connection._make)
    assert set(re.findall(r'kind == "(\w+)"', source)) <= set(CHANNELS)
    with pytest.raises(ClawPilotError, match="there is no channel"):
        made._make("tokens", "", {})


def test_the_document_says_the_same(app: Flask) -> None:
    words = {"operate": "Needs a token that may operate.", "admin": "do everything."}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            place = document()["paths"].get(path_of(rule.rule), {}).get(method.lower())
            if place is None:
                continue
            scope = scope_of(right_of(app.view_functions[rule.endpoint]))
            said = [one for one in words if words[one] in place.get("description", "")]
            assert said == ([scope] if scope in words else []), place["operationId"]


# Run again


def test_every_playbook_that_can_destroy_is_asked_about_again() -> None:
    for name in ("destroy", "take_over"):
        assert RIGHTS[name].again == NAME
    for name in ("remove_device", "rotate_device", "reject", "prune", "run", "stop", "restart"):
        assert RIGHTS[name].again == YES


def test_a_destroy_is_never_repeated_but_begun_anew(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    job = a_job(fake_jobs, "destroy_instance", confirm="acme", openclaw_home="/opt/openclaw")
    for form in ({}, {"confirm": "yes"}, {"confirm": "acme"}, {"failed_hosts": "yes"}):
        answer = client.post(f"/jobs/{job.id}/again", data=form)
        assert (answer.status_code, answer.location) == (303, "/hosts/web1/acme/destroy")
    assert len(fake_jobs.requests) == 1


@pytest.mark.parametrize("path", ["/api/jobs/{}/again", "/jobs/{}/again"])
@pytest.mark.parametrize(
    ("playbook", "variables"),
    [
        ("destroy_instance", {"confirm": "acme"}),
        ("create_instance", {"take_over": True, "confirm": "acme"}),
        ("remove_plugin", {"yes": True}),
        ("devices", {"policy": [{"approve": "*"}]}),
    ],
)
def test_who_may_operate_repeats_nothing_that_takes_more(
    anonymous: FlaskClient,
    services: Any,
    fake_jobs: FakeJobs,
    path: str,
    playbook: str,
    variables: dict[str, Any],
) -> None:
    job = a_job(fake_jobs, playbook, **variables)
    token = header(services, "operate")
    for given in ({}, {"confirm": "acme"}, {"confirm": "yes"}):
        how: dict[str, Any] = {"json" if "api" in path else "data": given}
        answer = anonymous.post(path.format(job.id), headers=token, **how)
        assert answer.status_code == 403
    assert len(fake_jobs.requests) == 1
    allowed = a_job(fake_jobs, "restart_instance")
    assert anonymous.post(f"/api/jobs/{allowed.id}/again", headers=token).status_code == 202


def test_who_may_operate_repeats_a_job_by_the_reach_that_it_had(
    anonymous: FlaskClient, services: Any, fake_jobs: FakeJobs
) -> None:
    """As whom it ran was said by the registry, not by who asked."""
    reach = Here({"target": "web1", "openclaw_home": "/opt/o", "openclaw_user": "o"})
    token = header(services, "operate")
    for given, status in (({}, 202), ({"openclaw_user": "root"}, 403)):
        request = Request("restart_instance", {"slug": "acme", **given}, "web1", reach=reach)
        job = fake_jobs.submit(request)
        answer = anonymous.post(f"/api/jobs/{job.id}/again", headers=token)
        assert answer.status_code == status


def test_a_text_in_the_place_of_a_secret_gets_no_more_right(
    anonymous: FlaskClient, services: Any, fake_jobs: FakeJobs
) -> None:
    job = a_job(fake_jobs, "create_instance", config={"a": "b"})
    job = fake_jobs.move(job.id, variables={"slug": "acme", "providers": [REDACTED]})
    given = {"secrets": {"/providers/0": "name=anthropic base_url=http://evil/"}}
    answer = anonymous.post(
        f"/api/jobs/{job.id}/again", json=given, headers=header(services, "operate")
    )
    assert answer.status_code == 403
    assert len(fake_jobs.requests) == 1


def test_the_api_wants_the_name_once_more(
    anonymous: FlaskClient, services: Any, fake_jobs: FakeJobs
) -> None:
    job = a_job(fake_jobs, "destroy_instance", confirm="acme")
    token = header(services, "admin")
    for given in ({}, {"confirm": ""}, {"confirm": "other"}):
        answer = anonymous.post(f"/api/jobs/{job.id}/again", json=given, headers=token)
        assert answer.json["error"]["code"] == "NOT_CONFIRMED"
    assert len(fake_jobs.requests) == 1
    right = anonymous.post(f"/api/jobs/{job.id}/again", json={"confirm": "acme"}, headers=token)
    assert right.status_code == 202


def test_a_take_over_is_repeated_with_its_name_only(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    job = a_job(fake_jobs, "create_instance", take_over=True, confirm="acme")
    path = f"/jobs/{job.id}/again"
    assert 'data-must-be="acme"' in client.post(path).text
    assert client.post(path, data={"confirm": "yes"}).status_code == 400
    assert len(fake_jobs.requests) == 1
    assert client.post(path, data={"confirm": "acme"}).status_code == 303
    assert len(fake_jobs.requests) == 2


@pytest.mark.parametrize(
    ("playbook", "variables"),
    [
        ("stop_instance", {}),
        ("devices", {"remove": ["d1"]}),
        ("devices", {"reject": ["r1"]}),
        ("discover", {"prune": True}),
        ("remove_plugin", {"plugin": "x", "yes": True}),
    ],
)
def test_what_ends_something_is_repeated_after_a_yes(
    client: FlaskClient, fake_jobs: FakeJobs, playbook: str, variables: dict[str, Any]
) -> None:
    job = a_job(fake_jobs, playbook, **variables)
    asked = client.post(f"/jobs/{job.id}/again", data={"failed_hosts": "yes"})
    assert asked.status_code == 200
    assert 'name="confirm" value="yes"' in asked.text
    assert 'name="failed_hosts" value="yes"' in asked.text
    assert len(fake_jobs.requests) == 1
    assert client.post(f"/jobs/{job.id}/again", data={"confirm": "yes"}).status_code == 303
    assert len(fake_jobs.requests) == 2


def test_a_preview_is_repeated_at_once(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    job = a_job(fake_jobs, "destroy_instance", check=True)
    assert client.post(f"/jobs/{job.id}/again").status_code == 303
    assert fake_jobs.requests[-1].playbook == "destroy_instance"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/hosts/{host}/{slug}/devices", {"remove": "d1"}),
        ("/hosts/{host}/{slug}/devices", {"rotate": "d1"}),
        ("/settings/tokens/revoke", {"name": "ci"}),
        ("/jobs/{job}/cancel", {}),
    ],
)
def test_without_a_script_a_page_asks_as_well(
    client: FlaskClient, services: Any, fake_jobs: FakeJobs, path: str, form: dict[str, str]
) -> None:
    services.doors.make_token("ci", "read")
    job = a_job(fake_jobs, "doctor")
    answer = client.post(path.format(job=job.id, **a_place(services)), data=form)
    assert answer.status_code == 200
    assert 'name="confirm" value="yes"' in answer.text
    assert (len(fake_jobs.requests), len(services.doors.tokens())) == (1, 1)
    assert fake_jobs.get(job.id).is_active
    for name, value in form.items():
        assert f'name="{name}" value="{value}"' in answer.text


# What is offered


@pytest.mark.parametrize("scope", ["read", "operate", "admin"])
def test_no_page_offers_what_its_reader_may_not_do(
    app: Flask, anonymous: FlaskClient, services: Any, fake_jobs: FakeJobs, scope: str
) -> None:
    ended = a_job(fake_jobs, "destroy_instance", confirm="acme")
    fake_jobs.move(ended.id, state="failed", stats={"web1": {"failures": 1}, "web2": {"ok": 1}})
    active = a_job(fake_jobs, "doctor")
    token = header(services, scope)
    paths = ["/?view=cards", "/inbox", "/discover", f"/jobs/{ended.id}", f"/jobs/{active.id}"]
    paths += [
        f"{path}?now=1"
        for _e, m, path in routes(app, a_place(services))
        if m == "GET" and _is_page(path)
    ]
    adapter = app.url_map.bind("localhost")
    offered = set()
    for path in paths:
        answer = anonymous.get(path, headers=token)
        if answer.status_code != 200:
            continue
        for method, address in found_in(answer.text):
            try:
                endpoint, _values = adapter.match(address, method)
            except HTTPException:
                continue
            right = right_of(app.view_functions[endpoint])
            offered.add(right)
            assert Who("", scope).may(scope_of(right)), (path, method, address)
    assert ("destroy" in offered) is ("configure" in offered) is (scope == "admin")
    assert ("stop" in offered or "start" in offered) is (scope != "read")
    again = f"/jobs/{ended.id}/again"
    assert (again in anonymous.get(f"/jobs/{ended.id}", headers=token).text) is (scope == "admin")


def _is_page(path: str) -> bool:
    return not path.startswith(("/api", "/login", "/static", "/ws", "/metrics"))


def found_in(page: str) -> set[tuple[str, str]]:
    """(method, address) of what can be pressed. What rows and cards have is hidden by a class."""
    forms = re.findall(r'<form[^>]*method="(get|post)" action="([^"]+)"', page)
    links = re.findall(r'<a ([^>]*)href="(/[^"]*)"([^>]*)>', page)
    found = {(method.upper(), to) for method, to in forms}
    found |= {("GET", to) for before, to, after in links if "data-do" not in before + after}
    return {(method, unescape(to).partition("?")[0]) for method, to in found}
