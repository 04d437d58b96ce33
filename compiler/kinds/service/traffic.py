"""How a service's requests come from the load balancer: target group, listener rule, security group rules."""

from __future__ import annotations

from typing import Any

from troposphere import Ref
from troposphere import elasticloadbalancingv2 as elb

from compiler.blocks import reach
from compiler.kinds.service import strategy
from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.listener_rules import priority, trial_priority
from compiler.kinds.service.shifting import to_both
from compiler.kinds.service.spec import Service
from compiler.scope import Scope
from compiler.units import seconds


def add_target_groups(scope: Scope, spec: Service, http: ServiceHttp, group: Any) -> list[str]:
    """Adds all three, with two groups when requests shift; returns what the service must wait for."""
    shifts = strategy.shifts(spec)
    for part in ("TargetGroup", "AlternateTargetGroup") if shifts else ("TargetGroup",):
        _target_group(scope, part, http)
    rule = _rules(scope, spec, http)
    balancer = scope.value("load_balancer", "security_group_id")
    # ECS refuses a target group that no listener uses yet; a service whose requests shift names the rule.
    return [*([] if shifts else [rule]), *reach.admit(scope, group, "load_balancer", balancer, http.port)]


def _rules(scope: Scope, spec: Service, http: ServiceHttp) -> str:
    """Adds the rule, whose logical id it returns, and the one for requests on trial."""
    forward = elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(scope.id("TargetGroup")))
    common = {
        "ListenerArn": scope.value("load_balancer", "listener_arn"),
        "Actions": [to_both(scope) if strategy.shifts(spec) else forward],
    }
    title, place = scope.id("Rule"), priority(scope.component, http)
    conditions = _conditions(http)
    scope.add(
        elb.ListenerRule(title, Priority=place, Conditions=conditions, **common),
        path=("http",),
    )
    if trial := spec.deployment.trial:
        place = trial_priority(scope.component, http, trial)
        header = elb.HttpHeaderConfig(HttpHeaderName=trial.header, Values=[trial.value])
        conditions = [*conditions, elb.Condition(Field="http-header", HttpHeaderConfig=header)]
        scope.add(
            elb.ListenerRule(scope.id("TrialRule"), Priority=place, Conditions=conditions, **common),
            path=("deployment", "trial"),
        )
    return title


def _target_group(scope: Scope, part: str, http: ServiceHttp) -> None:
    # Never named: a change of the port replaces it, and the new one would collide with the old.
    scope.add(
        elb.TargetGroup(
            scope.id(part),
            VpcId=scope.value("network", "vpc_id"),
            TargetType="ip",
            Protocol="HTTP",
            Port=http.port,
            TargetGroupAttributes=[
                elb.TargetGroupAttribute(
                    Key="deregistration_delay.timeout_seconds", Value=str(seconds(http.deregistration_delay))
                )
            ],
            **_health_check(http),
        ),
        path=("http",),
    )


def _health_check(http: ServiceHttp) -> dict[str, Any]:
    check = http.health_check
    return {
        "HealthCheckPath": check.path,
        "HealthCheckIntervalSeconds": seconds(check.interval),
        "HealthCheckTimeoutSeconds": seconds(check.timeout),
        "HealthyThresholdCount": check.healthy_threshold,
        "UnhealthyThresholdCount": check.unhealthy_threshold,
        "Matcher": elb.Matcher(HttpCode=check.success_codes),
    }


def _conditions(http: ServiceHttp) -> list[elb.Condition]:
    path = http.path.rstrip("/")
    patterns = [path, f"{path}/*"] if path else ["/*"]
    found = [elb.Condition(Field="path-pattern", PathPatternConfig=elb.PathPatternConfig(Values=patterns))]
    if http.host:
        host = elb.HostHeaderConfig(Values=[http.host])
        found.append(elb.Condition(Field="host-header", HostHeaderConfig=host))
    return found
