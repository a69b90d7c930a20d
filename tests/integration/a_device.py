# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with a key of its own that connects to a gateway as if through a proxy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.claw.pilot.plugins.module_utils._gateway import (
    READ,
    Challenge,
    Client,
    Hello,
    Refusal,
    Session,
    device_signature_text,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.sync.client import connect

ADDRESS = "10.1.2.3"


def in_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Device:
    """knock() connects and hangs up again; X-Forwarded-For makes the gateway want pairing."""

    name: str
    platform: str = "linux"
    secrets: set[str] = field(default_factory=set, repr=False)  # its key and tokens
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate, repr=False)

    def __post_init__(self) -> None:
        private = self.key.private_bytes_raw()
        self.secrets |= {in_base64(private), in_base64(self.public_key), private.hex()}

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        return hashlib.sha256(self.public_key).hexdigest()

    def knock(self, port: int, token: str, scopes: Sequence[str] = (READ,)) -> Hello:
        """What the gateway says to a connection; a refusal is raised as GatewayError."""
        client = Client(display_name=self.name, platform=self.platform)
        session = Session(token, scopes, client, f"The gateway on port {port}")
        headers = {"X-Forwarded-For": ADDRESS}
        with connect(f"ws://127.0.0.1:{port}/", additional_headers=headers) as socket:
            while True:
                for item in session.receive(str(socket.recv(timeout=60))):
                    if isinstance(item, Challenge):
                        socket.send(session.connect(self._signed(client, scopes, item, token)))
                    elif isinstance(item, Refusal):
                        raise item.error
                    elif isinstance(item, Hello):
                        self.secrets.add(item.device_token)
                        return item

    def _signed(
        self, client: Client, scopes: Sequence[str], challenge: Challenge, token: str
    ) -> dict[str, object]:
        text = device_signature_text(self.id, client, scopes, challenge, token)
        return {
            "id": self.id,
            "publicKey": in_base64(self.public_key),
            "signature": in_base64(self.key.sign(text.encode())),
            "signedAt": challenge.ts,
            "nonce": challenge.nonce,
        }
