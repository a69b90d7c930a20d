# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What of data and of texts is secret, and the same without it. One policy for all that is shown.

1. Every value of an environment, of headers and of cookies; their names are shown.
2. A value by its name (_secret_names.py), with all that is below it.
3. What looks like one in any text (_secret_texts.py): logins in addresses, webhooks, known kinds.
4. What is long and random, where its name does not say that it is an id or a digest.
References such as ${NAME} stay readable, and so do true, false, null and small numbers.

Pure. Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import _secret_names as names
from . import _secret_texts as texts
from ._secret_commands import Arguments
from ._secret_json import replaced

REDACTED = "********"
_ONLY_REFERENCE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}\Z")
_REFERENCE_KEYS = frozenset(("source", "provider", "id"))
_SOURCES = ("env", "file", "exec")
_NAMED_BY = ("name", "key", "header", "param", "variable")
_PAIR = re.compile(r"([A-Za-z_][\w.-]*)([=:][ \t]*)(.+)\Z", re.DOTALL)
_FLAG = re.compile(r"--?[A-Za-z][\w-]*\Z")
_SHORTEST_NUMBER = 1000
# Such as "true" or "info", in a map of which only its owner knows the meaning: in a text it says
# nothing, and masked it hides much.
_SHORTEST_OF_A_MAP = 8
_SHORTEST_IN_A_TEXT = 6
_SHORTEST_OF_A_PATH = 10
_FLAGS_OF_MAPS = ("-e", "-H", "--env", "--header")


def redact(value: Any, key: str = "") -> Any:
    """The data with what is secret masked. key: the name that it has where it was taken from."""
    return _Walk().of(value, key)


def redact_text(text: str) -> str:
    """The text with what looks like a secret masked; ids and digests in it stay."""
    return _Walk(also_random=False).text(text)


def secrets_in(value: Any, key: str = "") -> frozenset[str]:
    """Every secret of the data, as mask() wants them."""
    walk = _Walk()
    walk.of(value, key)
    return frozenset(walk.found)


