# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Plugins of an instance: what is installed and loaded, and the config with or without one. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._config import MEM0_PLUGIN
from ._merge import merge
from ._model import ClawPilotError, Mem0Spec
from ._summary import dig

MEMORY_SLOT = "memory"
MEMORY_CORE = "memory-core"  # has the memory slot when nothing else does
DISK_MB = 1000  # free: 421 MB for mem0 in the state directory, and npm's own cache
ANNOUNCED = "about 2 minutes and up to 420 MB"  # measured with mem0 on 2 cores

_PACKAGE = re.compile(r"npm:((?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*)\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")

Data = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What a plugin takes when nobody says otherwise.

    conversation: it has to see what is said, which OpenClaw lets no plugin from npm do by itself;
    pins: npm packages that it needs in just this version.
    """

    source: str = ""
    version: str = ""
    slot: str = ""
    conversation: bool = False
    pins: tuple[tuple[str, str], ...] = ()


# mem0ai 3.0.7 takes the newest Qdrant client and calls its search(), which 1.19.0 has no more.
_MEM0_PINS = (("@qdrant/js-client-rest", "1.18.0"),)
KNOWN = {
    MEM0_PLUGIN: Known("npm:@mem0/openclaw-mem0", "1.0.16", MEMORY_SLOT, True, _MEM0_PINS),
}


def pins_of(name: str, version: str) -> tuple[tuple[str, str], ...]:
    """The packages, with versions, that this version of the plugin has to have."""
    known = KNOWN.get(name, Known())
    return known.pins if version == known.version else ()


@dataclass(frozen=True)
class Installed:
    """A plugin in the npm projects of a state directory; folder: its project's path."""

    package: str
    version: str
    folder: str


@dataclass(frozen=True)
class Loaded:
    """Whether the gateway has the plugin in use, and in its words why not."""

    active: bool
    words: str = ""


def check_name(name: str) -> str:
    """The plugin id, or raise INVALID_PLUGIN."""
    if not _NAME.match(name):
        raise ClawPilotError(
            "INVALID_PLUGIN",
            f"{name!r} is no id of a plugin.",
            "Write it as its openclaw.plugin.json does, such as openclaw-mem0.",
        )
    return name


def package_of(source: str) -> str:
    """The npm package that a source names, or raise INVALID_PLUGIN."""
    match = _PACKAGE.match(source)
    if match is None:
        raise ClawPilotError(
            "INVALID_PLUGIN",
            f"The source {source!r} is no npm package without a version.",
            "Write it like npm:@mem0/openclaw-mem0, and the version in the option version.",
        )
    return match[1]


def found(
    name: str, packages: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]]
) -> Installed | None:
    """The plugin of that id among (project folder, package.json, openclaw.plugin.json)."""
    for folder, package, manifest in packages:
        if manifest.get("id") == name:
            return Installed(str(package.get("name")), str(package.get("version")), folder)
    return None


def with_plugin(config: Mapping[str, Any], name: str, settings: Data, slot: str) -> Data:
    """The config with the plugin allowed, turned on, its settings merged in, and in its slot.

    A plugin that is known to need it may see conversations, unless somebody has said otherwise.
    """
    section = _section(config)
    entries = _mapping(section.get("entries"))
    entry = {**_mapping(entries.get(name)), "enabled": True}
    if settings or "config" in entry:
        entry["config"] = merged(_mapping(entry.get("config")), settings)
    if name in KNOWN and KNOWN[name].conversation:
        entry["hooks"] = {"allowConversationAccess": True, **_mapping(entry.get("hooks"))}
    section["entries"] = {**entries, name: entry}
    allow = section.get("allow")
    if isinstance(allow, list) and name not in allow:
        section["allow"] = [*allow, name]
    if slot:
        section["slots"] = {**_mapping(section.get("slots")), slot: name}
    return {**config, "plugins": section}


def with_settings_only(config: Mapping[str, Any], wanted: Mapping[str, Any], name: str) -> Data:
    """The config with nothing but the plugin's wanted settings and variables, for OpenClaw to
    check them when it installs the plugin: it may not be turned on before it is there.
    """
    settings = dig(wanted, "plugins", "entries", name, "config")
    config = {**config, "env": wanted["env"]} if "env" in wanted else config
    if not settings:
        return dict(config)
    section = _section(config)
    entries = _mapping(section.get("entries"))
    section["entries"] = {**entries, name: {**_mapping(entries.get(name)), "config": settings}}
    return {**config, "plugins": section}


def without_plugin(config: Mapping[str, Any], name: str) -> Data:
    """The config without a word of the plugin. A slot without a name is OpenClaw's own choice."""
    section = _section(config)
    for key in ("allow", "deny"):
        if isinstance(section.get(key), list):
            section[key] = [item for item in section[key] if item != name]
    parts = {
        "entries": {k: v for k, v in _mapping(section.get("entries")).items() if k != name},
        "slots": {k: v for k, v in _mapping(section.get("slots")).items() if v != name},
    }
    for key, part in parts.items():
        section.pop(key, None)
        if part:
            section[key] = part
    return {**config, "plugins": section} if section or "plugins" in config else dict(config)


