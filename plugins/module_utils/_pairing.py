# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Devices of running gateways, read and changed over their own protocol.

Private to the claw.pilot collection. Python 3.9 or later. The gateway decides: what is done here is
asked for there, and what it then says is the result. Its token goes to its own process only.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from . import _rpc
from ._arguments import ADOPTED_ARGUMENT
from ._devices import (
    MATCHED,
    Data,
    Inbox,
    Selector,
    approved,
    check_scopes,
    find_device,
    find_request,
    inbox,
    matching,
)
from ._facts import find_one, observation
from ._gateway_error import GatewayError
from ._gateway_token import gateway_token
from ._host import Host
from ._model import ClawPilotError
from ._rpc import Connection

TIMEOUT = 10.0  # seconds for one gateway
AT_ONCE = 16
PAUSE = 0.5  # seconds between two looks at an inbox
_NOT_THERE = "unknown requestId"  # the gateway's words
_DENIED = "pairing approval denied"  # what it says of the same without admin

Params = Mapping[str, Any]

# Options that openclaw_device and openclaw_device_info share.
DEVICE_ARGUMENTS: dict[str, Any] = {
    "openclaw_user": {"type": "str"},
    "openclaw_home": {"type": "str"},
    "adopted": ADOPTED_ARGUMENT,
    "match": {"type": "dict", "options": {key: {"type": "str"} for key in MATCHED}},
}


@contextlib.contextmanager
def gateway(
    host: Host, instance: Mapping[str, Any], timeout: float = TIMEOUT
) -> Iterator[Connection]:
    """A connection to the gateway of an instance (in the instance shape).

    Raises GATEWAY_* and NO_TOKEN.
    """
    slug, port = instance["slug"], instance["port"]
    pid = instance["process"]["pid"] or instance["service"]["pid"]
    owned = host.owns_listener(pid, port) if pid and port else None
    if owned is None:
        raise GatewayError("GATEWAY_UNREACHABLE", f"The gateway of {slug!r} does not run.")
    if not owned:  # whoever else has taken the port does not get the token
        said = f"Port {port} is not held by the gateway of {slug!r} itself."
        raise GatewayError("GATEWAY_UNREACHABLE", said)
    token = gateway_token(instance)
    if not token:
        raise ClawPilotError(
            "NO_TOKEN",
            f"The token of {slug!r} is not to be had: its gateway has none that we can read.",
            "See what doctor says of it.",
        )
    with _rpc.connect(port, token, timeout=timeout) as connection:
        yield connection


def read_inbox(connection: Connection) -> Inbox:
    return inbox(connection.call("device.pair.list"), _now_ms())


def _now_ms() -> int:
    return int(time.time() * 1000)


def _match(params: Params) -> dict[str, str]:
    given = params.get("match") or {}
    return {key: str(given[key]) for key in MATCHED if given.get(key)}


def _short(instance: Mapping[str, Any]) -> Data:
    return {key: instance[key] for key in ("slug", "openclaw_home", "port", "state")}


def read_devices(params: Params, host: Host | None = None) -> dict[str, Any]:
    """The result of openclaw_device_info.

    With a slug, what is wrong with its gateway is raised; without, it is the `error` of its entry.
    """
    host = host or Host()
    if params.get("slug"):
        instance = find_one(params, host)
        entries = [_entry(instance, _read(host, instance, params))]
    else:
        instance = None
        live = [one for one in observation(params, host)["instances"] if one["health"]["live"]]
        entries = _read_all(host, live, params)
    return {
        "changed": False,
        "pending": [one for entry in entries for one in entry["pending"]],
        "paired": [one for entry in entries for one in entry["paired"]],
        "instance": _short(instance) if instance else {},
        "instances": entries,
    }


def _read_all(host: Host, instances: Sequence[Data], params: Params) -> list[Data]:
    def read(instance: Data) -> Data:
        try:
            return _entry(instance, _read(host, instance, params))
        except ClawPilotError as error:
            return _entry(instance, Inbox(), error.message)

    with ThreadPoolExecutor(min(AT_ONCE, len(instances) or 1)) as pool:
        return list(pool.map(read, instances))


def _entry(instance: Mapping[str, Any], box: Inbox, error: str = "") -> Data:
    named = {key: instance[key] for key in ("slug", "openclaw_home", "state_dir")}
    return {**named, "pending": list(box.pending), "paired": list(box.paired), "error": error}


def _read(host: Host, instance: Mapping[str, Any], params: Params) -> Inbox:
    """The devices that fit the match; with `wait`, as soon as one of them is pending."""
    match, wait = _match(params), params.get("wait") or 0
    deadline = time.monotonic() + wait
    with gateway(host, instance) as connection:
        while True:
            box = read_inbox(connection)
            pending = tuple(matching(box.pending, match))
            if pending or not wait:
                return Inbox(pending, tuple(matching(box.paired, match)))
            if time.monotonic() >= deadline:
                raise _nobody(instance["slug"], match, wait)
            time.sleep(PAUSE)


def _nobody(slug: str, match: Mapping[str, str], seconds: int) -> ClawPilotError:
    who = f" {Selector(match=match)}" if match else ""
    return ClawPilotError(
        "PAIRING_NO_REQUEST",
        f"No device{who} has asked {slug!r} to be paired within {seconds} s.",
        "Connect the device now, with the gateway's token, and run this again.",
    )


def apply_device(params: Params, check: bool, host: Host | None = None) -> dict[str, Any]:
    """The result of openclaw_device; check: say what would change, and change nothing."""
    host = host or Host()
    instance = find_one(params, host)
    with gateway(host, instance) as connection:
        change = Change(connection, params, check)
        return {**change.run(), "instance": _short(instance)}


