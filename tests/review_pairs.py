"""Before/after pairs of specs: one property of a kind changes, and what the review says of it.

`tests/review/<kind>.yaml` holds them. What comes after `changes` is written by tests/write_review.py and
read by people; everything else is written by hand, or proposed by that script once.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.commands.code import sources
from compiler.document import LOADER, load, read
from compiler.environments import merge
from compiler.review.changes import RISKS, ChangePlan
from compiler.review.templates import compare
from tests.test_kinds import FOLDER, KINDS, properties

ROOT = Path(__file__).parent / "review"
Steps = tuple[str | int, ...]


class Pair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One property that changes in an example; a side that is not given is not written in the spec."""

    property: str  # Record.name
    example: str  # kind/example environment
    at: Steps
    given: tuple[tuple[Steps, Any], ...] = ()  # what is written beforehand, so that the property can be
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET
    changes: tuple[str, ...] = ()
    back: str = ""  # the riskiest class of the same change undone


class Reviewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one kind: its pairs, and properties that cannot change alone, with the reason."""

    pairs: tuple[Pair, ...] = ()
    without: Mapping[str, str] = {}


def reviewed(kind: str) -> Reviewed:
    """The file of a kind; an empty one when there is none yet."""
    file = ROOT / f"{kind}.yaml"
    found = yaml.load(file.read_text(), LOADER) if file.exists() else {}
    return msgspec.convert(found or {}, Reviewed)


def all_pairs() -> list[Pair]:
    return [pair for kind in KINDS for pair in reviewed(kind.name).pairs]


def owned() -> dict[str, list[str]]:
    """By kind, the properties that its file must have; records that kinds share belong to the first."""
    known: set[str] = set()
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        found[kind.name] = [name for name, _ in properties(kind) if name not in known]
        known.update(found[kind.name])
    return found


def written(pair: Pair) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two specs as data, of one environment."""
    base = example(pair.example)
    for at, value in pair.given:
        base = put(base, at, value)
    return put(base, pair.at, pair.before), put(base, pair.at, pair.after)


@cache
def _example(name: str) -> dict[str, Any]:
    file, environment = name.split(" ")
    document = read(str(FOLDER / _path(file)))
    merged, _ = merge(document, environment)
    return {**merged, "environments": {environment: document.data["environments"][environment]}}


def example(name: str) -> dict[str, Any]:
    """One environment of an example, as data of its own: what it says is said for all."""
    found = _example(name)
    (environment,) = found["environments"]
    about = found["environments"][environment]
    own = {key: about[key] for key in ("profile", "account", "waivers", "budget") if key in about}
    return copy.deepcopy({**found, "environments": {environment: own}})


def _path(file: str) -> str:
    kind, _, name = file.partition("/")
    return f"{kind}/examples/{name}.yaml"


def put(data: Any, at: Sequence[str | int], value: Any) -> Any:
    """A copy of the data with a value at the path, or without one there when it is UNSET."""
    if not at:
        return value
    head, rest = at[0], at[1:]
    if isinstance(data, list) and isinstance(head, int):
        return [put(item, rest, value) if at_ == head else item for at_, item in enumerate(data)]
    found = dict(data) if isinstance(data, Mapping) else {}
    if rest or value is not msgspec.UNSET:
        found[str(head)] = put(found.get(str(head)), rest, value)
    else:
        found.pop(str(head), None)
    return found


def assembly(data: Mapping[str, Any], name: str) -> Assembly:
    """What a spec of one environment compiles to; folders are those beside the example."""
    return _assembly(json.dumps(data), str(FOLDER / _path(name.split(" ")[0])))


@lru_cache(maxsize=64)
def _assembly(text: str, file: str) -> Assembly:
    document = load(text.encode(), file)
    (environment,) = document.data["environments"]
    return pipeline.compile_spec(document, environment, sources(file))


def plan(pair: Pair) -> ChangePlan:
    """The prediction for a pair."""
    before, after = written(pair)
    return compare(assembly(before, pair.example), assembly(after, pair.example))


def outcome(pair: Pair) -> Pair:
    """The pair with what the review says of it now."""
    before, after = (assembly(side, pair.example) for side in written(pair))
    forth, back = compare(before, after), compare(after, before)
    return msgspec.structs.replace(pair, changes=tuple(lines(forth)), back=worst(back))


def lines(found: ChangePlan) -> Iterator[str]:
    """`modify routine R145 Kinesis::Stream telemetry: ShardCount`, the riskiest first, alike ones once."""
    said = Counter(
        (
            RISKS.index(change.risk),
            change.action,
            "+".join(sorted({reason.rule for reason in change.reasons})),
            change.type.removeprefix("AWS::"),
            change.origin.component if change.origin else "",
            _named([each.path for each in change.properties]),
        )
        for stack in found.stacks
        for change in stack.changes
    )
    for (rank, action, rules, kind, component, names), times in sorted(said.items()):
        many = f" x{times}" if times > 1 else ""
        yield f"{action} {RISKS[rank]} {rules} {kind} {component}{names}{many}"
    moved = Counter(
        (move.type.removeprefix("AWS::"), move.origin.component if move.origin else "")
        for move in found.moves
    )
    for (kind, component), times in sorted(moved.items()):
        yield f"move routine {kind} {component}{f' x{times}' if times > 1 else ''}"
    if not said and not moved and found.has_changes:
        yield "no resource changes, only outputs or parameters"


def worst(found: ChangePlan) -> str:
    """The riskiest class of a plan; `nothing` where nothing changes."""
    risks = [change.risk for stack in found.stacks for change in stack.changes]
    return min(risks, key=RISKS.index, default="nothing")


def _named(paths: Sequence[str]) -> str:
    """At most three of the paths, for people who read what became of a property."""
    found = sorted(set(paths))
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f": {', '.join(found[:3])}{more}" if found else ""
