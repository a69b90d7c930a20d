# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables a job takes: those that are documented, and no name that steers Ansible."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp import playbook
from ansible_collections.claw.pilot.webapp.jobs import Jobs, Request, accepted
from ansible_collections.claw.pilot.webapp.jobs.catalog import Catalog
from ansible_collections.claw.pilot.webapp.jobs.model import Here

from tests import attacks
from tests.job_room import Room

OWN = accepted.own()
DATA: dict[str, Any] = yaml.safe_load(accepted._OWN.read_text())
PLAYBOOKS = {path.stem: path for path in playbook.PLAYBOOKS.glob("*.yml")}
MANUAL = (playbook.ROOT / "docs" / "playbooks.md").read_text()
# The heads of the files name what one mostly gives.
HEAD = re.compile(r"Variables: (.*?)\n(?:---|- )", re.DOTALL)


def refusal(request: Request, job_files: tuple[str, ...] = ()) -> str:
    """The code with which it is refused, empty where it is not."""
    try:
        Catalog(job_files=job_files).check(request)
    except ClawPilotError as error:
        assert attacks.hurts_terminal(error.message) == ""
        assert len(error.message) < 300
        return error.code
    return ""


def documented() -> set[str]:
    """The variables of the table in docs/playbooks.md."""
    table = MANUAL.partition("## Variables")[2].partition("## ")[0]
    cells = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def files_of(path: Path) -> list[Path]:
    """A playbook with the files of variables and tasks that it includes."""
    text = path.read_text()
    names = re.findall(r"\b((?:vars|tasks)/\w+\.yml|templates/\w+\.j2)", text)
    found = [playbook.PLAYBOOKS / name for name in names]
    return [path, *(f for part in found for f in files_of(part))]


def words_of(path: Path) -> set[str]:
    """Every variable that a playbook reads: in templates, and in conditions."""
    text = "\n".join(file.read_text() for file in files_of(path))
    found: set[str] = set()
    for template in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL):
        found |= set(re.findall(r"[a-z_]\w*", template))
    for line in re.findall(r"^\s+(?:when|that|until):(.*(?:\n\s+- .*)*)", text, re.MULTILINE):
        found |= set(re.findall(r"[a-z_]\w*", line))
    return found | set(re.findall(r"^    - name: (\w+)\n      prompt:", text, re.MULTILINE))


def test_the_variables_of_all_playbooks_are_those_of_the_manual() -> None:
    assert set().union(*OWN.playbooks.values()) == documented()
    assert set(OWN.playbooks) == set(PLAYBOOKS)


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_a_playbook_reads_every_variable_that_it_takes(name: str) -> None:
    assert OWN.playbooks[name] - words_of(PLAYBOOKS[name]) == set()


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_a_playbook_takes_what_its_head_names(name: str) -> None:
    head = HEAD.search(PLAYBOOKS[name].read_text())
    assert head
    text = re.sub(r"\(.*?\)|\n#|\.\.\.", " ", head[1])
    assert {word.strip(" .") for word in text.split(",") if word.strip(" .")} <= OWN.playbooks[name]


@pytest.mark.parametrize(
    "name",
    [
        "ansible_ssh_common_args",
        "ansible_become_flags",
        "ansible_connection",
        "ansible_python_interpreter",
        "ansible_user",
        "ansible_",
        "openclaw_instance_workspace_templates",
        "openclaw_registry_location",
        "known_adopted",
        "environment",
        "hostvars",
        "inventory_hostname",
        *sorted(OWN.at_a_terminal),
    ],
)
def test_no_job_is_given_a_variable_that_steers_ansible(name: str) -> None:
    for book in PLAYBOOKS.keys() - {"token"}:
        variables = {"slug": "acme", "plugin": "x", name: "x"}
        taken = OWN.playbooks[book] | {name}
        given = {key: value for key, value in variables.items() if key in taken}
        assert refusal(Request(book, given)) == "VARIABLE_REFUSED"


@pytest.mark.parametrize(
    "value",
    [
        {"__ansible_unsafe": "x"},
        {"a": [{"b": {"__ansible_type": "x"}}]},
        [{"__ansible_vault": "x"}],
        {"ansible_become_flags": "-x"},
    ],
)
def test_no_key_of_ansibles_own_is_taken_however_deep(value: Any) -> None:
    assert refusal(Request("create_instance", {"slug": "acme", "config": value})) == (
        "VARIABLE_REFUSED"
    )


@pytest.mark.parametrize("name", ["workspace_templates", "policy"])
def test_a_file_of_the_controller_is_one_that_the_dashboard_was_told(
    name: str, tmp_path: Path
) -> None:
    book = "devices" if name == "policy" else "create_instance"
    told = tmp_path / "told"
    told.mkdir()
    os.symlink(told, tmp_path / "link")
    files = (str(tmp_path / "link"),)

    def code(value: Any) -> str:
        return refusal(Request(book, {"slug": "acme", name: value}), files)

    assert [code(str(told)), code(f"{told}/../told"), code("")] == ["", "", ""]
    others = [str(tmp_path), f"{told}/below", "told", "/etc", "~", "..", "/", "\0"]
    others += [attack.value for attack in attacks.texts(attacks.PATH, attacks.TEMPLATE)]
    assert {code(other) for other in others} == {"VARIABLE_REFUSED"}
    assert code([{"client_id": "x"}]) == ""


