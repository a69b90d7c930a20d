# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of a fake gateway: asked for, approved, revoked, in the words of the real one."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils._gateway import (
    Challenge,
    Client,
    device_signature_text,
)
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .fake_gateway import FakeGateway, Refuse, recorded

NOW = 1795223283023


@dataclass
class FakeDevices:
    """`FakeGateway(devices=FakeDevices(), methods={})`, then devices.serve(gateway).

    pending: requests by id; paired: devices by id; tokens: of the paired devices, by device id.
    """

    pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    paired: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def serve(self, gateway: FakeGateway) -> None:
        """Answer the methods about devices there."""
        gateway.devices = self
        gateway.methods |= {
            "device.pair.list": lambda _params: {
                "pending": list(self.pending.values()),
                "paired": list(self.paired.values()),
            },
            "device.pair.approve": lambda params: self._approve(gateway, params["requestId"]),
            "device.token.revoke": lambda params: self._revoke(gateway, params),
        }

    def admitted(
        self, gateway: FakeGateway, params: dict[str, Any], forwarded: str
    ) -> tuple[list[str], str]:
        """The scopes and the token of a device that connects; Refuse otherwise."""
        _check_signature(params)
        device, asked = params["device"]["id"], params["scopes"]
        token = params.get("auth", {}).get("token", "")
        own, known = self.tokens.get(device), self.paired.get(device, {"scopes": []})
        within = set(asked) <= set(known["scopes"])
        if own and token == own:
            if not within:
                raise Refuse(recorded("connect-scope-mismatch"))
            return asked, own
        if token != gateway.token:
            raise Refuse(recorded("connect-token-mismatch" if token else "connect-without-token"))
        if not forwarded:
            return asked, ""  # on loopback the gateway's token is enough, and nothing is recorded
        if not (own and within):
            raise Refuse(self._asked_for(gateway, params, forwarded))
        return asked, own

    def _asked_for(
        self, gateway: FakeGateway, params: dict[str, Any], forwarded: str
    ) -> dict[str, Any]:
        """The refusal with the pending request, which a second try does not make anew."""
        device, client = params["device"], params["client"]
        known = [p for p in self.pending.values() if p["deviceId"] == device["id"]]
        request = known[0] if known else {**recorded("devices-list.pending")["pending"][0]}
        if not known:
            request.update(
                requestId=str(uuid.uuid4()),
                deviceId=device["id"],
                publicKey=device["publicKey"],
                displayName=client["displayName"],
                scopes=params["scopes"],
                remoteIp=forwarded,
                isRepair=device["id"] in self.paired,
            )
            self.pending[request["requestId"]] = request
            gateway.emit("device.pair.requested", request)
        error = recorded("connect-pairing-required")
        error["details"].update(
            requestId=request["requestId"],
            deviceId=device["id"],
            requestedScopes=params["scopes"],
            reason=self._reason(device["id"]),
        )
        return error

    def _reason(self, device: str) -> str:
        if device not in self.paired:
            return "not-paired"
        return "scope-upgrade" if device in self.tokens else "role-upgrade"

    def _approve(self, gateway: FakeGateway, request_id: str) -> dict[str, Any]:
        if request_id not in self.pending:
            raise Refuse({"code": "INVALID_REQUEST", "message": "unknown requestId"})
        request = self.pending.pop(request_id)
        device = request["deviceId"]
        self.tokens[device] = f"device-token-{uuid.uuid4()}"
        kept = {k: v for k, v in request.items() if k not in ("requestId", "silent", "ts")}
        token = {"role": "operator", "scopes": request["scopes"], "createdAtMs": NOW}
        self.paired[device] = {**kept, "approvedVia": "owner", "tokens": [token]}
        told = {"requestId": request_id, "deviceId": device, "decision": "approved", "ts": NOW}
        gateway.emit("device.pair.resolved", told)
        return {"requestId": request_id, "device": self.paired[device]}

    def _revoke(self, gateway: FakeGateway, params: dict[str, Any]) -> dict[str, Any]:
        device = params["deviceId"]
        self.tokens.pop(device, None)
        gateway.hang_up(device)
        return {"deviceId": device, "role": params["role"], "revokedAtMs": NOW}


def _check_signature(params: dict[str, Any]) -> None:
    """The device's own signature over what the connect says, version 3."""
    device, client = params["device"], params["client"]
    raw = _decoded(device["publicKey"])
    assert device["id"] == hashlib.sha256(raw).hexdigest()
    who = Client(client["id"], client["mode"], client["displayName"], client["platform"])
    challenge = Challenge(device["nonce"], device["signedAt"])
    token = params.get("auth", {}).get("token", "")
    text = device_signature_text(device["id"], who, params["scopes"], challenge, token)
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(_decoded(device["signature"]), text.encode())
    except InvalidSignature:
        raise Refuse(recorded("connect-signature-invalid")) from None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
