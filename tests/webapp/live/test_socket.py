# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/ws with real sockets: who gets in, what is pushed, and what a browser may ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.live import hub
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.webapp import a_fleet
from tests.webapp.fakes import LOG, FakeJobs, FakeMonitor
from tests.webapp.live.conftest import Place

Wait = Callable[[Callable[[], bool]], None]
COOKIE = "claw_pilot_session"


def pend(live: Any, line: Any, count: int) -> None:
    """Change one instance."""
    live.set_pending(line["host"], {line["state_dir"]: count})


def test_strangers_and_foreign_pages_do_not_get_in(place: Place, services: Any) -> None:
    session = f"{COOKIE}={services.doors.open_session()}"
    origin = f"http://127.0.0.1:{place.port}"
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Cookie": f"{COOKIE}=wrong", "Origin": origin}, 401),
        ({"Cookie": session}, 403),
        ({"Cookie": session, "Origin": "http://evil.example"}, 403),
        ({"Cookie": session, "Sec-Fetch-Site": "same-origin"}, 403),
    ):
        with pytest.raises(InvalidStatus) as caught:
            place.browser(headers)
        assert caught.value.response.status_code == status, headers
    assert services.hub.count == 0
    browser = place.browser({"Cookie": session, "Origin": origin})
    browser.subscribe("jobs")
    browser.send("pong")
    assert browser.is_quiet()


def test_a_token_for_figures_only_does_not_get_in(place: Place, services: Any) -> None:
    token = services.doors.make_token("prometheus", "metrics")
    with pytest.raises(InvalidStatus) as caught:
        place.browser({"Authorization": f"Bearer {token}"})
    assert caught.value.response.status_code == 403


def test_everything_first_and_then_what_changes(place: Place, live: Any) -> None:
    browser = place.browser()
    browser.subscribe("fleet")
    snapshot = browser.payload("snapshot")
    assert snapshot == {"version": live.version, "instances": live.lines(), "hosts": live.hosts()}
    line = live.lines()[3]
    pend(live, line, 9)
    update = browser.payload("health_update")
    assert update["version"] == live.version
    assert [(one["id"], one["pending"]) for one in update["instances"]] == [(line["id"], 9)]
    assert update["removed"] == []
    assert "html" not in update


def test_with_a_view_come_the_pieces_of_the_page(place: Place, live: Any) -> None:
    for view, tag in (("row", "<tr"), ("card", "<article")):
        browser = place.browser()
        browser.subscribe("fleet", view=view)
        snapshot = browser.payload("snapshot")
        assert set(snapshot["html"]) == {line["id"] for line in live.lines()}
        assert set(snapshot["hosts_html"]) == {host["name"] for host in live.hosts()}
        line = live.lines()[0]
        pend(live, line, line["pending"] + 1)
        update = browser.payload("health_update")
        assert list(update["html"]) == [line["id"]]
        assert tag in update["html"][line["id"]].lower() or view == "card"


def test_who_has_a_version_gets_only_what_came_after(place: Place, live: Any) -> None:
    version = live.version
    line = live.lines()[0]
    pend(live, line, 5)
    browser = place.browser()
    browser.subscribe("fleet", since=version)
    update = browser.payload("health_update")
    assert [one["id"] for one in update["instances"]] == [line["id"]]
    browser.subscribe("fleet", since=live.version)
    assert browser.is_quiet()
    browser.subscribe("fleet", since=live.version + 1000)  # of a dashboard before this one
    assert browser.payload("snapshot")["version"] == live.version


def test_instances_come_and_go(place: Place, live: Any) -> None:
    browser = place.browser()
    browser.subscribe("fleet")
    browser.payload("snapshot")
    dice = a_fleet.random.Random(3)
    live.set_rows([])
    browser.payload("health_update")
    share = [a_fleet.instance_facts("brand-new", 30000, dice)]
    live.observe("web2", a_fleet.observation("web2", share, dice))
    assert browser.payload("instance_created")["slug"] == "brand-new"
    went = {browser.payload("instance_destroyed")["slug"] for _turn in range(4)}
    assert len(went) == 4
    update = browser.payload("health_update")
    assert len(update["removed"]) == 4
    assert [one["slug"] for one in update["instances"]] == ["brand-new"]


def test_only_the_named_instances(place: Place, live: Any, fake_monitor: FakeMonitor) -> None:
    first, second = live.lines()[:2]
    browser = place.browser()
    browser.subscribe("fleet", ids=[first["id"]])
    assert [one["id"] for one in browser.payload("snapshot")["instances"]] == [first["id"]]
    pend(live, second, 8)
    browser.is_quiet()
    pend(live, first, 8)
    assert [one["id"] for one in browser.payload("health_update")["instances"]] == [first["id"]]


