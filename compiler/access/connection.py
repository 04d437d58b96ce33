"""What one connection gives its consumer: statements, variables, triggers, and the way there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import encode_to_dict

from compiler import connect, names
from compiler.access.built import ATTACHED, ROLE, Built, Found
from compiler.access.network import Way, ways
from compiler.access.roles import Reasoned, reasoned
from compiler.access.wording import words
from compiler.diagnostics import suggest
from compiler.exits import UserError
from compiler.kind import Verb
from compiler.model import Connection
from compiler.registry import all_kinds
from compiler.review.expressions import expression
from compiler.scope import EventRule, Grant, Subscription

PERMISSION = "AWS::Lambda::Permission"
# What the resources that a trigger is made of do.
TRIGGERS = {
    "AWS::ApiGatewayV2::Authorizer": "the API asks the target who may",
    "AWS::ApiGatewayV2::Integration": "the API passes requests on",
    "AWS::ApiGatewayV2::Route": "requests that match come here",
    "AWS::Events::Rule": "events that match start the consumer",
    "AWS::Lambda::EventSourceMapping": "Lambda polls the target and calls the consumer with batches",
    "AWS::SNS::Subscription": "messages of the topic are delivered to the consumer",
}


@dataclass(frozen=True)
class Variable:
    """An environment variable, what it holds, and whether that is kept out of the template."""

    name: str
    value: str
    secret: bool


@dataclass(frozen=True)
class Use:
    """One connection and everything that comes of it."""

    connection: Connection
    verb: Verb
    grant: Grant
    statements: tuple[Reasoned, ...]  # in the consumer's roles
    policies: tuple[Reasoned, ...]  # in policies of resources: the target's, or the consumer's own
    ways: tuple[Way, ...]
    variables: tuple[Variable, ...]
    triggers: tuple[tuple[Found, str], ...]  # with what each does


def uses(consumer: str, target: str, built: Built) -> tuple[Use, ...]:
    """Every connection between the two, those written first; UserError when there is none."""
    found = [each for each in built.component(consumer).connections if each.target == target]
    built.component(target)
    if not found:
        raise UserError(_missing(consumer, target, built))
    return tuple(_use(connection, built) for connection in found)


def _missing(consumer: str, target: str, built: Built) -> str:
    used = sorted({each.target for each in built.platform.components[consumer].connections})
    if any(each.target == consumer for each in built.platform.components[target].connections):
        return f"'{consumer}' does not use '{target}', it is the other way round: ask for {target} {consumer}"
    has = f"it uses: {', '.join(used)}" if used else "it uses nothing"
    return f"'{consumer}' has no connection to '{target}'; {has}{suggest(target, used)}"


def _use(connection: Connection, built: Built) -> Use:
    verb, grant = _granted(connection, built)
    mine = list(built.of(connection.consumer))
    return Use(
        connection,
        verb.of(connection.options),
        grant,
        tuple(_given(connection, mine, built)),
        tuple(_policies(connection, grant, mine, built)),
        ways(connection, verb.of(connection.options), grant, built),
        tuple(_variables(connection, verb, built)),
        tuple((each, TRIGGERS[each.type]) for each in mine if _triggers(each, connection)),
    )


def _granted(connection: Connection, built: Built) -> tuple[Verb, Grant]:
    """What the kind of the target gave when the consumer was built."""
    for granted in built.draft.granted.values():
        for each, verb, grant in granted:
            if each is connection:
                return verb, grant
    kind = all_kinds()[built.platform.components[connection.target].kind]
    return kind.verbs[connection.verb], Grant()  # its consumer took nothing of it


def _given(connection: Connection, mine: list[Found], built: Built) -> Iterator[Reasoned]:
    for holder in mine:
        if holder.type in (ROLE, *ATTACHED):
            yield from (each for each in reasoned(holder, built) if each.connection is connection)


def _triggers(found: Found, connection: Connection) -> bool:
    return found.type in TRIGGERS and found.is_for(connection)


def _policies(connection: Connection, grant: Grant, mine: list[Found], built: Built) -> Iterator[Reasoned]:
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


def _variables(connection: Connection, verb: Verb, built: Built) -> Iterator[Variable]:
    if not built.runs_code(connection.consumer):
        return
    kind = all_kinds()[built.platform.components[connection.consumer].kind]
    plain, hidden = connect.variables(connection, verb, kind.injects)
    for found, secret in ((plain, False), (hidden, True)):
        for name, source in sorted(found.items()):
            yield Variable(name, _source(connection, source, built), secret)


def _source(connection: Connection, source: str, built: Built) -> str:
    """What a variable's source means to people; the forms are those of `Verb.environment`."""
    form, _, rest = source.partition(":")
    if source.startswith("="):
        return f"'{source[1:]}'"
    if form == "option":
        return f"'{connection.options[rest]}'"
    if source == "consumer:snake":
        return f"'{names.snake(connection.consumer)}'"
    if source == "consumer:physical":
        platform = built.platform
        return f"'{names.physical(platform.name, platform.environment.name, connection.consumer)}'"
    attribute = names.own(rest, connection.consumer) if form == "own" else source
    return _attribute(connection.target, attribute, built)


def _attribute(target: str, attribute: str, built: Built) -> str:
    offered = built.draft.attributes(target)[attribute]
    if isinstance(offered.value, str | int | bool):
        return f"'{offered.value}'"
    if built.platform.components[target].adopted:
        return words(offered.value.to_dict(), built.draft.home(target, offered), built)
    return f"{target}.{attribute}"
