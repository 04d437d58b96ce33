"""Where tasks run: on which capacity, in which subnets, and what they reach."""

from __future__ import annotations

from math import gcd
from typing import Any, NamedTuple

from compiler.blocks import reach, workload
from compiler.blocks.fargate.spec import Container
from compiler.blocks.workload import Workload
from compiler.scope import Scope
from compiler.units import percent


class Place(NamedTuple):
    """What a task finds around it."""

    gathered: Workload
    security_group: Any
    paths: list[str]  # the logical ids of the rules that must exist before a task starts


def place(scope: Scope, what: str) -> Place:
    """Adds the security group, and the ways to AWS and to all that the connections name."""
    gathered = workload.gather(scope)
    group = reach.security_group(scope, what)
    paths = [*reach.open_https(scope, group), *reach.open_paths(scope, group, gathered.grants)]
    return Place(gathered, group, paths)


def capacity(spec: Container) -> list[dict[str, Any]]:
    """Fargate and its spare capacity in the wanted shares; of a mixture, the first task is never spare."""
    spare = int(percent(spec.spot))  # whole, for a weight is 1000 at most
    shares = {"FARGATE": 100 - spare, "FARGATE_SPOT": spare}
    divisor = gcd(*shares.values())
    used = {name: share // divisor for name, share in shares.items() if share}
    return [
        {"CapacityProvider": name, "Weight": weight}
        | ({"Base": 1} if name == "FARGATE" and len(used) > 1 else {})
        for name, weight in used.items()
    ]


def addresses(scope: Scope, group: Any) -> dict[str, Any]:
    """An `AwsvpcConfiguration`: private subnets, no address of the internet."""
    return {
        "AssignPublicIp": "DISABLED",
        "SecurityGroups": [group],
        "Subnets": scope.value("network", "private_subnet_ids"),
    }
