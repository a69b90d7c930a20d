# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is secret: by tables, by OpenClaw's own schema, by properties, and how long it takes."""

from __future__ import annotations

import gzip
import json
import random
import re
import string
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._secrets import (
    REDACTED,
    is_masked,
    mask,
    redact,
    redact_text,
    secrets_in,
)
from hypothesis import given
from hypothesis import strategies as st

from tests import planted

pytestmark = pytest.mark.timeless

SCHEMA = Path(__file__).parents[2] / "fixtures" / "config-schema-2026.9.6.json.gz"
UUID = "3f2a9c1e-8b7d-4c6a-9e5f-0a1b2c3d4e5f"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_no_planted_secret_is_left_and_every_one_is_known() -> None:
    p = planted.Planted()
    data = planted.variables(p)
    assert len(p.secrets) > 60
    shown = json.dumps(redact(data))
    assert p.seen_in(shown) == []
    known = secrets_in(data)
    text = " and ".join(texts_of(data))
    assert len(p.seen_in(text)) == len(p.secrets)
    assert p.seen_in(mask(text, known)) == []


def texts_of(data: Any) -> Iterator[str]:
    """All values, as something that prints them does."""
    if isinstance(data, dict):
        data = list(data.values())
    for item in data:
        if isinstance(item, (dict, list)):
            yield from texts_of(item)
        else:
            yield str(item)


HARMLESS: list[Any] = [
    {"model": "anthropic/claude-sonnet-4-5-20250929"},
    {"models": [{"id": "Qwen/Qwen3-30B-A3B-Instruct-2507-GGUF"}, {"id": "llama3.1:8b-q4_K_M"}]},
    {"model": "accounts/fireworks/models/deepseek-v3p1-terminus-20250922"},
    {"workspace": "/home/claw/.openclaw-acme/workspace-support/projects/a-long-name-2026"},
    {"path": "/nix/store/node-v24.11.1-linux-x64/bin/node"},
    {"sessionFile": f"/home/claw/.openclaw/agents/main/sessions/{UUID}.jsonl"},
    {"sessionId": UUID, "note": f"see {UUID}"},
    {"deviceId": HASH, "id": HASH, "requestId": UUID, "approve": [HASH], "remove": [HASH]},
    {"integrity": "sha512-abcDEF123abcDEF123abcDEF123/+==", "image": f"claw/x@sha256:{HASH}"},
    {"auth": {"mode": "token", "allowTailscale": True}, "tokens": 1234, "maxTokens": 64000},
    {"session": {"dmScope": "per-peer", "mainKey": "main"}, "sessionKey": "agent:main:main"},
    {"secrets_from": "beta", "key_required": True, "api_key": None, "tokenizer": "unicode61"},
    {"tokenFile": "/etc/claw/bot-token", "apiKeyEnv": "OPENAI_API_KEY", "keyPath": "/etc/k.pem"},
    {"apiKey": "${OPENAI_API_KEY}", "token": {"source": "env", "provider": "x", "id": "TOKEN"}},
    {"env": {"A": "${B}", "shellEnv": {"enabled": True}}, "headers": {"X": "${HEADER}"}},
    {"url": "https://example.com/v1?model=x&limit=5", "git": "ssh://git@example.com/x.git"},
    {"webhookPath": "/telegram-webhook", "webhookPort": 8787, "webhookHost": "127.0.0.1"},
    {"dangerouslyAllowHostHeaderOriginFallback": "dangerouslyAllowHostHeaderOriginFallback"},
    {"trusted": "2026-11-21T10:00:00.000Z", "description": "Sign in with a token, or a password."},
    {"words": "Basic settings, bearer authentication and keys: three of them."},
    {"args": ["-y", "@modelcontextprotocol/server-filesystem", "--root", "/srv/data"]},
    {"servers": {"token-service": {"command": "npx"}}, "accounts": {"secret-club": {"x": "y"}}},
    {"path": f"/tmp/pytest-1/claw-pilot-job-1a2b3c4d-5e6f7a8b/{HASH}.json", "x": f"~/{UUID}/a"},
    {"npm": "https://registry.example:4873/@scope/x", "at": "https://x.example/@me/a:b@c"},
    {"url": "http://127.0.0.1:18790/#/chat?view=main", "mail": "write to bob@example.com"},
    {"run": ["ssh", "-p", "2222", "bob@h"], "docker": "docker run -p 80:80 x", "k": "curl -k x"},
    {"run": ["mysql", "-uroot", "-p", "base"], "text": "sshpass -p $PW ssh -p 2222 x"},
    {"license": "MIT", "licence": "Apache-2.0 OR MIT", "status": {"code": "abc", "variables": {}}},
    {"variables": {"slug": "acme", "default_model": "x/y"}, "requiredHeaders": ["X-Forwarded"]},
    {"text": '{"a": [1, 2.50], "b":"x", "token": null}', "log": 'said {"a": 1} and [1, 2]'},
    {"id": "4916bfd9a659370b", "note": 'id="4916bfd9a659370b" at 2026-11-21T10:00:00.000Z'},
    {"publicKey": "L84r4KFQ1nuIZnCkS9o0wGegkvBsgZEHtkAYCyGcO0o"},
]


