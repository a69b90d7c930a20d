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
_READING = "unit/plugins/module_utils/test_reading.py::"
_HOSTILE = "unit/plugins/module_utils/test_hostile.py::"
_LIVE = "integration/test_hostile_names.py::"
_VALUES = "integration/test_hostile_values.py::"
_FACTS = "integration/test_hostile_facts.py::"
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
        "host",
        "ansible",
        "facts in the answer of a module, as variables of a playbook",
        _FACTS + "test_no_playbook_takes_a_variable_from_a_host",
    ),
    Crossing(
        "inventory",
        "ansible",
        "facts of a cache, as variables of a playbook",
        _FACTS + "test_no_playbook_takes_a_variable_from_a_cache_of_facts",
    ),
    Crossing(
        "registry",
        "ansible",
        "every value that is not typed, as an extra variable",
        _VARIABLES + "test_no_attack_works_and_every_value_arrives_as_it_was",
    ),
    Crossing(
        "host",
        "ansible",
        "variables of others beside an inventory that is made for a run",
        _VARIABLES + "test_nobody_puts_variables_beside_an_inventory_of_ours",
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
        "path",
        "names of hosts, which Ansible looks for in host_vars",
        _REGISTRY + "test_no_name_of_a_host_is_a_path_that_ansible_reads",
    ),
    Crossing(
        "registry",
        "ansible",
        "names of hosts, as a target",
        _REGISTRY + "test_every_name_of_a_host_means_that_host_to_ansible",
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
    Crossing(
        "host",
        "program",
        "folders, units, containers and users in every command line of the source",
        "unit/test_command_lines.py::test_every_word_that_is_not_ours_stands_after_two_dashes",
    ),
    Crossing(
        "host",
        "program",
        "a folder's name, to tar",
        "unit/plugins/module_utils/test_adopted.py::"
        "test_a_folder_that_is_called_like_an_option_of_tar_is_a_folder",
    ),
    Crossing(
        "host",
        "program",
        "a unit's name, as a pattern of systemctl",
        "unit/plugins/module_utils/test_foreign_services.py::"
        "test_a_unit_that_is_a_pattern_is_nothing_to_systemctl",
    ),
    Crossing(
        "host",
        "program",
        "a unit's name, to systemctl",
        "unit/plugins/module_utils/test_service_scan.py::"
        "test_a_unit_whose_name_is_an_option_of_systemctl_is_a_unit",
    ),
    Crossing(
        "inventory",
        "program",
        "address and user of a container, to docker",
        "webapp/monitor/test_fleet.py::test_an_address_is_no_option_of_the_program_that_goes_there",
    ),
    Crossing(
        "host",
        "path",
        "links, hard links and named files, read as root",
        _READING + "test_no_name_that_somebody_gives_it_opens_a_file_of_root",
    ),
    Crossing(
        "host",
        "path",
        "the log that a config names",
        _READING + "test_a_config_names_no_log_that_its_owner_may_not_read",
    ),
    Crossing(
        "host",
        "file",
        "home, user and folders of what discovery finds, to the registry",
        "unit/plugins/plugin_utils/test_comparison.py::"
        "test_what_has_a_hostile_name_is_never_adopted",
    ),
    Crossing(
        "request",
        "file",
        "projects_root, in AGENTS.md",
        "unit/plugins/module_utils/test_states.py::"
        "test_no_folder_of_projects_tells_an_agent_what_to_do",
    ),
    Crossing(
        "request",
        "file",
        "texts of a specification, in config, unit and workspace",
        "unit/plugins/module_utils/test_model.py::"
        "test_no_text_of_a_specification_begins_a_line_of_its_own",
    ),
    Crossing(
        "host",
        "terminal",
        "all that playbooks show",
        "unit/roles/test_shown_templates.py::test_no_template_steers_the_terminal",
    ),
    Crossing(
        "host",
        "terminal",
        "tables and lines of the command",
        _HOSTILE + "test_no_table_of_the_command_is_steered",
    ),
    Crossing(
        "host",
        "terminal",
        "output of a job",
        _HOSTILE + "test_the_output_of_a_program_keeps_its_colours_and_nothing_else",
    ),
    Crossing(
        "host",
        "html",
        "every value of a page, its title and what comes later",
        "webapp/pages/test_hostile.py::test_no_page_is_steered_by_the_names_in_it",
    ),
    Crossing(
        "gateway",
        "ansible",
        "names and platforms of devices that are paired",
        _LIVE + "test_devices_are_listed_and_paired_by_playbooks",
    ),
    Crossing(
        "telegram",
        "ansible",
        "names of senders that are paired",
        _LIVE + "test_senders_are_listed_and_paired_by_playbooks",
    ),
)
