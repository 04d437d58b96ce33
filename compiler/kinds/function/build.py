"""Function -> AWS::Lambda::Function with its log group, and what its verbs grant."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from awacs import awslambda as act
from troposphere import GetAtt, Ref, Sub, awslambda

from compiler import connect, names
from compiler.blocks import events, iam, logs, reach, workload
from compiler.blocks.gaps import LoggingConfig
from compiler.kinds.function import Function, publishing, role, starting
from compiler.kinds.function.checks import handler
from compiler.kinds.function.layers import layer_arn
from compiler.kinds.function.spec import schedule_of
from compiler.kinds.function.started_by import keeps_dead_letters
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Integration, Scope
from compiler.units import mebibytes, seconds


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The function's name, the ARN to call and how callers name it; what only some functions have."""
    offered = {**_addresses(component), **events.rule_names(component, platform)}
    if connect.needs_network(component, platform):
        offered["security_group_id"] = reach.security_group_attribute(component)
    if keeps_dead_letters(component, platform):
        dead = names.logical_id(component.name, "DeadLetterQueue")
        offered["dead_letter_arn"] = Attribute(GetAtt(dead, "Arn"), layer="data")
        offered["dead_letter_name"] = Attribute(GetAtt(dead, "QueueName"), layer="data")
    return offered


def _addresses(component: Component) -> Mapping[str, Attribute]:
    spec = component.spec
    assert isinstance(spec, Function)
    title = names.logical_id(component.name, "Function")
    name = Attribute(Ref(title), shown=True)
    if not spec.publish:
        return {"name": name, "arn": Attribute(GetAtt(title, "Arn")), "call_as": Attribute(Ref(title))}
    live = Attribute(Ref(publishing.alias_id(component.name)))
    alias_name = Attribute(Sub(f"${{{title}}}:{publishing.ALIAS}"))
    return {"name": name, "arn": live, "call_as": live, "alias_name": alias_name}


def build(component: Component, scope: Scope) -> None:
    """Adds the function, its log group, role, security group and dead letters, and what starts it."""
    spec = component.spec
    assert isinstance(spec, Function)
    work = workload.gather(scope)
    dead_letters = starting.dead_letters(scope, work)
    group = logs.log_group(scope, "LogGroup")
    in_vpc = connect.needs_network(component, scope.platform)
    function = scope.add(
        awslambda.Function(
            scope.id("Function"),
            Code=_code(spec, scope),
            Runtime=spec.runtime,
            Handler=handler(spec),
            Role=GetAtt(role.role(spec, scope, work, group, in_vpc, dead_letters), "Arn"),
            Architectures=[spec.architecture],
            MemorySize=spec.memory,
            Timeout=seconds(spec.timeout),
            EphemeralStorage=awslambda.EphemeralStorage(Size=math.ceil(mebibytes(spec.ephemeral_storage))),
            TracingConfig=awslambda.TracingConfig(Mode="Active" if spec.tracing else "PassThrough"),
            LoggingConfig=LoggingConfig(
                LogGroup=Ref(group), LogFormat="JSON", ApplicationLogLevel=spec.log_level.upper()
            ),
            Environment=awslambda.Environment(Variables=_variables(work)),
            **(_network(scope, work) if in_vpc else {}),
            **_optional(spec, scope, work),
        )
    )
    called = publishing.called(spec, scope, function)
    starting.start(scope, called, work, schedule_of(spec.schedule), dead_letters)


def _code(spec: Function, scope: Scope) -> awslambda.Code:
    if spec.inline is not None:
        return awslambda.Code(ZipFile=spec.inline)
    assert spec.code is not None  # the check has seen to it
    package = scope.package(spec.code, path=("code",))
    return awslambda.Code(S3Bucket=package.bucket, S3Key=package.key)


def _variables(work: workload.Workload) -> dict[str, Any]:
    """The environment as Lambda takes it: texts only."""
    return {name: str(value) if isinstance(value, int) else value for name, value in work.environment.items()}


def _network(scope: Scope, work: workload.Workload) -> dict[str, Any]:
    group = reach.security_group(scope, "function")
    # The rules come first, or the first calls find every door shut.
    rules = [*reach.open_https(scope, group), *reach.open_paths(scope, group, work.grants)]
    subnets = scope.value("network", "private_subnet_ids")
    return {
        "DependsOn": rules,
        "VpcConfig": awslambda.VPCConfig(SecurityGroupIds=[group], SubnetIds=subnets),
    }


def _optional(spec: Function, scope: Scope, work: workload.Workload) -> dict[str, Any]:
    mounts = [
        awslambda.FileSystemConfig(Arn=mount.access_point_arn, LocalMountPath=mount.path)
        for mount in work.mounts
    ]
    properties = {
        "Description": spec.description or None,
        "ReservedConcurrentExecutions": spec.reserved_concurrency,
        "KmsKeyArn": scope.key("data") if spec.encrypt_environment else None,
        "FileSystemConfigs": mounts or None,
        "Layers": [Sub(layer_arn(layer, scope.platform)) for layer in spec.layers] or None,
    }
    return {name: value for name, value in properties.items() if value is not None}


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`invoke` calls the function; `route` lets an API send it requests, `delegate` ask it who may."""
    spec = component.spec
    assert isinstance(spec, Function)
    arn = scope.value(component.name, "arn")
    if connection.verb == "invoke":
        return Grant((iam.allow([act.InvokeFunction], arn),))
    # A permission on the function itself would not hold for its alias.
    permitted = arn if spec.publish and not component.adopted else scope.value(component.name, "name")
    return Grant(integration=Integration("lambda", arn, permitted))