@pytest.mark.parametrize("data", HARMLESS, ids=lambda data: next(iter(data)))
def test_what_is_no_secret_stays_readable(data: Any) -> None:
    assert redact(data) == data
    assert secrets_in(data) == frozenset()


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"x": [{"clientSecret": "s3cret"}]}, {"x": [{"clientSecret": REDACTED}]}),
        ({"ANTHROPIC_API_KEY": ["s3cret"]}, {"ANTHROPIC_API_KEY": [REDACTED]}),
        ({"token": "${A} s3cret"}, {"token": REDACTED}),
        ({"token": "$${A}"}, {"token": REDACTED}),
        ({"tokens": "x"}, {"tokens": REDACTED}),
        ({"password": "none"}, {"password": REDACTED}),
        ({"pin": 123456, "ports": 123456}, {"pin": REDACTED, "ports": 123456}),
        ({"env": {"PORT": 8080, "ON": True}}, {"env": {"PORT": REDACTED, "ON": True}}),
        ({"headers": ["X-A: one"]}, {"headers": [f"X-A: {REDACTED}"]}),
        ({"u": "https://a:b@c/d"}, {"u": f"https://{REDACTED}@c/d"}),
        ({"u": "see https://c/?q=1&token=x1y2"}, {"u": f"see https://c/?q=1&token={REDACTED}"}),
        ({"webhookUrl": "https://c/d?e"}, {"webhookUrl": f"https://c/{REDACTED}"}),
        ({"https://a:b@c/d": 1}, {f"https://{REDACTED}@c/d": 1}),
        ({"auth": {"unheard": "of"}}, {"auth": {"unheard": REDACTED}}),
        ({"tokens": [{"role": "x", "token": "y"}]}, {"tokens": [{"role": "x", "token": REDACTED}]}),
    ],
)
def test_only_the_secret_is_hidden(data: Any, shown: Any) -> None:
    assert redact(data) == shown
    assert is_masked(shown) and not is_masked(data)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ok: [localhost] => (item=acme)", "ok: [localhost] => (item=acme)"),
        ("Authorization: Bearer abc.def-1", f"Authorization: {REDACTED}"),
        ("export MY_TOKEN='a b c' X=1", f"export MY_TOKEN='{REDACTED}' X=1"),
        ("https://api.telegram.org/bot1:x/getMe", f"https://api.telegram.org/bot{REDACTED}"),
        ("  api_key: s3cret\n  slug: acme", f"  api_key: {REDACTED}\n  slug: acme"),
        ("call it with Bearer abc12x", f"call it with Bearer {REDACTED}"),
        ("ran sshpass -p a1 ssh -p 22 x", f"ran sshpass -p {REDACTED} ssh -p 22 x"),
        ('at {"env":{"A":"b"}}, ok', f'at {{"env":{{"A":"{REDACTED}"}}}}, ok'),
        (f"https://h/home/hooks/{HASH}/x", f"https://h/home/hooks/{REDACTED}"),
        (f"Device {HASH} is paired.", f"Device {HASH} is paired."),
    ],
)
def test_a_text_is_told_without_what_looks_secret_in_it(text: str, shown: str) -> None:
    assert redact_text(text) == shown


# OpenClaw's own rule for paths of its config (config/sensitive-paths), on the last name of a place.
_THEIRS = re.compile(
    r"token$|password|secret|api.?key|encrypt.?key|private.?key|serviceaccount$", re.IGNORECASE
)
_NOT_THEIRS = re.compile(r"(?:file|env|tokens|path|id)$", re.IGNORECASE)
# What is hidden although the schema does not say that it is secret: any value of an environment or
# of headers, and the words behind names that only at OpenClaw stand for no secret.
_HIDDEN_TOO = {"env", "headers", "vars", "auth", "session", "clientKey", "clientCert"}


