# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One instance on this host: observe it, make it so, put it back when that fails.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import _health, _journal, _token_proof
from ._check import check_config, check_spec
from ._config import drop_units, render, workspace
from ._dotenv import parse, update
from ._handover import BEFORE, RETIRED, Handover, finish
from ._host import PRIVATE_DIR, PRIVATE_FILE, Host
from ._merge import merge
from ._model import (
    GATEWAY_TOKEN_VARIABLE,
    MEM0_KEY_VARIABLE,
    TELEGRAM_TOKEN_VARIABLE,
    ClawPilotError,
    InstanceSpec,
    Layout,
    check_variable,
    spec_from,
    to_plain,
)
from ._ports import PortRange, choose_port
from ._predecessor import Predecessor
from ._probe import describe_own
from ._reconcile import Observed, Plan, Wanted, digest, plan
from ._secrets import mask
from ._services import ServiceManager, account_home
from ._sightings import ServiceState
from ._state_files import mem0_installed
from ._state_words import Proof
from ._takeover import Place, modernised, without
from ._unit import Runtime, launch

PROJECT_DIR_MARK = "@@project_dir@@"  # in workspace files: only the host knows the path
CONSOLE_LOG_MAX_BYTES = 5_000_000
TOKEN_BYTES = 24  # 48 hex digits


@dataclass(frozen=True)
class Request:
    """What a run asks of an instance beside its specification.

    secrets: variable -> value given in this run; environment: names among them that the user
    listed (None: as they were); templates: agent id -> file name -> text; reserved: ports that
    the registry holds for others; secrets_from: slug to copy missing provider keys from;
    kept: places of openclaw.json that stay as others made them; furnished: agents in whose
    workspaces no template of ours goes; theirs: the instance that is taken over.
    """

    spec: InstanceSpec
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: tuple[str, ...] | None = None
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ports: PortRange = field(default_factory=PortRange)
    reserved: tuple[int, ...] = ()
    secrets_from: str = ""
    kept: tuple[Place, ...] = ()
    furnished: tuple[str, ...] = ()
    theirs: Predecessor | None = None


@dataclass(frozen=True)
class Target:
    """An instance as a run works on it: what is wanted and observed, and the plan between."""

    request: Request
    port: int
    wanted: Wanted
    observed: Observed
    plan: Plan
    marker: dict[str, Any]
    secrets: frozenset[str]


def _record(marker: Mapping[str, Any]) -> dict[str, Any]:
    """What of a marker makes a difference to later runs, and was not made by other steps."""
    spec = to_plain(spec_from(marker["spec"]))  # with what older ones could not say yet
    return {"spec": spec, **{name: marker.get(name) for name in ("rendered", "environment")}}


