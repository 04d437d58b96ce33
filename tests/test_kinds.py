"""The contract that every kind keeps, applied to every folder of compiler/kinds/."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from compiler import kinds, pipeline
from compiler.assembly import Assembly
from compiler.availability.paths import steps_of, ways
from compiler.availability.slas import book
from compiler.commands.code import sources
from compiler.document import read
from compiler.kind import LAYERS, ConsumerSpec, Kind
from compiler.lint import lint
from compiler.registry import all_kinds
from compiler.schema import platform_schema
from tests.specs import TODAY, resolved

# Kinds with verbs of which no component can exist already, and why.
ALWAYS_MADE = {"service": "what its requests come by (rule, target group, proxy) is made with it"}

FOLDER = Path(inspect.getfile(kinds)).parent
KINDS = list(all_kinds().values())
EXAMPLES = sorted(FOLDER.glob("*/examples/*.yaml"))

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")


@cache
def assemblies(example: Path) -> tuple[Assembly, ...]:
    document = read(str(example))
    return tuple(
        pipeline.compile_spec(document, environment, sources(str(example)))
        for environment in pipeline.environments(document)
    )


def adopted_somewhere(example: Path) -> set[str]:
    """The components that some environment takes over instead of making them."""
    document = read(str(example))
    platforms = [pipeline.understand(document, name) for name in pipeline.environments(document)]
    return {name for found in platforms for name, made in found.components.items() if made.adopted}


def records(kind: Kind) -> dict[str, dict[str, Any]]:
    """Every mapping that users may write in a component of this kind or in a connection to it."""
    options = [verb.options for verb in kind.verbs.values() if verb.options]
    _, definitions = msgspec.json.schema_components([kind.spec, *options])
    published = platform_schema()["$defs"]
    # Options are published as a part of `Connection`.
    return {name: published[name] for name in definitions if name in published}


def properties(kind: Kind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of those mappings."""
    for name, definition in records(kind).items():
        for key, node in definition["properties"].items():
            yield f"{name}.{key}", node


@each_example
def test_the_rules_find_no_error_in_an_example(example: Path) -> None:
    found = pipeline.judged(pipeline.platforms(read(str(example))), TODAY)
    assert {diagnostic.severity for diagnostic in found} <= {"warning"}


@each_kind
def test_a_kind_is_called_as_its_folder_and_lives_in_a_layer(kind: Kind) -> None:
    assert (FOLDER / kind.name).is_dir()
    assert kind.layer in LAYERS
    assert kind.summary.endswith(".")


@each_kind
def test_every_property_has_a_description_and_an_example(kind: Kind) -> None:
    lacking = [
        name for name, node in properties(kind) if not (node.get("description") and node.get("examples"))
    ]
    assert lacking == []


@each_kind
def test_every_mapping_is_closed(kind: Kind) -> None:
    assert [name for name, node in records(kind).items() if node["additionalProperties"] is not False] == []


@each_kind
def test_every_example_of_a_property_fits_it(kind: Kind) -> None:
    from jsonschema import Draft202012Validator

    definitions = platform_schema()["$defs"]
    for name, node in properties(kind):
        record, _, key = name.partition(".")
        schema = definitions[record]["properties"][key] | {"$defs": definitions}
        for example in node["examples"]:
            assert list(Draft202012Validator(schema).iter_errors(example)) == [], name


@each_kind
def test_a_kind_has_examples(kind: Kind) -> None:
    if kind.always or (not kind.verbs and kind.singleton):
        pytest.skip("comes with other kinds, whose examples show it")
    assert list((FOLDER / kind.name / "examples").glob("*.yaml"))


@each_kind
def test_verbs_say_what_they_do_and_only_consumers_are_started(kind: Kind) -> None:
    for verb in kind.verbs.values():
        assert verb.summary
        assert not verb.summary.endswith(".")
    if kind.accepts or kind.injects:
        assert issubclass(kind.spec, ConsumerSpec)


def existing_example(kind: Kind) -> Any:
    """What the reference shows for `existing`; None where no component of the kind can exist already."""
    node = platform_schema()["$defs"][kind.spec.__name__]["properties"].get("existing")
    return node and node["examples"][0]


