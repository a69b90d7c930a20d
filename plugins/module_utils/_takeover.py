# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From a config that others wrote to a specification of ours that changes little of it. Pure.

Private to the claw.pilot collection. Python 3.9 or later.

A specification says what ours is in the words of our options. Where the config has more to say,
or says nothing, its place in openclaw.json is named in `kept`: nothing is written there until an
option speaks of it. So no value of theirs that may be a secret gets into our marker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._config import PROTECTED, render
from ._model import (
    GATEWAY_TOKEN_VARIABLE,
    MAIN_AGENT,
    TELEGRAM_TOKEN_VARIABLE,
    ClawPilotError,
    Layout,
    ProviderSpec,
    check_agent_id,
    spec_from,
)
from ._secrets import redact
from ._summary import agents, auth, base_path, dig, model

Place = tuple[str, ...]
Resolve = Callable[[Any], str]  # a secret's value, '' for one that is not to be had

_ANY = "*"
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*\Z")
_TOOL_PROFILES = ("minimal", "coding", "messaging", "full")
_NO_CHANNELS = ("defaults", "modelByChannel")
# Written though their config has nothing there: what we cannot do without, and what documents say.
_ADDED: tuple[Place, ...] = (
    ("agents", "ownership"),
    ("agents", "defaults", "heartbeat", "agentId"),
    ("agents", "defaults", "systemAgent", "agentId"),
    ("agents", "entries", _ANY, "workspace"),
    ("gateway", "bind"),
    ("logging", _ANY),
    ("discovery", "mdns", "mode"),
    ("update", "checkOnStart"),
    ("telemetry", "enabled"),
    ("bindings",),
)
# Written whatever their config has there.
_OURS: tuple[Place, ...] = (
    *PROTECTED,
    ("models", "providers", _ANY, "apiKey"),
    ("channels", "telegram", "botToken"),
)
# Which places an option speaks of.
_SPOKEN: dict[str, Place] = {
    "agents": ("agents", "entries"),
    "default_model": ("agents", "defaults", "model"),
    "providers": ("models",),
    "telegram": ("channels", "telegram"),
    "mem0": ("plugins",),
    "plugins": ("plugins",),
    "control_ui": ("gateway", "controlUi"),
    "trusted_proxies": ("gateway", "trustedProxies"),
    "heartbeat": ("agents", "defaults", "heartbeat"),
}


@dataclass(frozen=True)
class Derived:
    """spec: plain data, as to_plain() gives it; kept: places that stay theirs."""

    spec: dict[str, Any]
    kept: tuple[Place, ...]


def specification(
    config: Mapping[str, Any], layout: Layout, port: int, secret: Mapping[str, str]
) -> Derived:
    """What a modernised config comes to. port: where its gateway listens; secret: see secrets().

    Raises TAKE_OVER_REFUSED for what we could not keep.
    """
    _check(config, layout)
    spec: dict[str, Any] = {
        "slug": layout.slug,
        "port": port,
        "agents": [_agent(config, one, layout) for one in _usable(config, layout)],
        "providers": [
            {"name": name, "key_required": True}
            for name, variable in _key_variables(config)
            if variable in secret
        ],
        "telegram": _telegram(config, secret),
        "plugins": {"restrict": False},
        "control_ui": _control_ui(config),
    }
    names = {provider["name"] for provider in spec["providers"]}
    default = model(dig(config, "agents", "defaults", "model"))
    if default.partition("/")[0] in names:
        spec["default_model"] = default
    every = dig(config, "agents", "defaults", "heartbeat", "every")
    if isinstance(every, str):
        spec["heartbeat"] = every
    proxies = dig(config, "gateway", "trustedProxies")
    if isinstance(proxies, list):
        spec["trusted_proxies"] = [str(one) for one in proxies]
    rendered = render(spec_from(spec), layout, port)
    return Derived(spec, tuple(_kept(config, rendered, ())))


def _check(config: Mapping[str, Any], layout: Layout) -> None:
    mode = auth(config, ())["mode"]
    if mode != "token":
        raise refusal(
            layout,
            f"its gateway.auth.mode is {mode!r}, and ours is always token",
            "Change it to token first, or leave the instance adopted",
        )
    for agent_id, entry in _entries(config).items():
        place = entry.get("workspace") if isinstance(entry, Mapping) else None
        if isinstance(place, str) and place and not place.startswith(("/", "~")):
            raise refusal(
                layout,
                f"the workspace of its agent {agent_id!r} is a relative path",
                "Write it from the root first",
            )


def refusal(layout: Layout, why: str, what: str) -> ClawPilotError:
    """TAKE_OVER_REFUSED; why: a clause; what: what to do first."""
    message = f"{layout.slug!r} cannot be taken over: {why}."
    return ClawPilotError("TAKE_OVER_REFUSED", message, f"{what}.")


