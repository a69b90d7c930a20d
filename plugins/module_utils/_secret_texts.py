# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where in a text there are secrets, by what they look like. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ._secret_commands import command_spans
from ._secret_names import is_secret, words_of

Span = tuple[int, int]  # the first character of a secret, and the one behind it

_REFERENCE = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?\Z|%[A-Z_]+%\Z")
_PATH = re.compile(r"(?:~|\.{1,2})?/[^\s:@]*/[^\s:@]*\Z")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_USERINFO = re.compile(r"\b([a-z][a-z0-9+.-]{1,20})://([^\s/?#\"'<>]{1,500})@", re.IGNORECASE)
# A password may have / ? and # in it, and then everything up to the last @ may be of it. What
# stands behind a host's port is a path: https://registry:4873/@scope/package.
_LAST_AT = re.compile(r"[^\s\"<>]+(?=@)")
_BEFORE_PASSWORD = re.compile(
    r"(?<![\w:/])(?:[a-z][a-z0-9+.-]{1,20}:)?//(?=([^\s/?#@:\[\]'\"]{0,200}):)", re.IGNORECASE
)
_PORT = re.compile(r"\d{1,5}(?:[/?#'\"),\]]|\Z)")
_DRIVER = re.compile(
    r"\bjdbc:oracle:\w{1,10}:([^\s/@\"'<>]{1,100}/[^\s\"'<>]{1,200}?)@"
    r"|(?<![^\s\"'=])([^\s:@/\"'<>=]{1,100}:[^\s\"'<>]{1,200}?)@(?:tcp|udp|unix)\(",
    re.IGNORECASE,
)
_LOGIN_ONLY = frozenset(
    "ssh sftp scp rsync git git+ssh svn+ssh".split()
)  # these carry a name alone
_PARAMETER = re.compile(r"[?&#;]([\w.%~-]{1,60})=([^&#;\s\"'<>]+)")
_URL_SECRETS = frozenset(("access", "code", "hash"))  # as parameters of an address
_ASSIGNED = re.compile(
    r"(?<![\w.?&#;-])-{0,2}([A-Za-z_][\w.-]{0,60})=(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"',;&]+))"
)
_IN_A_STRING = re.compile(r"[;]\s*([A-Za-z_][\w. ]{0,60})=([^;\s\"']+)")
_QUOTED = re.compile(r"[\"']([A-Za-z_][\w.-]{0,60})[\"']\s*:\s*[\"']([^\"'\n]+)[\"']")
_LINE = re.compile(r"^[ \t>|-]*([A-Za-z_][\w.-]{0,60}):[ \t]+([^\s{\[][^\n]*)", re.MULTILINE)
_FLAGGED = re.compile(r"(?<!\S)--([A-Za-z][\w-]{0,60})[ \t]+([^\s-]\S*)")
_HEADER = re.compile(r"\b((?:[A-Za-z][A-Za-z0-9]{0,30}-){1,8}[A-Za-z0-9]{1,30}):[ \t]*([^\s\"',]+)")
_LOGIN = re.compile(r"\b(?:Bearer|Basic)[ \t]+([A-Za-z0-9._~+/:=-]{6,})", re.IGNORECASE)
_WHOLE_HEADER = re.compile(
    r"\b(?:(?:proxy-)?authorization|(?:set-)?cookie)[\"']?[ \t]*[:=][ \t]*[\"']?([^\"'\n]+)",
    re.IGNORECASE,
)
# What the services that give them out have made recognisable.
_KINDS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{4,}|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl[a-z]{2,5}-[A-Za-z0-9_-]{16,}"
    r"|xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"
    r"|AIza[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{10,}|GOCSPX-[A-Za-z0-9_-]{10,}|1//0[A-Za-z0-9_-]{20,}"
    r"|hf_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|do[opr]_v1_[a-f0-9]{20,}"
    r"|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|key-[a-f0-9]{24,}|shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{16,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?|\d{6,12}:[A-Za-z0-9_-]{30,}"
    r"|gsk_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|pplx-[A-Za-z0-9]{16,}|r8_[A-Za-z0-9]{16,}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]+|nsec1[a-z0-9]{20,}|tskey-[A-Za-z0-9-]{10,}|hvs\.[A-Za-z0-9_-]{10,}"
    r"|lin_api_[A-Za-z0-9]{16,}|secret_[A-Za-z0-9]{16,}|ntn_[A-Za-z0-9]{16,}|m0-[A-Za-z0-9]{16,}"
    r"|cp_[A-Za-z0-9]{40}"
    r")(?![A-Za-z0-9])"
)
# Addresses that let in whoever knows them: by their host, or by a folder of their path.
_HOOK_HOST = re.compile(
    r"://(?:"
    r"(?:[\w.-]{0,200}\.)?(?:hooks?|webhooks?)\.[\w.-]{1,200}(?::\d+)?/"
    r"|api\.telegram\.org/(?:file/)?bot"
    r"|t(?:elegram)?\.me/(?:joinchat/|\+)"
    r"|maker\.ifttt\.com/trigger/[^\s/]{1,100}/(?:json/)?with/key/"
    r")([^\s\"'<>]+)",
    re.IGNORECASE,
)
_RUN_OF_ADDRESS = re.compile(r"://([^\s\"'<>]+)")
_HOOK_PATH = re.compile(
    r"(?<=[^/])/(?:webhooks?\w{0,3}|hooks|webhook-test|workflows)/(.+)", re.IGNORECASE
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+/?(\S*)", re.IGNORECASE)

_RUN = re.compile(r"[A-Za-z0-9+/_.~-]{16,}={0,2}")
_PASSWORD = re.compile(r"(?![/~.^])[!-~]*[!#$%&*^@?][!-~]*\Z")  # what generators of passwords make
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 16, 128
_FILE = re.compile(
    r"(?<![\w\])])(?:~|/(?:Users|bin|data|dev|etc|home|lib|media|mnt|nix|opt|private|proc|root|run|sbin|snap|srv"
    r"|sys|tmp|usr|var|work|workspace|workspaces))(?:/|\Z)"
)
_HEX = re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{6,128}(?![A-Za-z0-9])")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DIGEST = re.compile(r"(?:sha(?:1|224|256|384|512)|md5)[:=-][A-Za-z0-9+/=]+", re.IGNORECASE)
_PIECE = re.compile(r"[A-Za-z0-9]{8,}")
_RANDOM_SHARE = 0.24  # of neighbours that are of another kind; words and names have less
_RANDOM_LENGTH = 16  # of what is random in a run of characters
_SHORTEST_HEX = 20  # shorter ones are ids
_MIXED_SHARE = 0.3  # the same where there are digits, small and capital letters
_CAPITAL_SHARE = 0.12  # the same where there are digits and capital letters, as in base32
_DIFFERENT = 8  # characters that a random piece has at least


def spans(text: str, also_random: bool = False) -> list[Span]:
    """Where the secrets of a text are, in order; the spans do not meet. also_random: see there."""
    return _joined([*_found(text), *(random_spans(text) if also_random else ())])


def random_spans(text: str) -> list[Span]:
    """Where a text is long and random as only secrets are. UUIDs and marked digests are not."""
    is_short = _SHORTEST_PASSWORD <= len(text) <= _LONGEST_PASSWORD
    if is_short and "://" not in text and _PASSWORD.match(text) and _is_mixed(text):
        return [(0, len(text))]
    blanked = _DIGEST.sub(_blank, _UUID.sub(_blank, text))
    return [run.span() for run in _RUN.finditer(blanked) if _is_random(blanked, run)]


def random_pieces(text: str) -> list[str]:
    """The letters and digits of a text, without what stands between them, that are random."""
    pieces: list[str] = _PIECE.findall(text)
    return [one for one in pieces if len(one) >= _RANDOM_LENGTH and _is_random_piece(one)]


def behind_host(text: str) -> list[Span]:
    """What follows the host in an address; all of what is no address."""
    match = _ADDRESS.match(text)
    if not match:
        return [(0, len(text))] if text else []
    return [match.span(1)] if match[1] else []


def is_reference(text: str) -> bool:
    """Whether it is a name of a variable in the place of a value, and nothing else."""
    return bool(_REFERENCE.match(text))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _found(text: str) -> Iterator[Span]:
    if "PRIVATE KEY" in text:
        yield from (match.span() for match in _PRIVATE_KEY.finditer(text))
    if "://" in text:
        yield from _in_addresses(text)
    if "@" in text:
        yield from _passwords(text)
    yield from (span for span in command_spans(text) if not is_reference(text[slice(*span)]))
    yield from _named(text)
    for match in _LOGIN.finditer(text):
        if _looks_given(match[1]):
            yield match.span(1)
    yield from (match.span() for match in _KINDS.finditer(text))


def _passwords(text: str) -> Iterator[Span]:
    """Logins with a password before the last @ of an address; those of drivers."""
    for run in _LAST_AT.finditer(text):
        for match in _BEFORE_PASSWORD.finditer(text, *run.span()):
            password = match.end(1) + 1
            if _PORT.match(text, password, run.end()) or is_reference(text[password : run.end()]):
                continue
            yield match.end(), run.end()
            break
    for match in _DRIVER.finditer(text):
        yield match.span(match.lastindex or 1)


def _in_addresses(text: str) -> Iterator[Span]:
    for match in _USERINFO.finditer(text):
        name, colon, word = match[2].partition(":")
        open_ = match[1].lower() in _LOGIN_ONLY if not colon else is_reference(word)
        if not open_ and not is_reference(name + colon + word):
            yield match.span(2)
    for match in _HOOK_HOST.finditer(text):
        yield match.span(1)
    for match in _RUN_OF_ADDRESS.finditer(text):
        hook = _HOOK_PATH.search(text, match.start(1), match.end(1))
        if hook:
            yield hook.span(1)
    for match in _PARAMETER.finditer(text):
        secret = is_secret(match[1]) or match[1].lower() in _URL_SECRETS
        if secret and not is_reference(match[2]):
            yield match.span(2)


def _named(text: str) -> Iterator[Span]:
    """Values behind their names: NAME=value, "name": "value", a line name: value, a header."""
    for match in _WHOLE_HEADER.finditer(text):
        if not is_plain("auth", match[1]):
            yield match.span(1)
    for pattern in (_ASSIGNED, _IN_A_STRING, _QUOTED, _LINE, _FLAGGED, _HEADER):
        for match in pattern.finditer(text):
            group = match.lastindex or 2
            if is_secret(match[1]) and not is_plain(match[1], match[group]):
                yield match.span(group)


def _looks_given(word: str) -> bool:
    """Whether it is no word of a language, as in "basic settings"."""
    return any(c.isdigit() for c in word) or not (word[1:].islower() or word.isupper())


# What stands for no secret behind such a name: how one logs in, and which session is meant.
_PLAIN = frozenset(
    "none token password oauth oauth2 api-key api_key apikey aws-sdk bearer basic header"
    " device trusted-proxy tailscale main global isolated current shared default on off auto"
    " yes no".split()
)
# Licences of software, which are no licences to use it.
_LICENCE = re.compile(
    r"(?:0BSD|A?GPL|Apache|Artistic|BSD|BSL|CC|Elastic|EPL|EUPL|ISC|LGPL|MIT|MPL|Proprietary|PSF"
    r"|SEE LICEN[CS]E|Unlicen[cs]e|UNLICEN[CS]ED|WTFPL|Zlib|\(?(?:MIT|Apache))\b",
    re.IGNORECASE,
)
_SESSION = re.compile(r"(?:agent|cron|hook|subagent|session|acp):[\w.:+@-]*\Z")


def is_plain(name: str, text: str) -> bool:
    """Whether the text is no secret in spite of its name: a way of logging in, the name of a
    session, the path of a key's file, or a reference.
    """
    if is_reference(text):
        return True
    if words_of(name)[-1:] in (("license",), ("licence",)):
        return bool(_LICENCE.match(text))
    last = words_of(name)[-1:]
    if last in (("auth",), ("session",), ("key",), ("oauth",)):
        return text.lower() in _PLAIN or bool(_SESSION.match(text)) or _is_file(last[0], text)
    return bool(last) and _is_file(last[0], text)


def _is_file(word: str, text: str) -> bool:
    """Whether it tells only where a key or a certificate is."""
    is_path = word in ("key", "cert", "ca", "certificate") and bool(_PATH.match(text))
    return is_path and not random_spans(text)


def _is_random(text: str, match: re.Match[str]) -> bool:
    run = match.group()
    if _FILE.match(text, match.start()):
        run = _HEX.sub(_blank, run)  # files and folders are called by digests and ids
    # A path is not random because of its many folders: each name of it has to be by itself.
    parts = run.split("/") if run.startswith(("/", "~", ".")) or run.count("/") > 3 else [run]
    return any(_random_length(part) >= _RANDOM_LENGTH or _is_mixed(part) for part in parts)


def _is_mixed(text: str) -> bool:
    """Whether it is random without what separates its pieces."""
    bare = "".join(c for c in text if c.isalnum())
    kinds = set(_kinds(bare))
    return len(bare) >= _RANDOM_LENGTH and len(kinds) == 3 and _is_random_piece(bare, _MIXED_SHARE)


def _kinds(text: str) -> list[str]:
    return ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in text]


def _random_length(text: str) -> int:
    return sum(len(piece) for piece in _PIECE.findall(text) if _is_random_piece(piece))


def _is_random_piece(piece: str, share: float = _RANDOM_SHARE) -> bool:
    """Whether digits and letters, small and capital, change as often as in no word."""
    kinds = _kinds(piece)
    if len(piece) < _SHORTEST_HEX and _HEX.fullmatch(piece):
        return False
    if "l" not in kinds and len(piece) >= _RANDOM_LENGTH:
        share = _CAPITAL_SHARE
    # A capital before a small letter begins a word.
    changes = sum(a != b and (a, b) != ("u", "l") for a, b in zip(kinds, kinds[1:]))
    return len(set(piece)) >= _DIFFERENT and changes >= share * (len(piece) - 1)


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined
