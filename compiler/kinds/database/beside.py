"""A function of ours in the VPC, with a way to the database and to AWS, and none to it."""

from __future__ import annotations

from troposphere import awslambda

from compiler.blocks import reach
from compiler.kinds.database.engine import PORT
from compiler.scope import Scope


def beside(scope: Scope, part: str, what: str) -> tuple[awslambda.VPCConfig, list[str]]:
    """The place of the function `part` in the private subnets, and the logical ids of the rules it needs."""
    group = reach.security_group(scope, what, part)
    database = scope.value(scope.component.name, "security_group_id")
    doors = [*reach.open_https(scope, group, part), *reach.admit(scope, database, part.lower(), group, PORT)]
    subnets = scope.value("network", "private_subnet_ids")
    return awslambda.VPCConfig(SecurityGroupIds=[group], SubnetIds=subnets), doors
