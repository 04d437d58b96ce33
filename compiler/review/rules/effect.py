"""Rules of the classes identity, interrupting and routine: what a change does to who uses the resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Resource, Rule, properties
from compiler.review.expressions import expression
from compiler.review.grants import admitted, granted, trusted
from compiler.review.openings import openings
from compiler.review.schemas import schema
from compiler.review.types import Weight, interruptions, removed, replaced

_WORDS = {"replace": "is replaced", "may-replace": "may be replaced", "remove": "is removed"}
_LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_RULES_OF_GROUPS = {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"}


def _weight(case: Case) -> Weight:
    """What losing the resource means to others; with a private type only its own code knows."""
    if not case.goes or (
        case.stateful and case.action == "remove"
    ):  # then data-loss says all there is to say
        return "routine"
    if case.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in properties(case.before):
        return "identity"
    if schema(case.type) is None and not case.type.startswith("AWS::"):
        return "interrupting"
    return removed(case.type) if case.action == "remove" else replaced(case.type)


def _identity(case: Case) -> Iterator[str]:
    if _weight(case) != "identity":
        return
    if case.action == "remove":
        yield "is removed; others may hold its address, ARN or name"
    else:
        yield f"{_WORDS[case.action]}; the new one has another address, ARN or name than others may hold"


def _cut(case: Case) -> Iterator[str]:
    stays = case.action == "remove" and case.fate == "retain"
    if _weight(case) == "interrupting" and not stays:
        yield f"{_WORDS[case.action]}; whatever uses it is cut off, if only for a while"


def _in_place(case: Case) -> Iterator[str]:
    if case.action == "modify":
        changed = {leaf.path[0] for leaf in case.leaves if leaf.path}
        for names, effect in interruptions(case.type, changed):
            yield f"{names}: {effect}"


def _shifting(case: Case) -> Iterator[str]:
    """ECS changes the weights of such a rule with each deployment, and CloudFormation writes its own again.

    Source: github.com/aws/aws-cdk, issue 36649.
    """
    if case.type == _LISTENER_RULE and case.persists and len(_weighted(case.before)) > 1:
        first = _weighted(case.after)[:1]
        yield (
            f"its weights are set back: all requests go to {', '.join(first) or 'nowhere'}, where no task "
            "may be since the last deployment; look at the live weights first, and set them again right after"
        )


def _weighted(resource: Resource | None) -> list[str]:
    """The target groups that a rule forwards to, the one with most weight first."""
    actions = properties(resource).get("Actions") or ()
    groups: list[Any] = []
    for action in actions:
        config = action.get("ForwardConfig") or {}
        groups += config.get("TargetGroups") or [{"TargetGroupArn": action.get("TargetGroupArn")}]
    groups.sort(key=lambda group: -int(group.get("Weight") or 0))
    return [expression(group.get("TargetGroupArn")) for group in groups]


def _version_of_a_follower(case: Case) -> Iterator[str]:
    """Source: Aurora user guide, "Upgrading an Amazon Aurora global database", 2026."""
    follows = case.type == "AWS::RDS::DBCluster" and case.new("GlobalClusterIdentifier") is not None
    if follows and case.persists and case.old("EngineVersion") != case.new("EngineVersion"):
        yield (
            "RDS wants the second cluster of a global database upgraded before the first, and with an "
            "instance; upgrade it by hand before: docs/recovery.md"
        )


def _new_access(case: Case) -> Iterator[str]:
    if case.joins and (granted(case.after) or trusted(case.after) or admitted(case.after)):
        yield "new access, limited to what it names"
    elif case.joins and case.type in _RULES_OF_GROUPS and openings(properties(case.after)):
        yield "a new network path, limited to what it names"


def _first(case: Case) -> Iterator[str]:
    if case.action == "add" and case.new_stack:
        yield "part of a new stack"


def _added(case: Case) -> Iterator[str]:
    if case.joins:
        yield "a new resource"


def _normal(case: Case) -> Iterator[str]:
    if case.goes and not case.stateful and _weight(case) == "routine":
        yield f"{_WORDS[case.action]}, which is normal for its type"


def _updated(case: Case) -> Iterator[str]:
    if case.action == "modify":
        yield "updated in place"


def _adopted(case: Case) -> Iterator[str]:
    if case.action == "import":
        yield "an existing resource is adopted as it is"


RULES = (
    Rule("R121", "identity", "an address, ARN or name that others may hold goes", _identity),
    Rule("R131", "interrupting", "a property whose change in place interrupts", _in_place),
    Rule("R132", "interrupting", "something in use is removed or replaced", _cut),
    Rule("R135", "interrupting", "a rule whose weights ECS changes is written again", _shifting),
    Rule(
        "R136",
        "interrupting",
        "the second cluster of a global database gets a version",
        _version_of_a_follower,
    ),
    Rule("R141", "routine", "a new resource in a new stack", _first),
    Rule("R142", "routine", "new access that is not wide", _new_access),
    Rule("R143", "routine", "a new resource", _added),
    Rule("R144", "routine", "a removal or replacement that is normal for the type", _normal),
    Rule("R145", "routine", "an update in place", _updated),
    Rule("R146", "routine", "an existing resource is adopted", _adopted),
)
