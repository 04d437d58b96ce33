"""The schema: assembled once from the kinds, closed, and as published."""

from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from compiler.alarm import Alarm, Metric
from compiler.assembly import dumps
from compiler.commands.schema import example_alarms
from compiler.registry import all_kinds
from compiler.schema import platform_schema
from compiler.views import reference

PUBLISHED = Path(__file__).parent.parent / "specs" / "platform.schema.json"


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in objects(item)]
    if not isinstance(node, dict):
        return []
    inside = [found for item in node.values() for found in objects(item)]
    return [node, *inside] if node.get("type") == "object" else inside


def test_the_schema_is_a_valid_one() -> None:
    Draft202012Validator.check_schema(platform_schema())


def test_the_published_schema_is_the_assembled_one() -> None:
    assert PUBLISHED.read_text() == dumps(platform_schema())


def test_every_mapping_says_what_may_be_in_it() -> None:
    assert all("additionalProperties" in found for found in objects(platform_schema()))


def test_every_section_of_a_kind_is_offered_to_environments_too() -> None:
    schema = platform_schema()
    sections = {kind.section for kind in all_kinds().values()}
    assert sections <= set(schema["properties"])
    assert sections <= set(schema["$defs"]["Environment"]["properties"])


def test_nothing_is_required_in_what_environments_repeat() -> None:
    overrides = {name: node for name, node in platform_schema()["$defs"].items() if name.endswith("Override")}
    assert overrides
    assert not [name for name, node in overrides.items() if "required" in node]


def test_the_schema_never_offers_null() -> None:
    assert '"null"' not in dumps(platform_schema())


def test_the_reference_says_what_an_alarm_watches_and_when_it_rings() -> None:
    busy = Metric("AWS/EC2", "CPUUtilization", {}, "Maximum", period=300)
    alarms = [
        Alarm("busy", "It is busy.", 2**33, busy, datapoints=2, periods=3),
        Alarm("torn", "It is torn.", 5, metrics={"a": busy, "b": busy}, expression="MAX(METRICS())"),
    ]
    text = reference.markdown(platform_schema(), all_kinds().values(), {"queue": alarms})
    assert (
        "| `busy` | It is busy. | `Maximum AWS/EC2 CPUUtilization > 8,589,934,592` | 2 of 3 times 5 minutes "
        "| warning |"
    ) in text
    assert "| `MAX(METRICS()) > 5`, of `Maximum AWS/EC2 CPUUtilization` |" in text


def test_the_reference_knows_the_alarms_of_every_kind_that_has_some() -> None:
    found = example_alarms()
    assert {"api", "function", "queue", "stream"} < set(found)
    queue = [alarm.name for alarm in found["queue"]]
    assert queue[:3] == ["oldest-message", "dead-letters", "old-dead-letters"]
    assert len(queue) == len(set(queue))
