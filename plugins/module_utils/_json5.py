# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Read JSON5 (https://spec.json5.org), the language of openclaw.json. Pure; writes none.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from contextlib import suppress
from typing import Any, NoReturn

from ._model import ClawPilotError

MAX_DEPTH = 200
# A longer one is beyond every double: Node reads Infinity. It also keeps int() and str() fast.
_MAX_DIGITS = 310
_MAX_BITS = 1024

# No pattern has two ways to match the same text: each takes linear time.
_BLANK = re.compile(r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*")
_LINE_COMMENT = re.compile(r"//[^\n\r\u2028\u2029]*")
_LINE_BREAK = re.compile(r"\r\n?|\n")  # as editors count lines
_WORD = re.compile(r"null|true|false")
_NUMBER = re.compile(
    r"""[+-]?(?:Infinity|NaN
        |0[xX][0-9A-Fa-f]+
        |(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)""",
    re.VERBOSE,
)
_PLAIN = {'"': re.compile(r'[^"\\\n\r]*'), "'": re.compile(r"[^'\\\n\r]*")}
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|0(?![0-9])|\r\n|[^ux0-9])", re.DOTALL)
_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?=[ \t]*:)")  # nearly every key
_NAME_LETTER = re.compile(r"\\u[0-9A-Fa-f]{4}|.", re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_WORDS = {"null": None, "true": True, "false": False}
_ESCAPED = {
    **{"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"},
    **dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), ""),
}
# IdentifierName of ECMAScript 5.1, section 7.6
_FIRST = frozenset("Lu Ll Lt Lm Lo Nl".split())
_LATER = _FIRST | frozenset("Mn Mc Nd Pc".split())


def parse(text: str, path: str = "") -> Any:
    """The value of a JSON5 text; the last of a key wins. Raises FILE_MALFORMED.

    path: the file that the text is from, for the message. It shows nothing of the text: the file
    may hold secrets, or be somebody else's.
    """
    with suppress(ValueError, RecursionError):
        value = json.loads(text, parse_int=_integer)
        if text.count("{") + text.count("[") <= MAX_DEPTH or not _is_deep(value):
            return value
    return _Reader(text, path).document()


def _is_deep(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _depth in range(MAX_DEPTH + 1):
        items = (i for holder in level for i in _items(holder))
        level = [i for i in items if isinstance(i, (dict, list))]
        if not level:
            return False
    return True


def _items(holder: Any) -> Any:
    return holder.values() if isinstance(holder, dict) else holder


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _number(token: str) -> float:
    digits = token.lstrip("+-")
    if digits[:2] in ("0x", "0X"):
        value = int(token, 16)
        if value.bit_length() > _MAX_BITS:
            return math.inf if value > 0 else -math.inf
        return value
    return _integer(token) if digits.isdigit() else float(token)


def _unescaped(token: str) -> str:
    """The letters that an escape stands for; the token begins with its backslash."""
    if token[1] in "ux":
        return chr(int(token[2:], 16))
    return _ESCAPED.get(token[1:], token[1:])


def _in_name(letter: str, first: bool) -> bool:
    if letter in "$_":
        return True
    if unicodedata.category(letter) in (_FIRST if first else _LATER):
        return True
    return not first and letter in "\u200c\u200d"


class _Reader:
    """One text and how far it is read. No method calls itself: deep texts do not fill the stack."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.position = 0

    def document(self) -> Any:
        root = self._value()
        holders = [root] if isinstance(root, (dict, list)) else []
        while holders:
            holder = holders[-1]
            if not self._has_more(holder):
                holders.pop()
                continue
            key = self._key() if isinstance(holder, dict) else None
            value = self._value(len(holders))
            if isinstance(holder, dict):
                holder[key] = value
            else:
                holder.append(value)
            if isinstance(value, (dict, list)):
                holders.append(value)
        if self._next():
            self._expected("the end of the file")
        return root

    def _has_more(self, holder: Any) -> bool:
        """Read the comma or the closing bracket; whether another item follows."""
        close = "}" if isinstance(holder, dict) else "]"
        if holder and self._next() != close:
            self._take(",", f"',' or '{close}'")
        if self._next() != close:
            return True
        self.position += 1
        return False

    def _value(self, depth: int = 0) -> Any:
        """A scalar, or a new empty object or array: its items are still to be read."""
        letter = self._next()
        if letter in ("{", "["):
            if depth == MAX_DEPTH:
                self._fail(f"found more than {MAX_DEPTH} levels of objects and arrays")
            self.position += 1
            return {} if letter == "{" else []
        if letter in _PLAIN:
            return self._string()
        word = self._match(_WORD)
        if word:
            return _WORDS[word]
        number = self._match(_NUMBER)
        if number:
            return _number(number)
        self._expected("a value")

    def _key(self) -> str:
        key = self._string() if self._next() in _PLAIN else self._name()
        self._next()
        self._take(":", "':'")
        return key

    def _name(self) -> str:
        plain = self._match(_PLAIN_NAME)
        if plain:
            return plain
        letters: list[str] = []
        while True:
            match = _NAME_LETTER.match(self.text, self.position)
            raw = match.group() if match else ""
            letter = _unescaped(raw) if len(raw) > 1 else raw
            if not letter or not _in_name(letter, first=not letters):
                break
            letters.append(letter)
            self.position += len(raw)
        if not letters:
            self._expected("a key or '}'")
        return "".join(letters)

    def _string(self) -> str:
        quote = self.text[self.position]
        self.position += 1
        parts = [self._match(_PLAIN[quote])]
        while self.text.startswith("\\", self.position):
            escape = self._match(_ESCAPE)
            if not escape:
                self.position += 1
                self._expected("an escape of JSON5 after '\\'")
            parts += [_unescaped(escape), self._match(_PLAIN[quote])]
        self._take(quote, "the string's closing quote")
        value = "".join(parts)
        if _SURROGATE.search(value):  # two escapes for one letter, as in JSON
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return value

    def _next(self) -> str:
        """The first letter that is neither white space nor comment; '' at the end."""
        while True:
            self._match(_BLANK)
            if self.text.startswith("/*", self.position):
                end = self.text.find("*/", self.position + 2)
                if end < 0:
                    self._fail("found a comment without its '*/'")
                self.position = end + 2
            elif not self._match(_LINE_COMMENT):
                return self.text[self.position : self.position + 1]

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        if not match:
            return ""
        self.position = match.end()
        return match.group()

    def _take(self, letter: str, wanted: str) -> None:
        if not self.text.startswith(letter, self.position):
            self._expected(wanted)
        self.position += 1

    def _expected(self, wanted: str) -> NoReturn:
        letter = self.text[self.position : self.position + 1]
        found = "the end of the line" if letter in ("\n", "\r") else "a character"
        self._fail(f"found {found if letter else 'the end of the file'} where {wanted} is expected")

    def _fail(self, what: str) -> NoReturn:
        # A byte order mark is no column: editors do not show it.
        lines = _LINE_BREAK.split(self.text[: self.position].lstrip("\ufeff"))
        raise ClawPilotError(
            "FILE_MALFORMED",
            f"{self.path or 'The text'} is not valid JSON5 at line {len(lines)},"
            f" column {len(lines[-1]) + 1}: {what}.",
            "Correct it at that place.",
        )