def leaves(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Places of texts in the schema, and whether a reference to a secret may stand there."""
    if not isinstance(node, dict):
        return
    kinds = [kind for word in ("anyOf", "oneOf", "allOf") for kind in node.get(word, ())]
    if place != ("secrets", "providers", "*") and any(map(_is_reference, kinds)):
        yield place, True
        return
    if node.get("type") == "string" or "string" in (node.get("type") or ()):
        yield place, False
    for kind in kinds:
        yield from leaves(kind, place)
    for name, below in (node.get("properties") or {}).items():
        yield from leaves(below, (*place, name))
    yield from leaves(node.get("additionalProperties"), (*place, "*"))
    yield from leaves(node.get("items"), (*place, "[]"))


def _is_reference(kind: Any) -> bool:
    inner = [kind, *(kind.get("oneOf") or kind.get("anyOf") or ())]
    return any({"source", "provider", "id"} <= set(one.get("properties") or ()) for one in inner)


def shown_at(place: tuple[str, ...], text: str) -> Any:
    """What is seen of the text when it stands there."""
    data: Any = text
    for name in reversed(place):
        data = [data] if name == "[]" else {"chosen" if name == "*" else name: data}
    data = redact(data)
    for name in place:
        data = data[0] if name == "[]" else data["chosen" if name == "*" else name]
    return data


def test_every_secret_of_openclaws_schema_is_hidden_and_little_else() -> None:
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    open_, closed, count = [], set(), 0
    for place, is_reference in leaves(schema):
        name = next((word for word in reversed(place) if word not in ("*", "[]")), "")
        theirs = place[-1] == name and _THEIRS.search(name) and not _NOT_THEIRS.search(name)
        hidden = shown_at(place, "some words") == REDACTED
        count += is_reference
        if (is_reference or theirs) and not hidden:
            open_.append(".".join(place))
        elif hidden and not (is_reference or theirs):
            closed.add(name)
    assert count > 100
    assert open_ == []
    assert closed == _HIDDEN_TOO


texts = st.text(st.sampled_from("aB3xK9 /:=@-_.?&#%\"'{}$\n") | st.characters(), max_size=60)
names = st.sampled_from(["a", "env", "token", "headers", "auth", "url", "tokens", "value", "name"])
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(names | texts, below, max_size=3),
    max_leaves=12,
)


@given(documents)
def test_what_was_redacted_once_stays_as_it_is(data: Any) -> None:
    once = redact(data)
    assert redact(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "A-",
        "x://",
        "x:a@",
        "://a/",
        "-----BEGIN PRIVATE KEY-----",
        "a=",
        "token: ",
        "' ",
        "-a ",
    ]
    + [
        "a://",
        "//a:",
        "a:b@",
        "curl -u ",
        "'curl ",
        '{"a":{',
        "[{",
        '{\\"',
        '{"a":1}',
        "jdbc:oracle:x:",
    ]
    + ["/hooks", "?key", "Bearer ", "1:", "eyJ", "hooks.", ";a ", '"a":', " \t", "Cookie:"],
)
def test_a_long_text_takes_no_long_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    redact({"text": text})
    redact_text(text)
    assert time.process_time() - began < 2


LETTERS = string.ascii_letters + string.digits


@pytest.mark.parametrize(
    ("alphabet", "length", "most"),
    [
        ("0123456789abcdef", 32, 0.03),
        (LETTERS + "-_", 22, 0.08),
        (LETTERS + "+/", 32, 0.05),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, 0.06),
        (LETTERS, 20, 0.07),
        (LETTERS, 16, 0.12),
        (LETTERS + "!$%&@#*", 24, 0.15),
    ],
)
def test_few_random_values_are_missed(alphabet: str, length: int, most: float) -> None:
    choose = random.Random(1)
    values = ["".join(choose.choices(alphabet, k=length)) for _number in range(500)]
    missed = [value for value in values if redact({"value": value}) == {"value": value}]
    assert len(missed) <= most * len(values)


plain = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_characters="*"))


@given(st.frozensets(plain.filter(lambda s: len(s) >= 4), max_size=5), st.data())
def test_no_secret_of_four_characters_or_more_survives_a_mask(
    secrets: frozenset[str], data: st.DataObject
) -> None:
    parts = st.sampled_from(sorted(secrets)) | plain if secrets else plain
    text = "".join(data.draw(st.lists(parts, max_size=6)))
    masked = mask(text, secrets)
    assert not [secret for secret in secrets if secret in masked]


@pytest.mark.parametrize(
    ("text", "secrets", "masked"),
    [
        ("token abcdef!", {"abcdef"}, f"token {REDACTED}!"),
        ("abcdef and abcd", {"abcd", "abcdef"}, f"{REDACTED} and {REDACTED}"),
        ("yes, 1 and on", {"1", "on", "yes"}, "yes, 1 and on"),
        ("nothing here", {"abcdef", ""}, "nothing here"),
    ],
)
def test_a_mask_hides_whole_secrets_and_leaves_the_rest(
    text: str, secrets: set[str], masked: str
) -> None:
    assert mask(text, frozenset(secrets)) == masked