class Instance:
    """Reads and plans; the changes are in _apply, the removal in _remove."""

    def __init__(
        self, host: Host, layout: Layout, manager: ServiceManager, runtime: Runtime | None
    ) -> None:
        self.host = host
        self.layout = layout
        self.manager = manager
        self.runtime = runtime
        self.marker = _journal.read_marker(host, layout)
        self.journal = _journal.read_journal(host, layout)
        self._console_start = 0
        self.handover: Handover | None = None
        self.proof: Proof | None = None  # of await_health

    @property
    def known(self) -> bool:
        """Whether this instance is ours, finished or not."""
        return self.marker is not None or self.journal is not None

    @property
    def foreign(self) -> bool:
        """Whether others made what is in its place."""
        return not self.known and bool(self.host.names(self.layout.state_dir))

    def settle(self) -> None:
        """Drop the journal of a create that was finished, or of a destroy that was broken off,
        and the record of a take-over that was finished.
        """
        if self.marker is not None and self.journal is not None:
            self.host.remove_file(self.layout.journal_path)
            self.journal = None
        if self.marker is not None:
            finish(self.host, self.layout)

    @property
    def retired(self) -> list[str]:
        """Files of the service whose place ours has taken, under their new names."""
        return [
            path
            for path in self._retired()
            if path.endswith(RETIRED) and self.host.is_below(path, account_home())
        ]

    def target(self, request: Request) -> Target:
        """Check everything and plan; writes nothing. Raises ClawPilotError."""
        self._check_not_foreign(request)
        port = self._port(request)
        env, values = self._env(request)
        names = frozenset(values)
        check_spec(request.spec, names)
        mem0 = mem0_installed(self.layout.state_dir)
        rendered = without(render(request.spec, self.layout, port, mem0), request.kept)
        current = self._config()
        basis = modernised(current) if current is not None and self.foreign else current
        config = self.merged(basis, rendered)
        check_config(config, names)
        wanted = self._wanted(request, port, config, env)
        marker = self._marker(request, port, rendered, digest(wanted))
        wanted = replace(wanted, record=_record(marker))
        observed = self.observe(current, wanted)
        return Target(
            request=request,
            port=port,
            wanted=wanted,
            observed=observed,
            plan=plan(wanted, observed),
            marker=marker,
            secrets=frozenset(values.values()),
        )

    def merged(self, current: dict[str, Any] | None, rendered: dict[str, Any]) -> dict[str, Any]:
        """What openclaw.json is to be where it is `current` and `rendered` is wanted of it."""
        previous = (self.marker or {}).get("rendered") or {}
        return drop_units(merge(current, rendered, previous), rendered, previous)

    def current_config(self) -> dict[str, Any]:
        """openclaw.json as it is now."""
        return self._config() or {}

    def _text(self, path: str) -> str | None:
        """A file of the instance; one of others that was put aside, where ours is still to come."""
        text = self.host.read(path)
        aside = text is None and self.foreign
        return self.host.read(path + BEFORE) if aside else text

    def _config(self) -> dict[str, Any] | None:
        path = self.layout.config_path
        aside = self.foreign and not self.host.exists(path)
        return self.host.read_json(path + BEFORE if aside else path)

    def await_health(self, level: str, port: int, timeout: float) -> None:
        """Wait until this instance's own gateway is `live` or `ready`, or raise why it is not."""

        def own(port: int, service: ServiceState) -> bool:
            return bool(service.pid) and self.host.owns_listener(service.pid, port) is True

        self.proof = _health.wait(level, port, timeout, self.manager.state, self.console, own)

    def prove_token(self, port: int, timeout: float) -> None:
        """Raise GATEWAY_TOKEN_REFUSED where this instance's gateway does not take its token."""
        own = _token_proof.own_instance(self.layout, port, self.manager.state().pid)
        _token_proof.prove(self.host, own, timeout)

    def mark_console(self) -> None:
        """From now on, console() is what a gateway says that is started after this."""
        path = self.layout.console_log_path
        size = self.host.size(path) if self.host.exists(path) else 0
        if size > CONSOLE_LOG_MAX_BYTES:  # systemd only ever appends
            self.host.rename(path, path + ".1")
            size = 0
        self._console_start = size

    def console(self) -> list[str]:
        """What the gateway said last; without Node's remark on the missing first-start file."""
        lines = self.host.tail(self.layout.console_log_path, start=self._console_start)
        return [line for line in lines if self.layout.first_start_env_path not in line]

    def described(self, marker: Mapping[str, Any]) -> dict[str, Any]:
        """It as it is now (docs/facts.md), with that marker; what it has proven holds."""
        return describe_own(self.host, self.layout, self.manager, marker, self.proof)

    def observe(self, config: dict[str, Any] | None, wanted: Wanted) -> Observed:
        """What of the wanted is there now."""
        layout, host = self.layout, self.host
        service = self.manager.state()
        return Observed(
            committed=self.marker is not None,
            config=config,
            env=host.read(layout.env_path) or "",
            definition=None if self.foreign else self.manager.definition(),
            directories=frozenset(d for d in wanted.directories if host.exists(d)),
            files=frozenset(f for f in wanted.files if host.exists(f)),
            wrong_modes=self._wrong_modes(),
            active=service.active,
            enabled=service.enabled,
            applied=(self.marker or {}).get("applied"),
            record=None if self.marker is None else _record(self.marker),
            first_start_pending=host.exists(layout.first_start_env_path),
            foreign=self.handover is not None,
        )

    def _wrong_modes(self) -> frozenset[str]:
        layout = self.layout
        right = {
            layout.state_dir: PRIVATE_DIR,
            layout.config_path: PRIVATE_FILE,
            layout.env_path: PRIVATE_FILE,
        }
        return frozenset(p for p, m in right.items() if self.host.mode(p) not in (m, None))

    def _check_not_foreign(self, request: Request) -> None:
        if self.foreign and request.theirs is None:
            raise ClawPilotError(
                "INSTANCE_EXISTS",
                f"{self.layout.state_dir} exists already and was not made by Claw Pilot.",
                "Choose another slug, or have it taken over with take_over=true.",
            )

    def _port(self, request: Request) -> int:
        known = (self.marker or self.journal or {}).get("port")
        wanted = request.spec.port
        listening = self.host.listeners()
        if wanted is not None and request.theirs:
            return self._their_port(wanted, listening, request.theirs)
        if known is not None and wanted in (None, known) and not self._lost(known, listening):
            return int(known)
        claimed = _journal.claimed_ports(self.host, self.layout)
        busy = list(request.reserved)
        while True:
            port = choose_port(wanted, request.ports, listening, claimed, busy)
            if self.host.reserve_port(port):
                return port
            busy.append(port)

    def _their_port(self, port: int, listening: frozenset[int], theirs: Predecessor) -> int:
        """The port of what is taken over, where nobody but its own gateway listens."""
        pids = (*theirs.pids, self.manager.state().pid)
        if any(self.host.owns_listener(pid, port) for pid in pids if pid):
            listening -= {port}
        claimed = _journal.claimed_ports(self.host, self.layout)
        others = {number: slug for number, slug in claimed.items() if slug != self.layout.slug}
        return choose_port(port, PortRange(), listening, others)

    def _lost(self, port: int, listening: frozenset[int]) -> bool:
        """Whether the port of an unfinished create has gone to somebody else since."""
        if self.marker is not None:
            return False
        if port in listening:
            return self.host.owns_listener(self.manager.state().pid, port) is not True
        return not self.host.reserve_port(port)

    def _env(self, request: Request) -> tuple[str, dict[str, str]]:
        """The .env file's text as it is to be, and all variables that it then sets."""
        text = self._text(self.layout.env_path)
        if text is None:
            text = self.host.read(self.layout.first_start_env_path) or ""
        have = parse(text)
        values = {name: value for name, value in request.secrets.items() if value}
        self._copy_keys(request, have, values)
        if not have.get(GATEWAY_TOKEN_VARIABLE) and GATEWAY_TOKEN_VARIABLE not in values:
            values[GATEWAY_TOKEN_VARIABLE] = random_secrets.token_hex(TOKEN_BYTES)
        managed = set((self.marker or {}).get("variables", ()))
        gone = managed - set(self._variables(request)) - set(values)
        text = update(text, values, gone)
        return text, parse(text)

    def _copy_keys(self, request: Request, have: dict[str, str], values: dict[str, str]) -> None:
        if not request.secrets_from:
            return
        other = Layout(self.layout.home, request.secrets_from)
        text = self.host.read(other.env_path)
        if text is None:
            raise ClawPilotError(
                "INSTANCE_NOT_FOUND",
                f"There is no instance {request.secrets_from!r} to copy keys from.",
                "Name an instance of this host in secrets_from.",
            )
        theirs = parse(text)
        for provider in request.spec.providers:
            name = provider.key_variable
            if name not in values and not have.get(name) and theirs.get(name):
                values[name] = theirs[name]

    def _variables(self, request: Request) -> list[str]:
        """Names of the variables that we look after: the others in .env are the user's."""
        spec = request.spec
        names = [GATEWAY_TOKEN_VARIABLE]
        names += [p.key_variable for p in spec.providers if p.key_required]
        names += [TELEGRAM_TOKEN_VARIABLE] if spec.telegram.enabled else []
        names += [MEM0_KEY_VARIABLE] if spec.mem0.enabled and spec.mem0.mode == "platform" else []
        return names + [check_variable(name) for name in self._environment_names(request)]

    def _environment_names(self, request: Request) -> list[str]:
        if request.environment is not None:
            return list(request.environment)
        return list((self.marker or {}).get("environment", ()))

    def _wanted(self, request: Request, port: int, config: dict[str, Any], env: str) -> Wanted:
        layout = self.layout
        places = {agent.id: workspace(agent, layout) for agent in request.spec.agents}
        files = {
            os.path.join(place, name): text.replace(PROJECT_DIR_MARK, layout.project_dir)
            for agent, place in places.items()
            if agent not in request.furnished
            for name, text in request.templates.get(agent, {}).items()
        }
        above = {os.path.dirname(place) for place in places.values()}
        directories = (layout.logs_dir, *sorted(above), *places.values())
        definition = ""
        if self.runtime is not None:
            launched = launch(request.spec, layout, self.runtime, port, self.manager.kind)
            definition = self.manager.render(launched)
        project = _journal.missing_parents(self.host, layout.project_dir, "/")
        return Wanted(
            config=config,
            env=env,
            definition=definition,
            directories=tuple(dict.fromkeys((*directories, *project, layout.project_dir))),
            files=files,
        )

    def _marker(
        self, request: Request, port: int, rendered: dict[str, Any], applied: str
    ) -> dict[str, Any]:
        runtime = self.runtime
        return _journal.record(
            self.layout,
            port,
            self._made(),
            project_dir=self.layout.project_dir,
            service_manager=self.manager.kind,
            openclaw_version=runtime.openclaw_version if runtime else "",
            prefix=runtime.prefix if runtime else "",
            spec=to_plain(request.spec),
            rendered=rendered,
            applied=applied,
            variables=sorted(self._variables(request)),
            environment=self._environment_names(request),
            kept=[list(place) for place in request.kept],
            furnished=list(request.furnished),
            retired=self._retired(),
        )

    def _retired(self) -> list[str]:
        """What a service of others, whose place ours has taken, is called now."""
        if self.handover:
            return [path + RETIRED for path in self.handover.files]
        return list((self.marker or self.journal or {}).get("retired", ()))

    def _made(self) -> list[str]:
        """Every path that this instance brings and that is not there yet, outermost first."""
        known = self.marker or self.journal
        if known is not None:
            return list(known["made"])
        layout, host = self.layout, self.host
        made = self.handover.made_outside() if self.handover else []
        made += _journal.missing_parents(host, layout.service_dir, layout.home)
        for folder in self.manager.folders:
            made += [folder] if not host.exists(folder) else []
        made += _journal.missing_parents(host, layout.project_dir, "/")
        made.append(layout.state_dir)
        return list(dict.fromkeys((*_journal.shared_made(host, layout), *made)))

    def masked(self, target: Target, error: ClawPilotError) -> ClawPilotError:
        """The error with every secret of this instance masked."""
        return ClawPilotError(error.code, mask(error.message, target.secrets), error.hint)
