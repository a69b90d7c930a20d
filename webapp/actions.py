# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person can do, as jobs: pages and API call the same functions. They wait for nothing.

A line is one of Live; every function returns the job, or the jobs, and raises what jobs.submit and
fleet.reach do; and SCOPE_MISSING where who asks may not, whatever the view let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..plugins.module_utils._model import ClawPilotError, check_slug
from .doors.rights import DEVICES, NAME, Right, of_run
from .doors.who import demand
from .jobs.missing import filled
from .jobs.model import Job, Request
from .services import services

Line = Mapping[str, Any]
PLAIN = ("start", "stop", "restart")


def start(line: Line, actor: str) -> Job:
    return _plain("start", line, actor)


def stop(line: Line, actor: str) -> Job:
    return _plain("stop", line, actor)


def restart(line: Line, actor: str) -> Job:
    return _plain("restart", line, actor)


def destroy(line: Line, confirm: str, backup: bool | None, actor: str) -> Job:
    """confirm: the slug again; backup: None for what the playbook does by itself.

    Raises NOT_CONFIRMED.
    """
    _check_confirmed(confirm, str(line["slug"]))
    more = {"confirm": confirm, **({} if backup is None else {"backup": backup})}
    return _about("destroy_instance", line, more, actor, f"Destroy {line['slug']}")


def create(host: str, variables: Mapping[str, Any], check: bool, actor: str) -> Job:
    """variables: of create_instance.yml, slug among them; check: only say what would change."""
    slug = check_slug(str(variables.get("slug", "")))
    word = "Preview of" if check else "Create"
    return _submit(
        Request(
            "create_instance",
            variables,
            services().fleet.host(host).name,
            slug,
            str(variables.get("openclaw_home") or ""),
            services().fleet.reach(host, None, None),
            check=check,
            diff=check,
            actor=actor,
            title=f"{word} {slug}",
        )
    )


def discover(host: str, actor: str = "dashboard") -> Job:
    """Look for instances, and adopt none."""
    return _on_host("discover", host, {"adopt": False}, actor, f"Discover {host}")


def adopt(lines: Iterable[Line], actor: str = "dashboard") -> list[Job]:
    """Take instances into the registry, with a job for each host. Their files stay as they are.

    The playbook goes by slugs. Where somebody else of that host has one of them too, it is told to
    look at the homes of the chosen ones only, one after the other.
    """
    chosen: dict[str, list[Line]] = {}
    for line in lines:
        chosen.setdefault(str(line["host"]), []).append(line)
    return [
        _adopt(host, together, actor)
        for host, wanted in sorted(chosen.items())
        for together in _places(host, wanted)
    ]


def _places(host: str, wanted: list[Line]) -> list[list[Line]]:
    """The lines in the groups that are adopted together."""
    ids = {str(line["id"]) for line in wanted}
    slugs = {str(line["slug"]) for line in wanted}
    others = services().live.lines()
    if not any(o["host"] == host and o["slug"] in slugs and o["id"] not in ids for o in others):
        return [wanted]
    by_home: dict[str, list[Line]] = {}
    for line in wanted:
        by_home.setdefault(str(line["openclaw_home"]), []).append(line)
    return list(by_home.values())


def _adopt(host: str, lines: list[Line], actor: str) -> Job:
    names = sorted({str(line["slug"]) for line in lines})
    homes = sorted({str(line["openclaw_home"]) for line in lines})
    others = [o for o in services().live.lines() if o["host"] == host and o["slug"] in names]
    alone = len(others) == len(lines)
    title = f"Adopt {', '.join(names)}" if len(names) < 4 else f"Adopt {len(names)}"
    variables = {"adopt": True, "only": names, **({} if alone else {"openclaw_home": homes})}
    return _on_host("discover", host, variables, actor, title)


def devices(line: Line, verb: str, id: str, actor: str) -> Job:  # noqa: A002
    """verb: one of DEVICES; id: of the request, or of the device."""
    if verb not in DEVICES:
        raise ClawPilotError(
            "UNKNOWN_ACTION",
            "There is no such action for devices.",
            f"There are {', '.join(DEVICES)}.",
        )
    return _about("devices", line, {verb: [id]}, actor, f"{verb.capitalize()} a device")


def pair_telegram(line: Line, code: str, actor: str = "dashboard", *, sender_id: str = "") -> Job:
    """Let in whom the bot gave this code, or without one the sender of that Telegram id."""
    who = {"code": code} if code else {"sender_id": sender_id, "yes": True}
    return _about("pair_telegram", line, who, actor, "Approve a Telegram sender")