def test_one_instance_and_the_monitor_knows_who_looks_at_what(
    place: Place, live: Any, fake_monitor: FakeMonitor, eventually: Wait
) -> None:
    line = live.lines()[0]
    browser = place.browser()
    browser.subscribe("instance", id=line["id"])
    assert [one["id"] for one in browser.payload("snapshot")["instances"]] == [line["id"]]
    assert list(fake_monitor.looks.values()) == [(line["host"], line["id"])]
    other = place.browser()
    other.subscribe("fleet")
    other.payload("snapshot")
    assert ("", "") in fake_monitor.looks.values()
    browser.ws.close()
    other.ws.close()
    eventually(lambda: not fake_monitor.looks)


def test_a_log_as_it_grows_and_the_end_of_it(
    place: Place, live: Any, fake_monitor: FakeMonitor, eventually: Wait
) -> None:
    line = live.lines()[0]
    browser = place.browser()
    browser.subscribe("logs", id=line["id"], lines=2)
    told = browser.payload("log_line")
    assert told == {"id": line["id"], "lines": LOG[1:], "skipped": 0}
    eventually(lambda: line["state_dir"] in fake_monitor.tails)
    fake_monitor.feed(line["state_dir"], "a", "b")
    assert [one["text"] for one in browser.payload("log_line")["lines"]] == ["a", "b"]
    browser.send("unsubscribe", channel="logs", id=line["id"])
    eventually(lambda: not fake_monitor.tails)


def test_a_log_that_is_faster_than_the_browser_skips_and_says_so(
    place: Place, live: Any, fake_monitor: FakeMonitor, eventually: Wait
) -> None:
    line = live.lines()[0]
    browser = place.browser()
    browser.subscribe("logs", id=line["id"], lines=1)
    browser.payload("log_line")
    eventually(lambda: line["state_dir"] in fake_monitor.tails)
    fake_monitor.feed(line["state_dir"], *(str(n) for n in range(5000)))
    lines: list[Any] = []
    skipped = 0
    while not lines or lines[-1]["text"] != "4999":
        told = browser.payload("log_line")
        skipped += told["skipped"]
        lines += told["lines"]
        assert len(told["lines"]) <= 500
    assert (len(lines), skipped) == (2000, 3000)
    assert [int(one["text"]) for one in lines] == list(range(3000, 5000))


def test_a_job_and_its_output_from_where_the_page_is(place: Place, fake_jobs: FakeJobs) -> None:
    from ansible_collections.claw.pilot.webapp.jobs.model import Request

    job = fake_jobs.submit(Request("discover"))
    fake_jobs.say(job.id, "one", "two")
    browser, all_jobs = place.browser(), place.browser()
    all_jobs.subscribe("jobs")
    browser.subscribe("job", id=job.id, after=1)
    told = browser.payload("job_event")
    assert (told["job"]["id"], [e["stdout"] for e in told["events"]]) == (job.id, ["two"])
    all_jobs.send("pong")
    assert all_jobs.is_quiet()
    fake_jobs.move(job.id, state="running")
    assert browser.payload("job_event")["job"]["state"] == "running"
    told = all_jobs.payload("job_event")
    assert (told["job"]["state"], told["events"]) == ("running", [])
    fake_jobs.say(job.id, *(str(n) for n in range(1200)))
    texts: list[str] = []
    while len(texts) < 1200:
        texts += [event["stdout"] for event in browser.payload("job_event")["events"]]
    assert texts == [str(n) for n in range(1200)]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", "MESSAGE_INVALID"),
        ("[]", "MESSAGE_INVALID"),
        ('{"type": 1}', "MESSAGE_INVALID"),
        ('{"type": "shout"}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": []}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": {"channel": "x"}}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": {"channel": "fleet", "view": "x"}}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": {"channel": "fleet", "since": -1}}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": {"channel": "fleet", "ids": 1}}', "MESSAGE_INVALID"),
        ('{"type": "subscribe", "payload": {"channel": "logs", "id": "x"}}', "INSTANCE_NOT_FOUND"),
        ('{"type": "subscribe", "payload": {"channel": "job", "id": "x"}}', "JOB_NOT_FOUND"),
    ],
)
def test_a_message_that_is_not_understood_is_answered_and_the_connection_stays(
    place: Place, live: Any, message: str, code: str
) -> None:
    browser = place.browser()
    browser.ws.send(message)
    error = browser.payload("error")
    assert error["code"] == code
    assert error["message"]
    browser.subscribe("fleet")
    browser.payload("snapshot")


