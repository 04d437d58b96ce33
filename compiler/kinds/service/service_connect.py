"""Who calls whom -> the Service Connect settings of an ECS service."""

from __future__ import annotations

from typing import Any

from troposphere import ecs

from compiler.blocks.fargate.beside import straight
from compiler.kinds.service import calling
from compiler.kinds.service.spec import Service
from compiler.scope import Scope


def port_mappings(scope: Scope, spec: Service) -> list[ecs.PortMapping]:
    """The port of the container; it has a name and a protocol where others call the service by name."""
    found = calling.port(spec)
    if found is None:
        return []
    named: dict[str, Any] = {}
    if calling.is_called(scope.component, scope.platform):
        named = {"Name": scope.component.name}
        if found.protocol != "tcp":
            named["AppProtocol"] = found.protocol
    return [ecs.PortMapping(ContainerPort=found.number, Protocol="tcp", **named)]


def service_connect(scope: Scope, spec: Service) -> dict[str, Any]:
    """The property, where the service calls or is called; its proxy logs beside the container."""
    found = calling.port(spec)
    called = calling.is_called(scope.component, scope.platform) and found is not None
    if not called and not calling.calls(scope.component, scope.platform):
        return {}
    offered = {"Services": [_offered(scope.component.name, found.number)]} if called and found else {}
    configuration = ecs.ServiceConnectConfiguration(
        Enabled=True,
        Namespace=scope.value("cluster", "namespace_arn"),
        LogConfiguration=straight(scope),
        **offered,
    )
    return {"ServiceConnectConfiguration": configuration}


def _offered(name: str, number: int) -> ecs.ServiceConnectService:
    """Found as `name`; Cloud Map calls it after the port's name, which is the same."""
    alias = ecs.ServiceConnectClientAlias(DnsName=name, Port=number)
    return ecs.ServiceConnectService(PortName=name, ClientAliases=[alias])
