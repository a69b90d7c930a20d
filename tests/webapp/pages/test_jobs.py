# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of jobs: the list with its filters, one job, its output and what to do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.claw.pilot.webapp.jobs.model import Event, Request
from ansible_collections.claw.pilot.webapp.pages import job_output
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.jobs.model import Job

    from tests.webapp.fakes import FakeJobs

SURE = {"confirm": "yes"}
GREEN, RED, OFF = "\x1b[0;32m", "\x1b[1;31m", "\x1b[0m"


def event(counter: int, second: float, kind: str, host: str = "", **more: Any) -> Event:
    stamp = f"2026-11-21T08:00:{second:06.3f}Z"
    return Event(counter, stamp, kind, host, more.get("task", ""), more.get("stdout", ""))


RUN = [
    event(1, 0, "play", task="Create", stdout="\r\nPLAY [Create] ***"),
    event(2, 0, "task", task="openclaw_host : Install", stdout="\r\nTASK [install] ***"),
    event(3, 1, "ok", "web1", stdout=f"{GREEN}ok: [web1]{OFF}"),
    event(4, 2, "changed", "web1", stdout="changed: [web1]"),
    event(5, 2, "failed", "web2", stdout=f"{RED}fatal: [web2] <b>{OFF}"),
    event(6, 4.5, "task", task="Start", stdout="\r\nTASK [Start] ***"),
    event(7, 5, "skipped", "web1"),
    event(8, 5, "stats", stdout="PLAY RECAP"),
]


def a_job(jobs: FakeJobs, playbook: str = "restart_instance", **changes: Any) -> Job:
    request = Request(playbook, {"slug": "acme"}, "web1", "acme", title="Restart acme")
    return jobs.move(jobs.submit(request).id, **changes)


# The output


def test_events_become_plays_and_tasks_with_the_worst_of_their_hosts() -> None:
    (play,) = job_output.plays(RUN)
    install, start = play.tasks
    assert (play.name, install.role, install.short) == ("Create", "openclaw_host", "Install")
    assert install.hosts == {"web1": "changed", "web2": "failed"}
    assert (install.state, install.seconds) == ("failed", 4.5)
    assert (start.state, start.anchor) == ("skipped", 6)
    assert job_output.counts([play]) == {"failed": 1, "skipped": 1}


def test_the_last_task_of_an_active_job_runs() -> None:
    (play,) = job_output.plays(RUN[:3], active=True)
    assert play.tasks[-1].state == "running" and play.tasks[-1].seconds is None


def test_a_task_without_a_play_has_its_place() -> None:
    (play,) = job_output.plays([RUN[1]])
    assert play.name == "" and len(play.tasks) == 1


def test_colours_become_classes_and_markup_becomes_text() -> None:
    made = job_output.coloured(f"{RED}fatal: <b>{OFF} plain {GREEN}ok{OFF}")
    assert made == (
        '<span class="a-bold a-red">fatal: &lt;b&gt;</span> plain <span class="a-green">ok</span>'
    )
    assert "style=" not in job_output.as_html(RUN)


def test_the_download_has_no_colours() -> None:
    text = "".join(job_output.as_text(RUN))
    assert "fatal: [web2] <b>\n" in text and "\x1b" not in text


# The list


