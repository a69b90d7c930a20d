# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard over a fleet that is made up, to look at its pages; states and figures move.

python -m tests.webapp.demo_fleet [--port 19100] [--hosts 3] [--instances 12] [--still]
It prints an address that logs in. Its files are in a folder that goes with it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from ansible_collections.claw.pilot.webapp.app import create_app
from ansible_collections.claw.pilot.webapp.jobs import Request
from ansible_collections.claw.pilot.webapp.monitor import Live
from werkzeug.serving import make_server

from tests.webapp import a_fleet
from tests.webapp.fakes import FakeJobs, services_of


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=19100)
    words.add_argument("--hosts", type=int, default=3)
    words.add_argument("--instances", type=int, default=12)
    words.add_argument("--still", action="store_true", help="nothing moves")
    given = words.parse_args()
    live = Live()
    seen = a_fleet.fill(live, given.hosts, given.instances)
    with tempfile.TemporaryDirectory(prefix="claw-pilot-demo-") as folder:
        services = services_of(Path(folder), live, port=given.port)
        finished(services.jobs)
        app = create_app(services.settings, services)
        if not given.still:
            threading.Thread(target=move, args=(live, seen), daemon=True).start()
        server = make_server("127.0.0.1", given.port, app, threaded=True)
        link = f"http://127.0.0.1:{given.port}/login?link={services.doors.make_link()}"
        print(f"{link}\ntoken: {services.doors.file.read()}", flush=True)
        server.serve_forever()


def finished(jobs: FakeJobs) -> None:
    """Two jobs that are over, one well and one not."""
    for playbook, state in (("create_instance", "successful"), ("restart_instance", "failed")):
        job = jobs.submit(Request(playbook, {"slug": "acme"}, "localhost", actor="dashboard"))
        jobs.say(job.id, "\r\nTASK [openclaw_host : Look at the machine] ***", kind="task")
        jobs.say(job.id, "\x1b[0;32mok: [localhost]\x1b[0m")
        jobs.move(job.id, state=state, started_at=a_fleet.now(), finished_at=a_fleet.now())


def move(live: Live, seen: dict[str, a_fleet.Data]) -> None:
    """Every two seconds a host is seen anew: figures change, and now and then a state."""
    dice = random.Random(11)
    while True:
        time.sleep(2)
        name = dice.choice(list(seen))
        for one in seen[name]["instances"]:
            if one["process"]["memory_bytes"]:
                one["process"]["memory_bytes"] = dice.randrange(400, 1300) * 10**6
        if seen[name]["instances"] and dice.random() < 0.5:
            one = dice.choice(seen[name]["instances"])
            state = dice.choice(a_fleet.STATES)
            one.update(a_fleet.instance_facts(one["slug"], one["port"], dice, state=state))
        live.observe(
            name,
            {
                **seen[name],
                "host": a_fleet.host_facts(name, dice),
                "instances": [dict(one) for one in seen[name]["instances"]],
                "observed_at": a_fleet.now(),
            },
        )


if __name__ == "__main__":
    main()
