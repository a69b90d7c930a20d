"""One instance was destroyed without a trace; the other did not notice."""

from __future__ import annotations

from testinfra.host import Host


def test_no_file_of_the_destroyed_instance_is_left(host: Host):
    assert host.check_output("sudo find / /run -xdev -name '*acme-shop*'") == ""


def test_no_file_of_ours_names_the_destroyed_instance(host: Host):
    places = "/opt/openclaw/.local/state /opt/openclaw/.openclaw-blue-lab/.claw-pilot.json /etc"
    assert host.run(f"sudo grep --recursive --files-with-matches acme-shop {places}").stdout == ""


def test_the_service_manager_has_forgotten_it(acme):
    assert acme.systemctl("is-active", acme.unit) == "inactive"
    assert acme.systemctl("list-unit-files", "--no-legend", acme.unit) == ""


def test_no_process_of_the_destroyed_instance_is_left(host: Host):
    # The brackets keep the pattern from finding itself in the environment that sudo gives to grep.
    grep = "grep --text --files-with-matches OPENCLAW_PROFILE=acme-sho[p]"
    assert host.run(f"sudo sh -c '{grep} /proc/[0-9]*/environ'").stdout == ""


def test_the_other_is_still_live_and_ready(blue):
    assert blue.mode(blue.state_dir) == "openclaw 700"
    assert blue.systemctl("is-active", blue.unit) == "active"
    assert blue.http_status("/healthz") == 200
    assert blue.http_status("/readyz") == 200
