# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol 4 without a socket: recorded frames in, typed events and errors out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway import (
    BACKEND,
    SCOPE_OF,
    Answer,
    Challenge,
    Client,
    Event,
    Gap,
    Hello,
    Refusal,
    Session,
    device_signature_text,
    has_scope,
)
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import COLLECTION_VERSION
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_gateway import CHALLENGE, recorded

TOKEN = "canary-7f3d-token"
CHALLENGE_FRAME = {"type": "event", "event": "connect.challenge", "payload": CHALLENGE}


def challenged(**options: Any) -> Session:
    session = Session(options.pop("token", TOKEN), name="The gateway on port 1", **options)
    session.receive(json.dumps(CHALLENGE_FRAME))
    return session


def respond(session: Session, request: str, **result: Any) -> list[Any]:
    answer = {"type": "res", "id": json.loads(request)["id"], **result}
    return session.receive(json.dumps(answer))


def ready(**auth: Any) -> Session:
    session = challenged()
    hello = recorded("hello-ok")
    hello["auth"].update(auth)
    respond(session, session.connect(), ok=True, payload=hello)
    return session


def refused(error: Any, **options: Any) -> GatewayError:
    session = challenged(**options)
    found = respond(session, session.connect(), ok=False, error=error)
    assert isinstance(found[0], Refusal) and session.state == "refused"
    return found[0].error


def test_a_challenge_comes_first() -> None:
    session = Session(TOKEN)
    assert session.state == "opening"
    found = session.receive(json.dumps(CHALLENGE_FRAME))
    assert found == [Challenge(CHALLENGE["nonce"], CHALLENGE["ts"])]
    assert session.state == "challenged"


def test_it_is_answered_as_a_backend_with_the_token_and_no_device() -> None:
    frame = json.loads(challenged(scopes=["operator.read"]).connect())
    assert (frame["type"], frame["id"], frame["method"]) == ("req", "1", "connect")
    assert frame["params"] == {
        "minProtocol": 4,
        "maxProtocol": 4,
        "client": {
            "id": "gateway-client",
            "mode": "backend",
            "version": COLLECTION_VERSION,
            "platform": "linux",
            "displayName": "Claw Pilot",
        },
        "role": "operator",
        "scopes": ["operator.read"],
        "caps": [],
        "auth": {"token": TOKEN},
    }


def test_a_device_and_a_device_family_are_sent_along() -> None:
    device = {"id": "d", "publicKey": "p", "signature": "s", "signedAt": 1, "nonce": "n"}
    session = challenged(client=Client(device_family="Server"))
    params = json.loads(session.connect(device))["params"]
    assert params["device"] == device
    assert params["client"]["deviceFamily"] == "Server"


def test_without_a_token_there_is_no_auth() -> None:
    assert "auth" not in json.loads(challenged(token="").connect())["params"]


def test_hello_says_what_the_connection_may_do() -> None:
    session = challenged()
    found = respond(session, session.connect(), ok=True, payload=recorded("hello-ok"))
    (hello,) = found
    assert isinstance(hello, Hello) and session.hello is hello and session.state == "ready"
    assert hello.version == "2026.9.6"
    assert hello.scopes == {
        f"operator.{word}" for word in "admin read write approvals pairing".split()
    }
    assert {"health", "config.get", "device.pair.list"} < hello.methods
    assert len(hello.methods) == 466 and "tick" in hello.events
    assert (hello.tick_seconds, hello.max_payload) == (30.0, 26214400)


def test_a_number_beyond_all_bounds_is_none() -> None:
    session = challenged()
    hello = {**recorded("hello-ok"), "policy": {"tickIntervalMs": 10**400, "maxPayload": 1 << 53}}
    (found,) = respond(session, session.connect(), ok=True, payload=hello)
    assert (found.tick_seconds, found.max_payload) == (0, 0)


def test_a_request_is_answered_by_its_id() -> None:
    session = ready()
    first, first_frame = session.request("health")
    second, second_frame = session.request("device.pair.list", {"limit": 1})
    assert json.loads(second_frame)["params"] == {"limit": 1}
    pending = recorded("devices-list.pending")
    assert respond(session, second_frame, ok=True, payload=pending) == [
        Answer(second, "device.pair.list", pending)
    ]
    assert respond(session, first_frame, ok=True, payload=[]) == [Answer(first, "health", [])]


def test_an_answer_nobody_waits_for_is_ignored() -> None:
    session = ready()
    _number, frame = session.request("health")
    assert respond(session, frame, ok=True, payload={}) != []
    assert respond(session, frame, ok=True, payload={}) == []


