"""What the schema refuses, told in the words of the spec."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from compiler.diagnostics import Position
from compiler.document import load
from compiler.units import DURATION, PERCENT, SIZE
from compiler.validate import validate
from compiler.words import Path

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
NAME = {"pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 12, "x-form": "a name in kebab-case"}


def unit(form: dict[str, Any], **limits: Any) -> dict[str, Any]:
    return {"type": "string", "pattern": form["pattern"], "x-form": form["form"], **limits}


def mapping(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }


def named(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": NAME, "additionalProperties": schema}


def problems(spec: str, schema: dict[str, Any]) -> list[str]:
    document = load(spec.encode(), "s.yaml")
    found = validate(document.data, schema, document.position, document.value_position)
    assert found == sorted(set(found))
    return [str(diagnostic).removeprefix("s.yaml:") for diagnostic in found]


def problem(value: str, schema: dict[str, Any]) -> str:
    """The one problem of a value that stands at `a`."""
    (found,) = problems(f"a: {value}", mapping(a=schema))
    return found.removeprefix("1:4 ")


# Keys


def test_an_unknown_key_is_told_at_the_key_with_the_allowed_ones() -> None:
    schema = mapping(services=named(mapping(cpu=NUMBER, memory=NUMBER)))
    assert problems("services:\n  ingest:\n    cpuu: 5\n    other: 1", schema) == [
        "3:5 E101 unknown key 'cpuu' in services.ingest; did you mean 'cpu'? (allowed: cpu, memory)",
        "4:5 E101 unknown key 'other' in services.ingest (allowed: cpu, memory)",
    ]


def test_many_allowed_keys_are_not_listed() -> None:
    schema = mapping((), **{f"key_{letter}": TEXT for letter in "abcdefghi"})
    assert problems("key-a: x\nzzz: x", schema) == [
        "1:1 E101 unknown key 'key-a'; did you mean 'key_a'?",
        "2:1 E101 unknown key 'zzz'",
    ]


def test_a_key_one_level_off_is_sent_where_it_belongs() -> None:
    schema = mapping(service=mapping(cpu=NUMBER, http=mapping(port=NUMBER)))
    assert problems("service:\n  port: 80\n  http: {cpu: 1}", schema) == [
        "2:3 E101 unknown key 'port' in service; it belongs in service.http (allowed: cpu, http)",
        "3:10 E101 unknown key 'cpu' in service.http; it belongs in service (allowed: port)",
    ]
    assert problems("cpu: 1", schema) == [
        "1:1 E101 unknown key 'cpu'; it belongs in service (allowed: service)"
    ]
    assert problems("service: {service: {}}", schema) == [
        "1:11 E101 unknown key 'service' in service; "
        "it belongs in the top level of the spec (allowed: cpu, http)"
    ]


def test_a_key_that_would_be_right_in_several_places_is_sent_nowhere() -> None:
    schema = mapping(a=mapping(port=NUMBER), b=mapping(port=NUMBER))
    assert problems("port: 1", schema) == ["1:1 E101 unknown key 'port' (allowed: a, b)"]


def test_a_key_in_a_list_is_told_with_the_index() -> None:
    schema = mapping(
        rules={"prefixItems": [mapping()], "items": mapping(rule=TEXT, limits=mapping(rate=NUMBER))}
    )
    assert problems("rules: [{x: 1}, {rate: 1}]", schema) == [
        "1:10 E101 unknown key 'x' in rules[0] (no keys are allowed here)",
        "1:18 E101 unknown key 'rate' in rules[1]; it belongs in rules[1].limits (allowed: limits, rule)",
    ]
    (found,) = problems("rules: [{}, {limits: {rule: x}}]", schema)
    assert "it belongs in rules[1] (allowed: rate)" in found


def test_words_of_other_tools_are_translated_where_the_word_is_allowed() -> None:
    schema = mapping(environment=TEXT, health_check=TEXT)
    allowed = "(allowed: environment, health_check)"
    assert problems("variables: x\nhealthcheck: x\nstorage: x", schema) == [
        f"1:1 E101 unknown key 'variables'; here it is called 'environment' {allowed}",
        f"2:1 E101 unknown key 'healthcheck'; here it is called 'health_check' {allowed}",
        f"3:1 E101 unknown key 'storage' {allowed}",
    ]


def test_references_and_patterns_count_as_known() -> None:
    part = {"properties": {"a": TEXT}, "patternProperties": {"^x-": {}}}
    schema = {"$defs": {"Part": part}, "$ref": "#/$defs/Part", "unevaluatedProperties": False}
    assert problems("a: t\nx-note: 5\nb: 1", schema) == ["3:1 E101 unknown key 'b' (allowed: a)"]


def test_a_missing_key_is_told_at_its_mapping_with_an_example() -> None:
    image = mapping(("repository", "tag"), repository=dict(TEXT, examples=["iot/ingest"]), tag=TEXT)
    schema = mapping(services=named(mapping(image=image)))
    assert problems("services:\n  ingest:\n    image: {}", schema) == [
        "3:5 E102 services.ingest.image needs the key 'repository', such as repository: iot/ingest",
        "3:5 E102 services.ingest.image needs the key 'tag'",
    ]


def test_the_version_of_the_spec_has_a_code_of_its_own() -> None:
    schema = mapping(("schema_version",), schema_version={"enum": [1]}, a=TEXT)
    assert problems("a: x", schema) == [
        "1:1 E007 the spec needs the key 'schema_version'; write schema_version: 1"
    ]
    assert problems("schema_version: 2", schema) == ["1:17 E007 schema_version must be 1, not 2"]


def test_a_bad_name_is_told_at_the_name_with_a_good_one() -> None:
    schema = mapping(queues=named({}))
    assert problems("queues:\n  my_queue: 1\n  MyQueue: 1\n  1st: 1\n  a-name-too-long: 1", schema) == [
        "2:3 E105 the name 'my_queue' in queues must be a name in kebab-case; write 'my-queue'",
        "3:3 E105 the name 'MyQueue' in queues must be a name in kebab-case; write 'my-queue'",
        "4:3 E105 the name '1st' in queues must be a name in kebab-case",
        "5:3 E105 the name 'a-name-too-long' in queues must have at most 12 characters, not 15",
    ]


def test_a_forbidden_key_is_told() -> None:
    assert problems("a: 1", {"properties": {"a": False}}) == ["1:1 E101 a is not allowed here; remove it"]


def test_keys_that_need_each_other_are_told() -> None:
    schema = {"dependentRequired": {"a": ["b", "c"]}}
    assert problems("a: 1\nb: 1", schema) == ["1:1 E102 the spec needs the key 'c' beside 'a'"]


# Values


@pytest.mark.parametrize(
    ("value", "schema", "message"),
    [
        ('"5"', NUMBER, 'E103 a must be a whole number, not text "5"; remove the quotes'),
        ("1.5", NUMBER, "E103 a must be a whole number, not the number 1.5"),
        ("x", {"type": "number"}, 'E103 a must be a number, not text "x"'),
        ("16.1", TEXT, "E103 a must be text, not the number 16.1; put it in quotes"),
        ("true", TEXT, "E103 a must be text, not true; put it in quotes"),
        ("[x]", TEXT, "E103 a must be text, not a list"),
        ("{}", {"type": "array"}, "E103 a must be a list, not a mapping"),
        ("x", {"type": "array"}, 'E103 a must be a list, not text "x"; write ["x"]'),
        ("5", mapping(), "E103 a must be a mapping, not the number 5"),
        ("yes", {"type": "boolean"}, 'E103 a must be true or false, not text "yes"; write true'),
        ("off", {"type": "boolean"}, 'E103 a must be true or false, not text "off"; write false'),
        ('"true"', {"type": "boolean"}, 'E103 a must be true or false, not text "true"; remove the quotes'),
        ("[]", {"type": ["string", "integer"]}, "E103 a must be text or a whole number, not a list"),
        ("x" * 90, NUMBER, f'E103 a must be a whole number, not text "{"x" * 56}...'),
        ("per-az", {"enum": ["none", "per_az", "single"]}, "E104 a must be one of none, per_az or single, "
         "not \"per-az\"; did you mean 'per_az'?"),
        ("5", {"type": "string", "enum": ["x", "y"]}, "E104 a must be x or y, not 5"),
        ("30", {"enum": ["7d", "30d"]}, 'E104 a must be 7d or 30d, not 30; did you mean "30d"?'),
        ('"16.6"', {"enum": ["18.6", "17.1"]}, 'E104 a must be 18.6 or 17.1, not "16.6"'),
        ("x", {"const": 1}, 'E104 a must be 1, not "x"'),
        ("z", {"enum": [f"v{n}" for n in range(20)]}, "E104 a must be one of "
         f"{', '.join(f'v{n}' for n in range(12))} and 8 more, not \"z\""),
        ("30", unit(DURATION), "E103 a must be a duration such as 30s, 15m, 24h or 7d, not the number 30; "
         '30 needs a unit: write "30s", "30m", "30h" or "30d"'),
        ('"512"', unit(SIZE), 'E105 a must be a size such as 512B, 64KiB, 10MiB or 1GiB, not "512"; '
         '512 needs a unit: write "512B", "512KiB", "512MiB" or "512GiB"'),
        ("10MB", unit(SIZE), 'E105 a must be a size such as 512B, 64KiB, 10MiB or 1GiB, not "10MB"; '
         'did you mean "10MiB"?'),
        ("25", unit(PERCENT), "E103 a must be a percentage such as 25% or 99.9%, not the number 25; "
         '25 needs a unit: write "25%"'),
        ("|\n 30s\n", unit(DURATION), 'E105 a must be a duration such as 30s, 15m, 24h or 7d, not "30s\\n"; '
         'did you mean "30s"?'),
        ("X", {"pattern": "^[a-z]$"}, 'E105 a must be text like ^[a-z]$, not "X"'),
        ("My_Name", NAME, "E105 a must be a name in kebab-case, not \"My_Name\"; write 'my-name'"),
        ("1h", unit(DURATION, **{"x-minimum": "24h", "x-maximum": "365d"}),
         "E106 a must be from 24h to 365d, not 1h"),
        ("2GiB", unit(SIZE, **{"x-maximum": "10MiB"}), "E106 a must be at most 10MiB, not 2GiB"),
        ("1", {"minimum": 2}, "E106 a must be at least 2, not 1"),
        ("11", {"minimum": 2, "maximum": 10}, "E106 a must be from 2 to 10, not 11"),
        ("0", {"exclusiveMinimum": 0, "maximum": 1}, "E106 a must be more than 0 and at most 1, not 0"),
        ("0.3", {"multipleOf": 0.5}, "E106 a must be a multiple of 0.5, not 0.3"),
        ('""', {"minLength": 1}, "E105 a must not be empty"),
        ("abc", {"maxLength": 2}, 'E105 a must have at most 2 characters, not 3: "abc"'),
        ("[]", {"minItems": 1}, "E107 a must have at least 1 entry, not none"),
        ("[1, 2, 3]", {"minItems": 2, "maxItems": 2}, "E107 a must have exactly 2 entries, not 3"),
        ("{}", {"minProperties": 1, "maxProperties": 3}, "E107 a must have from 1 to 3 entries, not none"),
        ("x", {"not": {"const": "x"}, "x-form": "anything but x"},
         'E105 a must be anything but x, not text "x"'),
        ("x", {"not": {"const": "x"}}, 'E105 a does not allow text "x" in this form'),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_says_what_would(value: str, schema: dict[str, Any], message: str) -> None:
    assert problem(value, schema) == message


@pytest.mark.parametrize("schema", [TEXT, {"enum": [1]}, {"anyOf": [TEXT, NUMBER]}, mapping(), {"const": 1}])
def test_a_key_without_a_value_is_told_at_the_key(schema: dict[str, Any]) -> None:
    assert problems("b: 1\na:", mapping(a=schema, b=NUMBER)) == [
        "2:1 E103 a has no value; write one or remove the key"
    ]


def test_an_item_without_a_value_is_told_at_the_item() -> None:
    schema = mapping(a={"items": TEXT})
    assert problems("a:\n  - x\n  -\n", schema) == [
        "3:4 E103 a[1] has no value; write one or remove the item"
    ]


def test_a_repeated_item_is_told_at_the_second_one() -> None:
    schema = mapping(a={"uniqueItems": True})
    assert problems("a: [x, y, x]", schema) == ['1:11 E107 a lists "x" twice; remove one']


def test_a_value_inside_an_environment_is_told_with_its_full_path() -> None:
    streams = named(mapping(retention=unit(DURATION)))
    schema = mapping(environments=named(mapping(streams=streams)))
    (found,) = problems("environments: {production: {streams: {telemetry: {retention: 1}}}}", schema)
    assert found.startswith(
        "1:62 E103 environments.production.streams.telemetry.retention must be a duration"
    )


def test_a_key_with_signs_in_it_is_quoted_in_a_path() -> None:
    schema = mapping(routes={"additionalProperties": mapping(to=TEXT)})
    (found,) = problems('routes: {"GET /x.y": {to: 5}}', schema)
    assert found.endswith("""E103 routes."GET /x.y".to must be text, not the number 5; put it in quotes""")


def test_all_problems_are_told_at_once_in_the_order_of_the_spec() -> None:
    found = problems("b: x\na: 5\nc: 1", mapping(("d",), a=TEXT, b=NUMBER, d=TEXT))
    assert [error.split()[:2] for error in found] == [
        ["1:1", "E102"],
        ["1:4", "E103"],
        ["2:4", "E103"],
        ["3:1", "E101"],
    ]


# Alternatives

VERB = {"type": "string", "enum": ["read", "write"]}
LONG = mapping(("access",), access=VERB, mount=TEXT)
CONNECTION = {"anyOf": [VERB, LONG]}


@pytest.mark.parametrize(
    ("value", "schema", "message"),
    [
        ("reed", CONNECTION, "E104 a must be read or write, not \"reed\"; did you mean 'read'?"),
        ("5", CONNECTION, "E103 a must be read or write or a mapping, not the number 5"),
        ("[]", {"anyOf": [TEXT, NUMBER, {"type": "null"}]},
         "E103 a must be text or a whole number, not a list"),
        ("none", {"anyOf": [{"enum": ["off"]}, unit(DURATION)]}, "E105 a must be off or "
         'a duration such as 30s, 15m, 24h or 7d, not "none"'),
        ("x", {"anyOf": [{"const": "y"}, {"const": "z"}]}, 'E104 a must be y or z, not "x"'),
        ("3", {"anyOf": [{"type": "boolean"}, unit(DURATION)]}, "E103 a must be true or false or a duration "
         'such as 30s, 15m, 24h or 7d, not the number 3; 3 needs a unit: write "3s", "3m", "3h" or "3d"'),
        ("x", {"anyOf": [NUMBER, {"type": "boolean"}], "x-form": "a number or a switch"},
         'E103 a must be a number or a switch, not text "x"'),
        ("5", {"anyOf": [{"anyOf": [TEXT, {"type": "boolean"}]}, mapping()]},
         "E103 a must be text, true or false or a mapping, not the number 5; put it in quotes"),
    ],
)  # fmt: skip
def test_a_value_that_fits_no_alternative_is_told_what_fits(
    value: str, schema: dict[str, Any], message: str
) -> None:
    assert problem(value, schema) == message


def test_the_alternative_of_the_right_type_explains() -> None:
    schema = mapping(connections={"additionalProperties": CONNECTION})
    assert problems("connections:\n  files: {access: reed, mont: /mnt}", schema) == [
        "2:19 E104 connections.files.access must be read or write, not \"reed\"; did you mean 'read'?",
        "2:25 E101 unknown key 'mont' in connections.files; did you mean 'mount'? (allowed: access, mount)",
    ]


def test_the_alternative_with_the_telling_key_explains() -> None:
    redis = mapping(engine={"const": "redis"}, nodes=NUMBER)
    aurora = mapping(engine={"const": "aurora"}, readers=NUMBER, version=TEXT)
    schema = mapping(store={"oneOf": [redis, aurora]})
    assert problems("store: {engine: aurora, readers: x, version: 1, nodes: 2}", schema) == [
        '1:34 E103 store.readers must be a whole number, not text "x"',
        "1:46 E103 store.version must be text, not the number 1; put it in quotes",
        "1:49 E101 unknown key 'nodes' in store (allowed: engine, readers, version)",
    ]
    assert problems("store: {engine: rediss}", schema) == [
        "1:17 E104 store.engine must be redis or aurora, not \"rediss\"; did you mean 'redis'?"
    ]


def test_the_nearest_alternative_explains_when_nothing_tells_them_apart() -> None:
    schema = mapping(
        to={"anyOf": [mapping(("email",), email=TEXT), mapping(("url", "key"), url=TEXT, key=TEXT)]}
    )
    assert problems("to: {email: 5}", schema) == [
        "1:13 E103 to.email must be text, not the number 5; put it in quotes"
    ]


def test_exactly_one_of_several_keys() -> None:
    one = {"oneOf": [{"required": ["id"]}, {"required": ["arn"]}, {"required": ["name"]}]}
    schema = mapping(existing=mapping(id=TEXT, arn=TEXT, name=TEXT) | one)
    assert problems("existing: {}", schema) == [
        "1:1 E102 existing needs one of the keys 'id', 'arn' or 'name'"
    ]
    assert problems("existing: {id: x, name: y}", schema) == [
        "1:11 E210 existing takes only one of the keys 'id' and 'name'"
    ]


def test_a_value_that_fits_several_alternatives_of_which_one_is_wanted() -> None:
    message = "E210 a can be read in more than one way; leave out what is not needed"
    assert problem("x", {"oneOf": [TEXT, {"minLength": 1}]}) == message


# The whole


def test_the_schema_library_is_imported_only_when_something_is_validated() -> None:
    code = "import sys, compiler.validate, compiler.document; print('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"


def test_places_are_asked_for_so_that_a_merged_spec_can_be_validated() -> None:
    asked: list[Path] = []

    def position(path: Path) -> Position:
        asked.append(path)
        return Position("merged", 7, 1)

    found = validate({"a": {"b": 1}, "c": 1}, mapping(a=mapping(b=TEXT)), position, position)
    assert {diagnostic.position.line for diagnostic in found} == {7}
    assert sorted(asked) == [("a", "b"), ("c",)]


RICH = {
    "$id": "platform.schema.json",
    "$defs": {
        "Duration": unit(DURATION),
        "Tree": {
            "type": "object",
            "properties": {
                "a": {"$ref": "#/$defs/Tree"},
                "b": {"enum": [1, "b", None, True]},
                "c": {"const": 0},
            },
            "additionalProperties": {"anyOf": [{"$ref": "#/$defs/Tree"}, NUMBER, {"type": "null"}]},
            "maxProperties": 3,
        },
    },
    "type": "object",
    "properties": {
        "a": {"oneOf": [NUMBER, {"type": "number", "minimum": 1}, {"required": ["a"]}, {"required": ["b"]}]},
        "b": {"type": "array", "items": {"$ref": "#/$defs/Duration"}, "uniqueItems": True, "maxItems": 2},
        "c": {"$ref": "#/$defs/Tree"},
        "d": {"anyOf": [CONNECTION, {"type": "array", "prefixItems": [TEXT, NUMBER], "items": False}]},
        "e": {"if": {"type": "string"}, "then": {"maxLength": 1}, "else": {"not": {"type": "array"}}},
        "f": {"allOf": [{"properties": {"a": NUMBER}}], "unevaluatedProperties": False},
        "g": {"type": "array", "contains": NUMBER, "minContains": 2, "unevaluatedItems": TEXT},
        "h": False,
    },
    "propertyNames": {"pattern": "^[a-h]", "maxLength": 2},
    "patternProperties": {"^b.": {"multipleOf": 0.5, "exclusiveMaximum": 10}},
    "additionalProperties": False,
    "required": ["a"],
    "dependentRequired": {"b": ["c"]},
}
keys = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "bx", "access", "mount", "A"])
leaves = st.sampled_from([None, True, False, 0, 1, 2.0, 0.25, -5, 10**30, "", "b", "read", "24h", "é"])
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner), max_leaves=12
)


@settings(deadline=None)
@given(st.dictionaries(keys, trees))
def test_every_error_is_explained_and_nothing_else(data: dict[str, Any]) -> None:
    def position(path: Path) -> Position:
        return Position("s.yaml", 1, 1)

    found = validate(data, RICH, position, position)
    assert (not found) == Draft202012Validator(RICH).is_valid(data)
    for diagnostic in found:
        assert diagnostic.message
        assert not diagnostic.message.endswith(".")


def test_of_sizes_the_nearest_one_is_offered_not_the_most_alike() -> None:
    found = problem("2d", {"enum": ["7d", "30d", "270d"]})
    assert found.endswith("not \"2d\"; the nearest is '7d'")
