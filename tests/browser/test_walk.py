# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through the dashboard with real gateways: created, watched, paired, adopted, destroyed.

The tests are steps and build on each other. Nothing is reloaded but where a step says so.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv
from ansible_collections.claw.pilot.plugins.module_utils._gateway_error import GatewayError
from ansible_collections.claw.pilot.plugins.module_utils._model import GATEWAY_TOKEN_VARIABLE
from playwright.sync_api import expect

from tests.integration.a_device import Device
from tests.integration.foreign import Foreign

from .conftest import HOST, Scene

SLUG, THEIRS = "walk", "byhand"
LIVE = 30_000  # milliseconds until the page has seen what happened on the host
CANARY = "sk-ant-canary-0123456789"


@pytest.fixture(autouse=True)
def quiet(scene: Scene) -> Iterator[None]:
    """Whatever a step does, no page complains and none asks anybody else."""
    yield
    assert scene.watch.elsewhere == []
    assert scene.watch.complaints == []


def row_state(scene: Scene, slug: str, word: str) -> None:
    """The row of the overview comes to that state by itself."""
    row = scene.page.locator("tr.it", has_text=re.compile(slug, re.IGNORECASE))
    expect(row.locator(".state")).to_have_text(word, timeout=LIVE)


def test_01_the_link_logs_in_once_and_an_empty_fleet_says_what_to_do(scene: Scene) -> None:
    expect(scene.page).to_have_title(re.compile("Claw Pilot"))
    expect(scene.page.get_by_role("link", name="Create").first).to_be_visible()
    stranger = scene.browser.new_context()
    page = stranger.new_page()
    page.goto(scene.said[0])
    page.get_by_role("button", name="Open the dashboard").click()
    expect(page.get_by_role("alert")).to_be_visible()
    stranger.close()


def test_02_what_is_wrong_in_the_form_is_said_beside_the_field(scene: Scene) -> None:
    scene.go("/create")
    scene.page.get_by_label("Slug").fill("Not A Slug")
    scene.page.get_by_label("Slug").blur()
    expect(scene.page.locator("#e-slug")).to_contain_text("a-z")


def test_03_an_instance_is_created_through_the_form_and_its_job_watched(scene: Scene) -> None:
    page = scene.page
    scene.home.slugs.add(SLUG)
    page.get_by_label("Slug").fill(SLUG)
    page.get_by_label("API key", exact=True).fill(CANARY)
    page.get_by_role("button", name="Create", exact=True).last.click()
    page.wait_for_url("**/jobs/*")
    expect(page.locator(".xterm-rows")).to_contain_text("TASK", timeout=LIVE)
    scene.job_ends()
    expect(page.locator("#job-tasks")).to_contain_text("openclaw_instance")
    assert CANARY not in page.content()
    command = page.locator("code", has_text="ansible-playbook").first.inner_text()
    assert SLUG in command and CANARY not in command