@pytest.mark.parametrize(
    ("name", "code", "details_code"),
    [
        ("connect-token-mismatch", "GATEWAY_TOKEN_REFUSED", "AUTH_TOKEN_MISMATCH"),
        ("connect-pairing-required", "PAIRING_REQUIRED", "PAIRING_REQUIRED"),
        ("connect-starting", "GATEWAY_REFUSED", ""),
        ("missing-scope", "GATEWAY_SCOPE_MISSING", "MISSING_SCOPE"),
        # a token was sent: then the device it is
        ("connect-without-token", "GATEWAY_REFUSED", "DEVICE_IDENTITY_REQUIRED"),
    ],
)
def test_a_refused_connect_has_its_code(name: str, code: str, details_code: str) -> None:
    error = refused(recorded(name))
    assert (error.code, error.details_code) == (code, details_code)
    assert error.gateway_code == recorded(name)["code"]
    assert error.message.startswith("The gateway on port 1 refused connect: ")
    assert error.hint


def test_a_missing_token_is_a_refused_token() -> None:
    assert refused(recorded("connect-without-token"), token="").code == "GATEWAY_TOKEN_REFUSED"


def test_a_pairing_refusal_names_its_request() -> None:
    error = refused(recorded("connect-pairing-required"))
    assert error.request_id == "a635feb9-0c67-4a23-bc7c-7c15fd2efb86"
    assert error.details["reason"] == "not-paired"


def test_a_starting_gateway_says_when_to_ask_again() -> None:
    starting = recorded("connect-starting")
    assert refused(starting).retry_after == 0.5
    assert refused({**starting, "retryAfterMs": 1200}).retry_after == 1.2
    assert refused({**starting, "retryAfterMs": "soon"}).retry_after == 0.5
    assert refused({**starting, "retryable": False}).retry_after is None
    assert refused({**starting, "code": "INVALID_REQUEST"}).retry_after is None


def test_a_refused_request_leaves_the_connection_ready() -> None:
    session = ready()
    number, frame = session.request("device.pair.approve", {"requestId": "x"})
    error = {"code": "INVALID_REQUEST", "message": "unknown requestId.\n"}
    (found,) = respond(session, frame, ok=False, error=error)
    assert (found.id, found.method, session.state) == (number, "device.pair.approve", "ready")
    assert found.error.code == "GATEWAY_REFUSED"
    assert found.error.message == (
        "The gateway on port 1 refused device.pair.approve: unknown requestId."
    )


def test_an_unknown_method_of_the_gateway_is_a_missing_one() -> None:
    session = ready()
    _number, frame = session.request("health")
    error = {**recorded("unknown-method"), "message": "unknown method: health"}
    (found,) = respond(session, frame, ok=False, error=error)
    assert found.error.code == "GATEWAY_METHOD_MISSING"


def test_a_method_that_is_not_offered_is_refused_early() -> None:
    with pytest.raises(GatewayError, match=r"\(OpenClaw 2026.9.6\) has no method nosuch") as caught:
        ready().request("nosuch.method")
    assert caught.value.code == "GATEWAY_METHOD_MISSING"


@pytest.mark.parametrize(
    ("scopes", "method", "allowed"),
    [
        ([], "health", True),
        ([], "status", False),
        ([], "tools.catalog", False),
        (["operator.talk"], "tools.catalog", True),  # not in the table: the gateway's to say
        (["operator.read"], "config.get", True),
        (["operator.read"], "device.pair.list", False),
        (["operator.write"], "config.get", True),
        (["operator.write"], "config.patch", False),
        (["operator.pairing"], "device.pair.list", True),
        (["operator.pairing"], "status", False),
        (["operator.admin"], "device.pair.list", True),
    ],
)
def test_a_method_without_its_scope_is_refused_early(
    scopes: list[str], method: str, allowed: bool
) -> None:
    session = ready(scopes=scopes)
    if allowed:
        assert session.request(method)
        return
    with pytest.raises(GatewayError, match=f"call {method}") as caught:
        session.request(method)
    assert caught.value.code == "GATEWAY_SCOPE_MISSING"
    assert caught.value.details["missingScope"] == SCOPE_OF.get(method, "")


def test_every_method_in_the_table_is_one_of_the_gateway() -> None:
    assert set(SCOPE_OF) <= set(recorded("hello-ok")["features"]["methods"])
    assert has_scope(frozenset(["operator.admin"]), "operator.pairing")


def test_recorded_events_come_out_with_a_gap_where_one_was_left_out() -> None:
    session = ready()
    found = [item for frame in recorded("events") for item in session.receive(json.dumps(frame))]
    assert found[0] == Event("health", recorded("events")[0]["payload"], 1)
    assert found[1] == Gap(2, 3)
    numbers = [item.seq for item in found if isinstance(item, Event)]
    assert numbers == [frame["seq"] for frame in recorded("events")]


