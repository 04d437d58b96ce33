"""Function -> what is wrong with its environment variables, those of its connections included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from compiler import names
from compiler.connect import variables
from compiler.kind import Problem
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds

if TYPE_CHECKING:
    from compiler.kinds.function import Function

# Source: Lambda developer guide, "Defined runtime environment variables", 2026.
RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY",
        "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    }
)  # fmt: skip
# Of the variables as compact JSON, which is what Lambda's own error message calls "String measured".
# Source: Lambda developer guide, "Lambda quotas", 2026.
MOST_BYTES = 4096
# The least that what is only known after the deployment has: `arn:aws:sns:eu-west-1:<12 digits>:x`, and
# `https://sqs.eu-west-1.amazonaws.com/<12 digits>/x`.
LEAST_BYTES = {"arn": 36, "url": 50}


def problems(spec: Function, component: Component, platform: Platform) -> Iterable[Problem]:
    """Names that Lambda keeps for itself, and more than it takes."""
    for name in sorted(RESERVED & set(spec.environment)):
        yield Problem(("environment", name), "E210", f"Lambda sets {name} itself; choose another name")
    from_connections: dict[str, str] = {}
    for connection, sources in _sources(component, platform):
        for name in sorted(RESERVED & set(sources)):
            message = f"Lambda sets {name} itself; give the connection another prefix with `env`"
            yield Problem(("connections", connection.target, "env"), "E210", message)
        known = {name: _value(source, connection, platform) for name, source in sources.items()}
        from_connections |= known
    everything = _of_every_workload(platform) | dict(spec.environment) | from_connections
    yield from _too_large(everything, bool(from_connections))


def _sources(component: Component, platform: Platform) -> Iterator[tuple[Connection, dict[str, str]]]:
    """Each connection that is sound, with its variables: name -> source."""
    kinds = all_kinds()
    for connection in component.connections:
        target = platform.components.get(connection.target)
        verb = kinds[target.kind].verbs.get(connection.verb) if target else None
        if verb:
            plain, _ = variables(connection, verb, kinds[component.kind].injects)
            yield connection, dict(plain)


def _value(source: str, connection: Connection, platform: Platform) -> str:
    """What a variable will hold, or the least of it; the forms of a source are described at `Verb`."""
    if source.startswith("="):
        return source[1:]
    if source.startswith("option:"):
        return str(connection.options.get(source.removeprefix("option:"), ""))
    if source == "consumer:snake":
        return names.snake(connection.consumer)
    if source == "consumer:physical":
        return "-".join((platform.name, platform.environment.name, connection.consumer))
    return "x" * LEAST_BYTES.get(source.rsplit("_", 1)[-1], 1)


def _of_every_workload(platform: Platform) -> dict[str, str]:
    return {"PLATFORM_NAME": platform.name, "PLATFORM_ENV": platform.environment.name}


def _too_large(everything: dict[str, str], connected: bool) -> Iterable[Problem]:
    size = len(json.dumps(everything, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        what = "the environment, with the variables of the connections," if connected else "the environment"
        # Not how many there are: that differs between environments, and would be said once for each.
        message = f"{what} has more than the {MOST_BYTES} bytes that Lambda takes; move some into the code"
        yield Problem(("environment",), "E106", message)