@dataclass
class Change:
    """One device brought to its wanted state. steps: what was done, or with check would be."""

    connection: Connection
    params: Params
    check: bool
    steps: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        selector = Selector(
            self.params.get("request_id") or "",
            self.params.get("device_id") or "",
            _match(self.params),
        )
        before = read_inbox(self.connection)
        request = find_request(before, selector)
        work = {"present": self._present, "rejected": self._rejected, "absent": self._absent}
        device_id = work[self.params.get("state") or "present"](before, selector, request)
        if self.check:
            after = self._expected(request, before.device(device_id))
        else:
            # Also without a step of ours: somebody else may have answered the request.
            late = read_inbox(self.connection) if request or self.steps else before
            after = late.device(device_id)
        return self._result(request, before.device(device_id), after)

    def _result(self, request: Data | None, before: Data | None, after: Data | None) -> Data:
        asked = request["requested_scopes"] if request else []
        answered = {"approve", "reject"} & {*self.steps}
        return {
            "changed": bool(self.steps),
            "steps": self.steps,
            "request": request or {},
            "device": after or {},
            "diff": {
                "before": {"asks_for": asked, **_shown(before)},
                "after": {
                    "asks_for": [] if answered else asked,
                    **_shown(after),
                    "steps": self.steps,
                },
            },
        }

    def _expected(self, request: Data | None, device: Data | None) -> Data | None:
        """What the gateway would make of the device in these steps."""
        if "remove" in self.steps:
            return None
        if request and "approve" in self.steps:
            device = approved(request, device)
        if device and "rename" in self.steps:
            device = {**device, "name": self.params["rename"]}
        return device

    def _present(self, before: Inbox, selector: Selector, request: Data | None) -> str:
        """The id of the device: approved, and with a new name and new tokens where wanted."""
        if request:
            check_scopes(request, self.params.get("scopes"))
            device_id = str(request["device_id"])
            if self._approve(request):
                self.steps.append("approve")
        else:
            device_id = self._approved_before(before, selector)
        device = before.device(device_id)
        label = self.params.get("rename")
        if label and (device is None or device["name"] != label):
            self._do("rename", "device.pair.rename", deviceId=device_id, label=label)
        for token in device["tokens"] if device and self.params.get("rotate") else ():
            self._do("rotate", "device.token.rotate", deviceId=device_id, role=token["role"])
        return device_id

    def _do(self, step: str, method: str, **given: str) -> None:
        if not self.check:
            self.connection.call(method, given)
        if step not in self.steps:
            self.steps.append(step)

    def _approve(self, request: Data) -> bool:
        """Whether this run has approved it; somebody else may have done so meanwhile."""
        if self.check:
            return True
        try:
            self.connection.call("device.pair.approve", {"requestId": request["request_id"]})
        except GatewayError as error:
            if error.code != "GATEWAY_REFUSED":
                raise
            self._check_approved(request, error)
            return False
        return True

    def _check_approved(self, request: Data, error: GatewayError) -> None:
        """Nothing where the device has by now what it asked for, else why it was not approved."""
        box = read_inbox(self.connection)
        if box.has(request["device_id"], request["roles"], request["requested_scopes"]):
            return
        if _NOT_THERE not in error.message and _DENIED not in error.message:
            raise ClawPilotError(
                "PAIRING_APPROVE_FAILED",
                error.message,
                "The sentence is the gateway's own. Reject it and connect the device again.",
            )
        raise self._gone(request["request_id"], box.request_of(request["device_id"]))

    def _approved_before(self, box: Inbox, selector: Selector) -> str:
        """The id of the paired device that is meant. A gateway forgets answered requests: one that
        is not there names no device by itself.
        """
        device = find_device(box, selector)
        if selector.request_id and device is None:
            raise self._gone(selector.request_id, box.request_of(selector.device_id))
        if device is None:
            raise ClawPilotError(
                "DEVICE_NOT_FOUND",
                f"There is no pending request and no paired device {selector}.",
                "See who is there with openclaw_device_info. A request is kept for 5 minutes.",
            )
        return str(device["device_id"])

    def _gone(self, request_id: str, newer: Data | None) -> ClawPilotError:
        """Why a request is not there any more."""
        if newer:
            return ClawPilotError(
                "PAIRING_NO_REQUEST",
                f"The request {request_id} was replaced: the device asks for more now.",
                f"Look at the request {newer['request_id']}, and approve that one.",
            )
        return ClawPilotError(
            "PAIRING_NO_REQUEST",
            f"There is no pending request {request_id}.",
            "It was answered, or its five minutes are over: connect the device again.",
        )

    def _rejected(self, _before: Inbox, selector: Selector, request: Data | None) -> str:
        if request is None:
            return selector.device_id
        with self._late(_NOT_THERE):
            self._do("reject", "device.pair.reject", requestId=request["request_id"])
        return str(request["device_id"])

    def _absent(self, before: Inbox, selector: Selector, _request: Data | None) -> str:
        if selector.request_id:
            raise ClawPilotError(
                "DEVICE_NOT_FOUND",
                "A request is no device that could be removed.",
                "Name the device by its device_id, or reject the request.",
            )
        device = find_device(before, selector)
        if device is None:
            return ""
        with self._late("unknown deviceId"):
            self._do("remove", "device.pair.remove", deviceId=device["device_id"])
        return str(device["device_id"])

    @contextlib.contextmanager
    def _late(self, words: str) -> Iterator[None]:
        """Somebody else may have done it meanwhile: then the gateway says these words."""
        try:
            yield
        except GatewayError as error:
            if error.code != "GATEWAY_REFUSED" or words not in error.message:
                raise


def _shown(device: Data | None) -> Data:
    return {key: device[key] for key in ("name", "roles", "scopes")} if device else {}
