# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which containers are OpenClaw gateways, and what they are. Pure: `inspect` data in.

Private to the claw.pilot collection. Python 3.9 or later. Written for the JSON of Docker and of
Podman. Of a container's environment and command only paths, profile and port are taken: the
rest may hold secrets, and none of it gets into a result.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ._metrics import plain_version
from ._ports import HIGHEST, RANGE_START

FLEET_PREFIX = "openclaw-cell-"
TENANT_LABEL = "openclaw.fleet.tenant"
# Where agents run their commands: of OpenClaw, but no gateways.
SANDBOX_LABELS = ("openclaw.sandbox", "openclaw.sandboxBrowser")
SANDBOX_IMAGE = "openclaw-sandbox"
VERSION_LABEL = "org.opencontainers.image.version"
IMAGE_HOME = "/home/node"  # of the official image

_ENTRY = re.compile(r"(?:.*/)?(?:openclaw|openclaw\.mjs|dist/index\.js)\Z")
_PROFILE = re.compile(r"[A-Za-z0-9_-]+\Z")
_MAX_SLUG = 30
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


def is_gateway(data: Mapping[str, Any]) -> bool:
    """Whether the container looks like an OpenClaw gateway, of whatever image."""
    labels, image = _labels(data), _image(data).lower()
    if any(label in labels for label in SANDBOX_LABELS) or SANDBOX_IMAGE in image:
        return False
    if TENANT_LABEL in labels or _name(data).startswith(FLEET_PREFIX):
        return True
    words, names = _command(data), _environment(data)
    if "gateway" in words:
        return "openclaw" in image or any(name.startswith("OPENCLAW_") for name in names)
    if any(_ENTRY.match(word) for word in words):  # another command of OpenClaw's
        return False
    own = "OPENCLAW_STATE_DIR" in names or "OPENCLAW_CONFIG_PATH" in names
    return "openclaw" in image or own


