# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a dashboard asks of one instance on this host, and who waits at all of them. Reads only.

Private to the claw.pilot collection. Python 3.9 or later. Each question has its thread, so that a
slow gateway holds up nothing. Only control_ui answers with a secret.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import _drift, _logs
from ._channel_requests import from_gateway
from ._gateway_token import dotenv, gateway_token
from ._host import Host
from ._journal import read_marker
from ._model import ClawPilotError, Layout
from ._pairing import gateway, read_inbox
from ._rpc import Connection
from ._secrets import mask, mask_all, redact, secrets_in
from ._state_files import config_of, mem0_installed

Data = dict[str, Any]
LINES = 500  # of a log in one message
TEXT = 16_000  # characters of one log line
POLL_SECONDS = 0.5
AT_ONCE = 8  # gateways that are asked who waits there
GATEWAY_SECONDS = 8.0
STALE_SECONDS = 2.0


class Asked:
    """One question. watch: of _watch; stopped: what ends a tail."""

    def __init__(self, watch: Any, order: Mapping[str, Any], stopped: threading.Event | None):
        self._watch = watch
        self._number = order["n"]
        self._question: Mapping[str, Any] = order["question"]
        self._stopped = stopped or threading.Event()

    def answer(self) -> None:
        """Say the answer, or what is wrong."""
        self._say(
            lambda: {"answer": answer(self._question, self._instance(), self._watch.eyes.host)}
        )

    def follow(self) -> None:
        """Say what is in the log and what is added to it, until it is stopped."""
        cursor: Any = None
        silent = False
        while not self._stopped.is_set():
            try:
                instance = self._watch.eyes.of(str(self._question.get("state_dir")))
                wanted = int(self._question.get("lines") or 0)
                entries, cursor = _logs.tail(instance, wanted, "debug", cursor)
            except ClawPilotError as error:
                if not silent:  # it may come to be, or come back
                    self._watch.say({"n": self._number, "error": error.as_dict()})
                silent, entries = True, []
            else:
                silent = False
            shown = shown_lines(entries)
            for start in range(0, len(shown), LINES):
                self._watch.say({"n": self._number, "lines": shown[start : start + LINES]})
            self._stopped.wait(POLL_SECONDS)

    def _instance(self) -> Data:
        state_dir = str(self._question.get("state_dir"))
        eyes = self._watch.eyes
        old = time.monotonic() - eyes.looked_at > STALE_SECONDS
        found: Data = self._watch.fresh(state_dir) if old else eyes.of(state_dir)
        return found

    def _say(self, work: Any) -> None:
        try:
            said = work()
        except ClawPilotError as error:
            said = {"error": error.as_dict()}
        except Exception as error:  # a question that fails must not be one without an answer
            said = {"error": _failed(error)}
        self._watch.say({"n": self._number, **said})


def _failed(error: Exception) -> Data:
    return ClawPilotError(
        "QUESTION_FAILED",
        f"The host could not answer: {type(error).__name__}.",
        "Try again; if it stays, report it with what the dashboard was showing.",
    ).as_dict()


def answer(question: Mapping[str, Any], instance: Data, host: Host) -> Any:
    """The answer to a question (docs/monitor.md) about an instance in the instance shape."""
    kind = question.get("ask")
    answers: dict[str, Callable[[], Any]] = {
        "instance": lambda: instance,
        "devices": lambda: devices(host, instance),
        "pairings": lambda: {"pending": pairings(host, instance)},
        "config": lambda: config(host, instance),
        "control_ui": lambda: control_ui(host, instance),
        "logs": lambda: last_lines(instance, int(question.get("lines") or 100)),
    }
    if kind not in answers:
        raise ClawPilotError("UNKNOWN_QUESTION", f"Nobody can answer {kind!r}.", "")
    try:
        return answers[str(kind)]()
    except ClawPilotError as error:
        secrets = frozenset((*dotenv(instance).values(), gateway_token(instance)))
        raise ClawPilotError(error.code, mask(error.message, secrets), error.hint) from None


def devices(host: Host, instance: Data) -> Data:
    """{"pending", "paired"} as openclaw_device_info has them."""
    with gateway(host, instance, GATEWAY_SECONDS) as connection:
        box = read_inbox(connection)
    return {"pending": list(box.pending), "paired": list(box.paired)}


