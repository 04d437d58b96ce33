"""Rules about DynamoDB tables: what can be changed only step by step, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.review.case import Case, Rule

# What may change of an index that stays; what else differs makes the update fail. Source: the text of
# GlobalSecondaryIndexes in the provider schema AWS::DynamoDB::Table, 2026-10-20.
IN_PLACE = {
    "ContributorInsightsSpecification", "OnDemandThroughput", "ProvisionedThroughput", "WarmThroughput"
}  # fmt: skip


def _indexes(case: Case) -> Iterator[str]:
    if case.type != "AWS::DynamoDB::Table" or case.action != "modify":
        return
    old, new = _shapes(case.old("GlobalSecondaryIndexes")), _shapes(case.new("GlobalSecondaryIndexes"))
    for name in sorted({*old} - {*new}):
        yield f"the index {name} is removed; whoever uses it is refused"


def _steps(case: Case) -> Iterator[str]:
    if case.type != "AWS::DynamoDB::Table" or case.action != "modify":
        return
    old, new = _shapes(case.old("GlobalSecondaryIndexes")), _shapes(case.new("GlobalSecondaryIndexes"))
    come_and_go = sorted({*old} ^ {*new})
    if len(come_and_go) > 1:
        yield (
            f"the indexes {', '.join(come_and_go)} come or go together, which CloudFormation refuses; "
            "deploy them one after another"
        )
    for name in sorted(name for name in {*old} & {*new} if old[name] != new[name]):
        yield (
            f"the index {name} has other keys or attributes, which CloudFormation refuses; "
            "add one of another name, and remove this one in a later deployment"
        )


def _shapes(indexes: Any) -> dict[str, Mapping[str, Any]]:
    """What cannot change of each index, by name."""
    listed = indexes if isinstance(indexes, list | tuple) else []
    return {
        str(index.get("IndexName")): {key: value for key, value in index.items() if key not in IN_PLACE}
        for index in listed
        if isinstance(index, Mapping)
    }


def _expiry(case: Case) -> Iterator[str]:
    """Source: DynamoDB API reference, "UpdateTimeToLive", 2026."""
    if case.type != "AWS::DynamoDB::Table" or case.action != "modify":
        return
    old, new = (
        _attribute(case.old("TimeToLiveSpecification")),
        _attribute(case.new("TimeToLiveSpecification")),
    )
    if old and new and old != new:
        yield (
            f"items expire by {new} instead of {old}, which DynamoDB refuses; "
            "deploy without any first, and an hour later with the other"
        )


def _attribute(specification: Any) -> Any:
    return specification.get("AttributeName") if isinstance(specification, Mapping) else None


RULES = (
    Rule("R133", "interrupting", "an index of a table goes", _indexes),
    Rule("R134", "interrupting", "items of a table expire by another attribute", _expiry, refuses=True),
    Rule("R165", "interrupting", "indexes of a table change in one step", _steps, refuses=True),
)
