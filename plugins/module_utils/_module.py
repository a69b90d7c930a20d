# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The shell around AnsibleModule: shared options, the user to work as, errors to fail_json.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
import os
import pwd
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ._host import Host
from ._hostile import shown, shown_lines
from ._model import ClawPilotError, Layout, check_slug
from ._services import ServiceManager, service_manager

if TYPE_CHECKING:  # what watches a host uses this file too, and has no Ansible there
    from ansible.module_utils.basic import AnsibleModule


def finish(
    module: AnsibleModule,
    work: Callable[[], dict[str, Any]],
    before: Callable[[], None] = lambda: None,
    unprepared: dict[str, Any] | None = None,
) -> NoReturn:
    """Do the work as the wanted user and end the module with its result or its failure.

    before: done first, as the user that the module runs as; unprepared: the result in check
    mode on a host whose user or home is still to be made.
    """
    try:
        before()
        result = _as_user(module.params.get("openclaw_user"), work)
    except ClawPilotError as error:
        if module.check_mode and unprepared and error.code in ("USER_NOT_FOUND", "HOME_NOT_FOUND"):
            _exit(module, unprepared)
        _fail(module, error)
    except OSError as error:
        _fail(module, _as_failure(error))
    _exit(module, result)


def _as_failure(error: OSError) -> ClawPilotError:
    return ClawPilotError("WRITE_FAILED", f"{error}.", "Check the path and its owner.")


def _fail(module: AnsibleModule, error: ClawPilotError) -> NoReturn:
    failure = {key: shown_lines(text) for key, text in error.as_dict().items()}
    said = f"{failure['message']} {failure['hint']}".strip()
    module.fail_json(msg=said, failure=failure)
    raise AssertionError("fail_json does not return")  # pragma: no cover


def _exit(module: AnsibleModule, result: dict[str, Any]) -> NoReturn:
    for warning in result.pop("warnings", ()):
        module.warn(shown(warning))
    module.exit_json(**result)
    raise AssertionError("exit_json does not return")  # pragma: no cover


def account(user: str | None) -> pwd.struct_passwd:
    """The account of that user, or of the one this process runs as. Raises USER_NOT_FOUND."""
    try:
        return pwd.getpwnam(user) if user else pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ClawPilotError(
            "USER_NOT_FOUND",
            f"There is no user {user!r} on this host.",
            "Run the openclaw_host role, which makes it, or name another user.",
        ) from None


def check_own(*folders: str) -> None:
    """Raise WRONG_USER where root would work, in its own name, in a folder of another user, who
    may say by links and records there what is changed and removed.
    """
    if os.geteuid() != 0:
        return
    for folder in filter(os.path.lexists, folders):
        uid = os.lstat(folder).st_uid
        if uid != 0:
            name = _user_name(uid)
            raise ClawPilotError(
                "WRONG_USER",
                f"{folder} belongs to {name}, but this would be done as root.",
                f"Give openclaw_user={name}.",
            )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def home_of(params: dict[str, Any]) -> str:
    """openclaw_home, else the named user's home, else $HOME; absolute, links resolved."""
    user = params.get("openclaw_user")
    own = account(user).pw_dir if user else os.path.expanduser("~")
    return os.path.realpath(_expand(params.get("openclaw_home") or own, own))


def below_home(params: dict[str, Any], path: str | None) -> str:
    """The absolute path, '' for none; ~ is the home of the instances, whoever runs the module."""
    return os.path.abspath(_expand(path, home_of(params))) if path else ""


def _expand(path: str, home: str) -> str:
    return home + path[1:] if path == "~" or path.startswith("~/") else path


def prefix_of(params: dict[str, Any]) -> str:
    """Where Node and OpenClaw are installed."""
    default = os.path.join(home_of(params), ".local", "share", "claw-pilot")
    return below_home(params, params.get("prefix")) or default


def layout_of(params: dict[str, Any], projects_root: str = "") -> Layout:
    return Layout(home_of(params), check_slug(params["slug"]), projects_root)


def manager_of(
    kind: str, marker: dict[str, Any] | None, host: Host, layout: Layout, python: str = ""
) -> ServiceManager:
    """The manager that the instance has; for a new one the wanted kind."""
    has = (marker or {}).get("service_manager")
    if has and kind not in ("auto", has):
        raise ClawPilotError(
            "SERVICE_MANAGER_FIXED",
            f"The instance {layout.slug!r} runs under {has}, not {kind}.",
            "Leave service_manager out, or destroy the instance and create it again.",
        )
    return service_manager(has or kind, host, layout, python)


def _as_user(user: str | None, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Call the work as that user: in a child process that gives root up, when we are root.

    A become to another unprivileged user would need ACLs or world-readable files on the host;
    so the play becomes root, and everything of an instance is done by a child without it.
    """
    wanted = account(user)
    if wanted.pw_uid == os.geteuid():
        return work()
    if os.geteuid() != 0:
        raise ClawPilotError(
            "NOT_ROOT",
            f"Only root can work as the user {wanted.pw_name!r}.",
            "Run the play with become: true, or connect as that user.",
        )
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run_child(wanted, work, writer)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return _unpack(text)


def _run_child(
    wanted: pwd.struct_passwd, work: Callable[[], dict[str, Any]], writer: int
) -> NoReturn:
    try:
        become(wanted)
        answer = {"result": work()}
    except ClawPilotError as error:
        answer = {"failure": error.as_dict()}
    except OSError as error:
        answer = {"failure": _as_failure(error).as_dict()}
    except BaseException:
        answer = {"crash": {"traceback": traceback.format_exc()}}
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        json.dump(answer, stream)
    os._exit(0)


def become(wanted: pwd.struct_passwd) -> None:
    """Turn this process into that user's, for good."""
    os.initgroups(wanted.pw_name, wanted.pw_gid)
    os.setgid(wanted.pw_gid)
    os.setuid(wanted.pw_uid)
    os.umask(0o077)
    os.environ.update(
        HOME=wanted.pw_dir,
        USER=wanted.pw_name,
        LOGNAME=wanted.pw_name,
        XDG_RUNTIME_DIR=f"/run/user/{wanted.pw_uid}",
    )
    os.chdir(wanted.pw_dir if os.path.isdir(wanted.pw_dir) else "/")


def _unpack(text: str) -> dict[str, Any]:
    answer = json.loads(text) if text else {"crash": {"traceback": "the process ended early"}}
    if "failure" in answer:
        failure = answer["failure"]
        raise ClawPilotError(failure["code"], failure["message"], failure["hint"])
    if "crash" in answer:
        raise RuntimeError(answer["crash"]["traceback"])
    result: dict[str, Any] = answer["result"]
    return result
