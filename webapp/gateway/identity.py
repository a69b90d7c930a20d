# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device that this controller is: an Ed25519 key and a token per gateway, in a private file.

Nothing of it is ever printed; what leaves it is the public key, signatures and, to the gateway
that has issued it, a token.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ...plugins.module_utils._gateway import Challenge, Client, device_signature_text
from ...plugins.module_utils._host import Host
from ...plugins.module_utils._model import ClawPilotError


class Identity:
    """One file, one device. Identity.load() makes it; several processes may share it."""

    def __init__(self, path: Path, key: Ed25519PrivateKey, tokens: Mapping[str, str]) -> None:
        raw = key.public_key().public_bytes_raw()
        self.path = path
        self.device_id = hashlib.sha256(raw).hexdigest()
        self.public_key = _encoded(raw)
        self._key = key
        self._tokens = dict(tokens)

    @classmethod
    def load(cls, path: Path) -> Identity:
        """The identity in the file; a new one when there is no file.

        Raises FILE_MALFORMED, FILE_UNREADABLE, WRITE_FAILED.
        """
        Host().make_dir(str(path.parent))
        with _locked(path.parent):
            known = _read(path)
            if known is not None:
                os.chmod(path, 0o600)
                return cls(path, *known)
            key = Ed25519PrivateKey.generate()
            _write(path, key, {})
            return cls(path, key, {})

    def proof(
        self, client: Client, scopes: Sequence[str], challenge: Challenge, token: str
    ) -> dict[str, object]:
        """`device` of a connect: signed over all that the connect says, and over the token."""
        text = device_signature_text(self.device_id, client, scopes, challenge, token)
        return {
            "id": self.device_id,
            "publicKey": self.public_key,
            "signature": _encoded(self._key.sign(text.encode("utf-8"))),
            "signedAt": challenge.ts,
            "nonce": challenge.nonce,
        }

    def token(self, gateway: str) -> str:
        """The device token that this gateway has issued, or empty."""
        return self._tokens.get(gateway, "")

    def learn(self, gateway: str, token: str) -> None:
        """Keep the token for the next time."""
        if self._tokens.get(gateway) != token:
            self._change(gateway, "", token)

    def forget(self, gateway: str) -> None:
        """Drop the token, which the gateway has refused."""
        refused = self._tokens.pop(gateway, "")
        if refused:
            self._change(gateway, refused, "")

    def _change(self, gateway: str, refused: str, token: str) -> None:
        """Change one token in the file as it is now. A newer one than the refused one stays."""
        with _locked(self.path.parent):
            known = _read(self.path)
            tokens = dict(known[1]) if known is not None else dict(self._tokens)
            if token:
                tokens[gateway] = token
            elif tokens.get(gateway) == refused:
                del tokens[gateway]
            _write(self.path, self._key, tokens)
        self._tokens = tokens


def _read(path: Path) -> tuple[Ed25519PrivateKey, dict[str, str]] | None:
    data = Host().read_json(str(path))
    if data is None:
        return None
    tokens = data.get("device_tokens")
    try:
        seed = _decoded(data.get("private_key"))
        key = Ed25519PrivateKey.from_private_bytes(seed)
    except (TypeError, ValueError, binascii.Error):
        key = None
    if key is None or not isinstance(tokens, dict):
        # Raised here, not in the except clause: no cause that could hold what stands in the file.
        raise ClawPilotError(
            "FILE_MALFORMED",
            f"{path} is no device identity.",
            "Remove it: a new device is made, and has to be approved.",
        )
    return key, {str(name): str(token) for name, token in tokens.items()}


def _write(path: Path, key: Ed25519PrivateKey, tokens: Mapping[str, str]) -> None:
    data: dict[str, Any] = {
        "private_key": _encoded(key.private_bytes_raw()),
        "device_tokens": dict(tokens),
    }
    Host().write_json(str(path), data)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; the folder itself is the lock, because the file is replaced."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decoded(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("not a text")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