@each_kind
def test_what_others_use_may_exist_already_and_offers_what_its_verbs_hand_on(kind: Kind) -> None:
    example = existing_example(kind)
    if example is None:
        assert not kind.verbs or kind.name in ALWAYS_MADE
        return
    written = {"existing": example}
    platform = resolved(f"{kind.section}: {json.dumps(written if kind.singleton else {'used': written})}")
    offered = kind.offers(platform.components[kind.name if kind.singleton else "used"], platform)
    sources = {
        source
        for verb in kind.verbs.values()
        for source in (*verb.environment.values(), *verb.secrets.values())
    }
    handed_on = {source for source in sources if source[0] != "=" and ":" not in source}
    assert handed_on <= offered.keys()


@each_kind
def test_of_what_requests_may_wait_for_it_is_said_what_aws_promises(kind: Kind) -> None:
    waited_for = [verb for verb in kind.verbs.values() if not verb.at_start]
    assert kind.availability or not (waited_for or kind.answers)


@each_example
def test_every_promise_of_an_example_is_known_and_both_ends_of_its_paths_count(example: Path) -> None:
    document = read(str(example))
    for environment in pipeline.environments(document):
        platform = pipeline.understand(document, environment)
        for component in platform.components.values():
            assert {step.promise for step in steps_of(component, platform)} <= set(book().slas)
        for way in ways(platform):
            assert {way.begins, way.ends} <= {step.component for step in way.steps}


def test_every_promise_that_is_known_is_of_a_component_in_some_example() -> None:
    found = {
        step.promise
        for example in EXAMPLES
        for name in pipeline.environments(read(str(example)))
        for platform in [pipeline.understand(read(str(example)), name)]
        for component in platform.components.values()
        for step in steps_of(component, platform)
    }
    assert set(book().slas) - found == set()


@each_example
def test_examples_lint_clean(example: Path) -> None:
    assert [str(finding) for finding in lint(assemblies(example))] == []


@each_example
def test_examples_compile_to_the_same_bytes_twice(example: Path) -> None:
    document = read(str(example))
    for assembly in assemblies(example):
        again = pipeline.compile_spec(document, assembly.environment, sources(str(example)))
        assert again.files() == assembly.files()


@each_example
def test_no_partition_account_or_region_is_written_out(example: Path) -> None:
    for assembly in assemblies(example):
        for stack in assembly.stacks:
            assert "arn:aws:" not in stack.body
            assert not re.search(r'[:"]\d{12}[:"]', stack.body)
            assert f'"{assembly.region}"' not in stack.body


@each_example
def test_every_resource_points_at_the_spec(example: Path) -> None:
    for assembly in assemblies(example):
        for stack in assembly.stacks:
            assert set(stack.origins) == set(stack.template["Resources"])
            assert all(
                origin.position and origin.position.file == str(example) for origin in stack.origins.values()
            )


@each_example
def test_profiles_change_values_not_logical_ids_of_data(example: Path) -> None:
    """The same component is the same resource in every environment, so that promotion never replaces it."""
    adopted = adopted_somewhere(example)
    stateful = [
        {
            logical_id
            for stack in assembly.stacks
            if stack.layer == "data"
            for logical_id in stack.stateful
            if stack.origins[logical_id].component not in adopted
        }
        for assembly in assemblies(example)
    ]
    assert all(found == stateful[0] for found in stateful)


@each_example
def test_every_alarm_has_an_action_and_says_what_is_wrong(example: Path) -> None:
    for assembly in assemblies(example):
        for stack in assembly.stacks:
            for resource in stack.template["Resources"].values():
                if resource["Type"] == "AWS::CloudWatch::Alarm":
                    assert resource["Properties"]["AlarmActions"]
                    assert resource["Properties"]["AlarmDescription"].endswith(".")


@each_example
def test_roles_of_workloads_allow_no_wildcard_action(example: Path) -> None:
    for assembly in assemblies(example):
        for stack in assembly.stacks:
            for logical_id, resource in stack.template["Resources"].items():
                if resource["Type"] == "AWS::IAM::Role":
                    actions = json.dumps(resource["Properties"].get("Policies", []))
                    assert not re.search(r'"[a-z0-9-]+:\*"', actions), logical_id
