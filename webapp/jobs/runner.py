# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of one job: runs its playbook with ansible-runner and writes down what happens.

Started by supervisor.py in a session of its own, with an environment of surroundings.py and the
job's id. It needs nobody while it runs: the web process may end, and another may follow the job.
Here and nowhere else is ansible_runner imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .. import extra_vars
from .. import playbook as shared
from . import cgroup, endings, processes
from .files import Files, read, write
from .jobs import INVENTORY_NAME, options_of
from .model import CANCELED, FAILED, Data, Policy
from .secrets import Redactor
from .stopping import Stopping
from .store import Store
from .writer import Writer

# An interactive terminal would let a playbook ask, and wait for an answer that nobody can give.
_WITHOUT_INPUT = ("/bin/sh", "-c", 'exec "$0" "$@" </dev/null')
_POLL_SECONDS = 0.5  # how often ansible-runner asks whether to go on
_SPARE_SECONDS = 120  # ansible-runner's own limits, for the case that ours do not work
_HOST_KEYS = "ANSIBLE_HOST_KEY_CHECKING"


@dataclass(frozen=True)
class Place:
    """private: the data directory of this run; result: where the callback puts its document."""

    private: Path
    sockets: Path

    @property
    def result(self) -> Path:
        return self.private / "result.json"

    def remove(self) -> None:
        for folder in (self.private, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)


def main(id: str) -> int:  # noqa: A002
    """Run the job to its end; 0 when that was written down."""
    files = Files(Path(os.environ["CLAW_PILOT_HOME"]))
    store = Store(files.database)
    row = store.row(id)
    processes.become_subreaper()
    group = cgroup.enter(id)
    private = files.private(id)
    place = Place(private, files.sockets(id, private))
    try:
        me = processes.identity(os.getpid())
        if not store.begin(row["number"], me, folder=str(private), cgroup=group):
            return 1
        columns = run_job(store, row, files, place, group)
    except Exception as error:
        columns = {"state": FAILED, "failures": [endings.broken(type(error).__name__)]}
    finally:
        place.remove()
        cgroup.leave(group)
        files.remove(id)
    return 0 if store.finish(row["number"], **columns) else 1


def run_job(store: Store, row: Data, files: Files, place: Place, group: str) -> Data:
    """The columns of the job's end."""
    order = files.order(row["id"])
    policy = Policy(**order["policy"])
    redactor = Redactor(files.variables(row["id"]))
    writer = Writer(store, row["number"], redactor, policy.job_bytes)
    stopping = Stopping(row["id"], policy, writer, lambda: store.cancel_wanted(row["number"]))
    try:
        signal.signal(signal.SIGTERM, stopping.on_signal)
        command = command_of(row, order["word"], files, place)
        code = play(command, place, policy, writer, stopping)
        if stopping.reason or code is None:
            strays = [*cgroup.members(group), *processes.below([os.getpid()], processes.parents())]
            processes.end(row["id"], stopping.seen, strays)
    except Exception as error:
        processes.end(row["id"], stopping.seen, cgroup.members(group))
        why = redactor.text(f"{type(error).__name__}: {error}")
        return {"state": FAILED, "failures": [endings.broken(why)]}
    finally:
        writer.close()
    document = redactor.data(read(place.result))
    by = store.cancel_wanted(row["number"]) if stopping.reason == CANCELED else ""
    return columns_of(row, endings.Run(code, document, stopping.reason, by, writer.last_words))


def command_of(row: Data, word: str, files: Files, place: Place) -> list[str]:
    """ansible-playbook's command line: everything that may be secret is in a file."""
    reach = json.loads(row["reach"])
    source = ""
    if reach["registry"]:
        source = str(place.private / INVENTORY_NAME)
        write(Path(source), shared.registry_inventory(reach["registry"]))
    hosts = json.loads(row["limit_hosts"])
    options = options_of(
        reach["inventory"], source, check=row["check"], diff=row["diff"], hosts=hosts
    )
    variables = place.private / "variables.yml"
    extra_vars.write(variables, extra_vars.as_data(files.variables(row["id"])))
    program = shared.ansible_playbook()
    return [*_WITHOUT_INPUT, program, word, *options, "--extra-vars", f"@{variables}"]


def play(
    command: list[str], place: Place, policy: Policy, writer: Writer, stopping: Stopping
) -> int | None:
    """ansible-playbook's exit code; None when a signal ended it."""
    from ansible_runner import Runner, RunnerConfig  # type: ignore[import-untyped]

    # Not as an argument: ansible-runner drops that when it finds no file (FIELD 5.5).
    settings = {
        "pexpect_timeout": _POLL_SECONDS,
        "job_timeout": int(policy.job_seconds + _SPARE_SECONDS),
        "idle_timeout": int(policy.idle_seconds + _SPARE_SECONDS),
        "suppress_output_file": True,
        "suppress_ansible_output": True,
    }
    (place.private / "env").mkdir(mode=0o700)
    write(place.private / "env" / "settings", settings)
    config = RunnerConfig(
        private_data_dir=str(place.private),
        playbook="of the command",
        ident="run",
        fact_cache_type="memory",
        quiet=True,
    )
    config.prepare()
    config.command = command
    config.env.update(environment(place))
    if _HOST_KEYS not in os.environ:
        config.env.pop(_HOST_KEYS, None)  # ansible-runner would turn the check off
    runner = Runner(config, cancel_callback=stopping.poll, event_handler=writer.put)
    runner.run()
    if runner.timed_out:
        stopping.reason = stopping.reason or endings.TIMEOUT
    killed = stopping.killed or runner.timed_out
    return None if killed or runner.rc is None or runner.rc < 0 else int(runner.rc)


def environment(place: Place) -> dict[str, str]:
    """What is known only here."""
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    return {
        "ANSIBLE_LOCAL_TEMP": str(place.private / "tmp"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(place.sockets),
        "CLAW_PILOT_RESULT_FILE": str(place.result),
    }


def columns_of(row: Data, run: endings.Run) -> Data:
    """What is written down of the end."""
    hosts = json.loads(row["limit_hosts"]) or ([row["host"]] if row["host"] else [])
    end = endings.ending(endings.Run(**{**vars(run), "hosts": hosts}))
    return {**vars(end), "code": run.code}


def on_interrupt(_number: int, _frame: FrameType | None) -> None:
    """Nothing: a terminal's Ctrl-C is not for a job."""


if __name__ == "__main__":
    signal.signal(signal.SIGINT, on_interrupt)
    with contextlib.suppress(AttributeError):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.exit(main(sys.argv[1]))
