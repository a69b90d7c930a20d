# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many browsers, one of them stalled; and what is made once for all of them."""

from __future__ import annotations

import socket
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.live import wire
from ansible_collections.claw.pilot.webapp.live.fragments import Fragments
from ansible_collections.claw.pilot.webapp.live.frames import AGREED, Frame, agree
from ansible_collections.claw.pilot.webapp.live.wire import Wire
from flask import Flask

from tests.webapp import a_fleet
from tests.webapp.live.conftest import Place

Wait = Callable[[Callable[[], bool]], None]


def test_a_browser_that_takes_nothing_holds_up_nobody_and_is_hung_up_on(
    place: Place,
    live: Any,
    services: Any,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Wait,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(wire.Wire.__init__, "__defaults__", (1.0,))  # its patience
    a_fleet.fill(live, 3, 600)
    browsers = [place.browser() for _turn in range(5)]
    for browser in browsers:
        browser.subscribe("fleet", since=live.version, view="row")
    stalled = place.stalled()
    eventually(lambda: services.hub.count == 6)
    line = live.lines()[0]
    for count in range(1, 9):
        live.set_pending(line["host"], {line["state_dir"]: 100 + count})
        for browser in browsers:
            while browser.payload("health_update")["instances"][-1]["pending"] != 100 + count:
                pass
    eventually(lambda: services.hub.count == 5)
    stalled.close()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_a_browser_that_was_away_gets_the_last_state_and_not_every_one_before(
    place: Place, live: Any, services: Any, eventually: Wait
) -> None:
    slow, quick = place.browser(), place.browser()
    for browser in (slow, quick):
        browser.subscribe("fleet", since=live.version)
    eventually(lambda: services.hub.count == 2)
    line = live.lines()[0]
    for count in range(1, 60):
        live.set_pending(line["host"], {line["state_dir"]: 1000 + count})
        time.sleep(0.005)
    seen = [0]
    while seen[-1] != 1059:
        seen.append(slow.payload("health_update")["instances"][0]["pending"])
    assert seen == sorted(seen)
    assert len(seen) < 40  # a burst is one message


def test_the_same_bytes_go_to_everybody(place: Place, live: Any, services: Any) -> None:
    made: list[str] = []
    real = Frame.packed.func  # type: ignore[attr-defined]
    Frame.packed.func = lambda self: made.append("x") or real(self)  # type: ignore[attr-defined]
    try:
        browsers = [place.browser() for _turn in range(8)]
        for browser in browsers:
            browser.subscribe("fleet", view="row")
            browser.payload("snapshot")
        made.clear()
        line = live.lines()[0]
        live.set_pending(line["host"], {line["state_dir"]: 77})
        for browser in browsers:
            assert browser.payload("health_update")["instances"][0]["pending"] == 77
    finally:
        Frame.packed.func = real  # type: ignore[attr-defined]
    assert len(made) <= 2  # once, or twice where two asked at the same moment


def test_a_piece_is_rendered_once_for_each_change(app: Flask, live: Any) -> None:
    fragments = Fragments(app, live)
    rendered: list[str] = []
    real = fragments._render
    fragments._render = lambda known, items, view: (  # type: ignore[method-assign]
        rendered.extend(item["id"] for item in items) or real(known, items, view)
    )
    for _turn in range(3):
        fragments.html(live.lines(), "row")
    assert len(rendered) == 12
    line = live.lines()[0]
    live.set_pending(line["host"], {line["state_dir"]: 5})
    fragments.html(live.lines(), "row")
    assert rendered[12:] == [line["id"]]
    fragments.forget([line["id"]])
    fragments.html(live.lines(), "row")
    assert rendered[13:] == [line["id"]]


def test_the_list_runs_on_in_time_without_a_new_version(
    app: Flask, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible_collections.claw.pilot.webapp.live import fragments as module

    made = Fragments(app, live)
    first = made.listing()
    assert made.listing() is first
    monkeypatch.setattr(module, "_RUN_ON", -1.0)
    live.beat("localhost", "2999-01-01T00:00:00Z")
    later = made.listing()
    assert later.version == first.version
    assert b"2999-01-01T00:00:00Z" in later.content


def read(frame: bytes) -> tuple[int, bytes]:
    """First byte and payload of an unmasked frame."""
    size, start = frame[1], 2
    if size == 126:
        size, start = int.from_bytes(frame[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(frame[2:10], "big"), 10
    assert len(frame) == start + size
    return frame[0], frame[start:]


@pytest.mark.parametrize("size", [0, 125, 126, 255, 256, 65535, 65536, 300_000])
def test_a_frame_of_any_size(size: int) -> None:
    text = (b"claw " * (size // 5 + 1))[:size]
    frame = Frame(text)
    assert read(frame.plain) == (0x81, text)
    first, data = read(frame.packed)
    if first == 0x81:
        assert data == text
    else:
        assert first == 0xC1
        assert zlib.decompressobj(-15).decompress(data + b"\x00\x00\xff\xff") == text
        assert len(data) < size


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        ("permessage-deflate; client_max_window_bits", AGREED),
        ("x-other, permessage-deflate", AGREED),
        ("permessage-deflate; server_max_window_bits=10", ""),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", AGREED),
        ("permessage-deflated", ""),
        ("", ""),
    ],
)
def test_what_is_agreed_on(offered: str, agreed: str) -> None:
    assert agree(offered) == agreed


def test_a_socket_sends_all_of_it_when_the_other_side_is_slow() -> None:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    sent = b"x" * 400_000
    got = bytearray()

    def read_slowly() -> None:
        while len(got) < len(sent):
            got.extend(theirs.recv(10_000))

    reader = threading.Thread(target=read_slowly)
    reader.start()
    assert Wire(ours, patience=20).send(sent) == len(sent)
    reader.join()
    assert bytes(got) == sent
    ours.close()
    theirs.close()


def test_a_socket_gives_up_on_a_side_that_takes_nothing() -> None:
    ours, theirs = socket.socketpair()
    with pytest.raises(TimeoutError):
        Wire(ours, patience=0.05).send(b"x" * 10_000_000)
    with pytest.raises(OSError):  # it has hung up as well
        ours.send(b"x")
    ours.close()
    theirs.close()
