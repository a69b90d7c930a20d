# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Prove that a gateway takes its own token: a green /healthz says nothing about that.

Private to the claw.pilot collection. Python 3.9 or later. A gateway whose ${VAR} is not set
starts with a token that it makes up and tells nobody. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import _rpc
from ._check import references
from ._gateway_error import GatewayError
from ._gateway_token import dotenv, gateway_token
from ._host import Host
from ._model import ClawPilotError, Layout
from ._state_files import config_of, read_config
from ._summary import dig, summary

REFUSED = "GATEWAY_TOKEN_REFUSED"
# Why a gateway does not take its token, and what to do.
_UNSET = (
    "its token refers to a variable that nothing sets",
    "Set it in its .env file and restart it; create_instance does both for an instance of ours.",
)
_OTHER = (
    "it runs with another token than its files have",
    "Restart it: a gateway reads its token at its start only.",
)

Instance = Mapping[str, Any]


def own_instance(layout: Layout, port: int, pid: int) -> dict[str, Any]:
    """As much of the instance shape as a proof takes, for an instance of ours."""
    config = read_config(layout.config_path).value or {}
    place = {"state_dir": layout.state_dir, "config_path": layout.config_path, "told_by": 0}
    variables = {name for name, value in dotenv(place).items() if value}
    told = {"auth": summary(config, layout.state_dir, layout.home, variables)["auth"]}
    return {**place, **told, "slug": layout.slug, "port": port, "process": {"pid": pid}}


def known_token(host: Host, instance: Instance) -> str:
    """The token of a gateway that listens; '' for one that is down, or whose token is not known.

    Whoever else has taken its port is not told the token.
    """
    pid = instance["process"]["pid"]
    if not pid or host.owns_listener(pid, instance["port"]) is not True:
        return ""
    return gateway_token(instance)


def prove(host: Host, instance: Instance, timeout: float) -> None:
    """Raise GATEWAY_TOKEN_REFUSED where the gateway does not take the token that it should.

    timeout: seconds for one that is still starting. Of other ways to sign in, and of tokens that
    are kept where we may not look, nothing is known.
    """
    if instance["auth"]["mode"] != "token":
        return
    if instance["auth"]["secret"] == "unset":
        raise _degraded(instance, _UNSET)
    token = known_token(host, instance)
    if not token:
        return
    try:
        with _rpc.connect(instance["port"], token, timeout=timeout):
            return
    except GatewayError as error:
        if error.code != REFUSED:
            raise
        raise _degraded(instance, _OTHER) from error


def _degraded(instance: Instance, why: tuple[str, str]) -> ClawPilotError:
    config = config_of(instance).value or {}
    names = ", ".join(dict.fromkeys(references(dig(config, "gateway", "auth", "token"))))
    reason = f"{why[0]} ({names})" if names else why[0]
    return ClawPilotError(
        REFUSED,
        f"{instance['slug']!r} is degraded: it is live, but {reason}, and nobody can connect.",
        why[1],
    )