def test_04_it_is_alive_on_the_overview_and_stops_and_starts_there(scene: Scene) -> None:
    page = scene.page
    scene.go("/?view=table")
    row_state(scene, SLUG, "running")
    page.locator("tr.it").hover()
    page.get_by_role("button", name=re.compile("^Stop")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    row_state(scene, SLUG, "stopped")
    page.locator("tr.it").hover()
    page.get_by_role("button", name=re.compile("^Start")).first.click()
    row_state(scene, SLUG, "running")


def test_05_its_log_is_followed_and_filtered(scene: Scene) -> None:
    scene.go(scene.path(SLUG, "logs"))
    lines = scene.page.locator("#log li")
    expect(lines.first).to_be_visible()
    scene.page.locator("#log-q").fill("no line has these words")
    expect(scene.page.locator("#log-none")).to_be_visible()
    scene.page.locator("#log-q").fill("")
    before = lines.count()
    with pytest.raises(GatewayError):
        Device("A stranger").knock(port_of(scene), "a wrong token")
    expect(lines.nth(before)).to_be_attached(timeout=LIVE)


def test_06_openclaws_own_page_opens_logged_in_and_its_address_has_no_token(scene: Scene) -> None:
    gateway = f"http://127.0.0.1:{port_of(scene)}"
    scene.watch.known += [gateway, gateway.replace("http", "ws")]
    scene.go(scene.path(SLUG))
    with scene.page.context.expect_page() as opened:
        scene.page.get_by_role("button", name="Control UI").click()
    page = opened.value
    page.wait_for_url(lambda url: url.startswith(gateway) and "token" not in url, timeout=LIVE)
    expect(page).to_have_title(re.compile("OpenClaw"), timeout=LIVE)
    expect(page.locator("body")).not_to_contain_text("Gateway Token", timeout=LIVE)
    assert page.evaluate("history.length") == 1
    page.close()


def port_of(scene: Scene) -> int:
    return int(scene.home.config(SLUG)["gateway"]["port"])


def token_of(scene: Scene) -> str:
    env = (scene.home.state_dir(SLUG) / ".env").read_text()
    return str(_dotenv.parse(env)[GATEWAY_TOKEN_VARIABLE])


def test_07_a_device_that_asks_is_in_the_inbox_and_approved_there(scene: Scene) -> None:
    device = Device("A new phone")
    scene.go("/inbox")
    with pytest.raises(GatewayError):
        device.knock(port_of(scene), token_of(scene))
    request = scene.page.locator("li.request", has_text="A new phone")
    expect(request).to_be_visible(timeout=LIVE)
    request.get_by_role("button", name="Approve").click()
    expect(request).to_have_count(0, timeout=LIVE)
    assert device.knock(port_of(scene), token_of(scene)).device_token
    scene.go(scene.path(SLUG, "devices"))
    expect(scene.page.locator("#devices table")).to_contain_text("A new phone", timeout=LIVE)


def test_08_one_that_others_made_is_found_and_adopted(scene: Scene) -> None:
    config = Foreign(scene.home, THEIRS).make().config_path
    before = (config.read_bytes(), config.stat().st_mtime_ns)
    scene.go("/discover")
    found = scene.page.locator("li.found", has_text=THEIRS)
    expect(found).to_be_visible(timeout=LIVE)
    found.get_by_role("button", name="Adopt").click()
    scene.job_ends()
    scene.go("/?view=table")
    expect(scene.page.locator("tr.it")).to_have_count(2, timeout=LIVE)
    scene.go(scene.path(THEIRS))
    expect(scene.page.locator("main")).to_contain_text("adopted")
    assert (config.read_bytes(), config.stat().st_mtime_ns) == before


def test_09_what_somebody_does_elsewhere_is_seen_without_a_reload(scene: Scene) -> None:
    scene.go("/?view=table")
    row_state(scene, SLUG, "running")
    scene.home.instance(SLUG, state="stopped")
    row_state(scene, SLUG, "stopped")
    scene.home.instance(SLUG, state="started")
    row_state(scene, SLUG, "running")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_10_a_dashboard_that_comes_back_is_found_again(scene: Scene, number: int) -> None:
    scene.go("/?view=table")
    row_state(scene, SLUG, "running")
    scene.dashboard.stop(number)
    expect(scene.page.locator("#connection")).to_be_visible(timeout=LIVE)
    scene.dashboard.start()
    expect(scene.page.locator("#connection")).to_be_hidden(timeout=LIVE)
    scene.home.instance(SLUG, state="restarted", wait="live")
    row_state(scene, SLUG, "running")


def test_11_destroying_takes_its_name(scene: Scene) -> None:
    page = scene.page
    scene.go(scene.path(SLUG, "destroy"))
    button = page.get_by_role("button", name="Destroy")
    page.locator("#f-confirm").fill("wal")
    expect(button).to_be_disabled()
    page.locator("#f-confirm").fill(SLUG)
    page.get_by_label("None").check()
    button.click()
    scene.job_ends()
    assert not scene.home.state_dir(SLUG).exists()
    scene.go("/?view=table")
    expect(page.locator("tr.it")).to_have_count(1, timeout=LIVE)


def test_12_no_secret_was_in_an_address_or_is_in_a_file_of_the_dashboard(scene: Scene) -> None:
    token = scene.dashboard.token
    assert scene.said and not [url for url in scene.said if token in url or CANARY in url]
    data = scene.dashboard.home
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "dashboard-token"]
    assert len(files) > 3
    for path in files:
        content = path.read_bytes()
        assert token.encode() not in content, path
        assert CANARY.encode() not in content, path
    assert HOST in (data / "hosts.json").read_text()