def set_tags(line: Line, tags: Iterable[str]) -> list[str]:
    """Give the instance exactly these tags, and return them in order; no job.

    Raises INVALID_TAG, NOT_ADOPTED.
    """
    demand("tag")
    if line["registry"] == "none":
        raise ClawPilotError(
            "NOT_ADOPTED",
            f"{line['slug']} is not in the registry, so it has no tags.",
            "Adopt it first; none of its files is touched.",
        )
    with services().registry() as registry:
        kept = registry.set_tags(
            str(line["slug"]), tags, str(line["host"]), str(line["openclaw_home"])
        )
    services().monitor.refresh(str(line["host"]))
    return kept


def run(
    playbook: str, host: str, variables: Mapping[str, Any], actor: str, *, check: bool, diff: bool
) -> Job:
    """Any playbook of the collection, on a host."""
    demand("run")
    reach = services().fleet.reach(services().fleet.host(host).name, None, None)
    slug, home = str(variables.get("slug") or ""), str(variables.get("openclaw_home") or "")
    return _submit(
        Request(playbook, variables, host, slug, home, reach, check, diff, actor, title="")
    )


def control_ui(line: Line) -> dict[str, str]:
    """Where the Control UI is, and the token for it: {"url", "token"}. The token is a secret."""
    demand("control_ui")
    question = {"ask": "control_ui", "state_dir": line["state_dir"]}
    answer = services().monitor.ask(str(line["host"]), question)
    return {"url": str(answer["url"]), "token": str(answer["token"])}


def _plain(verb: str, line: Line, actor: str) -> Job:
    return _about(f"{verb}_instance", line, {}, actor, f"{verb.capitalize()} {line['slug']}")


def _about(playbook: str, line: Line, variables: Mapping[str, Any], actor: str, title: str) -> Job:
    """The playbook on one instance."""
    shared = services()
    reach = shared.fleet.reach(
        str(line["host"]), row_of(line), shared.live.facts(line["id"]) or None
    )
    return _submit(
        Request(
            playbook,
            {"slug": line["slug"], **variables},
            str(line["host"]),
            str(line["slug"]),
            str(line["openclaw_home"]),
            reach,
            actor=actor,
            title=title,
        )
    )


def _on_host(playbook: str, host: str, variables: Mapping[str, Any], actor: str, title: str) -> Job:
    fleet = services().fleet
    name = str(fleet.host(host).name)
    return _submit(
        Request(
            playbook, variables, name, reach=fleet.reach(name, None, None), actor=actor, title=title
        )
    )


def row_of(line: Line) -> Mapping[str, Any] | None:
    """The registry's row of the instance, None when it has none."""
    place = (line["host"], line["openclaw_home"], line["slug"])
    for row in services().fleet.rows():
        if (row["hostname"], row["openclaw_home"], row["slug"]) == place:
            return row
    return None


def cancel(job_id: str, actor: str) -> Job:
    """Have it end. Raises JOB_NOT_FOUND, JOB_FINISHED."""
    demand("cancel")
    job: Job = services().jobs.cancel(job_id, actor)
    return job


def right_again(job: Job) -> Right:
    """What repeating the job takes, who may do so being checked. Raises SCOPE_MISSING."""
    return demand(of_run(job.playbook, job.asked()))


def again(
    job_id: str,
    actor: str,
    failed_hosts: bool = False,
    confirm: str = "",
    secrets: Mapping[str, Any] | None = None,
) -> Job:
    """The same once more; failed_hosts: on these only. confirm: the slug, where its name is asked;
    secrets: those that the job was given, which are not kept, by their places in the variables.

    What it is about may be another thing of the same name by now. Raises NOT_CONFIRMED, and what
    jobs.again does.
    """
    old = services().jobs.get(job_id)
    if right_again(old).again == NAME and not old.check:
        _check_confirmed(confirm, old.instance)
    whole = filled(old.number, old.variables, secrets or {})
    demand(of_run(old.playbook, old.asked(whole)))
    job: Job = services().jobs.again(job_id, actor, failed_hosts, secrets)
    return job


def _check_confirmed(confirm: str, slug: str) -> None:
    if not slug or confirm != slug:
        raise ClawPilotError(
            "NOT_CONFIRMED",
            f"Nothing was done: {slug} was not confirmed.",
            f"Give its name, {slug}, once more.",
        )


def _submit(request: Request) -> Job:
    demand(of_run(request.playbook, request.variables))
    job: Job = services().jobs.submit(request)
    return job
