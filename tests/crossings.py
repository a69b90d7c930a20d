# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places where a value of somebody else becomes part of something, each with its test.

A feature that lets a new value cross adds a line here, with a test that sends attacks.py through.
tests/unit/test_attacks.py checks that the tests are there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Crossing:
    """A place where a value of somebody else becomes part of something.

    source: who says it: host, registry, inventory, request, gateway or telegram; sink: what it gets
    into: ansible, shell, program, path, file, html or terminal; value: which; test: what proves
    that it stays a value there, as FILE::FUNCTION below tests/.
    """

    source: str
    sink: str
    value: str
    test: str


SOURCES = ("host", "registry", "inventory", "request", "gateway", "telegram")
SINKS = ("ansible", "shell", "program", "path", "file", "html", "terminal")

_REGISTRY = "unit/plugins/plugin_utils/test_registry_words.py::"
_VALUES = "integration/test_hostile_values.py::"
_VARIABLES = "webapp/test_extra_vars.py::"
_ACCEPTED = "webapp/jobs/test_accepted.py::"
CROSSINGS = (
    Crossing(
        "host",
        "ansible",
        "home, user and connection of a row, as variables of the command",
        _VALUES + "test_the_home_of_a_row_is_a_folder_and_nothing_else",
    ),
    Crossing(
        "registry",
        "ansible",
        "every value that is not typed, as an extra variable",
        _VARIABLES + "test_no_attack_works_and_every_value_arrives_as_it_was",
    ),
    Crossing(
        "request",
        "ansible",
        "variables of a job",
        _VALUES + "test_a_token_of_the_scope_operate_runs_nothing_on_the_controller",
    ),
    Crossing(
        "request",
        "ansible",
        "variables of every playbook",
        _VALUES + "test_no_playbook_runs_what_a_variable_says",
    ),
    Crossing(
        "request",
        "ansible",
        "names of variables",
        _ACCEPTED + "test_no_job_is_given_a_variable_that_steers_ansible",
    ),
    Crossing(
        "request",
        "path",
        "workspace_templates and policy",
        _ACCEPTED + "test_a_file_of_the_controller_is_one_that_the_dashboard_was_told",
    ),
    Crossing(
        "request",
        "file",
        "workspace templates",
        "unit/plugins/action/test_openclaw_instance.py::"
        "test_a_template_runs_nothing_on_the_controller",
    ),
    Crossing(
        "registry",
        "ansible",
        "variables in the command that is shown, when it is copied",
        _VARIABLES + "test_the_command_for_a_person_runs_no_attack_when_it_is_copied",
    ),
    Crossing(
        "registry",
        "shell",
        "variables in the command that is shown, when it is copied",
        _VARIABLES + "test_a_shell_that_is_given_the_command_runs_no_attack",
    ),
    Crossing(
        "request",
        "shell",
        "home, user and hosts in the commands that a new instance is shown with",
        "unit/test_shown_commands.py::test_the_commands_for_a_new_instance_run_no_attack",
    ),
    Crossing(
        "host",
        "file",
        "names of a report at the registry's door",
        _REGISTRY + "test_a_hostile_name_does_not_get_in",
    ),
    Crossing(
        "registry",
        "program",
        "names of a row, in inventories and command lines",
        _REGISTRY + "test_a_planted_name_is_not_used",
    ),
    Crossing(
        "request",
        "file",
        "actor and detail of an event",
        _REGISTRY + "test_an_event_and_who_did_it_are_kept_as_one_line_that_steers_nothing",
    ),
)
