"""Service -> an ECS service on Fargate with its task definition, roles, log group and security group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, ecs

from compiler import names
from compiler.blocks import reach
from compiler.blocks.cloudwatch import add_deployment_alarm
from compiler.blocks.fargate import placing
from compiler.blocks.fargate.definition import add_task_definition
from compiler.kinds.service import calling, rollback, strategy
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.scaling import add_scaling
from compiler.kinds.service.service_connect import port_mappings, service_connect
from compiler.kinds.service.shifting import add_shifting, pace
from compiler.kinds.service.spec import Service, ServiceContainerCheck
from compiler.kinds.service.traffic import add_target_groups
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Integration, Port, Scope
from compiler.units import seconds


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The service's name, its log group, and with `http` its target group as metrics call it."""
    spec = component.spec
    assert isinstance(spec, Service)

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    listens = calling.port(spec)
    targets = {"target_group_full_name": Attribute(GetAtt(title("TargetGroup"), "TargetGroupFullName"))}
    if strategy.shifts(spec):
        other = GetAtt(title("AlternateTargetGroup"), "TargetGroupFullName")
        targets[strategy.ALTERNATE] = Attribute(other)
    return {
        "name": Attribute(GetAtt(title("Service"), "Name"), shown=True),
        "log_group": Attribute(Ref(title("Logs"))),
        "security_group_id": reach.security_group_attribute(component),
        **(targets if spec.http else {}),
        **({"url": Attribute(calling.url(component.name, listens))} if listens else {}),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds everything a service is made of; it starts when it can reach all that its connections name."""
    spec = component.spec
    assert isinstance(spec, Service)
    gathered, group, before = placing.place(scope, "service")
    if spec.http:
        before += add_target_groups(scope, spec, spec.http, group)
    configuration, alarms = _watch(scope, spec)
    scope.add(
        ecs.Service(
            scope.id("Service"),
            Cluster=scope.value("cluster", "name"),
            TaskDefinition=add_task_definition(scope, gathered, **_container(scope, spec)),
            CapacityProviderStrategy=[
                ecs.CapacityProviderStrategyItem(**item) for item in placing.capacity(spec)
            ],
            DeploymentConfiguration=configuration,
            AvailabilityZoneRebalancing="ENABLED",
            NetworkConfiguration=ecs.NetworkConfiguration(
                AwsvpcConfiguration=ecs.AwsvpcConfiguration(**placing.addresses(scope, group))
            ),
            EnableECSManagedTags=True,
            EnableExecuteCommand=spec.exec,
            PropagateTags="SERVICE",
            DependsOn=sorted([*before, *alarms]),
            **_targets(scope, spec),
            **service_connect(scope, spec),
            # Where the load decides, a number here would reset it with every deployment.
            **({} if isinstance(spec.count, ServiceCount) else {"DesiredCount": spec.count}),
        )
    )
    if isinstance(spec.count, ServiceCount):
        add_scaling(scope, spec.count)


def _container(scope: Scope, spec: Service) -> dict[str, Any]:
    """What the container of a service has beyond that of any task."""
    return {
        "HealthCheck": spec.health_check and _health_check(spec.health_check),
        "PortMappings": port_mappings(scope, spec),
    }


def _health_check(check: ServiceContainerCheck) -> ecs.HealthCheck:
    return ecs.HealthCheck(
        Command=["CMD", *check.command],
        Interval=seconds(check.interval),
        Timeout=seconds(check.timeout),
        Retries=check.retries,
        StartPeriod=seconds(check.start_period),
    )


def _targets(scope: Scope, spec: Service) -> dict[str, Any]:
    if spec.http is None:
        return {}
    shifting = (
        {"AdvancedConfiguration": add_shifting(scope, spec.deployment)} if strategy.shifts(spec) else {}
    )
    target = ecs.LoadBalancer(
        ContainerName=scope.component.name,
        ContainerPort=spec.http.port,
        TargetGroupArn=Ref(scope.id("TargetGroup")),
        **shifting,
    )
    grace = seconds(spec.http.health_check.grace_period)
    return {"HealthCheckGracePeriodSeconds": grace, "LoadBalancers": [target]}


def _watch(scope: Scope, spec: Service) -> tuple[ecs.DeploymentConfiguration, list[str]]:
    """New tasks first, then the old ones go; a deployment whose tasks do not get well is taken back.

    Also the logical ids of the alarms that must be there first. Those on the service itself come after it, so
    the deployment knows all of them by name. Source: github.com/aws/copilot-cli, pull request 4294.
    """
    made = [add_deployment_alarm(alarm, scope, path=("deployment",)) for alarm in rollback.alarms(spec)]
    # Without a circuit breaker nothing else takes a version back.
    on = spec.deployment.rollback_on_alarm or strategy.shifts(spec)
    configuration = ecs.DeploymentConfiguration(
        MinimumHealthyPercent=100,
        MaximumPercent=strategy.MOST_PERCENT,
        Alarms=ecs.DeploymentAlarms(AlarmNames=[alarm.AlarmName for alarm in made], Enable=on, Rollback=on),
        **(pace(spec.deployment) if strategy.shifts(spec) else _rolling(spec)),
    )
    return configuration, [alarm.title for alarm in made] if spec.http else []


def _rolling(spec: Service) -> dict[str, Any]:
    bake, on = spec.deployment.bake_time, spec.deployment.rollback_on_alarm
    return {
        "DeploymentCircuitBreaker": ecs.DeploymentCircuitBreaker(Enable=True, Rollback=True),
        **({"BakeTimeInMinutes": seconds(bake) // 60} if bake and on else {}),
    }


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`call` leads straight to the tasks, `route` through the load balancer, which opens its port."""
    if connection.verb == calling.CALL:
        return _called(component, scope)
    listener = Port(
        scope.value("load_balancer", "security_group_id"),
        scope.value("load_balancer", "listener_port"),
        owner="load_balancer",
    )
    return Grant(
        ports=(listener,),
        integration=Integration(
            "http",
            scope.value("load_balancer", "listener_arn"),
            server_name=scope.value("load_balancer", "server_name"),
        ),
    )


def _called(component: Component, scope: Scope) -> Grant:
    """The caller's proxy comes to the container's own port.

    Source: ECS API reference, "ServiceConnectService", `ingressPortOverride`.
    """
    spec = component.spec
    assert isinstance(spec, Service)
    listens = calling.port(spec)
    assert listens is not None
    return Grant(ports=(Port(scope.value(component.name, "security_group_id"), listens.number),))
