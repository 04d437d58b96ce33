"""Policy documents -> what they allow, so that two can be compared by meaning and not by text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from compiler.review.conditions import Conditions, stricter
from compiler.review.expressions import expression
from compiler.review.paths import is_intrinsic
from compiler.review.patterns import covers, covers_action


@dataclass(frozen=True)
class Statement:
    """One statement; `Not...` elements are kept as they are and marked."""

    effect: str
    principals: frozenset[str]
    actions: frozenset[str]
    resources: frozenset[str]
    conditions: Conditions
    negated: frozenset[str]  # which of principals, actions, resources were written with `Not`


@dataclass(frozen=True)
class Grant:
    """One action on one resource for one principal: the smallest thing a statement says."""

    principal: str
    action: str
    resource: str


def statements(document: Any) -> tuple[Statement, ...]:
    """The statements of a policy document, whether a mapping or JSON text; those under `Fn::If` all count."""
    if isinstance(document, str) or is_intrinsic(document):
        document = _parsed(expression(document))
    if not isinstance(document, Mapping):
        return ()
    return tuple(_statement(item) for item in _alternatives(document.get("Statement")))


def widened(
    before: Sequence[Statement], after: Sequence[Statement]
) -> tuple[tuple[Statement, list[Grant]], ...]:
    """What became possible: grants that nothing allowed before, and denials that nothing denies any more.

    Each comes with the statement that says it: a new `Allow` of `after`, or a lost `Deny` of `before`.
    """
    allowed = _uncovered("Allow", after, before)
    denied = _uncovered("Deny", before, after)
    return (*allowed, *denied)


def described(statement: Statement, grants: Iterable[Grant]) -> Iterator[str]:
    """`allows s3:GetObject, s3:PutObject on ${Data.Arn}/*`, one sentence per principal and resource."""
    groups: dict[tuple[str, str], list[str]] = {}
    for grant in grants:
        groups.setdefault((grant.principal, grant.resource), []).append(grant.action)
    for (principal, resource), actions in sorted(groups.items()):
        verb = "allows" if statement.effect == "Allow" else "no longer denies"
        what = f"{'all but ' if 'actions' in statement.negated else ''}{', '.join(sorted(actions))}"
        where = f" on {'all but ' if 'resources' in statement.negated else ''}{resource}" if resource else ""
        who = f" to {'all but ' if 'principals' in statement.negated else ''}{principal}" if principal else ""
        when = " under conditions" if statement.conditions else ""
        yield f"{verb} {what}{where}{who}{when}"


def _uncovered(
    effect: str, claims: Sequence[Statement], others: Sequence[Statement]
) -> Iterator[tuple[Statement, list[Grant]]]:
    others = [other for other in others if other.effect == effect]
    for statement in claims:
        if statement.effect != effect or statement in others:
            continue
        rivals = [other for other in others if stricter(statement.conditions, other.conditions)]
        missing = [g for g in _grants(statement) if not any(_says(other, statement, g) for other in rivals)]
        if missing:
            yield statement, missing


def _grants(statement: Statement) -> Iterator[Grant]:
    """A negated element is not taken apart: it stands for all that it does not name."""
    whole = [
        sorted(values) if name not in statement.negated else [", ".join(sorted(values))]
        for name, values in _elements(statement)
    ]
    return (Grant(*parts) for parts in product(*whole))


def _elements(statement: Statement) -> tuple[tuple[str, frozenset[str]], ...]:
    return (
        ("principals", statement.principals),
        ("actions", statement.actions),
        ("resources", statement.resources),
    )


def _says(other: Statement, statement: Statement, grant: Grant) -> bool:
    """Whether the other statement says all that this grant of the statement does, conditions aside."""
    parts = (grant.principal, grant.action, grant.resource)
    elements = zip(_elements(other), _elements(statement), parts, strict=True)
    return all(
        _element_covers(name, mine, name in other.negated, theirs, name in statement.negated, part)
        for (name, mine), (_, theirs), part in elements
    )


def _element_covers(
    name: str, mine: frozenset[str], not_mine: bool, theirs: frozenset[str], not_theirs: bool, part: str
) -> bool:
    over = covers_action if name == "actions" else covers
    if not_theirs:  # all but theirs: covered by everything, or by all but fewer
        return all(any(over(t, m) for t in theirs) for m in mine) if not_mine else "*" in mine
    if not_mine:
        return not any(over(m, part) or over(part, m) for m in mine)
    return any(over(m, part) for m in mine)


def _statement(item: Mapping[str, Any]) -> Statement:
    negated = {name for name, key in _KEYS.items() if f"Not{key}" in item}
    found = {name: item.get(f"Not{key}" if name in negated else key) for name, key in _KEYS.items()}
    return Statement(
        effect=str(item.get("Effect", "Allow")),
        principals=frozenset(_principals(found["principals"])) or frozenset({""}),
        actions=frozenset(_texts(found["actions"])),
        resources=frozenset(_texts(found["resources"])) or frozenset({""}),
        conditions=tuple(
            sorted(_conditions(item.get("Condition")), key=lambda c: (c[0], c[1], sorted(c[2])))
        ),
        negated=frozenset(negated),
    )


_KEYS = {"principals": "Principal", "actions": "Action", "resources": "Resource"}


def _principals(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and not is_intrinsic(value):
        for kind, names in value.items():
            yield from ("*" if name == "*" and kind == "AWS" else f"{kind}:{name}" for name in _texts(names))
    else:
        yield from _texts(value)


def _conditions(value: Any) -> Iterator[tuple[str, str, frozenset[str]]]:
    for alternative in _alternatives(value):
        for operator, keys in alternative.items():
            if isinstance(keys, Mapping):
                yield from ((operator, key, frozenset(_texts(values))) for key, values in keys.items())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping) and "Fn::If" in value:
        yield from _texts(value["Fn::If"][1:])
    elif value is not None and value != {"Ref": "AWS::NoValue"}:
        yield expression(value)


def _alternatives(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _alternatives(item)
    elif isinstance(value, Mapping) and "Fn::If" in value:
        yield from _alternatives(value["Fn::If"][1:])
    elif isinstance(value, Mapping) and not is_intrinsic(value):
        yield value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


EVERYTHING = Statement(
    "Allow", frozenset({"*"}), frozenset({"*"}), frozenset({"*"}), conditions=(), negated=frozenset()
)
