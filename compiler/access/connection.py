"""What one connection gives its consumer: statements, variables, triggers, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import connect, names
from compiler.access.built import ATTACHED, ROLE, Built, Found
from compiler.access.network import Way, ways
from compiler.access.policies import policies
from compiler.access.roles import Reasoned, reasoned
from compiler.access.wording import words
from compiler.diagnostics import suggest
from compiler.exits import UserError
from compiler.kind import Verb
from compiler.model import Connection
from compiler.registry import all_kinds
from compiler.scope import Grant

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
        tuple(policies(connection, grant, mine, built)),
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
        consumer = platform.components[connection.consumer].lasting_name
        return f"'{names.physical(platform.name, platform.environment.name, consumer)}'"
    attribute = names.own(rest, connection.consumer) if form == "own" else source
    return _attribute(connection.target, attribute, built)


def _attribute(target: str, attribute: str, built: Built) -> str:
    offered = built.draft.attributes(target)[attribute]
    if isinstance(offered.value, str | int | bool):
        return f"'{offered.value}'"
    if built.platform.components[target].adopted:
        return words(offered.value.to_dict(), built.draft.home(target, offered), built)
    return f"{target}.{attribute}"
