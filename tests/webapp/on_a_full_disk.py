# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in and queue jobs in a folder whose disk is full, then no more; prints what was answered.

python -m tests.webapp.on_a_full_disk FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.webapp import conftest  # this checkout is ansible_collections.claw.pilot


def fill(path: Path) -> None:
    """Leave no room."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def asked(browser: Any, guest: Any, token: str) -> dict[str, list[Any]]:
    """Status and error of a login and of a job."""
    login = guest.post("/login", data={"token": token})
    job = browser.post("/api/jobs", json={"playbook": "hello"})
    return {
        "login": [login.status_code, "NO_DISK_SPACE" in login.text],
        "job": [job.status_code, job.json.get("error", {}).get("code")],
    }


def main(folder: Path) -> None:
    from ansible_collections.claw.pilot.webapp.app import create_app
    from ansible_collections.claw.pilot.webapp.monitor import Live

    from tests.job_room import Room
    from tests.webapp import a_fleet
    from tests.webapp.fakes import services_of

    os.environ["CLAW_PILOT_HOME"] = str(folder)
    live = Live()
    a_fleet.fill(live)
    services = services_of(folder, live)
    room = Room(folder)
    room.has("hello")
    services.jobs = room.jobs()
    app = create_app(services.settings, services)
    app.test_client_class = conftest.Browser
    browser, token = app.test_client(), services.doors.file.read()
    browser.set_cookie("claw_pilot_session", services.doors.open_session())
    assert services.jobs.list() == []
    fill(folder / "ballast")
    full = asked(browser, app.test_client(), token)
    left = [str(path) for path in services.jobs.files.folder.glob("*")]
    (folder / "ballast").unlink()
    free = asked(browser, app.test_client(), token)
    print(json.dumps({"full": full, "left": left, "free": free}), flush=True)
    services.hub.stop()
    services.hub.join_thread()
    services.jobs.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
