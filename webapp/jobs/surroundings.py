# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a job's process: what a playbook needs of ours, and nothing else.

ansible-runner writes all of its environment into a file, and every module inherits it: so a token
of the dashboard, a variable of OpenClaw's or a Python path must not be in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from .. import playbook
from .processes import MARK

Env = dict[str, str]

_KEPT = frozenset(
    "HOME LANG LANGUAGE LOGNAME PATH SHELL TMPDIR TZ USER"
    " XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK SSH_AGENT_PID DOCKER_HOST"
    " DOCKER_CONTEXT DOCKER_CONFIG KRB5CCNAME"
    # how pip, npm and Python get out of a closed network
    " HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy"
    " SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS PIP_CERT"
    " PIP_CONFIG_FILE PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_NO_INDEX"
    " PIP_DEFAULT_TIMEOUT PIP_DISABLE_PIP_VERSION_CHECK NPM_CONFIG_REGISTRY npm_config_registry"
    " NPM_CONFIG_CAFILE npm_config_cafile NPM_CONFIG_USERCONFIG npm_config_userconfig".split()
)
# How hosts are reached and vaults opened is the user's; how Ansible talks to us is not.
_KEPT_OF_ANSIBLE = frozenset(
    "ANSIBLE_" + name
    for name in (
        "ASK_VAULT_PASS BECOME_EXE BECOME_FLAGS BECOME_METHOD BECOME_PASSWORD_FILE"
        " CONNECTION_PASSWORD_FILE FILTER_PLUGINS FORKS HOST_KEY_CHECKING INVENTORY_ENABLED"
        " INVENTORY_PLUGINS LOOKUP_PLUGINS PRIVATE_KEY_FILE PYTHON_INTERPRETER REMOTE_PORT"
        " REMOTE_TMP REMOTE_USER ROLES_PATH SCP_EXTRA_ARGS SFTP_EXTRA_ARGS SSH_ARGS"
        " SSH_COMMON_ARGS SSH_EXTRA_ARGS SSH_EXECUTABLE SSH_RETRIES SSH_TRANSFER_METHOD TIMEOUT"
        " VARS_ENABLED VAULT_IDENTITY_LIST VAULT_PASSWORD_FILE".split()
    )
)
_COLLECTIONS = "~/.ansible/collections:/usr/share/ansible/collections"
_CONFIGS = ("ansible.cfg", "~/.ansible.cfg", "/etc/ansible/ansible.cfg")


def of_job(ours: Mapping[str, str], *, job: str, actor: str, home: Path, registry: str) -> Env:
    """The environment for the process of a job. ours: that of the dashboard."""
    kept = {
        name: value
        for name, value in ours.items()
        if name in _KEPT or name in _KEPT_OF_ANSIBLE or name.startswith("LC_")
    }
    config = config_file(ours)
    return {
        "PATH": os.defpath,
        "ANSIBLE_PYTHON_INTERPRETER": "auto_silent",
        **kept,
        **playbook.utf8(),
        **playbook.QUIET,
        **playbook.GUARDED,
        **({"ANSIBLE_CONFIG": config} if config else {}),
        "ANSIBLE_COLLECTIONS_PATH": collections_path(ours),
        "ANSIBLE_FORCE_COLOR": "true",
        "ANSIBLE_NOCOLOR": "false",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_CALLBACKS_ENABLED": "claw.pilot.result_file",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "false",
        "TERM": "xterm-256color",
        "PYTHONUNBUFFERED": "1",
        "CLAW_PILOT_HOME": str(home),
        "CLAW_PILOT_REGISTRY": registry,
        "CLAW_PILOT_ACTOR": actor,
        "CLAW_PILOT_ORIGIN": "dashboard",
        MARK: job,
    }


def collections_path(ours: Mapping[str, str]) -> str:
    """This very collection before all others: page and playbook then are of one version."""
    root = playbook.ROOT.parents[2]
    return f"{root}:{ours.get('ANSIBLE_COLLECTIONS_PATH') or _COLLECTIONS}"


def config_file(ours: Mapping[str, str]) -> str:
    """Ansible's configuration as it holds where the dashboard was started; '' for none.

    A job runs in a folder of its own, so what is found from the current one has to be named.
    """
    if ours.get("ANSIBLE_CONFIG"):
        return os.path.abspath(ours["ANSIBLE_CONFIG"])
    for name in _CONFIGS:
        path = os.path.abspath(os.path.expanduser(name))
        if os.path.isfile(path) and not _writable_by_all(os.path.dirname(path)):
            return path
    return ""


def _writable_by_all(folder: str) -> bool:
    """As Ansible has it: a configuration in such a folder is not to be trusted."""
    return bool(os.stat(folder).st_mode & 0o002)