def test_events_without_a_number_make_no_gap() -> None:
    session = ready()
    frames = [{"type": "event", "event": "tick", **seq} for seq in ({"seq": 7}, {}, {"seq": 8})]
    found = [item for frame in frames for item in session.receive(json.dumps(frame))]
    assert found == [Event("tick", None, 7), Event("tick", None), Event("tick", None, 8)]


@pytest.mark.parametrize(
    "frame", [{}, {"type": "hint"}, {"type": "req", "id": "9", "method": "x"}, CHALLENGE_FRAME]
)
def test_unknown_frames_are_ignored(frame: dict[str, Any]) -> None:
    assert ready().receive(json.dumps(frame)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html>",
        "[]",
        "null",
        "[" * 100_000,
        '{"type": "event"}',
        '{"type": "event", "event": "connect.challenge"}',
        '{"type": "event", "event": "connect.challenge", "payload": {"nonce": "n"}}',
        '{"type": "event", "event": "connect.challenge", "payload": {"nonce": "", "ts": 1}}',
        '{"type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": true}}',
        '{"type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": -1}}',
        '{"type": "res", "id": 1, "ok": true}',
        '{"type": "res", "id": "1", "ok": "yes"}',
    ],
)
def test_broken_frames_are_one_error(text: str) -> None:
    with pytest.raises(GatewayError, match="The gateway sends") as caught:
        Session(TOKEN).receive(text)
    assert caught.value.code == "GATEWAY_PROTOCOL"


@pytest.mark.parametrize("change", [{"protocol": 5}, {"type": "hello"}])
def test_another_protocol_is_refused(change: dict[str, Any]) -> None:
    session = challenged()
    with pytest.raises(GatewayError, match="does not speak protocol 4") as caught:
        respond(session, session.connect(), ok=True, payload={**recorded("hello-ok"), **change})
    assert caught.value.code == "GATEWAY_PROTOCOL"


def test_nothing_is_asked_before_hello_nor_connected_twice() -> None:
    session = challenged()
    with pytest.raises(GatewayError, match="the connection is challenged"):
        session.request("health")
    session.connect()
    with pytest.raises(GatewayError, match="the connection is connecting"):
        session.connect()


def test_a_closed_connection_says_the_gateways_words() -> None:
    session = ready()
    error = session.closed(1012, "service restart")
    assert (error.code, error.retry_after) == ("GATEWAY_UNREACHABLE", None)
    assert "closed the connection: service restart (1012)." in error.message
    with pytest.raises(GatewayError, match="the connection is closed"):
        session.request("health")


@pytest.mark.parametrize(("code", "again"), [(1012, 0.5), (1013, 0.5), (1008, None), (1005, None)])
def test_a_gateway_that_closes_before_hello_may_come_back(code: int, again: float | None) -> None:
    assert challenged().closed(code, "").retry_after == again


def test_the_token_shows_nowhere() -> None:
    words = f"bad {TOKEN}"
    details = {"code": "AUTH_TOKEN_MISMATCH", "seen": [TOKEN], TOKEN: {"deep": words}}
    error = refused({"code": words, "message": words * 100, "details": details})
    session = ready(deviceToken=TOKEN)
    seen = (error.as_dict(), error.details, error.gateway_code, error, error.args, session)
    assert TOKEN not in repr((seen, session.hello, session.closed(1008, words).as_dict()))
    assert session.hello and session.hello.device_token == TOKEN


def test_what_a_device_signs_is_text_version_3() -> None:
    client = Client("cli", "cli", platform=" LinuX ", device_family="ÄServer")
    challenge = Challenge("nonce-1", 1795223255000)
    text = device_signature_text("dev", client, ["operator.read", "operator.write"], challenge, "t")
    assert text == (
        "v3|dev|cli|cli|operator|operator.read,operator.write|1795223255000|t|nonce-1|linux|Äserver"
    )
    assert device_signature_text("dev", BACKEND, [], challenge) == (
        "v3|dev|gateway-client|backend|operator||1795223255000||nonce-1|linux|"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)
frames = st.fixed_dictionaries(
    {"type": st.sampled_from(["event", "res", "x"])},
    optional={
        "id": st.sampled_from(["1", "2"]) | json_values,
        "ok": st.booleans() | json_values,
        "event": st.sampled_from(["connect.challenge", "tick"]) | json_values,
        "payload": json_values,
        "seq": st.integers() | json_values,
        "error": st.fixed_dictionaries(
            {}, optional={"message": json_values, "details": json_values, "code": json_values}
        ),
    },
)


@given(frames | json_values, st.booleans())
def test_any_json_is_understood_or_the_one_error(frame: Any, greeted: bool) -> None:
    session = ready() if greeted else challenged()
    if greeted:
        session.request("health")
    else:
        session.connect()
    try:
        assert isinstance(session.receive(json.dumps(frame)), list)
    except GatewayError as error:
        assert error.code == "GATEWAY_PROTOCOL"
