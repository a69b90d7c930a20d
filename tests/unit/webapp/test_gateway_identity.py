# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device's file: private, whole at every moment, shared, and never in anybody's words."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._gateway import (
    BACKEND,
    Challenge,
    Hello,
    device_signature_text,
)
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.gateway import Access, Identity
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CANARY = "canary-device-token"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "controller" / "identity.json"


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_new_identity_is_made_once_in_a_private_place(path: Path) -> None:
    old = os.umask(0)
    try:
        made = Identity.load(path)
        assert Identity.load(path).device_id == made.device_id
        made.learn("box/alpha", CANARY)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(path.parent) == [path.name]


def test_a_file_that_others_may_read_is_closed_to_them(path: Path) -> None:
    Identity.load(path)
    path.chmod(0o644)
    Identity.load(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_proof_is_a_signature_of_the_device_over_all_that_is_said(path: Path) -> None:
    identity = Identity.load(path)
    challenge = Challenge("nonce", 1795223255000)
    proof = identity.proof(BACKEND, ["operator.read"], challenge, "token")
    public = decoded(str(proof["publicKey"]))
    assert proof["id"] == hashlib.sha256(public).hexdigest() == identity.device_id
    assert (proof["signedAt"], proof["nonce"]) == (1795223255000, "nonce")
    text = device_signature_text(identity.device_id, BACKEND, ["operator.read"], challenge, "token")
    signature = decoded(str(proof["signature"]))
    Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())


def test_tokens_are_kept_by_gateway(path: Path) -> None:
    identity = Identity.load(path)
    assert identity.token("box/alpha") == ""
    identity.learn("box/alpha", CANARY)
    identity.learn("box/beta", "another")
    again = Identity.load(path)
    assert (again.token("box/alpha"), again.token("box/beta")) == (CANARY, "another")
    again.forget("box/alpha")
    again.forget("box/alpha")
    assert Identity.load(path).token("box/alpha") == ""
    assert Identity.load(path).token("box/beta") == "another"


def test_two_processes_do_not_lose_each_others_tokens(path: Path) -> None:
    one, other = Identity.load(path), Identity.load(path)
    one.learn("box/alpha", "a")
    other.learn("box/beta", "b")
    assert Identity.load(path).token("box/alpha") == "a"
    assert other.token("box/alpha") == "a"
    one.learn("box/alpha", "newer")
    other.forget("box/alpha")  # the old one, which it knew
    assert Identity.load(path).token("box/alpha") == "newer"


def test_a_known_token_is_not_written_again(path: Path) -> None:
    identity = Identity.load(path)
    identity.learn("box/alpha", CANARY)
    before = path.stat().st_ino
    identity.learn("box/alpha", CANARY)
    assert path.stat().st_ino == before


@pytest.mark.parametrize(
    "text",
    [
        "canary-no-json",
        "[]",
        "{}",
        json.dumps({"private_key": "canary", "device_tokens": {}}),
        json.dumps({"private_key": "canary-ä", "device_tokens": {}}),
        json.dumps({"private_key": 1, "device_tokens": {}}),
        json.dumps({"private_key": "A" * 43, "device_tokens": ["canary"]}),
    ],
)
def test_a_file_that_is_no_identity_is_not_replaced(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ClawPilotError) as caught:
        Identity.load(path)
    assert caught.value.code == "FILE_MALFORMED" and str(path) in caught.value.message
    assert "canary" not in repr(caught.value.as_dict()) and caught.value.__cause__ is None
    assert path.read_text() == text


def test_a_write_that_fails_leaves_the_old_file_and_the_connection(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    identity = Identity.load(path)
    before = path.read_text()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    caplog.set_level(logging.DEBUG)
    nothing: frozenset[str] = frozenset()
    hello = Hello("2026.9.6", nothing, nothing, nothing, device_token=CANARY)
    Access("token", identity=identity, gateway="box/alpha").greeted(hello)
    assert "was not kept" in caplog.text and CANARY not in caplog.text
    assert path.read_text() == before and os.listdir(path.parent) == [path.name]


def test_a_place_that_is_gone_does_not_end_the_connection(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identity = Identity.load(path)
    path.unlink()
    path.parent.rmdir()
    hello = Hello("2026.9.6", frozenset(), frozenset(), frozenset(), device_token=CANARY)
    Access("token", identity=identity, gateway="box/alpha").greeted(hello)
    assert "was not kept" in caplog.text and CANARY not in caplog.text


def test_its_words_hold_no_secret(path: Path) -> None:
    identity = Identity.load(path)
    identity.learn("box/alpha", CANARY)
    access = Access("canary-token", identity=identity, gateway="box/alpha")
    seed = json.loads(path.read_text())["private_key"]
    words = f"{identity!r} {identity} {access!r} {access}"
    assert "canary" not in words and seed not in words


def test_an_identity_without_the_name_of_a_gateway_is_a_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="name it"):
        Access("token", identity=Identity.load(path))