def with_variables(
    config: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Data:
    """The config with the variables that the marker after has rendered for those of before."""
    was, now = (
        {key: value for key, value in marker["rendered"].items() if key == "env"}
        for marker in (before, after)
    )
    result: Data = merge(dict(config), now, was)
    return result


def with_own_words(wanted: Mapping[str, Any], written: Mapping[str, Any]) -> Data:
    """The wanted config with what is OpenClaw's own of the one that it has written."""
    return {**wanted, "meta": written["meta"]} if "meta" in written else dict(wanted)


def slots_of(config: Mapping[str, Any], name: str) -> list[str]:
    """The slots that the plugin has."""
    slots = _mapping(dig(config, "plugins", "slots"))
    return sorted(slot for slot, owner in slots.items() if owner == name)


def is_enabled(config: Mapping[str, Any], name: str) -> bool:
    return dig(config, "plugins", "entries", name, "enabled") is True


def loaded(name: str, listed: Any, health: Any) -> Loaded:
    """Whether the gateway has the plugin in use, from plugins.list and health.

    Its runtime has to be active and health has to name it: each alone is no proof.
    """
    names = dig(health, "plugins", "loaded")
    in_health = isinstance(names, list) and name in names
    row = next((item for item in _rows(dig(listed, "plugins")) if item.get("id") == name), {})
    if in_health and dig(row, "runtime", "state") == "active":
        return Loaded(True)
    return Loaded(False, _words(name, row, listed, health))


def _words(name: str, row: Mapping[str, Any], listed: Any, health: Any) -> str:
    """What the gateway says against the plugin: errors first, then the state that it has."""
    said = [_text(item) for item in (row.get("error"), dig(row, "runtime", "error"))]
    for part in ("errors", "unavailable"):
        said += [_text(item) for item in _about(name, dig(health, "plugins", part))]
    said += [_text(item) for item in _about(name, dig(listed, "diagnostics"))]
    if not any(said):
        state = row.get("state") or "not known to the gateway"
        said = [f"it is {state}, its runtime {dig(row, 'runtime', 'state') or 'unloaded'}"]
    return "; ".join(dict.fromkeys(" ".join(word.split()) for word in said if word))


def _about(name: str, items: Any) -> list[Any]:
    """Of a list of texts or dicts, those that name the plugin."""
    listed = items if isinstance(items, list) else []
    return [
        item
        for item in listed
        if (isinstance(item, str) and name in item)
        or (isinstance(item, Mapping) and name in (item.get("id"), item.get("pluginId")))
    ]


def _text(item: Any) -> str:
    if isinstance(item, Mapping):
        item = item.get("message") or item.get("error") or item.get("reason")
    return item if isinstance(item, str) else ""


_MEM0_PLACES = {
    "mode": ("mode",),
    "user_id": ("userId",),
    "ollama_url": ("oss", "embedder", "config", "url"),
    "embedder_model": ("oss", "embedder", "config", "model"),
    "llm_model": ("oss", "llm", "config", "model"),
    "qdrant_host": ("oss", "vectorStore", "config", "host"),
    "qdrant_port": ("oss", "vectorStore", "config", "port"),
}


def mem0_spec(settings: Mapping[str, Any], spec: Mem0Spec) -> Mem0Spec:
    """The specification with what mem0's settings say, so that it comes to the same settings."""
    told = {name: dig(settings, *place) for name, place in _MEM0_PLACES.items()}
    kinds = {name: type(getattr(spec, name)) for name in told}
    return replace(spec, **{k: v for k, v in told.items() if isinstance(v, kinds[k])})


def mem0_gaps(settings: Mapping[str, Any], ollama: Any, qdrant: Any) -> list[str]:
    """What mem0 with services of one's own lacks, one sentence each.

    settings: its config; ollama: the answer to /api/tags, qdrant: that to /, None for none.
    """
    if settings.get("mode") != "open-source":
        return []
    gaps = []
    model = dig(settings, "oss", "embedder", "config")
    if ollama is None:
        where = dig(model, "url")
        gaps.append(f"Ollama does not answer at {where}: install it, or name its ollama_url.")
    else:
        gaps += _missing_models(settings, ollama)
    if qdrant is None:
        place = _mapping(dig(settings, "oss", "vectorStore", "config"))
        where = f"{place.get('host')}:{place.get('port')}"
        gaps.append(f"Qdrant does not answer at {where}: start it, or name its qdrant_host.")
    return gaps


def _missing_models(settings: Mapping[str, Any], ollama: Any) -> list[str]:
    there = {str(row.get("name")) for row in _rows(dig(ollama, "models"))}
    wanted = (dig(settings, "oss", part, "config", "model") for part in ("embedder", "llm"))
    return [
        f"Ollama does not have the model {model}: run ollama pull {model}."
        for model in dict.fromkeys(str(model) for model in wanted if model)
        if model not in there and f"{model}:latest" not in there
    ]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, Mapping)]


def _mapping(value: Any) -> Data:
    return dict(value) if isinstance(value, Mapping) else {}


def _section(config: Mapping[str, Any]) -> Data:
    return _mapping(config.get("plugins"))


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> Data:
    """more over base, dictionaries key by key; a null removes a key."""
    result = dict(base)
    for key, value in more.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = merged(_mapping(result.get(key)), value)
        else:
            result[key] = value
    return result
