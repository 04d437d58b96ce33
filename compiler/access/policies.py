"""What policies of resources say because of a connection: permissions to call, and who is let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from troposphere import encode_to_dict

from compiler.access.built import ATTACHED, ROLE, Built, Found
from compiler.access.roles import Reasoned
from compiler.access.wording import words
from compiler.model import Connection
from compiler.review.expressions import expression
from compiler.scope import EventRule, Grant, Subscription

PERMISSION = "AWS::Lambda::Permission"


def policies(connection: Connection, grant: Grant, mine: list[Found], built: Built) -> Iterator[Reasoned]:
    """Permissions to call, what lets the target in, and what the target's own policies say to everybody."""
    delivers = f"lets what {connection.target} has come to {connection.consumer}"
    why = delivers if grant.trigger else f"lets {connection.consumer} call {connection.target}"
    for found in mine:
        if found.type == PERMISSION and found.is_for(connection):
            yield Reasoned(_permission(found), found, why)
    for found, statement in _admitting(connection, grant, mine):
        yield Reasoned(statement, found, delivers)
    used = {text for each in grant.statements for text in _resources(encode_to_dict(each), built, mine)}
    for found in built.at_home():
        if found.component == connection.target:
            for statement in _resource_statements(found):
                if _everybody(statement) and _about(statement, found, used, built):
                    yield Reasoned(statement, found, f"{connection.target} tells this to everybody")


def _resources(statement: Mapping[str, Any], built: Built, holders: Sequence[Found]) -> set[str]:
    """The resources of a statement in any of these places, without what follows their ARN."""
    listed = _items(statement.get("Resource", []))
    places = {holder.where for holder in holders}
    return {words(item, where, built).strip("{").partition("}")[0] for where in places for item in listed}


def _about(statement: Mapping[str, Any], found: Found, used: set[str], built: Built) -> bool:
    """Whether a target's policy is about what the connection uses, and not about its dead letters, say."""
    about = _resources(statement, built, [found])
    return bool(used) and (not about or about == {"*"} or bool(about & used))


def _permission(found: Found) -> Mapping[str, Any]:
    given = found.properties
    narrowed = {"ArnLike": {"aws:SourceArn": given["SourceArn"]}} if "SourceArn" in given else {}
    return {
        "Effect": "Allow",
        "Principal": {"Service": given["Principal"]},
        "Action": given["Action"],
        "Resource": given["FunctionName"],
        **({"Condition": narrowed} if narrowed else {}),
    }


def _admitting(
    connection: Connection, grant: Grant, mine: list[Found]
) -> Iterator[tuple[Found, Mapping[str, Any]]]:
    """The statements by which the consumer's own policies let the very source of this trigger in."""
    rules = {f"${{{each.logical_id}.Arn}}" for each in mine if each.is_for(connection)}
    sources = rules | _sources(grant)
    for found in mine:
        for statement in _resource_statements(found):
            limits = (statement.get("Condition") or {}).values()
            said = {
                expression(item) for limit in limits for value in limit.values() for item in _items(value)
            }
            if said & sources:
                yield found, statement


def _sources(grant: Grant) -> set[str]:
    trigger = grant.trigger
    if isinstance(trigger, Subscription):
        return {_text(trigger.topic_arn)}
    return {_text(trigger.rules)} if isinstance(trigger, EventRule) else set()


def _text(value: Any) -> str:
    return expression(value.to_dict() if hasattr(value, "to_dict") else value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource_statements(found: Found) -> Iterator[Mapping[str, Any]]:
    """The statements of a resource's own policy, whatever the property is called."""
    if found.type in (ROLE, *ATTACHED):
        return
    for value in found.properties.values():
        if isinstance(value, Mapping) and isinstance(value.get("Statement"), list):
            yield from value["Statement"]


def _everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or (isinstance(principal, Mapping) and "AWS" in principal)
