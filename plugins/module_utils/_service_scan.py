# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Find the systemd units that run a gateway: read the files, ask systemd once per user.

Private to the claw.pilot collection. Python 3.9 or later. Never changes anything.
"""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ._commands import GatewayCommand, gateway_command
from ._definitions import Definition, unit
from ._dotenv import parse as parse_dotenv
from ._host import Host, Result
from ._model import ClawPilotError
from ._reading import read_bounded
from ._services import systemd_environment
from ._sightings import Account, Service, ServiceState, Warnings

MAX_UNIT_BYTES = 256 * 1024
ASK_SECONDS = 10.0
# Where units lie, what counts most first (systemd.unit(5)).
_SYSTEM_FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_ALL_USERS_ADMIN = "/etc/systemd/user"
_ALL_USERS = ("/usr/local/lib/systemd/user", "/usr/lib/systemd/user")
_RUNTIME = "/run/user"
_UP = ("active", "activating", "reloading")
_SHOWN = "Id,UnitFileState,ActiveState,MainPID,ExecMainStatus,NRestarts"
# What systemd takes for the name of a unit (systemd.unit(5)); to systemctl a pattern means others.
_UNIT_NAME = re.compile(r"[A-Za-z0-9:_.\\@-]+\.service\Z")
_EVERY_SERVICE = "service"  # drop-ins in service.d count for all of them

Scan = tuple[list[Service], Warnings]


@dataclass
class _Folder:
    """One folder of units: name -> path and text ('' of a masked one), drop-ins by folder name
    and file name, and the names that something wants.
    """

    units: dict[str, tuple[str, str]] = field(default_factory=dict)
    drop_ins: dict[str, dict[str, str]] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)


class SystemdScan:
    """The units of one pass over a host: a folder is read once, however many users it is for."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._folders: dict[str, _Folder] = {}

    def user_units(self, account: Account) -> Scan:
        """The gateway units of a user's own systemd, and what could not be asked."""
        runtime = os.path.join(_RUNTIME, str(account.uid), "systemd")
        folders = (
            os.path.join(account.home, ".config", "systemd", "user.control"),
            os.path.join(runtime, "user.control"),
            os.path.join(runtime, "transient"),
            os.path.join(account.home, ".config", "systemd", "user"),
            _ALL_USERS_ADMIN,
            os.path.join(runtime, "user"),
            os.path.join(runtime, "generator"),
            os.path.join(account.home, ".local", "share", "systemd", "user"),
            *_ALL_USERS,
        )
        return self._scan(folders, account)

    def system_units(self) -> Scan:
        """The gateway units of the system's systemd."""
        return self._scan(_SYSTEM_FOLDERS, None)

    def _scan(self, paths: Iterable[str], account: Account | None) -> Scan:
        search = [self._folder(path) for path in paths]
        wanted = frozenset().union(*(folder.wanted for folder in search))
        found = dict(_candidates(search))
        templates = {name: unit for name, unit in found.items() if "@." in name}
        plain = [
            service
            for name, (path, texts) in found.items()
            if name not in templates
            for service in [_service(name, path, texts, account, name in wanted)]
            if service
        ]
        if not plain and not templates:
            return [], []
        states, warnings = self._listed(account)
        known = {service.name for service in plain}
        for name in sorted({*wanted, *(states or ())} - known):
            path, texts = templates.get(template_of(name), ("", []))
            service = _service(name, path, texts, account, name in wanted)
            plain += [service] if service else []
        if states is None:
            return plain, warnings if plain else []
        return self._asked(plain, states, account), []

    def _folder(self, path: str) -> _Folder:
        if path not in self._folders:
            self._folders[path] = _read_folder(path)
        return self._folders[path]

    def _listed(self, account: Account | None) -> tuple[dict[str, str] | None, Warnings]:
        """Name -> ActiveState of all services that are loaded; None: nobody answers."""
        listed = self._systemctl(account, "list-units", "--type=service", "--all", "--plain")
        if listed.code != 0:
            whose = f"The systemd of {account.name}" if account else "systemd"
            said = (listed.text.splitlines() or ["there is no bus"])[-1].rstrip(".")
            path = f"{_RUNTIME}/{account.uid}" if account else "/run/systemd"
            message = f"{whose} did not answer: {said}."
            return None, [{"code": "SYSTEMD_UNANSWERED", "path": path, "message": message}]
        rows = (line.split() for line in listed.out.splitlines())
        return {row[0]: row[2] for row in rows if len(row) > 2}, []

    def _asked(
        self, services: list[Service], states: Mapping[str, str], account: Account | None
    ) -> list[Service]:
        """The services with what systemd says of them: one question on all that are up."""
        up = [s.name for s in services if states.get(s.name, "inactive") != "inactive"]
        wanted = f"--property={_SHOWN}"
        shown = _shown(self._systemctl(account, "show", wanted, "--", *up)) if up else {}
        return [
            replace(s, state=_state(s, states.get(s.name, ""), shown.get(s.name, {})), asked=True)
            for s in services
        ]

    def _systemctl(self, account: Account | None, *words: str) -> Result:
        """systemctl of the system, or of that user: as root by a process that has become it."""
        options = ("--no-legend", "--no-pager", "--full")
        if account is None:
            command = ("systemctl", *options, *words)
            return self._host.run(command, systemd_environment(0), ASK_SECONDS)
        return self._host.run(
            ("systemctl", "--user", *options, *words),
            env=systemd_environment(account.uid),
            timeout=ASK_SECONDS,
            account=(account.uid, account.gid),
        )


