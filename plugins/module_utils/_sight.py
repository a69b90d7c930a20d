# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Come across the traces of instances: folders, services, processes, containers. Reads only.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ._commands import GatewayCommand, gateway_command, is_runtime, is_title
from ._discovery import name_of_state_dir
from ._model import LEGACY_SLUG
from ._procfs import UNNAMED
from ._service_scan import SystemdScan, uid_of_user
from ._sightings import Account, Process, Service, Sighting, Warnings
from ._supervisor_scan import supervisor_programs, system_programs

# Homes of accounts that are no place for instances.
_NO_HOMES = tuple(
    "/bin /sbin /dev /proc /sys /run /nonexistent /usr/bin /usr/sbin /usr/lib /usr/games".split()
)
_TELLING = frozenset(
    ("openclaw.json", "state", ".claw-pilot.json")
)  # of what a state directory has
# Programs that stand before a container's port.
_TO_CONTAINERS = ("docker-proxy", "rootlessport", "rootlesskit", "conmon", "slirp4netns", "pasta")
_UNTOLD = {"openclaw.json"}
CELLS = os.path.join("fleet", "cells")  # `openclaw fleet` keeps its cells in a state directory


class Accounts:
    """The users of this host, looked up once in one pass."""

    def __init__(self) -> None:
        self._all = [_account(entry) for entry in pwd.getpwall()]
        self._by_uid: dict[int, Account] = {}
        self._by_home: dict[str, Account] = {}
        for account in self._all:
            self._by_uid.setdefault(account.uid, account)

    def of_uid(self, uid: int, home: str = "") -> Account:
        """The account of that uid; one that the host has no name for is called by its number."""
        if uid not in self._by_uid:  # a directory service may not list all whom it knows
            try:
                self._by_uid[uid] = _account(pwd.getpwuid(uid))
            except (KeyError, OverflowError):
                return Account(str(uid), uid, uid, home)
        return self._by_uid[uid]

    def homes(self) -> list[str]:
        """The homes of all accounts of this host, and our own, resolved."""
        own = os.path.realpath(os.path.expanduser("~"))
        homes = dict.fromkeys((own, *(account.home for account in self._all)))
        real = dict.fromkeys(os.path.realpath(home) for home in homes if os.path.isdir(home))
        return [home for home in real if home == own or not _is_system(home)]

    def owner(self, home: str) -> Account:
        """Whose home that is: of the account that has it, else of whom it belongs to."""
        if not self._by_home:
            for account in self._all:
                self._by_home.setdefault(os.path.realpath(account.home), account)
        if home in self._by_home:
            return replace(self._by_home[home], home=home)
        try:
            return self.of_uid(os.stat(home).st_uid, home)
        except OSError:
            return self.of_uid(os.geteuid(), home)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def _is_system(home: str) -> bool:
    return home == "/" or any(home == p or home.startswith(p + "/") for p in _NO_HOMES)


def folders(home: str, account: Account, warnings: Warnings) -> Iterator[Sighting]:
    """State directories of one home, and the fleet cells in them."""
    try:
        names = os.listdir(home)
    except OSError as error:
        message = f"{home} may not be read: {error.strerror}."
        warnings.append(_warning("HOME_UNREADABLE", home, message))
        return
    for name in sorted(name for name in names if name.startswith(".openclaw")):
        if name_of_state_dir(name):
            yield from _folder(os.path.join(home, name), home, account, warnings)


def _folder(path: str, home: str, account: Account, warnings: Warnings) -> Iterator[Sighting]:
    name = name_of_state_dir(path)
    kind = "legacy" if name == LEGACY_SLUG else "directory"
    try:
        found = set(os.listdir(path))
    except NotADirectoryError:
        return
    except OSError as error:
        message = f"{path} may not be read: {error.strerror}."
        warnings.append(_warning("STATE_DIR_UNREADABLE", path, message))
        # Its name says what it is; ~/.openclaw may just as well be of OpenClaw's own commands.
        found = _UNTOLD if isinstance(error, PermissionError) and kind == "directory" else set()
    real = os.path.realpath(path) if os.path.islink(path) else path  # the home is resolved
    if real != path and not _is_of(real, os.lstat(path).st_uid):
        message = f"{path} is a link to a folder of somebody else's, and is left alone."
        warnings.append(_warning("STATE_DIR_UNREADABLE", path, message))
        return
    if found & _TELLING:
        yield Sighting(kind, path, real, home=home, user=account.name, slug=name)
    if "fleet" in found:
        yield from _cells(os.path.join(real, CELLS), home, account)


def _cells(folder: str, home: str, account: Account) -> Iterator[Sighting]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if os.path.exists(os.path.join(path, "openclaw.json")):
            yield Sighting("directory", path, path, home=home, user=account.name, slug=name)


def system_services(systemd: SystemdScan, warnings: Warnings) -> Iterator[Sighting]:
    """Gateway services that the system runs."""
    yield from _service_sightings(systemd.system_units(), warnings)
    yield from _service_sightings(system_programs(), warnings)


def user_services(
    systemd: SystemdScan, homes: Mapping[str, Account], accounts: Accounts, warnings: Warnings
) -> Iterator[Sighting]:
    """What the systemd of these homes' users runs; each is asked once."""
    for uid, account in {account.uid: account for account in homes.values()}.items():
        own = accounts.of_uid(uid, account.home)
        yield from _service_sightings(systemd.user_units(own), warnings)


def programs(homes: Mapping[str, Account], warnings: Warnings) -> Iterator[Sighting]:
    """The supervisor programs of these homes."""
    for home, account in homes.items():
        yield from _service_sightings(supervisor_programs(account, home), warnings)


