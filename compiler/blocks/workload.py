"""What a component that runs code takes from its connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler import connect, names
from compiler.kind import Verb
from compiler.model import Connection
from compiler.registry import all_kinds
from compiler.scope import EventRule, EventSource, Grant, Mount, Scope, Subscription


@dataclass(frozen=True)
class Workload:
    """Everything its connections give a workload, by where it goes."""

    grants: tuple[tuple[Connection, Verb, Grant], ...]
    statements: tuple[Any, ...]  # for the role the code runs with
    execution_statements: tuple[Any, ...]  # for the role that starts it: what it injects
    environment: Mapping[str, Any]  # plain variables: references and the spec's own texts
    secrets: Mapping[str, Any]  # variable -> what ECS `Secrets` takes as ValueFrom
    mounts: tuple[Mount, ...]
    triggers: tuple[tuple[str, EventSource | Subscription | EventRule], ...]  # with the target's name


def gather(scope: Scope) -> Workload:
    """The grants of the scope's component, sorted into their places."""
    kind = all_kinds()[scope.component.kind]
    grants = scope.grants()
    own = dict(getattr(scope.component.spec, "environment", {}))
    environment: dict[str, Any] = _platform(scope) | own
    secrets: dict[str, Any] = {}
    statements: list[Any] = []
    execution: list[Any] = []
    for connection, verb, grant in grants:
        plain, hidden = connect.variables(connection, verb, kind.injects)
        environment |= {name: _value(scope, connection, source) for name, source in plain.items()}
        secrets |= {name: _value(scope, connection, source) for name, source in hidden.items()}
        (execution if hidden else statements).extend(grant.statements)
    return Workload(
        grants=grants,
        statements=tuple(statements),
        execution_statements=tuple(execution),
        environment=dict(sorted(environment.items())),
        secrets=dict(sorted(secrets.items())),
        mounts=tuple(grant.mount for _, _, grant in grants if grant.mount),
        triggers=tuple(
            (connection.target, grant.trigger)
            for connection, verb, grant in grants
            if grant.trigger and verb.starts in kind.accepts
        ),
    )


def _value(scope: Scope, connection: Connection, source: str) -> Any:
    """What a variable's source stands for; the forms are described at `Verb.environment`."""
    if source.startswith("="):
        return source[1:]
    if source.startswith("option:"):
        return connection.options[source.removeprefix("option:")]
    if source.startswith("own:"):
        return scope.value(connection.target, names.own(source.removeprefix("own:"), connection.consumer))
    if source == "consumer:snake":
        return names.snake(connection.consumer)
    if source == "consumer:physical":
        return scope.physical(limit=255)
    return scope.value(connection.target, source)


def _platform(scope: Scope) -> dict[str, Any]:
    return {"PLATFORM_NAME": scope.platform.name, "PLATFORM_ENV": scope.platform.environment.name}
