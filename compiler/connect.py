"""What the spec says of connections -> records; and what follows from them for the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from compiler import names
from compiler.kind import Kind, Verb
from compiler.model import Component, Connection, Path, Platform, Provenance, place
from compiler.registry import all_kinds


def connections(
    kind: Kind, name: str, spec: Any, path: Path, provenance: Mapping[Path, Provenance]
) -> tuple[Connection, ...]:
    """The connections a component writes, then those its kind derives (an API's routes); stable order.

    What exists already has none: what it may use, whoever made it has seen to.
    """
    if getattr(spec, "existing", None) is not None:
        return ()
    written = getattr(spec, "connections", {})
    long: dict[str, dict[str, Any]] = {
        target: {"access": use} if isinstance(use, str) else dict(use) for target, use in written.items()
    }
    found = [
        Connection(
            consumer=name,
            target=target,
            verb=use.pop("access"),
            env=use.pop("env", None),
            optional=use.pop("optional", False),
            options=use,
            position=place((*path, "connections", target), provenance),
            path=(*path, "connections", target),
        )
        for target, use in sorted(long.items())
    ]
    for reference in kind.references(spec):
        at = (*path, *reference.path)
        position = place(at, provenance)
        use = Connection(name, reference.target, reference.verb, {}, None, position, derived=True, path=at)
        found.append(use)
    return tuple(found)


def variables(
    connection: Connection, verb: Verb, injects: bool
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """A connection's environment variables, plain ones and injected secrets: name -> source."""
    prefix = connection.env or names.prefix(connection.target)
    verb = verb.of(connection.options)
    secrets = verb.secrets if injects else {}
    plain = {**verb.always, **({} if secrets else verb.environment)}
    return (
        {names.variable(prefix, suffix): attribute for suffix, attribute in plain.items()},
        {names.variable(prefix, suffix): attribute for suffix, attribute in secrets.items()},
    )


def complete(component: Component, components: Mapping[str, Component]) -> Component:
    """The component with the defaults of its connections' options filled in, where they fit their verb."""
    if not component.connections:
        return component
    filled = tuple(_filled(connection, components) for connection in component.connections)
    return replace(component, connections=filled)


def _filled(connection: Connection, components: Mapping[str, Component]) -> Connection:
    target = components.get(connection.target)
    verb = all_kinds()[target.kind].verbs.get(connection.verb) if target else None
    if not (verb and verb.options):
        return connection
    try:
        options = msgspec.convert(dict(connection.options), verb.options)
    except msgspec.ValidationError:  # `connection_problems` says what is wrong
        return connection
    return replace(connection, options=msgspec.structs.asdict(options))


def needs_network(component: Component, platform: Platform) -> bool:
    """Whether one of the component's connections opens a network path, so that it must run in the VPC."""
    kinds = all_kinds()
    used = ((platform.components.get(c.target), c.verb) for c in component.connections)
    return any(t and v in kinds[t.kind].verbs and kinds[t.kind].verbs[v].network for t, v in used)


def called_services(platform: Platform) -> frozenset[str]:
    """The AWS services that components call from inside the VPC, as VPC endpoint names ("ecr.api")."""
    kinds = all_kinds()
    called: set[str] = set()
    for component in platform.components.values():
        kind = kinds[component.kind]
        if component.adopted:
            continue
        if "network" not in kind.needs(component.spec) and not needs_network(component, platform):
            continue
        called.update(kind.calls(component.spec))
        for connection in component.connections:
            target = platform.components.get(connection.target)
            # Kinds may ask for a platform whose connections are wrong, which `connection_problems` tells.
            verb = kinds[target.kind].verbs.get(connection.verb) if target else None
            called.update(verb.of(connection.options).calls if verb else ())
    return frozenset(called)