def _service_sightings(scan: tuple[list[Service], Warnings], warnings: Warnings) -> list[Sighting]:
    found, unasked = scan
    warnings += unasked
    return [_service_sighting(service) for service in found]


def _service_sighting(service: Service) -> Sighting:
    scope = f"{service.scope} " if service.manager == "systemd" else ""
    detail = f"{service.manager} {scope}service {service.name}, {service.definition_path}"
    user, command = service.user, service.command
    # What is in the folders that root names is as a rule of whom the gateway runs as.
    told_by = service.told_by or uid_of_user(user)
    if not _is_of(command.state_dir, service.told_by):  # others cannot say what is run for them
        return Sighting("service", detail, user=user, service=service, told_by=told_by)
    return _commanded("service", detail, command, user, told_by, service=service)


def _is_of(folder: str, uid: int) -> bool:
    """Whether that user may say what is in the folder: it is theirs, or they are root.

    Of a folder that is not there, who has the one that it would be in.
    """
    if not uid or not folder:
        return True
    place = os.path.realpath(folder)
    while True:
        try:
            return os.stat(place).st_uid == uid
        except OSError:
            place, below = os.path.dirname(place), place
            if place == below:
                return False


def told_homes(sightings: Iterable[Sighting]) -> list[str]:
    """The homes that are there and that what runs tells of: each by who has it, or by root."""
    told = {s.home for s in sightings if s.home and _is_of(s.home, s.told_by)}
    return sorted(home for home in told if os.path.isdir(home))


def _commanded(
    kind: str, detail: str, command: GatewayCommand, user: str, told_by: int, **more: Any
) -> Sighting:
    return Sighting(
        kind,
        detail,
        state_dir=os.path.realpath(command.state_dir) if command.state_dir else "",
        config_path=command.config_path,
        home=os.path.realpath(command.home) if command.home else "",
        user=user,
        slug=command.profile,
        port=command.port,
        variables=command.variables,
        include_roots=command.include_roots,
        told_by=told_by,
        **more,
    )


def processes(found: Iterable[Process], accounts: Accounts) -> Iterator[Sighting]:
    """Gateway processes; those inside of a container are the container's."""
    for process in found:
        if not process.container:
            yield process_sighting(process, accounts)


def process_sighting(process: Process, accounts: Accounts) -> Sighting:
    """One gateway process. Its title hides its profile, and so its directory, if it has one."""
    account = accounts.of_uid(process.uid)
    detail = f"process {process.pid} of {account.name}"
    command = process_command(process, account)
    seen = process.environment is not None
    alone = Sighting("process", detail, user=account.name, process=process, told_by=process.uid)
    if not _is_of(command.state_dir, process.uid):  # whoever starts a process calls it as they like
        return replace(alone, home=account.home)
    if command.told or (seen and not is_title(process.argv)):
        return _commanded("process", detail, command, account.name, process.uid, process=process)
    home = os.path.realpath(command.home) if seen else ""
    return replace(alone, home=home, port=command.port)


def with_own_pid(sighting: Sighting, uid_of: Callable[[int], int]) -> Sighting:
    """A service without a process that is not its user's: what a user's manager says, they say."""
    service = sighting.service
    if service is None or service.scope != "user" or not service.told_by or not service.state.pid:
        return sighting
    if uid_of(service.state.pid) in (service.told_by, -1):
        return sighting
    state = replace(service.state, pid=0)
    return replace(sighting, service=replace(service, state=state))


def as_running(sighting: Sighting, process: Sighting) -> Sighting:
    """A service with the places that its process tells, by the word of that."""
    return replace(
        sighting,
        state_dir=process.state_dir,
        config_path=process.config_path,
        home=process.home,
        told_by=process.told_by,
    )


def process_command(process: Process, account: Account) -> GatewayCommand:
    """Where a gateway process has its things, as far as its environment may be read."""
    environment = process.environment or {}
    return gateway_command(process.argv, environment, account.home, process.cwd)


def containers(
    found: Sequence[Mapping[str, Any]], inside: Iterable[Process], warnings: Warnings
) -> Iterator[Sighting]:
    """Containers that run a gateway; a gateway in any other container is only mentioned."""
    ids = set()
    for container in found:
        ids.add(container["id"])
        state_dir = container["state_dir_host"]
        yield Sighting(
            "container",
            f"container {container['name']} of the image {container['image']}",
            state_dir=os.path.realpath(state_dir) if state_dir else "",
            home=os.path.dirname(state_dir) if state_dir else "",
            slug=container["slug"],
            port=container["published_port"],
            container=container,
        )
    for process in inside:
        if process.container and process.container not in ids:
            ids |= {process.container} - {UNNAMED}  # one warning is enough
            message = (
                f"A gateway runs as process {process.pid} in the container "
                f"{process.container[:12]}: manage it from inside."
            )
            path = f"/proc/{process.pid}"
            warnings.append(_warning("GATEWAY_IN_CONTAINER", path, message))


def stranger(
    port: int, process: Process | None, accounts: Accounts, warnings: Warnings
) -> Sighting | None:
    """A gateway that nothing but its answer tells of; process: who holds its port, if it is seen.

    None for a program that only passes on what a gateway elsewhere answers, such as ssh.
    """
    detail = f"port {port} answers as a gateway does"
    alone = Sighting("listener", detail, port=port)
    if process is None:
        return alone
    if process.container:
        return next(containers([], [process], warnings), None)
    if process_command(process, accounts.of_uid(process.uid)).told:
        return replace(process_sighting(process, accounts), port=port)
    program = process.argv[0] if process.argv else ""
    forwards = os.path.basename(program).startswith(_TO_CONTAINERS)
    return alone if is_runtime(program) or forwards else None


def _warning(code: str, path: str, message: str) -> dict[str, str]:
    return {"code": code, "path": path, "message": message}