def mask(text: str, secrets: frozenset[str]) -> str:
    """The text with every secret value masked; longest first, so that none shows in part."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= 4:
            text = text.replace(secret, REDACTED)
    return text


def mask_all(value: Any, secrets: frozenset[str]) -> Any:
    """The data with every secret value masked in all of its texts and keys."""
    if isinstance(value, Mapping):
        return {mask_all(key, secrets): mask_all(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_all(item, secrets) for item in value]
    return mask(value, secrets) if isinstance(value, str) else value


def is_masked(value: Any) -> bool:
    """Whether something was taken out of the value, or out of what is in it."""
    if isinstance(value, Mapping):
        return any(is_masked(item) for pair in value.items() for item in pair)
    if isinstance(value, (list, tuple)):
        return any(is_masked(item) for item in value)
    return isinstance(value, str) and REDACTED in value


class _Walk:
    """One way through data. found: the secrets that were met."""

    def __init__(self, also_random: bool = True) -> None:
        self._also_random = also_random
        self.found: set[str] = set()

    def of(self, value: Any, name: str = "") -> Any:
        if isinstance(value, Mapping):
            return self._map(value, name)
        if isinstance(value, (list, tuple)):
            return self._list(value, name)
        if names.is_secret(name) and not _is_shown(value, name):
            return self._hide(value)
        if isinstance(value, str):
            return self.text(value, name)
        return value

    def _map(self, value: Mapping[Any, Any], name: str, within_list: bool = False) -> Any:
        keys = frozenset(str(key) for key in value)
        if _is_secret_map(name, keys):
            return {self._key(key): self._in_a_map(item, str(key)) for key, item in value.items()}
        if _is_reference(value):
            return dict(value)
        secret = names.is_secret(name) and not names.is_known_section(name, keys)
        secret = secret and not within_list
        chosen = names.has_chosen_names(name)
        command = value.get("command")
        pair = _pair_of(value)
        shown = {}
        for key, item in value.items():
            word = str(key)
            if secret and not names.is_known_in(name, word):
                shown[self._key(key)] = self._hide(item)
            elif word == "args" and isinstance(command, str) and isinstance(item, (list, tuple)):
                shown[self._key(key)] = self._list(item, word, command)
            elif pair and word == "value":
                shown[self._key(key)] = self.of(item, pair)
            else:
                judged = "" if chosen and isinstance(item, Mapping) else word
                shown[self._key(key)] = self.of(item, judged)
        return shown

    def _list(self, value: Iterable[Any], name: str, program: str = "") -> list[Any]:
        """A list of that name; program: whose arguments they are, where that is known."""
        if names.is_secret_map(name):
            return [self._entry(item) for item in value]
        shown: list[Any] = []
        before = ""
        arguments = Arguments(program)
        for item in value:
            word = item if isinstance(item, str) else ""
            secret = arguments.secret_from(word, in_list=True) if word else -1
            if secret >= 0 and not texts.is_plain("key", word[secret:]):
                shown.append(word[:secret] + self._hide(word[secret:]))
            elif before in _FLAGS_OF_MAPS:
                shown.append(self._entry(item))
            else:
                shown.append(self._item(item, before, name))
            before = word
        return shown

    def _item(self, item: Any, before: str, name: str) -> Any:
        """An item of a list of that name, behind another."""
        if isinstance(item, Mapping):
            return self._map(item, name, within_list=True)  # tokens may list what is known of some
        flagged = _FLAG.match(before) and not str(item).startswith("-")
        return self.of(item, before if flagged else name)

    def _entry(self, item: Any) -> Any:
        """An item of an environment or of headers that is written as a list."""
        if isinstance(item, Mapping):
            return {
                key: one if key in _NAMED_BY else self._in_a_map(one, str(item.get("name", "")))
                for key, one in item.items()
            }
        match = _PAIR.match(item) if isinstance(item, str) else None
        if match and not _is_shown(match[3], ""):
            self._in_a_map(match[3], match[1])
            return f"{match[1]}{match[2]}{REDACTED}"
        return item

    def _in_a_map(self, item: Any, name: str) -> Any:
        return self._hide(item, 0 if names.is_secret(name) else _SHORTEST_OF_A_MAP)

    def _hide(self, value: Any, shortest: int = 0) -> Any:
        """All of it; names in it and references stay."""
        if isinstance(value, Mapping):
            if _is_reference(value):
                return dict(value)
            return {self._key(key): self._hide(item, shortest) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._hide(item, shortest) for item in value]
        text = str(value)
        if value is None or isinstance(value, bool) or not text or _ONLY_REFERENCE.match(text):
            return value
        self._keep(text, shortest)
        return REDACTED

    def text(self, text: str, name: str = "") -> str:
        if names.is_webhook(name) and "://" in text:
            return self._without(text, texts.behind_host(text), _SHORTEST_OF_A_PATH)
        return replaced(
            text,
            lambda data: self.of(data, name),
            lambda part: self._plain(part, name),
            self._hide,
        )

    def _plain(self, text: str, name: str) -> str:
        """A text, or what is beside the JSON in it."""
        random = self._also_random and not names.is_random_by_nature(name)
        return self._without(text, texts.spans(text, also_random=random), _SHORTEST_IN_A_TEXT)

    def _without(self, text: str, spans: Iterable[texts.Span], shortest: int) -> str:
        for start, end in spans:
            self._keep(text[start:end], shortest)
        return _without(text, spans)

    def _keep(self, secret: str, shortest: int) -> None:
        """Remember it, and what of it is a secret by itself: a password, the random part."""
        _login, _colon, word = secret.partition(":")
        self.found.update(one for one in (secret, word) if len(one) >= shortest)
        self.found.update(texts.random_pieces(secret))

    def _key(self, key: Any) -> Any:
        return redact_text(key) if isinstance(key, str) else key


def _without(text: str, spans: Iterable[texts.Span]) -> str:
    shown, done = "", 0
    for start, end in spans:
        shown += text[done:start] + REDACTED
        done = end
    return shown + text[done:]


def _is_secret_map(name: str, keys: frozenset[str]) -> bool:
    known = names.is_secret_map(name) and names.is_known_section(name, keys)
    return (names.is_secret_map(name) or names.is_environment(name, keys)) and not known


def _is_shown(value: Any, name: str) -> bool:
    """Whether a value is no secret in spite of its name."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, (int, float)):
        return names.is_count(name) or abs(value) < _SHORTEST_NUMBER
    text = str(value)
    if not text or _ONLY_REFERENCE.match(text):
        return True
    return text.isdigit() if names.is_count(name) else texts.is_plain(name, text)


def _is_reference(value: Mapping[Any, Any]) -> bool:
    """Whether it says where OpenClaw finds a secret, as its config may have it instead of one."""
    return set(value) == _REFERENCE_KEYS and value["source"] in _SOURCES


def _pair_of(value: Mapping[Any, Any]) -> str:
    """The name in {"name": ..., "value": ...}; "" when the map is no such pair."""
    if "value" not in value:
        return ""
    return next((str(value[by]) for by in _NAMED_BY if isinstance(value.get(by), str)), "")