def pairings(host: Host, instance: Data) -> list[Data]:
    """Who waits at the bot, as openclaw_pairing has it; [] where there is none."""
    if not instance["telegram"]["enabled"]:
        return []
    with gateway(host, instance, GATEWAY_SECONDS) as connection:
        return _requests(connection)


def _requests(connection: Connection) -> list[Data]:
    channel = "telegram"
    return from_gateway(connection.call("channels.pairing.list", {"channel": channel}), channel)


def config(host: Host, instance: Data) -> Data:
    """{"text": the config with secrets masked, "drift": what the next run would change in it}."""
    found = config_of(instance)
    if found.value is None:
        problem = found.problem or {"code": "NO_CONFIG", "message": "There is no config."}
        raise ClawPilotError(problem["code"], problem["message"], "See what doctor says of it.")
    known = (*dotenv(instance).values(), *secrets_in(found.value))
    secrets = frozenset(value for value in known if len(value) >= 8)
    shown = mask_all(redact(dict(found.value)), secrets)
    return {
        "text": json.dumps(shown, indent=2, ensure_ascii=False),
        "drift": mask_all(_drifted(host, instance, found.value), secrets),
    }


def _drifted(host: Host, instance: Data, current: Mapping[str, Any]) -> list[Data]:
    layout = Layout(instance["openclaw_home"], instance["slug"])
    marker = read_marker(host, layout) if instance["managed"] else None
    if not marker or not marker.get("spec"):
        return []
    return _drift.drift(marker, current, layout, mem0_installed(layout.state_dir))


def control_ui(host: Host, instance: Data) -> Data:
    """{"url", "token"}: the page takes the token from the fragment #token= and drops it there.

    Raises NO_TOKEN, and GATEWAY_UNREACHABLE where whatever listens is not this gateway: it would
    be told the token.
    """
    with gateway(host, instance, GATEWAY_SECONDS):
        return {"url": instance["url"], "token": gateway_token(instance)}


def last_lines(instance: Data, lines: int) -> list[Data]:
    return shown_lines(_logs.tail(instance, lines, "debug")[0])


def shown_lines(entries: list[dict[str, str]]) -> list[Data]:
    """Log entries as {"time", "level", "text", "source"}."""
    return [
        {
            "time": one["time"],
            "level": one["level"],
            "text": one["message"][:TEXT],
            "source": one["subsystem"],
        }
        for one in entries
    ]


class Pending:
    """How many wait at each running instance: devices, and senders at its bot."""

    def __init__(self, watch: Any) -> None:
        self._watch = watch
        self._asked: dict[str, float] = {}
        self._counts: dict[str, int] = {}
        self._busy: set[str] = set()
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def count(self, orders: Mapping[str, Any]) -> None:
        """Ask whom it is time to ask. orders: pending (seconds), near ({state_dir: seconds})."""
        for instance in self._due(orders, time.monotonic()):
            if not self._room.acquire(blocking=False):
                return  # the next look goes on
            self._asked[instance["state_dir"]] = time.monotonic()
            self._busy.add(instance["state_dir"])
            threading.Thread(target=self._ask, args=(instance,), daemon=True).start()

    def _due(self, orders: Mapping[str, Any], now: float) -> Iterator[Data]:
        near, usual = orders.get("near") or {}, float(orders["pending"])
        for instance in list(self._watch.eyes.instances.values()):
            folder = instance["state_dir"]
            if folder in self._busy or not folder:
                continue
            if not instance["health"]["live"]:
                self._tell(folder, 0)
            elif not instance["health"]["ready"]:
                continue  # whoever asks one that starts makes it start later
            elif now - self._asked.get(folder, -usual) >= float(near.get(folder, usual)):
                yield instance

    def _ask(self, instance: Data) -> None:
        folder = instance["state_dir"]
        try:
            with gateway(self._watch.eyes.host, instance, GATEWAY_SECONDS) as connection:
                count = len(read_inbox(connection).pending)
                if instance["telegram"]["enabled"]:
                    count += len(_requests(connection))
            self._tell(folder, count)
        except (ClawPilotError, OSError):
            pass  # who waited may still do so: the next look asks again
        finally:
            self._busy.discard(folder)
            self._room.release()

    def _tell(self, folder: str, count: int) -> None:
        if self._counts.get(folder, 0) != count:
            self._counts[folder] = count
            self._watch.say({"pending": {folder: count}})
