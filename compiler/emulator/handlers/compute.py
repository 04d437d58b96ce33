"""ECS, scaling, API and alarm types the emulator lacks a handler for; those without any API are recorded."""

import uuid
from typing import Any

from handlers.calls import (
    Handler,
    Properties,
    Result,
    client,
    handler,
    new_id,
    physical_name,
    picked,
    recorded,
)


def _put_providers(_logical_id: str, properties: Properties, _stack: str) -> Result:
    strategy = properties.get("DefaultCapacityProviderStrategy") or []
    client("ecs").put_cluster_capacity_providers(
        cluster=properties["Cluster"],
        capacityProviders=properties.get("CapacityProviders") or [],
        defaultCapacityProviderStrategy=[_strategy_item(item) for item in strategy],
    )
    return properties["Cluster"], {}


def _strategy_item(item: dict[str, Any]) -> dict[str, Any]:
    numbers = {name.lower(): int(item[name]) for name in ("Base", "Weight") if name in item}
    return {"capacityProvider": item["CapacityProvider"], **numbers}


def _remove_providers(cluster: str, _properties: Properties) -> None:
    client("ecs").put_cluster_capacity_providers(
        cluster=cluster, capacityProviders=[], defaultCapacityProviderStrategy=[]
    )


# Composite alarms.

_ALARM = (
    *("AlarmRule", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "Tags"),
    *("InsufficientDataActions", "ActionsSuppressor"),
)


def _alarm(name: str, properties: Properties) -> Result:
    given = picked(properties, *_ALARM)
    given |= {
        key: int(properties[key])
        for key in ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
        if key in properties
    }
    cloudwatch = client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName=name, **given)
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return name, {"Arn": found["CompositeAlarms"][0]["AlarmArn"]}


def _create_alarm(logical_id: str, properties: Properties, stack: str) -> Result:
    return _alarm(properties.get("AlarmName") or physical_name(stack, logical_id, max_len=255), properties)


def _delete_alarm(name: str, _properties: Properties) -> None:
    client("cloudwatch").delete_alarms(AlarmNames=[name])


# Recorded types.


def _scalable_target(_logical_id: str, properties: Properties, _stack: str) -> Result:
    parts = (properties[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return "|".join(parts), {}


def _scaling_policy(logical_id: str, properties: Properties, stack: str) -> Result:
    from ministack.core.responses import get_account_id, get_region

    target = properties.get("ScalingTargetId", "||").split("|")
    resource = properties.get("ResourceId") or target[0]
    namespace = properties.get("ServiceNamespace") or target[2]
    name = properties.get("PolicyName") or physical_name(stack, logical_id)
    scope = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}"
    return f"{scope}:resource/{namespace}/{resource}:policyName/{name}", {}


HANDLERS: dict[str, Handler] = {
    "AWS::ECS::ClusterCapacityProviderAssociations": handler(
        _put_providers, lambda _cluster, _old, new: _put_providers("", new, ""), _remove_providers
    ),
    "AWS::CloudWatch::CompositeAlarm": handler(
        _create_alarm, lambda name, _old, new: _alarm(name, new), _delete_alarm
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": recorded(
        _scalable_target, lambda target, _properties: {"Id": target}
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": recorded(
        _scaling_policy, lambda arn, _properties: {"Arn": arn}
    ),
    "AWS::ApiGatewayV2::VpcLink": recorded(
        lambda _logical_id, _properties, _stack: (new_id("vpclink"), {}),
        lambda link, _properties: {"VpcLinkId": link},
    ),
}
REPLACING = {
    "AWS::ECS::ClusterCapacityProviderAssociations": ("Cluster",),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName",),
    "AWS::ApplicationAutoScaling::ScalableTarget": ("ResourceId", "ScalableDimension", "ServiceNamespace"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        *("PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"),
    ),
    "AWS::ApiGatewayV2::VpcLink": ("SecurityGroupIds", "SubnetIds"),
}
