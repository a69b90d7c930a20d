# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocking client over real sockets: what a fake gateway, or a stranger, can do to it.

What a real gateway does as well is in tests/integration/test_rpc.py.
"""

from __future__ import annotations

import gc
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _rpc
from ansible_collections.claw.pilot.plugins.module_utils._frames import (
    BINARY,
    CLOSE,
    PING,
    TEXT,
    close_data,
    encode,
)
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError

from tests.fake_gateway import FakeGateway, Refuse, recorded

TOKEN = "fake-gateway-token"
SHORT = 0.3  # seconds, where a timeout is what is tested


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as made:
        yield made


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def failure(port: int, token: str = TOKEN, **options: Any) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        _rpc.call(port, token, "health", **options)
    assert caught.value.hint and TOKEN not in repr(caught.value.as_dict())
    return caught.value


def test_nothing_that_listens_is_unreachable(closed_port: int) -> None:
    error = failure(closed_port)
    assert error.code == "GATEWAY_UNREACHABLE"
    assert error.message == f"Nothing listens on port {closed_port} of the loopback."


@pytest.mark.parametrize("port", [0, 65536, 99999999])
def test_a_port_that_is_none_is_unreachable(port: int) -> None:
    assert failure(port).code == "GATEWAY_UNREACHABLE"


def test_a_listener_that_says_nothing_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = failure(listener.getsockname()[1], timeout=SHORT)
    assert (error.code, "did not say hello in time" in error.message) == ("GATEWAY_TIMEOUT", True)


def test_a_listener_that_is_too_busy_to_accept_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address):  # the one that its queue has room for
            error = failure(address[1], timeout=SHORT)
    assert (error.code, "did not answer in time" in error.message) == ("GATEWAY_TIMEOUT", True)


def test_a_gateway_that_falls_silent_after_the_upgrade_is_a_timeout() -> None:
    with FakeGateway(silent=True) as gateway:
        assert failure(gateway.port, timeout=SHORT).code == "GATEWAY_TIMEOUT"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>", "answers HTTP 200"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer in HTTP"),
        (b"", "hangs up"),
    ],
)
def test_something_else_on_the_port_is_said_to_be_that(answer: bytes, words: str) -> None:
    with FakeGateway(upgrade=answer) as gateway:
        error = failure(gateway.port)
    assert error.code == "GATEWAY_PROTOCOL"
    assert words in error.message and f"port {gateway.port} is none" in error.message


@pytest.mark.parametrize(
    "noise", [b"\xff\xff", encode(TEXT, b"no json"), encode(TEXT, b"\xff"), encode(TEXT, b"[]")]
)
def test_a_broken_frame_ends_the_connection(gateway: FakeGateway, noise: bytes) -> None:
    with _rpc.connect(gateway.port, TOKEN) as connection:
        gateway.noise = [noise]
        with pytest.raises(GatewayError) as caught:
            connection.call("health")
        assert caught.value.code == "GATEWAY_PROTOCOL"
        with pytest.raises(GatewayError, match="closed") as caught:
            connection.call("health")
        assert caught.value.code == "GATEWAY_UNREACHABLE"


def test_events_pings_unknown_frames_and_strangers_answers_are_passed_over(
    gateway: FakeGateway,
) -> None:
    gateway.noise = [
        encode(PING, b"still there?"),
        *(encode(TEXT, json.dumps(frame).encode()) for frame in recorded("events")),
        encode(TEXT, b'{"type": "hint"}'),
        encode(TEXT, b'{"type": "res", "id": "99", "ok": true, "payload": "not ours"}'),
        encode(BINARY, b"\x00"),
    ]
    with _rpc.connect(gateway.port, TOKEN) as connection:
        assert connection.call("health")["ok"] is True
        assert connection.call("health")["ok"] is True
    assert gateway.pongs[:2] == [b"still there?"] * 2  # of connect and of the first call


def test_several_calls_go_over_one_connection(gateway: FakeGateway) -> None:
    with _rpc.connect(gateway.port, TOKEN, scopes=["operator.pairing"]) as connection:
        assert connection.hello.scopes == {"operator.pairing"}
        assert connection.call("health")["ok"] is True
        assert connection.call("device.pair.list", {"a": 1}) == recorded("devices-list.pending")
    assert [c["scopes"] for c in gateway.connects] == [["operator.pairing"]]
    assert gateway.requests == [("health", {}), ("device.pair.list", {"a": 1})]


def test_the_other_loopback_address_is_tried_too() -> None:
    with FakeGateway(address="::1") as gateway:
        assert _rpc.call(gateway.port, TOKEN, "health")["ok"] is True


@pytest.mark.parametrize("piece", [1000, 65536])
def test_large_messages_come_whole_however_they_are_cut(piece: int) -> None:
    large = {"text": "\N{LOBSTER}" * 300_000}
    with FakeGateway(methods={"tools.catalog": large}, piece=piece) as gateway:
        assert _rpc.call(gateway.port, TOKEN, "tools.catalog") == large


def test_a_large_request_arrives_whole(gateway: FakeGateway) -> None:
    gateway.methods = {"config.patch": lambda params: {"size": len(params["raw"])}}
    assert _rpc.call(gateway.port, TOKEN, "config.patch", {"raw": "x" * 5_000_000}) == {
        "size": 5_000_000
    }


def test_a_starting_gateway_is_waited_for() -> None:
    with FakeGateway(starting=3) as gateway:
        assert _rpc.call(gateway.port, TOKEN, "health")["ok"] is True
    assert len(gateway.connects) == 4


def test_a_gateway_that_never_ends_starting_is_a_timeout() -> None:
    with FakeGateway(starting=1 << 30) as gateway:
        error = failure(gateway.port, timeout=SHORT)
    assert error.code == "GATEWAY_TIMEOUT"
    assert "gateway starting; retry shortly" in error.message


def test_a_request_that_comes_too_early_is_repeated(gateway: FakeGateway) -> None:
    answers: list[Any] = [{"ok": True}]
    answers += [{**recorded("connect-starting"), "retryAfterMs": 1}] * 2

    def early(_params: object) -> Any:
        answer = answers.pop()
        if "code" in answer:
            raise Refuse(answer)
        return answer

    gateway.methods = {"status": early}
    assert _rpc.call(gateway.port, TOKEN, "status") == {"ok": True}


def test_a_request_that_is_refused_for_another_reason_is_not_repeated(
    gateway: FakeGateway,
) -> None:
    limited = {**recorded("connect-starting"), "details": {"reason": "rate-limited"}}
    gateway.methods = {"status": Refuse(limited)}
    with pytest.raises(GatewayError) as caught:
        _rpc.call(gateway.port, TOKEN, "status")
    assert caught.value.code == "GATEWAY_REFUSED"
    assert len(gateway.requests) == 1


def test_a_request_that_is_not_answered_in_time_closes_the_connection(
    gateway: FakeGateway,
) -> None:
    release = threading.Event()
    gateway.methods = {"status": lambda _params: release.wait(10)}
    with _rpc.connect(gateway.port, TOKEN) as connection:
        with pytest.raises(GatewayError, match="did not answer status in time") as caught:
            connection.call("status", timeout=SHORT)
        release.set()
        assert caught.value.code == "GATEWAY_TIMEOUT"
        with pytest.raises(GatewayError, match="the connection is closed"):
            connection.call("health")


def hang_up(stream: socket.socket) -> None:
    stream.shutdown(socket.SHUT_RDWR)


def restart(stream: socket.socket) -> None:
    stream.sendall(encode(CLOSE, close_data(1012, f"service restart {TOKEN}")))


@pytest.mark.parametrize(
    ("end", "words"), [(hang_up, "it hangs up"), (restart, r"service restart \*+ \(1012\)")]
)
def test_a_gateway_that_goes_away_is_unreachable(
    gateway: FakeGateway, end: Callable[[socket.socket], None], words: str
) -> None:
    gateway.methods = {"status": lambda _params: end(gateway._streams[-1])}
    with _rpc.connect(gateway.port, TOKEN) as connection:
        with pytest.raises(GatewayError, match=words) as caught:
            connection.call("status")
        assert caught.value.code == "GATEWAY_UNREACHABLE"


def test_no_socket_is_left_open(gateway: FakeGateway, closed_port: int) -> None:
    failure(closed_port)
    failure(gateway.port, token="wrong")
    gateway.noise = [b"\xff\xff"]
    failure(gateway.port)
    gateway.noise = []
    with pytest.raises(KeyError), _rpc.connect(gateway.port, TOKEN):
        raise KeyError
    gc.collect()  # an open socket would warn here, and warnings are errors


def test_the_token_is_in_no_error_and_in_no_repr(gateway: FakeGateway) -> None:
    gateway.methods = {"status": Refuse({"code": "X", "message": f"about {TOKEN}"})}
    with _rpc.connect(gateway.port, TOKEN) as connection:
        with pytest.raises(GatewayError) as caught:
            connection.call("status")
        assert "about ********." in caught.value.message
        assert TOKEN not in repr((connection, connection._session, connection.hello))
