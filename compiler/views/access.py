"""What connections give and roles may do -> text for people, data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from compiler.access.built import Built
from compiler.access.connection import Use
from compiler.access.roles import Reasoned, Role
from compiler.access.wording import plain, texts
from compiler.views.style import Style

VIA = "kms:ViaService"


def connection(uses: Sequence[Use], built: Built, style: Style) -> str:
    """Each use: what it is, then its parts, each with the reason for it."""
    return "\n".join("\n".join(_use(use, built, style)) + "\n" for use in uses)


def _use(use: Use, built: Built, style: Style) -> Iterator[str]:
    found = use.connection
    yield style.paint(f"{found.consumer} -> {found.target}: {found.verb}", "bold")
    yield f"  written at {found.position} ({'.'.join(map(str, found.path))})"
    yield f"  {use.verb.summary}"
    if use.verb.order:
        yield f"  {found.target} must be there first: {use.verb.order}"
    keys = [each for each in use.statements if _is_key(each)]
    yield from _section("may do", _statements([e for e in use.statements if e not in keys], built), style)
    yield from _section("keys", _keys(use, keys, built), style)
    yield from _section("resource policies", _statements(use.policies, built, why=True), style)
    yield from _section("network", _network(use), style)
    yield from _section("environment", _variables(use), style)
    yield from _section("triggers", (f"{e.logical_id}: {what}" for e, what in use.triggers), style)


def _section(title: str, lines: Iterable[str], style: Style) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"  {style.paint(title, 'cyan')}"
        yield from (f"    {line}" for line in listed)


def _keys(use: Use, keys: Sequence[Reasoned], built: Built) -> Iterator[str]:
    services = {text for each in keys for text in _via(each, built)}
    if services:
        only = f"its key serves through {', '.join(sorted(services))} only"
        yield f"what {use.connection.target} holds is encrypted; {only}"
    yield from _statements(keys, built)


def _via(key: Reasoned, built: Built) -> Iterator[str]:
    """The services, as `kinesis`, through which a statement lets the key be used."""
    for limits in (key.statement.get("Condition") or {}).values():
        yield from (text.partition(".")[0] for text in texts(limits.get(VIA, ()), key.found.where, built))


def _statements(statements: Iterable[Reasoned], built: Built, *, why: bool = False) -> Iterator[str]:
    """Each statement in the words of the spec, under the role or policy that it is in."""
    last = ""
    for each in statements:
        holder = f"in {each.found.logical_id} (stack {each.found.stack})"
        if holder != last:
            yield holder
        last = holder
        yield from (f"  {line}" for line in statement(each, built))
        if why:
            yield f"    because: {each.why}"


def statement(each: Reasoned, built: Built) -> Iterator[str]:
    """Its effect and actions, then a line for each resource and condition."""
    said, where = each.statement, each.found.where
    actions = said.get("Action", said.get("NotAction", []))
    but = "all but " if "NotAction" in said else ""
    yield f"{said['Effect']} {but}{', '.join(texts(actions, where, built))}"
    for who in _principals(said.get("Principal"), each, built):
        yield f"  to {who}"
    for resource in texts(said.get("Resource", ()), where, built):
        yield f"  on {resource}"
    for operator, limits in (said.get("Condition") or {}).items():
        for key, value in limits.items():
            yield f"  when {key} {operator} {', '.join(texts(value, where, built))}"


def _principals(principal: Any, each: Reasoned, built: Built) -> Iterator[str]:
    if principal is None:
        return
    named = principal if isinstance(principal, Mapping) else {"": principal}
    for kind, value in named.items():
        for text in texts(value, each.found.where, built):
            yield "everybody" if text == "*" else f"{kind.lower()} {text}".strip()


def _network(use: Use) -> Iterator[str]:
    for way in use.ways:
        by = f" ({', '.join(way.resources)})" if way.resources else ""
        yield f"{way.text}{by}"
        yield f"  because: {way.why}"


def _variables(use: Use) -> Iterator[str]:
    for found in use.variables:
        hidden = "  (secret, injected when it starts)" if found.secret else ""
        yield f"{found.name} = {found.value}{hidden}"


def roles(found: Sequence[Role], built: Built, style: Style) -> str:
    """Each role, who takes it on, and its statements with their reasons."""
    return "\n".join("\n".join(_role(role, built, style)) + "\n" for role in found)


def _role(role: Role, built: Built, style: Style) -> Iterator[str]:
    yield f"{style.paint(role.found.logical_id, 'bold')} (stack {role.found.stack})"
    described = role.found.properties.get("Description")
    said = [*([described] if described else []), f"taken on by {', '.join(role.services)}"]
    yield f"  {'; '.join(said)}"
    for arn in role.managed:
        yield f"  has the policy {arn}"
    last = ""
    for each in role.statements:
        reason = _because(each)
        if reason != last:
            yield f"  {style.paint(reason, 'cyan')}"
        last = reason
        yield from (f"    {line}" for line in statement(each, built))


def _because(each: Reasoned) -> str:
    place = f", {each.connection.position}" if each.connection else ""
    return f"{each.why}{place}"


def _is_key(each: Reasoned) -> bool:
    actions = each.statement.get("Action", [])
    return bool(actions) and all(action.startswith("kms:") for action in actions)


def connection_data(uses: Sequence[Use], built: Built) -> list[dict[str, Any]]:
    """The same, complete."""
    return [
        {
            "consumer": use.connection.consumer,
            "target": use.connection.target,
            "verb": use.connection.verb,
            "why": use.verb.summary,
            "order": use.verb.order or None,
            "position": str(use.connection.position),
            "derived": use.connection.derived,
            "statements": [_data(each, built) for each in use.statements if not _is_key(each)],
            "keys": [_data(each, built) for each in use.statements if _is_key(each)],
            "resource_policies": [_data(each, built) for each in use.policies],
            "network": [
                {"path": way.text, "why": way.why, "resources": list(way.resources)} for way in use.ways
            ],
            "environment": {v.name: v.value for v in use.variables if not v.secret},
            "secrets": {v.name: v.value for v in use.variables if v.secret},
            "triggers": [
                {"logical_id": each.logical_id, "type": each.type, "stack": each.stack, "why": what}
                for each, what in use.triggers
            ],
        }
        for use in uses
    ]


def role_data(found: Sequence[Role], built: Built) -> list[dict[str, Any]]:
    """Each role with its policy document as IAM takes it; the reasons are in the order of the statements."""
    return [
        {
            "role": role.found.logical_id,
            "stack": role.found.stack,
            "trusts": list(role.services),
            "managed_policies": list(role.managed),
            "policy": role.document(built),
            "reasons": [
                {"why": each.why, "position": str(each.connection.position) if each.connection else None}
                for each in role.statements
            ],
        }
        for role in found
    ]


def _data(each: Reasoned, built: Built) -> dict[str, Any]:
    return {
        "in": each.found.logical_id,
        "stack": each.found.stack,
        "statement": plain(each.statement, each.found.where, built),
        "why": each.why,
    }
