"""What the tests know of instances on the server: where they are and how to ask after them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from testinfra.host import Host

USER = "openclaw"
HOME = "/opt/openclaw"
STATUS = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=10).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@dataclass(frozen=True)
class Instance:
    """One instance on the server, asked as root or as its user."""

    host: Host
    slug: str

    @property
    def state_dir(self) -> str:
        return f"{HOME}/.openclaw-{self.slug}"

    @property
    def project_dir(self) -> str:
        return f"/data/projects/{self.slug}"

    @property
    def unit(self) -> str:
        return f"openclaw-{self.slug}.service"

    @property
    def unit_file(self) -> str:
        return f"{HOME}/.config/systemd/user/{self.unit}"

    @property
    def port(self) -> int:
        return int(json.loads(self.read("openclaw.json"))["gateway"]["port"])

    def read(self, name: str) -> str:
        return self.host.check_output("sudo cat %s", f"{self.state_dir}/{name}")

    def mode(self, path: str) -> str:
        return self.host.check_output("sudo stat --format '%%U %%a' %s", path)

    def http_status(self, path: str) -> int:
        url = f"http://127.0.0.1:{self.port}{path}"
        return int(self.host.check_output("python3 -c %s %s", STATUS, url))

    def systemctl(self, *words: str) -> str:
        with self.host.sudo(USER):
            command = 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user "$@"'
            places = " ".join(["%s"] * len(words))
            return self.host.run(f"sh -c %s sh {places}", command, *words).stdout.strip()


@pytest.fixture
def acme(host: Host) -> Instance:
    return Instance(host, "acme-shop")


@pytest.fixture
def blue(host: Host) -> Instance:
    return Instance(host, "blue-lab")


@pytest.fixture(params=["acme-shop", "blue-lab"])
def instance(request: pytest.FixtureRequest, host: Host) -> Instance:
    return Instance(host, request.param)