@pytest.mark.parametrize("attack", attacks.of(attacks.KEY, attacks.SIZE), ids=lambda a: a.name)
def test_a_hostile_name_is_refused_in_a_short_sentence(attack: attacks.Attack) -> None:
    names = list(attack.value) if isinstance(attack.value, dict) else [str(attack.value)]
    for name in (*names, *attacks.BIDI, "\x1b[2J"):
        assert refusal(Request("create_instance", {"slug": "acme", name: 1})) in (
            "VARIABLE_REFUSED",
            "INVALID_VARIABLES",
        )


def form_in(options: dict[str, Any]) -> dict[str, Any]:
    """The options with a mapping in them, each with its form."""
    forms = {name: form_of(option) for name, option in options.items()}
    return {name: form for name, form in forms.items() if form is not None}


def form_of(option: dict[str, Any]) -> Any:
    """What a value has to be so that Ansible makes no mapping of a text; None for whatever."""
    kind = option.get("type")
    if "dict" not in (kind, option.get("elements")):
        return None
    form = form_in(option.get("options", {}))
    return [form] if kind == "list" else form


def test_the_structures_are_those_that_the_roles_and_modules_take() -> None:
    forms: dict[str, Any] = {}
    for role in ("openclaw_instance", "openclaw_host"):
        specs = playbook.ROOT / "roles" / role / "meta" / "argument_specs.yml"
        options = yaml.safe_load(specs.read_text())["argument_specs"]["main"]["options"]
        forms |= form_in(options)
    given = (playbook.PLAYBOOKS / "vars" / "instance.yml").read_text()
    named = dict(re.findall(r"^(openclaw_\w+):\s+(?:>-\s+)?\"?{{ (\w+) \|", given, re.MULTILINE))
    by_variable = {named[name]: form for name, form in forms.items() if name in named}
    assert set(forms) - set(named) == {"openclaw_instance_adopted"}  # from the registry alone
    # The module of plugins is called with it as it is.
    assert OWN.structures == {**by_variable, "plugin_config": {}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("providers", ["name=anthropic base_url=http://evil/ key_required=false"]),
        ("providers", "name=anthropic"),
        ("providers", {"name": "anthropic"}),
        ("providers", ['{"name": "anthropic", "base_url": "http://evil"}']),
        ("providers", [{"name": "anthropic", "models": ["id=a"]}]),
        ("providers", [{"name": "anthropic", "models": "id=a"}]),
        ("agents", ["id=ops tools_profile=full workspace=/root/.ssh"]),
        ("agents", '[{"id": "ops"}]'),
        ("telegram", '{"enabled":true,"api_root":"http://evil"}'),
        ("telegram", "enabled=true"),
        ("mem0", "ollama_url=http://evil"),
        ("plugins", "allow=x"),
        ("control_ui", "enabled=true"),
        ("config", "a=b"),
        ("config", [["a", "b"]]),
        ("instance_environment", "NODE_OPTIONS=--import=x"),
    ],
)
def test_a_text_that_ansible_would_make_a_mapping_of_is_refused(name: str, value: Any) -> None:
    """Whoever looks at the keys of a variable has to see all that there will be."""
    assert refusal(Request("create_instance", {"slug": "acme", name: value})) == "VARIABLE_REFUSED"


def test_a_structure_is_taken_as_it_is_meant() -> None:
    variables = {
        "slug": "acme",
        "agents": [{"id": "dev"}],
        "providers": [{"name": "x", "models": [{"id": "a"}]}, {"name": "y", "models": None}],
        "telegram": {"enabled": True, "allow_from": "1,2"},
        "config": {},
        "plugins": None,
    }
    assert refusal(Request("create_instance", variables)) == ""


def test_how_to_get_there_is_the_dashboards_and_stays_so_when_it_is_run_again(
    room: Room, queue: Jobs
) -> None:
    room.has("hello")
    room.takes("hello", "slug", "openclaw_home")
    reach = Here({"target": "web1", "openclaw_home": "/opt/x"}, "hosts.yml", "")
    request = Request("hello", {"slug": "acme"}, host="web1", reach=reach)
    first = queue.submit(request)
    again = queue.again(first.id, "ann")
    assert again.variables == first.variables == {**reach.variables, "slug": "acme"}
    assert again.command == first.command
    with pytest.raises(ClawPilotError):
        queue.submit(Request("hello", {"slug": "acme", "target": "web2"}, reach=reach))


def test_no_playbook_takes_a_text_for_a_condition() -> None:
    """In a condition a text would be code of Ansible's, also where it is no template."""
    for path in (playbook.ROOT / "roles").rglob("tasks/*.yml"):
        assert not re.search(
            r"^\s+(when|that|until|failed_when|changed_when): *['\"]?\{\{", path.read_text(), re.M
        )
