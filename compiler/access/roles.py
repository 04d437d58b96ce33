"""A component's roles: every statement of their policies, and the connection or the need that it serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import encode_to_dict

from compiler.access.built import ATTACHED, ROLE, Built, Found
from compiler.access.wording import plain, words
from compiler.blocks import iam
from compiler.exits import UserError
from compiler.model import Component, Connection
from compiler.registry import all_kinds


@dataclass(frozen=True)
class Reasoned:
    """One statement as its template has it, and what it is for."""

    statement: Mapping[str, Any]
    found: Found  # the role or the policy that it is in
    why: str
    connection: Connection | None = None  # the one that gives it


@dataclass(frozen=True)
class Role:
    """One role with all that it may do."""

    found: Found
    services: tuple[str, ...]  # who may take it on
    statements: tuple[Reasoned, ...]
    managed: tuple[str, ...]  # the policies of AWS's own that it has

    def document(self, built: Built) -> dict[str, Any]:
        """The policy as IAM takes it, but for what is known only once it is deployed."""
        listed = [plain(each.statement, each.found.where, built) for each in self.statements]
        return {"Version": iam.VERSION, "Statement": listed}


def roles(name: str, built: Built) -> tuple[Role, ...]:
    """The roles that a component makes, by logical id; UserError when it makes none."""
    component = built.component(name)
    mine = list(built.of(name))
    found = tuple(_role(each, mine, built) for each in mine if each.type == ROLE)
    if not found:
        raise UserError(_none(component, built))
    return found


def _none(component: Component, built: Built) -> str:
    if component.adopted:
        return f"'{component.name}' exists already: whoever made it decides what it may do"
    having = ", ".join(sorted({each.component for each in built.resources() if each.type == ROLE}))
    return f"'{component.name}' ({component.kind}) has no role; those that have one: {having or 'none'}"


def _role(found: Found, mine: Sequence[Found], built: Built) -> Role:
    attached = [each for each in mine if each.type in ATTACHED and _is_for(each, found)]
    holders = [found, *attached]
    properties = found.properties
    trust = properties["AssumeRolePolicyDocument"]["Statement"]
    return Role(
        found,
        tuple(sorted({service for each in trust for service in _services(each, found, built)})),
        tuple(each for holder in holders for each in reasoned(holder, built, _described(found))),
        tuple(sorted(words(arn, found.where, built) for arn in properties.get("ManagedPolicyArns", ()))),
    )


def reasoned(holder: Found, built: Built, purpose: str = "") -> Iterator[Reasoned]:
    """Every statement of a role's or an attached policy's documents, with its reason.

    `purpose` is that of the whole role, for statements that have no reason of their own.
    """
    made = _made(holder)
    for document in _documents(holder.properties):
        for statement in document["Statement"]:
            # What the kind made, as long as nothing overrode it: a patch is its own reason.
            origin = next((each for each in made if encode_to_dict(each) == statement), None)
            made = [each for each in made if each is not origin]
            yield _reasoned(statement, origin, holder, built, purpose)


def _reasoned(
    statement: Mapping[str, Any], origin: Any, holder: Found, built: Built, purpose: str
) -> Reasoned:
    if origin is None:
        return Reasoned(statement, holder, f"the spec says so itself, at {holder.path}")
    if connection := _giver(origin, built):
        return Reasoned(statement, holder, _of_connection(connection, built), connection)
    return Reasoned(statement, holder, iam.reason(origin) or purpose)


def _of_connection(connection: Connection, built: Built) -> str:
    kind = all_kinds()[built.platform.components[connection.target].kind]
    summary = kind.verbs[connection.verb].of(connection.options).summary
    return f"{connection.target}: {connection.verb} ({summary[:1].lower()}{summary[1:].rstrip('.')})"


def _described(role: Found) -> str:
    """What the role is for; most serve one thing only, and say so."""
    text = str(role.properties.get("Description", "")) or f"What {role.component} needs itself"
    return text[:1].lower() + text[1:]


def _giver(origin: Any, built: Built) -> Connection | None:
    """The connection whose grant this very statement is."""
    for granted in built.draft.granted.values():
        for connection, _, grant in granted:
            if any(each is origin for each in grant.statements):
                return connection
    return None


def _made(holder: Found) -> list[Any]:
    """The statements that the kind put there, as objects; nothing for what is written raw in the spec."""
    given = getattr(holder.made, "properties", {})
    inline = [policy.properties.get("PolicyDocument") for policy in given.get("Policies", ())]
    documents = [*inline, given.get("PolicyDocument")]
    return [
        statement
        for document in documents
        if hasattr(document, "properties")
        for statement in document.properties["Statement"]
    ]


def _documents(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in properties.get("Policies", ()):
        yield policy["PolicyDocument"]
    if "PolicyDocument" in properties:
        yield properties["PolicyDocument"]


def _is_for(policy: Found, role: Found) -> bool:
    named = [*policy.properties.get("Roles", ()), policy.properties.get("RoleName")]
    return policy.where == role.where and {"Ref": role.logical_id} in named


def _services(statement: Mapping[str, Any], found: Found, built: Built) -> Iterator[str]:
    principal = statement.get("Principal", {})
    named = principal.values() if isinstance(principal, Mapping) else [principal]
    for value in named:
        for item in value if isinstance(value, list) else [value]:
            yield words(item, found.where, built)