def container_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a gateway's container.

    id, name, image, running, pid and restarts (0 when there are none), started_at (UTC, "" when
    never), published_port on the host (0 when there is none), container_port, mounts (source,
    destination), state_dir_inside, state_dir_host ("" when it lies on no mount), slug, version
    ("" when unknown), fleet (whether `openclaw fleet` made it), health (the engine's own word).
    """
    state, words, names = _mapping(data.get("State")), _command(data), _environment(data)
    port = _container_port(words, names)
    mounts = _mounts(data)
    inside = _state_dir(data, words, names, mounts)
    return {
        "id": _text(data.get("Id")),
        "name": _name(data),
        "image": _image(data),
        "running": state.get("Running") is True,
        "pid": _count(state.get("Pid")),
        "restarts": _count(data.get("RestartCount")),
        "started_at": _utc(_text(state.get("StartedAt"))),
        "published_port": _published_port(data, port),
        "container_port": port,
        "mounts": mounts,
        "state_dir_inside": inside,
        "state_dir_host": _on_host(inside, mounts),
        "slug": _slug(data, words, names),
        "version": _version(data),
        "fleet": TENANT_LABEL in _labels(data) or _name(data).startswith(FLEET_PREFIX),
        "health": _health(state),
    }


def slug_from(text: str) -> str:
    """The text as a slug: a letter first, then a-z, 0-9 and '-', 2 to 30 characters."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if len(slug) < 2 or not slug[0].isalpha():
        slug = f"c-{slug or 'container'}"
    return slug[:_MAX_SLUG].rstrip("-")


def _slug(data: Mapping[str, Any], words: Sequence[str], names: Mapping[str, str]) -> str:
    name = _name(data)
    tenant = _labels(data).get(TENANT_LABEL)
    if not tenant and name.startswith(FLEET_PREFIX):
        tenant = name[len(FLEET_PREFIX) :]
    profile = _profile(words) or names.get("OPENCLAW_PROFILE", "")
    return slug_from(tenant or profile or name or _text(data.get("Id"))[:12])


def _container_port(words: Sequence[str], names: Mapping[str, str]) -> int:
    """As the gateway chooses: --port, then the environment; its config is read elsewhere."""
    for word in (_option(words, "--port"), names.get("OPENCLAW_GATEWAY_PORT", "")):
        if _is_port(word):
            return int(word)
    return RANGE_START


def _published_port(data: Mapping[str, Any], port: int) -> int:
    """The host's port for the container's; a stopped container has it in its settings only."""
    settings = _mapping(data.get("HostConfig"))
    if settings.get("NetworkMode") == "host":
        return port
    running = _mapping(_mapping(data.get("NetworkSettings")).get("Ports"))
    for bindings in (running, _mapping(settings.get("PortBindings"))):
        for binding in _list(bindings.get(f"{port}/tcp")):
            word = _text(_mapping(binding).get("HostPort"))
            if _is_port(word):
                return int(word)
    return 0


def _is_port(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 6 and 0 < int(word) <= HIGHEST


def _state_dir(
    data: Mapping[str, Any],
    words: Sequence[str],
    names: Mapping[str, str],
    mounts: Sequence[Mapping[str, str]],
) -> str:
    """As the gateway chooses: the environment, then its profile below its home."""
    home = names.get("OPENCLAW_HOME") or names.get("HOME") or _home(data)
    config = names.get("OPENCLAW_CONFIG_PATH", "")
    wanted = names.get("OPENCLAW_STATE_DIR") or os.path.dirname(config)
    if wanted:
        inside = home + wanted[1:] if wanted[:1] == "~" else wanted
        return os.path.normpath(inside) if inside.startswith("/") else ""
    profile = _profile(words)
    name = f".openclaw-{profile}" if profile not in ("", "default") else ".openclaw"
    for mount in mounts:  # a home that we can only guess: the mount tells it
        if os.path.basename(mount["destination"]) == name:
            return mount["destination"]
    return os.path.join(home, name)


def _home(data: Mapping[str, Any]) -> str:
    user = _text(_mapping(data.get("Config")).get("User")).partition(":")[0]
    if user in ("", "0", "root"):
        return "/root"
    return IMAGE_HOME if user.isdigit() else f"/home/{user}"


def _on_host(inside: str, mounts: Sequence[Mapping[str, str]]) -> str:
    """The path on the host, through the innermost mount that holds it."""
    holders = [m for m in mounts if f"{inside}/".startswith(m["destination"].rstrip("/") + "/")]
    if not inside or not holders:
        return ""
    best = max(holders, key=lambda mount: len(mount["destination"]))
    if not best["source"].startswith("/"):  # in memory, or kept by a driver elsewhere
        return ""
    rest = os.path.relpath(inside, best["destination"])
    return os.path.normpath(os.path.join(best["source"], rest))


def _mounts(data: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"source": _text(mount.get("Source")), "destination": destination}
        for mount in map(_mapping, _list(data.get("Mounts")))
        for destination in [_text(mount.get("Destination"))]
        if destination.startswith("/")
    ]


def _version(data: Mapping[str, Any]) -> str:
    """The image's tag when it is a version; a label may be that of the image below."""
    tag = _image(data).rpartition("/")[2].partition("@")[0].partition(":")[2]
    return plain_version(tag) or plain_version(_labels(data).get(VERSION_LABEL))


def _health(state: Mapping[str, Any]) -> str:
    """starting, healthy or unhealthy; "" where the image has no check."""
    word = _text(_mapping(state.get("Health")).get("Status"))
    return "" if word == "none" else word


def _utc(time: str) -> str:
    match = _TIME.match(time)
    if match is None or time.startswith("0001-"):
        return ""
    try:
        moment = datetime.fromisoformat(match[1] + match[2].replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def _option(words: Sequence[str], option: str) -> str:
    """The value of `--option VALUE` or `--option=VALUE`, "" when it is not there."""
    for word, following in zip(words, [*words[1:], ""]):
        if word == option:
            return following
        if word.startswith(option + "="):
            return word[len(option) + 1 :]
    return ""


def _profile(words: Sequence[str]) -> str:
    profile = _option(words, "--profile")
    return profile if _PROFILE.match(profile) else ""


def _command(data: Mapping[str, Any]) -> list[str]:
    """The words of the command, also of one that is the script of `sh -c`."""
    return " ".join([_text(data.get("Path")), *map(_text, _list(data.get("Args")))]).split()


def _environment(data: Mapping[str, Any]) -> dict[str, str]:
    """Variables of the container. They hold secrets: nothing but paths, profile, port is used."""
    assignments = map(_text, _list(_mapping(data.get("Config")).get("Env")))
    return dict(assignment.partition("=")[::2] for assignment in assignments)


def _labels(data: Mapping[str, Any]) -> dict[str, str]:
    labels = _mapping(_mapping(data.get("Config")).get("Labels"))
    return {name: _text(value) for name, value in labels.items()}


def _image(data: Mapping[str, Any]) -> str:
    return _text(_mapping(data.get("Config")).get("Image"))


def _name(data: Mapping[str, Any]) -> str:
    return _text(data.get("Name")).lstrip("/")


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