def _entries(config: Mapping[str, Any]) -> Mapping[str, Any]:
    entries = dig(config, "agents", "entries")
    return entries if isinstance(entries, Mapping) else {}


def _usable(config: Mapping[str, Any], layout: Layout) -> list[dict[str, Any]]:
    """Their agents whose ids we can name; the others stay in the config as they are."""
    found = []
    for one in agents(config, layout.state_dir, layout.home):
        try:
            check_agent_id(one["id"])
        except ClawPilotError:
            continue
        found.append(one)
    return found


def _agent(config: Mapping[str, Any], shown: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    entry = _entries(config).get(shown["id"])
    profile = dig(entry, "tools", "profile")
    providers = dig(config, "models", "providers") or {}
    named = {name for name, _variable in _key_variables(config)}
    known = shown["model"].partition("/")[0] in named and isinstance(providers, Mapping)
    place = shown["workspace"]
    return {
        "id": shown["id"],
        "name": shown["name"],
        "model": shown["model"] if known else "",
        "tools_profile": profile if profile in _TOOL_PROFILES else "",
        "workspace": "" if place == layout.workspace(shown["id"]) else place,
    }


def _key_variables(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(provider, our variable for its key); of two that would share one, the first."""
    listed = dig(config, "models", "providers")
    taken: set[str] = set()
    for name, entry in (listed if isinstance(listed, Mapping) else {}).items():
        variable = ProviderSpec(str(name)).key_variable
        if dig(entry, "apiKey") and _VARIABLE.match(variable) and variable not in taken:
            taken.add(variable)
            yield str(name), variable


def _telegram(config: Mapping[str, Any], secret: Mapping[str, str]) -> dict[str, Any]:
    """Ours only with one bot, whose token was in the config: anything else stays what it is."""
    settings = dig(config, "channels", "telegram")
    if TELEGRAM_TOKEN_VARIABLE not in secret or dig(settings, "enabled") is False:
        return {"enabled": False}
    allowed = dig(settings, "allowFrom")
    senders = [str(one) for one in allowed] if isinstance(allowed, list) else []
    policy = _word(dig(settings, "dmPolicy"), "pairing")
    if dig(settings, "accounts") or (policy == "allowlist" and not senders):
        return {"enabled": False}
    return {
        "enabled": True,
        "dm_policy": policy,
        "group_policy": _word(dig(settings, "groupPolicy"), "allowlist"),
        "allow_from": senders,
    }


def _word(value: Any, default: str) -> str:
    return value if isinstance(value, str) and value else default


def _control_ui(config: Mapping[str, Any]) -> dict[str, Any]:
    settings = dig(config, "gateway", "controlUi")
    origins = dig(settings, "allowedOrigins")
    return {
        "enabled": dig(settings, "enabled") is not False,
        "base_path": base_path(config),
        "allowed_origins": [str(o) for o in origins] if isinstance(origins, list) else [],
    }


def _kept(theirs: Mapping[str, Any], ours: Mapping[str, Any], place: Place) -> Iterator[Place]:
    """Places where we would write something else than what is there."""
    for key, value in ours.items():
        here = (*place, key)
        there = theirs.get(key)
        if _is_one_of(here, _OURS):
            continue
        if isinstance(value, Mapping) and (key not in theirs or isinstance(there, Mapping)):
            yield from _kept(there or {}, value, here)
        elif key not in theirs:
            if not _is_one_of(here, _ADDED):
                yield here
        elif there != value:
            yield here


def _is_one_of(place: Place, patterns: Iterable[Place]) -> bool:
    return any(
        len(place) == len(pattern) and all(p in (_ANY, word) for word, p in zip(place, pattern))
        for pattern in patterns
    )


def without(rendered: Mapping[str, Any], kept: Iterable[Place]) -> dict[str, Any]:
    """What we write, less the places that stay theirs; nothing is left empty by that."""
    here = {place[0] for place in kept if len(place) == 1}
    found = {}
    for key, value in rendered.items():
        below = [place[1:] for place in kept if len(place) > 1 and place[0] == key]
        rest = without(value, below) if below and isinstance(value, Mapping) else value
        if key not in here and (rest or not below):
            found[key] = rest
    return found


def unlocked(kept: Iterable[Sequence[str]], given: Mapping[str, Any]) -> tuple[Place, ...]:
    """The kept places that the options of this run do not speak of."""
    spoken = [place for option, place in _SPOKEN.items() if given.get(option) is not None]
    spoken += _leaves(given.get("config") or {})
    return tuple(
        tuple(place) for place in kept if not any(_together(tuple(place), s) for s in spoken)
    )


def _leaves(extra: Any, place: Place = ()) -> list[Place]:
    if not isinstance(extra, Mapping) or not extra:
        return [place] if place else []
    return [leaf for key, value in extra.items() for leaf in _leaves(value, (*place, str(key)))]


def _together(one: Place, other: Place) -> bool:
    """Whether one is the other, or lies in it."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def secrets(config: Mapping[str, Any], resolve: Resolve) -> dict[str, str]:
    """Our variable -> value of the secrets that our config refers to, as far as they are known."""
    places: dict[str, Any] = {GATEWAY_TOKEN_VARIABLE: dig(config, "gateway", "auth", "token")}
    if not dig(config, "channels", "telegram", "accounts"):
        places[TELEGRAM_TOKEN_VARIABLE] = dig(config, "channels", "telegram", "botToken")
    for name, variable in _key_variables(config):
        places[variable] = dig(config, "models", "providers", name, "apiKey")
    found = {variable: resolve(value) for variable, value in places.items()}
    return {variable: value for variable, value in found.items() if value}


def config_variables(config: Mapping[str, Any]) -> dict[str, str]:
    """What the config sets for its gateway (env.vars, of old: env), as far as .env can hold it."""
    section = dig(config, "env")
    old = section if isinstance(section, Mapping) else {}
    vars_ = dig(old, "vars")
    both = {**old, **(vars_ if isinstance(vars_, Mapping) else {})}
    return {str(name): value for name, value in both.items() if _fits_dotenv(name, value)}


def _fits_dotenv(name: Any, value: Any) -> bool:
    if not isinstance(name, str) or not isinstance(value, str) or not _VARIABLE.match(name):
        return False
    return "${" not in value and not any(letter in value for letter in "\n\r'")


def modernised(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config in today's shape: agents by their ids, each default owner named, and without the
    variables that move to .env.
    """
    changed = _with_entries(_without_variables(config))
    owner = next((a["id"] for a in agents(config, "", "") if a["is_default"]), MAIN_AGENT)
    if owner == MAIN_AGENT:
        return changed
    # Ours has an agent main: what was for nobody else was for their default agent, and stays so.
    section = dict(_mapping(changed.get("agents")))
    defaults = dict(_mapping(section.get("defaults")))
    for key in ("heartbeat", "systemAgent"):
        defaults[key] = {"agentId": owner, **_mapping(defaults.get(key))}
    changed["agents"] = {**section, "defaults": defaults}
    bindings = _with_owner(changed, owner)
    return {**changed, "bindings": bindings} if bindings else changed


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _with_owner(config: Mapping[str, Any], owner: str) -> list[Any]:
    """Their bindings, and one to the owner for each channel that has none."""
    bindings = config.get("bindings")
    listed = list(bindings) if isinstance(bindings, list) else []
    bound = {dig(binding, "match", "channel") for binding in listed}
    for channel, settings in _mapping(config.get("channels")).items():
        unbound = channel not in bound and channel not in _NO_CHANNELS
        if unbound and dig(settings, "enabled") is not False:
            match = {"channel": channel, "accountId": "*"}
            listed.append({"agentId": owner, "match": match})
    return listed


def _with_entries(config: dict[str, Any]) -> dict[str, Any]:
    listed = dig(config, "agents", "list")
    if not isinstance(listed, list):
        return config
    moved = {
        item["id"]: {key: v for key, v in item.items() if key not in ("id", "default")}
        for item in listed
        if isinstance(item, Mapping) and isinstance(item.get("id"), str)
    }
    section = {key: value for key, value in config["agents"].items() if key != "list"}
    return {**config, "agents": {**section, "entries": {**moved, **_entries(config)}}}


def _without_variables(config: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(config)
    moved = config_variables(config)
    if not moved:
        return changed
    section = {key: v for key, v in config["env"].items() if key not in moved}
    rest = {key: v for key, v in _mapping(section.get("vars")).items() if key not in moved}
    section = {key: v for key, v in section.items() if key != "vars"}
    section.update({"vars": rest} if rest else {})
    changed.pop("env")
    return {**changed, "env": section} if section else changed


def shown(before: Any, after: Any) -> tuple[Any, Any]:
    """Both, but only where they differ, for a diff: what stays theirs is nobody's to read."""
    old, new = _differing(before, after)
    return redact(old), redact(new)


def _differing(before: Any, after: Any) -> tuple[Any, Any]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return before, after
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    pairs = {key: _differing(before.get(key), after.get(key)) for key in keys}
    return (
        {key: pairs[key][0] for key in keys if key in before},
        {key: pairs[key][1] for key in keys if key in after},
    )
