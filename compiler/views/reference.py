"""The schema -> the reference of the spec language, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.alarm import Alarm, Metric
from compiler.kind import Kind, Verb

Node = Mapping[str, Any]
# Records that every kind has: what they are is said once.
ELSEWHERE = ("AlarmSetting", "Connection", "PatchOperation", "ResourcePatch")
EVERYWHERE = ("stack", "overrides", "alarms")
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
}


def markdown(schema: Node, kinds: Iterable[Kind], alarms: Mapping[str, Iterable[Alarm]]) -> str:
    """Every section of a spec: its properties with type, default and example, its verbs and alarms.

    `alarms` maps the name of a kind to those that its components may have.
    """
    definitions = schema["$defs"]
    lines = ["# The spec", "", "Generated from the kinds' declarations by `make golden`; do not edit.", ""]
    lines += ["## The platform", "", schema["description"], ""]
    own = {name: node for name, node in schema["properties"].items() if name not in _sections(kinds)}
    lines += _table({"properties": own, "required": schema["required"]})
    lines += _record("Environment", definitions, level=3, hide=_sections(kinds))
    lines += _every_component(definitions[next(iter(kinds)).spec.__name__], definitions)
    for kind in sorted(kinds, key=lambda kind: kind.section):
        lines += _kind(kind, definitions)
        lines += _alarms(alarms.get(kind.name, ()))
    return "\n".join(lines).rstrip() + "\n"


def _sections(kinds: Iterable[Kind]) -> set[str]:
    return {kind.section for kind in kinds}


def _every_component(example: Node, definitions: Node) -> Iterator[str]:
    """What no kind's own table repeats; `example` is the spec of any kind."""
    yield from ("## Every component", "", "What a component of any kind may say.", "")
    yield from _table({"properties": {name: example["properties"][name] for name in EVERYWHERE}})
    for shared in ("AlarmSetting", "ResourcePatch", "PatchOperation"):
        yield from _record(shared, definitions, level=3)


def _kind(kind: Kind, definitions: Node) -> Iterator[str]:
    yield from (f"## {kind.section}", "", kind.summary, "")
    if not kind.singleton:
        yield from (f"Components of kind `{kind.name}`, each under a name of its own.", "")
    yield from _own_table(definitions[kind.spec.__name__])
    yield from _impossible(definitions[kind.spec.__name__])
    nested = _nested(definitions[kind.spec.__name__], definitions)
    for name in sorted(nested):
        yield from _record(name, definitions, level=3)
    if kind.verbs:
        yield from ("### Verbs", "", "| verb | lets the consumer | variables |", "| --- | --- | --- |")
        for name, verb in sorted(kind.verbs.items()):
            yield f"| `{name}` | {verb.summary} | {_variables(verb)} |"
            for (option, value), variant in verb.variants.items():
                written = str(value).lower() if isinstance(value, bool) else value
                yield f"| `{name}`, `{option}: {written}` | {variant.summary} | {_variables(variant)} |"
        yield ""
    for name, verb in sorted(kind.verbs.items()):
        if verb.options:
            options = definitions[verb.options.__name__]
            yield from (f"Options of `{name}`:", "", *_table(options))
            for record in sorted(_nested(options, definitions) - nested):
                yield from _record(record, definitions, level=4)


def _own_table(node: Node) -> Iterator[str]:
    own = {key: value for key, value in node["properties"].items() if key not in EVERYWHERE}
    if own:
        yield from _table({"properties": own, "required": node.get("required", ())})


def _alarms(alarms: Iterable[Alarm]) -> Iterator[str]:
    rows = [
        f"| `{alarm.name}` | {_cell(alarm.summary)} | {_condition(alarm)} | {_duration(alarm)} "
        f"| {alarm.severity} |"
        for alarm in alarms
    ]
    if rows:
        yield from (
            "### Alarms",
            "",
            "Names and numbers are those of examples; a component's own follow from its spec.",
        )
        yield from ("", "| alarm | what is wrong | rings when | for | severity |")
        yield from ("| --- | --- | --- | --- | --- |", *rows, "")


def _condition(alarm: Alarm) -> str:
    limit = f"{alarm.comparison} {alarm.threshold:,.12g}"
    if alarm.metric:
        return _code(f"{_metric(alarm.metric)} {limit}")
    of = dict.fromkeys(map(_metric, alarm.metrics.values()))
    return f"{_code(f'{alarm.expression} {limit}')}, of {', '.join(map(_code, of))}"


def _metric(metric: Metric) -> str:
    return f"{metric.statistic} {metric.namespace} {metric.name}"


def _duration(alarm: Alarm) -> str:
    metric = alarm.metric or next(iter(alarm.metrics.values()))
    minutes = metric.period // 60
    each = "minutes" if minutes == 1 else f"times {minutes} minutes"
    return f"{alarm.datapoints} of {alarm.periods} {each}"


def _variables(verb: Verb) -> str:
    return ", ".join(
        f"`{{N}}_{suffix}`" if suffix else "`{N}`" for suffix in {**verb.always, **verb.environment}
    )


def _record(name: str, definitions: Node, *, level: int, hide: Iterable[str] = ()) -> Iterator[str]:
    node = definitions[name]
    shown = {key: value for key, value in node["properties"].items() if key not in hide}
    yield from (f"{'#' * level} {name}", "", node.get("description", ""), "")
    yield from _table({"properties": shown, "required": node.get("required", ())})
    yield from _impossible(node)


def _impossible(node: Node) -> Iterator[str]:
    """What people look for in vain, and what to do instead."""
    if keys := node.get("x-impossible"):
        yield from ("| not possible | why, and what instead |", "| --- | --- |")
        for advice in dict.fromkeys(keys.values()):
            alike = ", ".join(f"`{key}`" for key, said in keys.items() if said == advice)
            yield f"| {alike} | {_cell(advice)} |"
        yield ""


def _nested(node: Any, definitions: Node) -> set[str]:
    """The records that a definition refers to, directly or through others."""
    if isinstance(node, list):
        return {name for item in node for name in _nested(item, definitions)}
    if not isinstance(node, dict):
        return set()
    found = {name for item in node.values() for name in _nested(item, definitions)}
    name = node.get("$ref", "").removeprefix("#/$defs/")
    if name and name not in ELSEWHERE:
        found |= {name} | _nested(definitions[name], definitions)
    return found


def _table(node: Node) -> Iterator[str]:
    yield from ("| property | type | default | what it is |", "| --- | --- | --- | --- |")
    for name, entry in node["properties"].items():
        about = _cell(entry.get("description", ""))
        example = f" Example: {_code(entry['examples'][0])}." if entry.get("examples") else ""
        yield f"| `{name}` | {_cell(_type(entry))} | {_default(name, entry, node)} | {about}{example} |"
    yield ""


def _type(node: Node) -> str:
    if "$ref" in node:
        return f"{node['$ref'].removeprefix('#/$defs/')}"
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_type(choice) for choice in node["anyOf"]))
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "x-form" in node:
        return str(node["x-form"])
    if node.get("type") == "array":
        return f"list of {_type(node.get('items', {}))}"
    return TYPES.get(node.get("type", ""), "anything")


def _default(name: str, node: Node, parent: Node) -> str:
    if name in parent.get("required", ()):
        return "**required**"
    plain = [_code(node["default"])] if node.get("default") not in (None, {}, [], "") else []
    profiles = [f"{profile}: {_code(value)}" for profile, value in node.get("x-profiles", {}).items()]
    return "; ".join(plain + profiles)


def _code(value: Any) -> str:
    return _cell(f"`{value if isinstance(value, str) else json.dumps(value)}`")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