def _read_folder(path: str) -> _Folder:
    folder = _Folder()
    try:
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return folder
    for entry in listed:
        name = entry.name
        if name.endswith(".service"):
            own = _own_text(name, entry.path, entry.is_symlink())
            if own is not None:
                folder.units[name] = (entry.path, own)
        elif name.endswith("service.d"):
            folder.drop_ins[name[:-2]] = _drop_ins(entry.path)
        elif name.endswith((".wants", ".requires")):
            folder.wanted.update(_names(entry.path))
    return folder


def _own_text(name: str, path: str, is_link: bool) -> str | None:
    """The unit's text, '' of a masked one; None of an alias and of what cannot be read."""
    if is_link:
        target = os.path.realpath(path)
        if target == os.devnull:
            return ""
        base = os.path.basename(target)
        if base.endswith(".service") and base not in (name, template_of(name)):
            return None
    return _text(path)


def _drop_ins(folder: str) -> dict[str, str]:
    """File name -> text; '' for one that is masked, and so masks those of its name elsewhere."""
    names = (name for name in _names(folder) if name.endswith(".conf"))
    return {name: _text(os.path.join(folder, name)) or "" for name in names}


def _text(path: str) -> str | None:
    return _read(path, 0)[0]


def _read(path: str, named_by: int) -> tuple[str | None, int]:
    """Its text and whose it is; None of what cannot be read."""
    try:
        text, status = read_bounded(path, MAX_UNIT_BYTES, named_by)
    except (OSError, ClawPilotError):
        return None, 0
    return text, status.st_uid


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _candidates(search: Sequence[_Folder]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """(name, (path, texts)) of units that mention OpenClaw, themselves or in a drop-in."""
    units: dict[str, tuple[str, str]] = {}
    for folder in search:
        for name, own in folder.units.items():
            units.setdefault(name, own)  # the first folder that has a name wins
    have = {name for folder in search for name in folder.drop_ins}
    for name, (path, text) in units.items():
        if not text.strip():  # masked
            continue
        texts = [text]
        if have:
            texts += _merged_drop_ins(name, search, have)
        if any("openclaw" in part.lower() for part in texts):
            yield name, (path, texts)


def _merged_drop_ins(name: str, search: Sequence[_Folder], have: set[str]) -> list[str]:
    """Texts in the order of their file names; of one name, the most special folder's counts."""
    merged: dict[str, str] = {}
    for owner in _drop_in_owners(name):
        if owner in have:
            for folder in search:
                for file, text in folder.drop_ins.get(owner, {}).items():
                    merged.setdefault(file, text)
    return [merged[file] for file in sorted(merged)]


def _drop_in_owners(name: str) -> Iterator[str]:
    """Whose drop-ins count for a unit: its own, its template's, its prefixes', all services'."""
    yield name
    template = template_of(name)
    if template:
        yield template
    stem = name[: -len(".service")].partition("@")[0]
    for place in range(len(stem) - 1, -1, -1):
        if stem[place] == "-":
            yield stem[: place + 1] + ".service"
    yield _EVERY_SERVICE


def template_of(name: str) -> str:
    """claw@.service for claw@acme.service, '' for what is no instance of a template."""
    prefix, at, instance = name.partition("@")
    return f"{prefix}@.service" if at and instance != ".service" else ""


def _service(
    name: str, path: str, texts: Sequence[str], account: Account | None, wanted: bool
) -> Service | None:
    if not texts or not _UNIT_NAME.match(name):
        return None
    owner = account.uid if account else 0
    givers = [owner]  # a unit of root's may leave it to a file of somebody else's

    def variables(file: str) -> Mapping[str, str]:
        text, uid = _read(file, owner)
        givers.append(uid)
        return parse_dotenv(text or "")

    definition = unit(name, texts, _specifiers(account), variables)
    if not definition.is_gateway:
        return None
    user = account.name if account else definition.user or "root"
    return Service(
        manager="systemd",
        scope="user" if account else "system",
        name=name,
        definition_path=path,
        user=user,
        command=command_of(definition, account.home if account else home_of_user(user)),
        state=ServiceState(defined=True, enabled=wanted),
        told_by=next((uid for uid in givers if uid), 0),
    )


def _specifiers(account: Account | None) -> Mapping[str, str]:
    if account is None:
        return {"h": "/root", "u": "root", "U": "0", "t": "/run", "S": "/var/lib", "E": "/etc"}
    return {
        "h": account.home,
        "u": account.name,
        "U": str(account.uid),
        "t": f"{_RUNTIME}/{account.uid}",
        "S": os.path.join(account.home, ".local", "state"),
        "E": os.path.join(account.home, ".config"),
    }


def home_of_user(name: str) -> str:
    """The account's home, '' when there is no such account."""
    entry = _entry(name)
    return entry.pw_dir if entry else ""


def uid_of_user(name: str) -> int:
    """The account's uid, 0 when there is no such account."""
    entry = _entry(name)
    return entry.pw_uid if entry else 0


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(int(name)) if name.isascii() and name.isdigit() else pwd.getpwnam(name)
    except (KeyError, OverflowError, ValueError):
        return None


def command_of(definition: Definition, home: str) -> GatewayCommand:
    """Where the gateway of this definition has its things."""
    return gateway_command(definition.argv, definition.environment, home, definition.working_dir)


def _shown(result: Result) -> dict[str, dict[str, str]]:
    """`systemctl show` of several units: blocks of key=value, an empty line between them."""
    blocks = (block.splitlines() for block in result.out.split("\n\n"))
    tables = [dict(line.partition("=")[::2] for line in block) for block in blocks]
    return {table["Id"]: table for table in tables if table.get("Id")}


def _state(service: Service, listed: str, shown: Mapping[str, str]) -> ServiceState:
    active = shown.get("ActiveState", listed)
    return ServiceState(
        defined=True,
        enabled=service.state.enabled or shown.get("UnitFileState", "").startswith("enabled"),
        active=active in _UP,
        failed=active == "failed",
        pid=_number(shown.get("MainPID")),
        exit_code=_number(shown.get("ExecMainStatus")) if shown else None,
        restarts=_number(shown.get("NRestarts")),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
