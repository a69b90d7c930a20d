"""What the tests know: the answers that the playbooks gave, the registry, and the server itself."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from testinfra.host import Host

HOME = Path(__file__).parents[1] / "host" / "home" / "alice"


@dataclass(frozen=True)
class Answer:
    """The one JSON document of a run."""

    data: dict[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.data["changed"])

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data["result"]
        return found

    @property
    def instances(self) -> dict[str, dict[str, Any]]:
        """By state directory."""
        return {one["state_dir"]: one for one in self.result["instances"]}

    @property
    def only(self) -> dict[str, Any]:
        (instance,) = self.result["instances"]
        return dict(instance)

    @property
    def failure(self) -> dict[str, Any]:
        (failure,) = self.data["failures"]
        return dict(failure)


@dataclass(frozen=True)
class Seen:
    """What is left of the runs on the controller: their answers in a folder, and the registry."""

    folder: Path

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def answer(self, name: str) -> Answer:
        return Answer(json.loads(self.text(f"{name}.json")))

    def listing(self, name: str) -> dict[str, list[str]]:
        """Path -> what it is, and of a file what it holds."""
        found: dict[str, list[str]] = {}
        for line in self.text(name).splitlines():
            path, _tab, what = line.partition("\t")
            found.setdefault(path, []).append(what)
        return found

    def rows(self) -> dict[str, dict[str, Any]]:
        """The registry's instances by state directory."""
        with Registry() as registry:
            return {row["state_dir"]: row for row in registry.instances()}

    def events(self, slug: str) -> list[tuple[str, str]]:
        """Home and kind of the events of that slug, the newest first."""
        with Registry() as registry:
            found = registry.events(slug=slug)
            return [(event["openclaw_home"], event["event_type"]) for event in found]

    @property
    def secrets(self) -> list[str]:
        """The gateway tokens of the assistant and of the team."""
        files = (HOME / "assistant" / ".env", HOME / ".openclaw-team" / "gateway.systemd.env")
        return [file.read_text(encoding="utf-8").strip().partition("=")[2] for file in files]


@dataclass(frozen=True)
class Server:
    """The server, asked as root or as one of its users."""

    host: Host

    def root(self, *words: str) -> str:
        places = " ".join(["%s"] * len(words))
        return str(self.host.run(f"sudo {places}", *words).stdout).strip()

    def exists(self, path: str) -> bool:
        return int(self.host.run("sudo test -e %s", path).rc) == 0

    def systemctl(self, user: str, *words: str) -> str:
        runtime = f"XDG_RUNTIME_DIR=/run/user/{self.host.user(user).uid}"
        return self.root("runuser", "-u", user, "--", "env", runtime, "systemctl", "--user", *words)

    def pid(self, user: str, unit: str) -> int:
        return int(self.systemctl(user, "show", "--property=MainPID", "--value", unit))


@pytest.fixture
def seen() -> Seen:
    return Seen(Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "results")


@pytest.fixture
def server(host: Host) -> Server:
    return Server(host)
