"""Strategy -> a second target group, the role that moves requests between the two, and how it does."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, ecs
from troposphere import elasticloadbalancingv2 as elb

from compiler.blocks import iam
from compiler.kinds.service import strategy
from compiler.kinds.service.deployment import ServiceDeployment
from compiler.scope import Scope

PATH = ("deployment", "strategy")
# What ECS needs on rules and target groups it moves requests with; AWS keeps the list.
# Source: ECS developer guide, "Amazon ECS infrastructure IAM role for load balancers", 2026.
POLICY = "arn:${AWS::Partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"


def to_both(scope: Scope) -> elb.ListenerRuleAction:
    """The action of a rule whose weights ECS changes: they are right for the first deployment only."""
    weights = {"TargetGroup": 100, "AlternateTargetGroup": 0}
    groups = [
        elb.TargetGroupTuple(TargetGroupArn=Ref(scope.id(part)), Weight=weight)
        for part, weight in weights.items()
    ]
    return elb.ListenerRuleAction(Type="forward", ForwardConfig=elb.ForwardConfig(TargetGroups=groups))


def add_shifting(scope: Scope, deployment: ServiceDeployment) -> ecs.AdvancedConfiguration:
    """Adds the role; returns what ECS moves requests between, and by which rule."""
    role = iam.role(
        scope,
        "InfrastructureRole",
        "ecs.amazonaws.com",
        [],
        description=f"Moves requests to new versions of {scope.component.name}",
    )
    role.ManagedPolicyArns = [Sub(POLICY)]
    trial = {"TestListenerRule": Ref(scope.id("TrialRule"))} if deployment.trial else {}
    return ecs.AdvancedConfiguration(
        AlternateTargetGroupArn=Ref(scope.id("AlternateTargetGroup")),
        ProductionListenerRule=Ref(scope.id("Rule")),
        RoleArn=GetAtt(role, "Arn"),
        **trial,
    )


def pace(deployment: ServiceDeployment) -> dict[str, Any]:
    """The parts of a deployment configuration that say how fast, when it is not rolling.

    The circuit breaker is for rolling deployments only; that it is off is said, for it may have been on.
    """
    found: dict[str, Any] = {
        "Strategy": deployment.strategy.upper(),
        "BakeTimeInMinutes": strategy.bake_time(deployment) // 60,
        "DeploymentCircuitBreaker": ecs.DeploymentCircuitBreaker(Enable=False, Rollback=False),
    }
    if deployment.strategy == "linear":
        found["LinearConfiguration"] = ecs.LinearConfiguration(
            StepPercent=strategy.step(deployment), StepBakeTimeInMinutes=strategy.step_time(deployment) // 60
        )
    if deployment.strategy == "canary":
        found["CanaryConfiguration"] = ecs.CanaryConfiguration(
            CanaryPercent=strategy.step(deployment),
            CanaryBakeTimeInMinutes=strategy.step_time(deployment) // 60,
        )
    return found
