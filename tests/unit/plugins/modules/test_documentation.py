# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module says of its options is what it takes, and every module is in the action group."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.module_utils import (
    _arguments,
    _channel_requests,
    _model,
    _plugins,
)
from ansible_collections.claw.pilot.plugins.modules import (
    openclaw_device,
    openclaw_device_info,
    openclaw_registry,
    openclaw_registry_info,
)

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).parents[4]
COLLECTION = "ansible_collections.claw.pilot.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
SLUG = {"slug": {"type": "str"}}
SPECS: dict[str, dict[str, Any]] = {
    "openclaw_doctor": {
        **_arguments.HOME_ARGUMENTS,
        **SLUG,
        "examine": {"type": "bool", "default": True},
        "more_homes": {"type": "list", "elements": "str", "default": []},
    },
    "openclaw_facts": {
        "openclaw_home": {"type": "list", "elements": "str"},
        "openclaw_user": {"type": "str"},
        "more_homes": {"type": "list", "elements": "str", "default": []},
    },
    "openclaw_device": openclaw_device.ARGUMENTS,
    "openclaw_device_info": openclaw_device_info.ARGUMENTS,
    "openclaw_logs": _arguments.LOG_ARGUMENTS,
    "openclaw_pairing": _channel_requests.PAIRING_ARGUMENTS,
    "openclaw_plugin": _plugins.PLUGIN_ARGUMENTS,
    "openclaw_registry": openclaw_registry.ARGUMENTS,
    "openclaw_registry_info": openclaw_registry_info.ARGUMENTS,
    "openclaw_token": _arguments.TOKEN_ARGUMENTS,
    "openclaw_instance": _arguments.INSTANCE_ARGUMENTS,
    "openclaw_instance_info": {**_arguments.HOME_ARGUMENTS, **SLUG},
    "openclaw_runtime": _arguments.RUNTIME_ARGUMENTS,
}
FACTS = ("type", "elements", "required", "choices", "default")


def documentation(name: str) -> dict[str, Any]:
    module = importlib.import_module(f"{COLLECTION}.modules.{name}")
    data: dict[str, Any] = yaml.safe_load(module.DOCUMENTATION)
    for fragment in data.get("extends_documentation_fragment", ()):
        _claw, _pilot, file, *part = fragment.split(".")
        source = importlib.import_module(f"{COLLECTION}.doc_fragments.{file}").ModuleDocFragment
        text = getattr(source, part[0].upper() if part else "DOCUMENTATION")
        data["options"] = {**yaml.safe_load(text)["options"], **data["options"]}
    return data


def facts(option: dict[str, Any], nested: str) -> dict[str, Any]:
    """What documentation and argument specification have to agree on."""
    found = {key: option[key] for key in FACTS if key in option}
    if nested in option:
        found["options"] = {k: facts(v, nested) for k, v in option[nested].items()}
    return found


@pytest.mark.parametrize("name", sorted(SPECS))
def test_documented_options_are_the_options(name: str) -> None:
    documented = {k: facts(v, "suboptions") for k, v in documentation(name)["options"].items()}
    taken = {k: facts(v, "options") for k, v in SPECS[name].items()}
    assert documented == taken


@pytest.mark.parametrize("name", MODULES)
def test_every_option_is_described_in_sentences(name: str) -> None:
    def walk(options: dict[str, Any]) -> None:
        for option, facts in options.items():
            text = facts["description"]
            for sentence in [text] if isinstance(text, str) else text:
                assert sentence.endswith("."), (option, sentence)
            walk(facts.get("suboptions", {}))

    walk(documentation(name)["options"])


@pytest.mark.parametrize("name", MODULES)
def test_a_module_documents_itself_with_examples_and_results(name: str) -> None:
    module = importlib.import_module(f"{COLLECTION}.modules.{name}")
    assert documentation(name)["module"] == name
    for task in yaml.safe_load(module.EXAMPLES):
        assert set(task) <= {"name", f"claw.pilot.{name}", "register"}
        options = task[f"claw.pilot.{name}"] or {}
        assert set(options) <= set(SPECS.get(name, options))
    for value in yaml.safe_load(module.RETURN).values():
        assert {"description", "type", "returned"} <= set(value)


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert sorted(runtime["action_groups"]["openclaw"]) == MODULES


def test_the_documented_versions_are_the_pinned_ones() -> None:
    options = documentation("openclaw_runtime")["options"]
    assert _model.OPENCLAW_VERSION in " ".join(options["openclaw_version"]["description"])
    assert options["node_version"]["default"] == _model.NODE_WHEEL_VERSION


def test_the_version_of_the_collection_has_one_value() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    assert galaxy["version"] == _model.COLLECTION_VERSION
