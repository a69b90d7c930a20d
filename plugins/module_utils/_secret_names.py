# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which names say that what they name is secret. Pure; held against OpenClaw's schema by a test.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from functools import lru_cache

_BOUNDARY = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# A name is secret that has one of these as a word ...
_WORDS = frozenset(
    "auth oauth authorization bearer ca cert certificate cookie cookies credential"
    " credentials creds dsn jwt jws key keys hmac licence license mfa mnemonic nsec nonce otp"
    " otps p12 pass passcode passphrase passwd password passwords pat pem pfx pin pincode"
    " private psk pw pwd salt secret secrets seed session sessions sid sig signature ssn tok"
    " token tokens toks totp webhook webhooks 2fa".split()
)
# ... or these anywhere, as in dbpassword and MYAPITOKEN.
_PARTS = (
    "accesskey apikey connectionstring connstr cookie credential knownhostsdata identitydata"
    " passphrase passwd password privatekey secret serviceaccount signingkey token webhook"
).split()
_ENDS = ("key", "pass", "pwd", "auth")
# ... or a word such as code behind one that says what it opens.
_OPENING = re.compile(
    r"(?:2fa|access|activation|auth|backup|emergency|invite|login|master|mfa|recovery|secret|security"
    r"|seed|sms|unlock|verification|verify|wallet)(?:codes?|phrases?|words?|pin)\Z"
)
_NO_SECRET_ENDS = ("bypass", "compass", "hotkey", "monkey", "surpass", "turkey")
# Its last word says that it only describes a secret: where it is, of which kind, how long it holds.
_DESCRIBES = frozenset(
    "algorithm allowlist at budget count dir directory dirs enabled env error errors"
    " expires expiry field fields file files filter fingerprint folder format from header"
    " host hostname hosts id ids keywords kind limit method mode modes ms name names path"
    " paths policy port prefix prefixes provider required retention scope scopes seconds"
    " source status store strategy target thumbprint timeout ttl type types uri url urls"
    " version visibility".split()
)
# What "secret" before it makes one: Vault's secret_id logs in, and whoever has a SECRET_URL is in.
_SECRET_ONES = frozenset("id ids url urls uri uris".split())
# Names of OpenClaw's config and of ours that are no secrets, their words joined.
_HARMLESS = frozenset(
    "accountsid allowedsessionkeyprefixes defaultsessionkey mainkey messagingservicesid publickey"
    " publickeys requiredheaders secretsfrom sessionkey sessionkeys".split()
)
# Whoever keeps secrets there names them as he likes. Words of such names ...
_MAPS = frozenset(
    "cookies env envs environ environment envvar envvars header headers httpheaders vars".split()
)
# ... and names of which the words do not tell.
_JOINED_MAPS = frozenset(("edgeauth",))
_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*\Z")
# Parts of OpenClaw's config that such names have, with what they hold; anything else is secret.
_SECTIONS = {
    "auth": "allowTailscale headerName identityScopes mode order prefix profiles rateLimit"
    " trustedProxy cooldowns",
    "authinheritance": "agentId",
    "authorization": "channelRules",
    "delegatedauth": "enabled scopes",
    "env": "shellEnv vars",
    "environment": "color label",
    "oauth": "authProfileId clientMetadataUrl identity redirectUrl scope",
    "secrets": "defaults egressProxy providers",
    "session": "dmScope groupScope identityLinks mainKey maintenance notifyOnCreate reset"
    " resetByChannel resetByType resetTriggers scope sendPolicy sharing store threadBindings"
    " agentToAgent typingMode idleMinutes",
    "sessions": "others visibility",
    "sessionsspawn": "attachments",
    "agentsession": "mode target",
    "sessioncatalog": "enabled",
    "sessionstore": "agentId",
    "securityheaders": "strictTransportSecurity",
    "excludesessions": "channels chatTypes hookExternalContentSources",
    "webhook": "path port",
    "webhookssrfpolicy": "allowIpv6UniqueLocalRange allowRfc2544BenchmarkRange allowedHostnames"
    " blockedHostnames dangerouslyAllowPrivateNetwork",
}
_PLUGIN = frozenset("config enabled hooks llm subagent apiKey env".split())
# Maps whose names people choose: a server called "token-service" is no secret.
_CHOSEN = frozenset(
    "accounts agents channels dms entries groups guilds installs items members nodes peers personas"
    " profiles providers rooms routes servers teams topics workspaces".split()
)
# What is long and random by nature and opens nothing.
_RANDOM = frozenset(
    "approve checksum commit cursor device devices digest etag fingerprint hash id ids integrity"
    " reject remove request requests revision rotate sha sha1 sha256 sha512 thumbprint".split()
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: botToken, BOT_TOKEN and bot-token have two."""
    return tuple(word.lower() for word in _BOUNDARY.split(name) if word)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a value of that name is to be taken for a secret."""
    words = words_of(name)
    joined = "".join(words)
    if not words or joined in _HARMLESS:
        return False
    if words[-2:-1] == ("secret",) and words[-1] in _SECRET_ONES:
        return True
    if len(words) > 1 and words[-1] in _DESCRIBES:
        return False
    return (
        bool(_OPENING.search(joined))
        or not _WORDS.isdisjoint(words)
        or any(part in joined.replace("tokeniz", "") for part in _PARTS)
        or any(w.endswith(_ENDS) and not w.endswith(_NO_SECRET_ENDS) for w in words)
    )


@lru_cache(maxsize=4096)
def is_secret_map(name: str) -> bool:
    """Whether it is a map such as an environment: every value in it is to be taken for a secret."""
    words = words_of(name)
    return not _MAPS.isdisjoint(words) or "".join(words) in _JOINED_MAPS


def is_environment(name: str, keys: frozenset[str]) -> bool:
    """Whether a map called "variables" is an environment, by its keys."""
    word = words_of(name)[-1:] in (("variables",), ("variable",))
    return word and bool(keys) and all(map(_ENVIRONMENT.match, keys))


def is_known_section(name: str, keys: frozenset[str]) -> bool:
    """Whether a map of that name is a part of OpenClaw's config of which everything is known."""
    return keys <= _section(name) or keys <= _PLUGIN


def is_known_in(name: str, key: str) -> bool:
    """Whether OpenClaw's config has this key in a part of that name, and it is no secret there."""
    return key in _section(name)


@lru_cache(maxsize=4096)
def has_chosen_names(name: str) -> bool:
    """Whether the keys of a map of that name are chosen by people, so that they tell nothing."""
    return "".join(words_of(name)) in _CHOSEN


@lru_cache(maxsize=4096)
def is_random_by_nature(name: str) -> bool:
    """Whether long random values of that name are ids or digests."""
    words = words_of(name)
    return bool(words) and (words[-1] in _RANDOM or words[-2:] == ("public", "key"))


@lru_cache(maxsize=4096)
def is_count(name: str) -> bool:
    """Whether numbers of that name say how many there are, as in maxTokens."""
    return words_of(name)[-1:] in (("tokens",), ("sessions",), ("keys",))


@lru_cache(maxsize=4096)
def is_webhook(name: str) -> bool:
    """Whether a URL of that name is one that whoever knows it may call."""
    return "webhook" in "".join(words_of(name))


@lru_cache(maxsize=256)
def _section(name: str) -> frozenset[str]:
    return frozenset(_SECTIONS.get("".join(words_of(name)), "").split())
