"""Cluster -> AWS::ECS::Cluster with its capacity providers, and the log groups that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, Sub, ecs, servicediscovery

from compiler import names
from compiler.blocks import failures
from compiler.blocks.logs import log_group
from compiler.kinds.cluster import Cluster, services_call
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope

SETTING = {"none": "disabled", "standard": "enabled", "enhanced": "enhanced"}
# Source: Amazon ECS developer guide, "Amazon ECS service action events" and "service deployment state change
# events", 2026. ECS repeats neither for every task that it tries.
FAILURES = [
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_TASK_CONFIGURATION_FAILURE",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "SERVICE_TASK_START_IMPAIRED",
]
PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The cluster's name and ARN, where interactive sessions are logged, and where services find each other.

    The name is that of the association of the capacity providers, which is the cluster's own: whoever uses it
    is made after the providers are there, and deleted before they go.
    """

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    return {
        "name": Attribute(Ref(title("CapacityProviders")), shown=True),
        "arn": Attribute(GetAtt(title(""), "Arn")),
        "exec_log_group_arn": Attribute(GetAtt(title("ExecLogs"), "Arn")),
        **(
            {"namespace_arn": Attribute(GetAtt(title("Namespace"), "Arn"))} if services_call(platform) else {}
        ),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the cluster; it has a fixed name, for Container Insights writes to a log group named after it."""
    spec = component.spec
    assert isinstance(spec, Cluster)
    name = scope.physical(limit=255)
    made_first = {}
    if spec.container_insights != "none":
        # Otherwise ECS makes the group itself, without a retention.
        group = log_group(scope, "InsightsLogs", f"/aws/ecs/containerinsights/{name}/performance")
        made_first = {"DependsOn": [group.title]}
    setting = SETTING[spec.container_insights]
    scope.add(
        ecs.Cluster(
            scope.id(""),
            ClusterName=name,
            ClusterSettings=[ecs.ClusterSetting(Name="containerInsights", Value=setting)],
            Configuration=ecs.ClusterConfiguration(ExecuteCommandConfiguration=_exec(scope)),
            **made_first,
        )
    )
    scope.add(
        ecs.ClusterCapacityProviderAssociations(
            scope.id("CapacityProviders"),
            Cluster=Ref(scope.id("")),
            CapacityProviders=list(PROVIDERS),
            # Only for tasks that name no strategy of their own.
            DefaultCapacityProviderStrategy=[
                ecs.CapacityProviderStrategy(CapacityProvider="FARGATE", Weight=1)
            ],
        )
    )
    _tell_of_failures(scope, name)
    if services_call(scope.platform):
        # Two platforms of one account must not share names.
        namespace = scope.physical(limit=1024)
        scope.add(
            servicediscovery.HttpNamespace(
                scope.id("Namespace"), Name=namespace, Description="Where services find each other"
            )
        )


def _tell_of_failures(scope: Scope, name: str) -> None:
    services = Sub(f"arn:${{AWS::Partition}}:ecs:${{AWS::Region}}:${{AWS::AccountId}}:service/{name}/")
    failures.tell(
        scope,
        "ServiceFailures",
        "A service's deployment failed, or its tasks cannot start.",
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
            "resources": [{"prefix": services}],
            "detail": {"eventName": FAILURES},
        },
    )


def _exec(scope: Scope) -> ecs.ExecuteCommandConfiguration:
    """Every interactive session is logged, and encrypted with the logs key where there is one."""
    group, key = log_group(scope, "ExecLogs"), scope.key("logs")
    optional: dict[str, Any] = {"KmsKeyId": key} if key is not None else {}
    return ecs.ExecuteCommandConfiguration(
        Logging="OVERRIDE",
        LogConfiguration=ecs.ExecuteCommandLogConfiguration(
            CloudWatchLogGroupName=Ref(group.title), CloudWatchEncryptionEnabled=key is not None
        ),
        **optional,
    )
