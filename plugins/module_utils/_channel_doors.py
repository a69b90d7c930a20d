# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The two ways to an instance's waiting senders: its gateway, and OpenClaw's command line.

Private to the claw.pilot collection. Python 3.9 or later. A running gateway is asked over its
protocol, in milliseconds. The command line takes 10 to 20 seconds, but knows the codes and works
with the gateway down.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any, Union

from . import _rpc
from ._channel_requests import Wanted, bot_state, from_command, from_gateway, with_codes
from ._gateway_error import GatewayError
from ._gateway_token import gateway_token
from ._host import Host
from ._model import ClawPilotError
from ._module import prefix_of
from ._runtime import find, installed_versions
from ._summary import dig

RPC_TIMEOUT = 30.0  # seconds; a gateway that starts is waited for
COMMAND_TIMEOUT = 120.0  # seconds, on a busy host
POLL_SECONDS = 0.5
_GONE = "no longer exists"  # what a gateway says of a request that has been answered
_UNKNOWN_CODE = "No pending pairing request found"
_START = "Start the instance with start_instance, then try again."

Params = Mapping[str, Any]
Instance = Mapping[str, Any]
Request = Mapping[str, Any]


class Gone(Exception):
    """The request has expired, or somebody else has answered it."""


@contextlib.contextmanager
def door(host: Host, instance: Instance, params: Params) -> Iterator[Door]:
    """The gateway where it runs and its token can be read, else the command line."""
    command = Command(host, instance, params)
    token = gateway_token(instance)
    if token and _listens(host, instance):
        with contextlib.ExitStack() as stack:
            yield Gateway(stack, instance["port"], token, command)
    else:
        yield command


def _listens(host: Host, instance: Instance) -> bool:
    """Whether its own process has the port: whoever else has taken it does not get the token.

    One that is starting gets its time to. Its health is not asked: a busy gateway is not down.
    """
    pid = instance["process"]["pid"] or instance["service"]["pid"]
    deadline = time.monotonic() + RPC_TIMEOUT
    while pid:
        owns = host.owns_listener(pid, instance["port"])
        if owns is not None or not host.exists(f"/proc/{pid}") or time.monotonic() > deadline:
            return bool(owns)
        time.sleep(POLL_SECONDS)
    return False


class Gateway:
    """The senders as a running gateway has them."""

    via = "rpc"

    def __init__(
        self, stack: contextlib.ExitStack, port: int, token: str, command: Command
    ) -> None:
        self._stack = stack
        self._port = port
        self._token = token
        self._connection = self._connected()
        self._command = command
        self._channel = command.channel
        self.pairs = True  # whether any account of the bot uses pairing at all

    def _connected(self) -> _rpc.Connection:
        """A new connection in the place of the one before."""
        self._stack.close()
        return self._stack.enter_context(_rpc.connect(self._port, self._token, timeout=RPC_TIMEOUT))

    def check(self, wanted: Wanted, waits: bool, dismisses: bool) -> None:
        """A running gateway can do all of it."""

    def requests(self, wanted: Wanted) -> list[dict[str, Any]]:
        """Who waits; with codes where one is asked for."""
        answer = self._connection.call("channels.pairing.list", {"channel": self._channel})
        self.pairs = bool(dig(answer, "accounts"))
        found = from_gateway(answer, self._channel)
        if wanted.code and found:
            coded = self._command.requests(wanted)
            self._connection = self._connected()  # a gateway hangs up on whoever is silent so long
            return with_codes(found, coded)
        return found

    def bot(self, probe: bool) -> dict[str, Any]:
        """How the bot is; probe: have the gateway ask Telegram, which also tells its name."""
        params = {"channel": self._channel, "probe": probe}
        return bot_state(self._connection.call("channels.status", params), self._channel)

    def approve(self, request: Request, notify: bool, owner: bool) -> dict[str, str]:
        more = {"notify": notify, "bootstrapCommandOwner": owner}
        answer = self._answer("approve", request, more)
        return {
            "notification": str(dig(answer, "notification")),
            "owner": str(dig(answer, "commandOwnerBootstrap")),
        }

    def dismiss(self, request: Request) -> None:
        self._answer("dismiss", request, {})

    def _answer(self, verb: str, request: Request, more: Mapping[str, Any]) -> Any:
        params = {
            "channel": request["channel"],
            "accountId": request["account_id"],
            "requestId": request["request_id"],
        }
        try:
            return self._connection.call(f"channels.pairing.{verb}", {**params, **more})
        except GatewayError as error:
            if _GONE in error.message:
                raise Gone from error
            raise


