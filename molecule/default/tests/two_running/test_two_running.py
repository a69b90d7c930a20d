"""Two instances run beside each other as systemd user services of one system user."""

from __future__ import annotations

from testinfra.host import Host


def test_the_user_lingers_and_its_home_is_its_own(host: Host):
    assert host.user("openclaw").home == "/opt/openclaw"
    assert host.user("openclaw").uid < 1000
    assert host.file("/var/lib/systemd/linger/openclaw").exists


def test_state_is_for_the_user_only(instance):
    assert instance.mode(instance.state_dir) == "openclaw 700"
    for name in ("openclaw.json", ".env"):
        assert instance.mode(f"{instance.state_dir}/{name}") == "openclaw 600"


def test_only_the_folder_of_projects_is_the_users(acme):
    assert acme.mode("/data") == "root 755"
    assert acme.mode("/data/projects") == "openclaw 750"


def test_the_project_directory_is_there(instance):
    assert instance.mode(instance.project_dir).startswith("openclaw ")


def test_the_key_is_in_the_environment_file_and_not_in_the_config(instance):
    assert "not-a-real-key" in instance.read(".env")
    assert "not-a-real-key" not in instance.read("openclaw.json")


def test_the_unit_is_enabled_and_active(instance):
    assert instance.mode(instance.unit_file).startswith("openclaw ")
    assert instance.systemctl("is-enabled", instance.unit) == "enabled"
    state = instance.systemctl("is-active", instance.unit)
    assert state == "active", instance.systemctl("status", instance.unit)


def test_the_gateway_is_live_and_ready(instance):
    assert instance.http_status("/healthz") == 200
    assert instance.http_status("/readyz") == 200


def test_the_gateway_listens_on_loopback_only(instance, host: Host):
    listening = "ss --no-header --listening --tcp --numeric sport = :%s"
    lines = host.check_output(listening, str(instance.port)).splitlines()
    assert lines
    assert {line.split()[3].rpartition(":")[0] for line in lines} <= {"127.0.0.1", "[::1]"}


def test_the_port_blocks_do_not_touch(acme, blue):
    assert abs(acme.port - blue.port) >= 120