def test_the_list_says_state_title_place_and_who(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    job = a_job(fake_jobs, state="failed", failures=[{"message": "No such port."}])
    page = client.get("/jobs").get_data(as_text=True)
    assert f'href="/jobs/{job.id}"' in page
    for words in ("Restart acme", "failed", "web1", "No such port."):
        assert words in page


def test_the_list_is_filtered_and_paged(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    for _turn in range(51):
        a_job(fake_jobs, state="successful")
    assert "#1<" not in client.get("/jobs").get_data(as_text=True)
    older = client.get("/jobs?before=2").get_data(as_text=True)
    assert "#1<" in older and "Newest" in older
    none = client.get("/jobs?host=web2").get_data(as_text=True)
    assert "No job fits" in none


def test_no_job_at_all_is_said_kindly(client: FlaskClient) -> None:
    assert "No job has run yet" in client.get("/jobs").get_data(as_text=True)


def test_the_list_alone_can_be_had_for_the_script(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    a_job(fake_jobs)
    part = client.get("/jobs?part=list").get_data(as_text=True)
    assert part.lstrip().startswith('<div id="job-list"') and "<html" not in part


# One job


def test_a_job_shows_failures_first_then_tasks_output_and_how_to_do_it_by_hand(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    failure = {
        "host": "web2",
        "task": "Install",
        "code": "PORT_CONFLICT",
        "message": "The port is taken.",
        "hint": "Choose another port.",
    }
    job = a_job(
        fake_jobs,
        state="failed",
        failures=[failure],
        stats={"web1": {"ok": 1}, "web2": {"failures": 1}},
    )
    fake_jobs.said[job.id] = list(RUN)
    page = client.get(f"/jobs/{job.id}").get_data(as_text=True)
    order = [page.index(x) for x in ("The port is taken.", 'id="job-tasks"', "data-plain")]
    assert order == sorted(order)
    assert "Choose another port." in page and "PORT_CONFLICT" in page
    assert 'id="line-6"' in page and 'href="#line-6"' in page
    assert "ansible-playbook claw.pilot.restart_instance" in page
    assert "Again on failed hosts" in page
    assert "style=" not in page


def test_secrets_in_variables_and_results_are_masked(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    job = a_job(
        fake_jobs,
        variables={"anthropic_api_key": "canary-1"},
        result={"bot_token": "canary-2"},
        state="successful",
    )
    assert "canary" not in client.get(f"/jobs/{job.id}").get_data(as_text=True)


def test_the_changing_part_can_be_had_for_the_script(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    job = a_job(fake_jobs, state="running", task="Install", progress=40)
    part = client.get(f"/jobs/{job.id}?part=live").get_data(as_text=True)
    assert "data-plain" not in part and 'value="40"' in part
    assert part.count("data-live") == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "lost"}, "Look at the instance, then run the job again"),
        ({"state": "unreachable"}, "The host was not reached."),
        ({"state": "successful", "check": True}, "This was a preview."),
        ({"state": "successful", "trimmed": True}, "dropped to save space"),
    ],
)
def test_each_end_says_what_it_means(
    client: FlaskClient, fake_jobs: FakeJobs, changes: dict[str, Any], words: str
) -> None:
    job = a_job(fake_jobs, **changes)
    assert words in client.get(f"/jobs/{job.id}").get_data(as_text=True)


def test_a_running_job_is_canceled_in_our_name(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    job = a_job(fake_jobs, state="running")
    answer = client.post(f"/jobs/{job.id}/cancel", data=SURE)
    assert answer.status_code == 303
    assert fake_jobs.get(job.id).canceled_by == "dashboard"


def test_again_shows_the_new_job(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    job = a_job(fake_jobs, state="failed")
    answer = client.post(f"/jobs/{job.id}/again", data=SURE)
    assert answer.location == f"/jobs/{list(fake_jobs.all)[-1]}" != f"/jobs/{job.id}"
    by_htmx = client.post(f"/jobs/{job.id}/again", data=SURE, headers={"HX-Request": "true"})
    assert by_htmx.headers["HX-Redirect"] == f"/jobs/{list(fake_jobs.all)[-1]}"


def test_again_asks_for_the_secrets_and_goes_on_with_them(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    shown = {"slug": "acme", "anthropic_api_key": "********", "mem0": {"api_key": "********"}}
    job = a_job(fake_jobs, "create_instance", state="failed", variables=shown)
    asked = client.post(f"/jobs/{job.id}/again", data={"failed_hosts": "yes"})
    assert asked.location == f"/jobs/{job.id}/again?failed_hosts=yes"
    page = client.get(asked.location).get_data(as_text=True)
    assert re.findall(r'name="(secret:[^"]*)" type="password"', page) == [
        "secret:/anthropic_api_key",
        "secret:/mem0/api_key",
    ]
    assert f'action="/jobs/{job.id}/again"' in page and 'name="failed_hosts" value="yes"' in page
    given = {"secret:/anthropic_api_key": "one", "secret:/mem0/api_key": "two"}
    again = client.post(f"/jobs/{job.id}/again", data={**given, "confirm": "yes"})
    made = list(fake_jobs.all.values())[-1]
    assert again.location == f"/jobs/{made.id}"
    assert fake_jobs.requests[-1].variables["mem0"] == {"api_key": "two"}


def test_the_output_is_downloaded_as_text(client: FlaskClient, fake_jobs: FakeJobs) -> None:
    job = a_job(fake_jobs, state="failed")
    fake_jobs.said[job.id] = list(RUN)
    answer = client.get(f"/jobs/{job.id}/output.txt")
    assert answer.headers["Content-Disposition"].endswith('"job-1-restart_instance.txt"')
    assert "PLAY RECAP" in answer.get_data(as_text=True)


def test_a_job_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/jobs/nothing").status_code == 404