def test_a_host_that_cannot_be_reached_is_told(
    place: Place, live: Any, fake_monitor: FakeMonitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError

    def tail(*_words: Any) -> None:
        raise ClawPilotError("HOST_UNREACHABLE", "No route.", "Wait.")

    monkeypatch.setattr(fake_monitor, "tail", tail)
    line = live.lines()[0]
    browser = place.browser()
    browser.subscribe("logs", id=line["id"])
    error = browser.payload("error")
    assert (error["code"], error["channel"], error["id"]) == (
        "HOST_UNREACHABLE",
        "logs",
        line["id"],
    )


def test_one_login_follows_so_many_logs(
    place: Place,
    live: Any,
    services: Any,
    fake_monitor: FakeMonitor,
    eventually: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "MOST_LOGS", 2)
    one, two, three = (line["id"] for line in live.lines()[:3])
    first, second = place.browser(), place.browser()
    first.subscribe("logs", id=one)
    first.next("log_line")
    second.subscribe("logs", id=two)
    second.next("log_line")
    second.subscribe("logs", id=three)
    error = second.payload("error")
    assert (error["code"], error["id"]) == ("TOO_MANY_TAILS", three)
    first.ws.close()
    eventually(lambda: len(fake_monitor.tails) == 1)
    second.subscribe("logs", id=three)
    second.next("log_line")
    other = place.browser({"Authorization": f"Bearer {services.doors.make_token('b', 'read')}"})
    other.subscribe("logs", id=one)
    other.next("log_line")


HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-WebSocket-Version", None),
        ("Sec-WebSocket-Version", "12"),
        ("Sec-WebSocket-Key", None),
        ("Upgrade", "h2c"),
        ("Connection", "close"),
        ("Transfer-Encoding", "gzip, chunked"),
    ],
)
def test_a_handshake_that_is_none_is_told_so(
    place: Place, name: str, value: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {**HANDSHAKE, "Authorization": f"Bearer {place.token}"}
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    with closing(HTTPConnection("127.0.0.1", place.port, timeout=20)) as asking:
        asking.putrequest("GET", "/ws")
        for key, text in headers.items():
            asking.putheader(key, text)
        asking.endheaders()
        answer = asking.getresponse()
        error = json.loads(answer.read())["error"]
    assert 400 <= answer.status < 500, error
    assert error["message"].endswith(".") and "Traceback" not in caplog.text


def test_too_many_subscriptions_are_refused(place: Place, live: Any) -> None:
    browser = place.browser()
    for number in range(41):
        browser.subscribe("fleet", since=live.version, id=str(number))
    assert browser.payload("error")["code"] == "MESSAGE_INVALID"


def test_pings_come_and_a_message_that_is_too_large_ends_the_connection(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible_collections.claw.pilot.webapp.live import connection

    monkeypatch.setattr(connection, "PING_EVERY", 0.2)
    browser = place.browser()
    assert browser.next("ping")["payload"] == {}
    browser.send("pong")
    with pytest.raises(ConnectionClosed):
        for _turn in range(50):
            browser.ws.send("x" * 300_000)
            browser.next()


def test_logging_out_ends_the_connection(place: Place, services: Any, eventually: Wait) -> None:
    secret = services.doors.open_session()
    origin = f"http://127.0.0.1:{place.port}"
    browser = place.browser({"Cookie": f"{COOKIE}={secret}", "Origin": origin})
    browser.subscribe("fleet")
    browser.payload("snapshot")
    services.doors.close_session(services.doors.by_session(secret).session)
    services.hub.recheck()
    with pytest.raises(ConnectionClosed) as caught:
        browser.next()
    assert caught.value.rcvd and caught.value.rcvd.code == 1008
    eventually(lambda: services.hub.count == 0)


def test_when_the_dashboard_stops_browsers_are_told(place: Place, services: Any) -> None:
    browser = place.browser()
    browser.subscribe("fleet")
    browser.payload("snapshot")
    services.hub.stop()
    with pytest.raises(ConnectionClosed) as caught:
        browser.next()
    assert caught.value.rcvd and caught.value.rcvd.code == 1001
    with pytest.raises(InvalidStatus) as refused:
        place.browser()
    assert refused.value.response.status_code == 503


def test_messages_are_packed_for_who_can_and_plain_for_who_cannot(place: Place, live: Any) -> None:
    for options in ({}, {"compression": None}):
        browser = place.browser(**options)
        agreed = [str(one.name) for one in browser.ws.protocol.extensions]
        assert agreed == ([] if options else ["permessage-deflate"])
        browser.subscribe("fleet", view="row")
        assert browser.payload("snapshot")["instances"] == live.lines()
        for count in (len(options) + 100, 200, 300):
            pend(live, live.lines()[0], count)
            assert browser.payload("health_update")["instances"][0]["pending"] == count
