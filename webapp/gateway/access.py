# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client shows to its gateway: the gateway's token, or this device and its own token."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from ...plugins.module_utils._gateway import BACKEND, SCOPES, Challenge, Client, Hello, Session
from ...plugins.module_utils._gateway_error import GatewayError
from ...plugins.module_utils._model import ClawPilotError
from .identity import Identity

_LOG = logging.getLogger(__name__)
_MISMATCH = frozenset(("AUTH_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH"))
_TOO_WIDE = "AUTH_SCOPE_MISMATCH"


class Access:
    """The credentials of one client. They go to whatever answers: see that it is the gateway.

    token: the gateway's own, may be empty for a device that has one; gateway: names it in the
    identity's file (as HOST/SLUG: a name that stays when the port changes); headers: more
    headers of the upgrade, as of a proxy in between.
    """

    def __init__(
        self,
        token: str = "",
        *,
        identity: Identity | None = None,
        gateway: str = "",
        scopes: Sequence[str] = SCOPES,
        client: Client = BACKEND,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if identity is not None and not gateway:
            raise ValueError("An identity keeps its tokens by gateway: name it.")
        self.headers = dict(headers or {})
        self._token = token
        self._identity = identity
        self._gateway = gateway
        self._scopes = tuple(scopes)
        self._client = client
        self._sent = ""
        self._own_suffices = (
            True  # whether the device's own token has the scopes that are asked for
        )

    def session(self, name: str) -> Session:
        """The protocol's state for the next try, with the best token there is."""
        self._sent = self._own() or self._token
        return Session(self._sent, self._scopes, self._client, name)

    def device(self, challenge: Challenge) -> dict[str, object] | None:
        """This device's proof for the challenge, or None without a device."""
        if self._identity is None:
            return None
        return self._identity.proof(self._client, self._scopes, challenge, self._sent)

    def greeted(self, hello: Hello) -> None:
        """Keep the token that the gateway has issued. The connection lives without that, too."""
        if self._identity is not None and hello.device_token:
            try:
                self._identity.learn(self._gateway, hello.device_token)
            except (ClawPilotError, OSError) as error:
                _LOG.warning("The device token was not kept. %s", error)

    def verdict(self, error: GatewayError) -> str:
        """What to do after a failed connection: `again` at once, `later`, or `stop`."""
        own = self._own()
        if own and self._sent == own:
            if error.details_code == _TOO_WIDE:
                self._own_suffices = False
                return "again" if self._token else "stop"
            if error.details_code in _MISMATCH:
                self._forget()
                return "again" if self._token else "stop"
        return "stop" if error.code == "GATEWAY_TOKEN_REFUSED" else "later"

    def _own(self) -> str:
        if self._identity is None or not (self._own_suffices or not self._token):
            return ""
        return self._identity.token(self._gateway)

    def _forget(self) -> None:
        assert self._identity is not None  # it has issued the token
        try:
            self._identity.forget(self._gateway)
        except (ClawPilotError, OSError) as error:
            _LOG.warning("The refused device token is still in its file. %s", error)