class Command:
    """The senders as OpenClaw's command line has them: it reads the state directory itself."""

    via = "cli"
    pairs = True

    def __init__(self, host: Host, instance: Instance, params: Params) -> None:
        self.channel = str(params["channel"])
        self._host = host
        self._instance = instance
        self._prefix = prefix_of(dict(params))

    def check(self, wanted: Wanted, waits: bool, dismisses: bool) -> None:
        """Raises GATEWAY_UNREACHABLE for what takes a running gateway."""
        reason = "its bot answers nobody" if waits else ""
        reason = "no request can be dismissed" if dismisses else reason
        reason = (
            "a request has no id: name it by its code or sender_id" if wanted.request_id else reason
        )
        if reason:
            message = f"The gateway of {self._instance['slug']!r} is down, so {reason}."
            raise ClawPilotError("GATEWAY_UNREACHABLE", message, _START)

    def requests(self, wanted: Wanted) -> list[dict[str, Any]]:
        text = self._run("list", "--json", "--", self.channel)
        try:
            return from_command(json.loads(text[text.index("{") :]), self.channel)
        except ValueError:
            raise self._failed("list", text) from None

    def bot(self, probe: bool) -> dict[str, Any]:
        """A bot of a gateway that is down is nowhere."""
        return bot_state(None, self.channel)

    def approve(self, request: Request, notify: bool, owner: bool) -> dict[str, str]:
        """OpenClaw makes the first sender the owner here, whatever owner says."""
        words = ("approve", f"--account={request['account_id']}", *(["--notify"] if notify else []))
        said = self._run(*words, "--", self.channel, request["code"])
        failed = "Failed to notify" in said
        return {
            "notification": ("failed" if failed else "sent") if notify else "not-requested",
            "owner": "configured" if "Command owner configured" in said else "already-configured",
        }

    def dismiss(self, request: Request) -> None:
        raise AssertionError("check() has refused this")

    def _run(self, *words: str) -> str:
        """What `openclaw pairing WORDS` prints. Raises Gone, PAIRING_COMMAND_FAILED."""
        have, wanted = (
            installed_versions(self._host, self._prefix),
            self._instance["openclaw_version"],
        )
        runtime = find(self._host, self._prefix, wanted if wanted in have else "")
        argv = (runtime.node, runtime.entry, "pairing", *words)
        done = self._host.run(argv, self._environment(runtime.node), COMMAND_TIMEOUT)
        if _UNKNOWN_CODE in done.text:
            raise Gone
        if done.code != 0:
            raise self._failed(words[0], done.text)
        return done.out

    def _environment(self, node: str) -> dict[str, str]:
        instance = self._instance
        return {
            "HOME": instance["openclaw_home"],
            "PATH": os.pathsep.join((os.path.dirname(node), os.defpath)),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "OPENCLAW_PROFILE": instance["slug"],
            "OPENCLAW_STATE_DIR": instance["state_dir"],
            "OPENCLAW_CONFIG_PATH": instance["config_path"],
            "OPENCLAW_NO_AUTO_UPDATE": "1",
        }

    def _failed(self, verb: str, said: str) -> ClawPilotError:
        last = " ".join(said.split())[-500:].rstrip(".") or "nothing"
        return ClawPilotError(
            "PAIRING_COMMAND_FAILED",
            f"`openclaw pairing {verb}` failed for {self._instance['slug']!r}, it said: {last}.",
            "Run the command by hand, or start the instance and name the sender by sender_id.",
        )


Door = Union[Gateway, Command]
