"""Services behind the load balancer: rules and their order, target groups, paths, alarms, `route`."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.listener_rules import MAX_PRIORITY, priority
from tests.specs import compiled, problems, resolved, resources

V2 = "AWS::ElasticLoadBalancingV2::"


def spec(**services: str) -> str:
    """A platform of services, each with its `http`."""
    image = 'image: {repository: shop/web, tag: "1"}'
    lines = [f"  {name}: {{{image}, http: {http}}}" for name, http in services.items()]
    return "\n".join(["network: {}", "services:", *lines, ""])


def one(type_: str, http: str = "{port: 8080}", environment: str = "dev") -> dict[str, Any]:
    (found,) = resources(compiled(spec(web=http), environment), type_).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def told(body: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(body)]


def place(name: str, http: ServiceHttp) -> int:
    component = resolved(spec(**{name: "{port: 1}"})).components[name]
    return priority(component, http)


def test_a_target_group_has_no_name_and_checks_health() -> None:
    group = one(f"{V2}TargetGroup", "{port: 8080, health_check: {path: /healthz, success_codes: 200-299}}")
    assert "Name" not in group
    assert (group["TargetType"], group["Port"], group["Protocol"]) == ("ip", 8080, "HTTP")
    assert (group["HealthCheckPath"], group["Matcher"]) == ("/healthz", {"HttpCode": "200-299"})
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (15, 5)
    assert group["TargetGroupAttributes"] == [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]


@pytest.mark.parametrize(
    ("http", "patterns"),
    [
        ("{port: 80}", ["/*"]),
        ("{port: 80, path: /admin}", ["/admin", "/admin/*"]),
        ("{port: 80, path: /admin/}", ["/admin", "/admin/*"]),
    ],
)
def test_a_path_means_itself_and_everything_below(http: str, patterns: list[str]) -> None:
    (condition,) = one(f"{V2}ListenerRule", http)["Conditions"]
    assert condition == {"Field": "path-pattern", "PathPatternConfig": {"Values": patterns}}


def test_a_host_is_a_condition_of_its_own() -> None:
    _, host = one(f"{V2}ListenerRule", "{port: 80, host: shop.example.com}")["Conditions"]
    assert host == {"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com"]}}


def test_the_service_waits_for_its_rule_and_gives_tasks_time() -> None:
    found = resources(
        compiled(spec(web="{port: 8080, health_check: {grace_period: 2m}}")), "AWS::ECS::Service"
    )
    service = found["WebService"]
    assert service["DependsOn"] == [
        "WebDeploymentErrorsAlarm",
        "WebDeploymentUnhealthyAlarm",
        "WebFromLoadBalancer8080Egress",
        "WebFromLoadBalancer8080Ingress",
        "WebHttpsEgress",
        "WebRule",
    ]
    assert service["Properties"]["HealthCheckGracePeriodSeconds"] == 120
    (target,) = service["Properties"]["LoadBalancers"]
    assert target == {
        "ContainerName": "web",
        "ContainerPort": 8080,
        "TargetGroupArn": {"Ref": "WebTargetGroup"},
    }


def test_only_the_load_balancer_reaches_the_port() -> None:
    ingress = one("AWS::EC2::SecurityGroupIngress")
    assert ingress == {
        "GroupId": {"Ref": "WebSecurityGroupId"},
        "SourceSecurityGroupId": {"Ref": "LoadBalancerSecurityGroupId"},
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8080,
        "Description": "load_balancer to web",
    }


def test_hosts_and_deeper_paths_are_asked_first() -> None:
    asked = [
        place("web", ServiceHttp(port=1, host="a.example.com", path="/x")),
        place("web", ServiceHttp(port=1, host="a.example.com")),
        place("web", ServiceHttp(port=1, host="*.example.com")),
        place("web", ServiceHttp(port=1, path="/x/y")),
        place("web", ServiceHttp(port=1, path="/x")),
        place("web", ServiceHttp(port=1)),
    ]
    assert asked == sorted(asked)
    assert 1 <= asked[0] < asked[-1] <= MAX_PRIORITY
    assert place("web", ServiceHttp(port=1, priority=7)) == 7


def test_another_service_changes_nothing_for_the_first() -> None:
    alone = resources(compiled(spec(web="{port: 80}")), f"{V2}ListenerRule")["WebRule"]
    beside = resources(
        compiled(spec(web="{port: 80}", admin="{port: 80, path: /admin}")), f"{V2}ListenerRule"
    )
    assert beside["WebRule"] == alone


def test_two_services_with_one_priority_are_told() -> None:
    body = spec(api="{port: 80, path: /api, priority: 5}", web="{port: 80, priority: 5}")
    assert told(body) == [
        "E210 'web' and 'api' both have the priority 5 on the load balancer; "
        "give one of them another 'http.priority'"
    ]


def test_a_service_that_gets_no_request_is_told() -> None:
    body = spec(api="{port: 80, path: /api/v1}", web="{port: 80, path: /api, priority: 1}")
    assert told(body) == [
        "E210 'api' gets no request: 'web' takes /api first; "
        "change 'http.path', 'http.host' or 'http.priority' of one of them"
    ]


def test_two_services_with_one_path_are_told_but_two_hosts_are_not() -> None:
    (line,) = told(spec(api="{port: 80}", web="{port: 80}"))
    assert "gets no request" in line
    assert told(spec(api="{port: 80, host: a.example.com}", web="{port: 80, host: b.example.com}")) == []
    assert told(spec(api="{port: 80, path: /ap}", web="{port: 80, path: /apple, priority: 50000}")) == []


def test_a_health_check_ends_before_the_next_begins() -> None:
    assert told(spec(web="{port: 80, health_check: {interval: 10s, timeout: 10s}}")) == [
        "E210 the 'timeout' 10s must be shorter than the 'interval' 10s"
    ]


def test_requests_are_counted_for_the_services_own_target_group() -> None:
    body = spec(web="{port: 80}").replace("http:", "count: {min: 2, max: 6, requests: 1000}, http:")
    (policy,) = resources(compiled(body), "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    followed = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    assert followed["TargetValue"] == 1000
    assert followed["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": {
            "Fn::Join": [
                "/",
                [
                    {"Fn::GetAtt": ["LoadBalancer", "LoadBalancerFullName"]},
                    {"Fn::GetAtt": ["WebTargetGroup", "TargetGroupFullName"]},
                ],
            ]
        },
    }


def test_answers_are_watched() -> None:
    found = resources(compiled(spec(web="{port: 80}")), "AWS::CloudWatch::Alarm")
    errors = found["WebErrorRateAlarm"]["Properties"]
    assert errors["Metrics"][-1]["Expression"] == "IF(total >= 20, 100 * FILL(errors, 0) / total, 0)"
    assert errors["Threshold"] == 1
    nobody = found["WebNoHealthyHostsAlarm"]["Properties"]
    assert (nobody["Threshold"], nobody["TreatMissingData"]) == (1, "breaching")
    unhealthy = found["WebUnhealthyHostsAlarm"]["Properties"]
    assert (unhealthy["MetricName"], unhealthy["Statistic"]) == ("UnHealthyHostCount", "Maximum")
    assert unhealthy["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": {"Ref": "LoadBalancerFullName"}},
        {"Name": "TargetGroup", "Value": {"Ref": "WebTargetGroupFullName"}},
    ]
    assert found["WebSlowResponsesAlarm"]["Properties"]["ExtendedStatistic"] == "p99"


def test_a_version_with_too_many_errors_or_unwell_tasks_is_taken_back() -> None:
    http = "{port: 80, health_check: {grace_period: 3m}}, deployment: {error_rate: 2.5%}"
    assembly = compiled(spec(web=http), "production")
    service = resources(assembly, "AWS::ECS::Service")["WebService"]["Properties"]
    assert service["DeploymentConfiguration"]["Alarms"] == {
        "AlarmNames": ["shop-production-web-deployment-errors", "shop-production-web-deployment-unhealthy"],
        "Enable": True,
        "Rollback": True,
    }
    found = resources(assembly, "AWS::CloudWatch::Alarm")
    errors = found["WebDeploymentErrorsAlarm"]["Properties"]
    assert errors["Threshold"] == 2.5
    assert errors["Metrics"][-1]["Expression"] == "IF(total >= 20, 100 * FILL(errors, 0) / total, 0)"
    unwell = found["WebDeploymentUnhealthyAlarm"]["Properties"]
    assert (unwell["DatapointsToAlarm"], unwell["EvaluationPeriods"]) == (5, 5)
    assert "WebService" not in str(unwell["Dimensions"])


@pytest.mark.parametrize(("environment", "least"), [("dev", None), ("production", 2)])
def test_fewer_healthy_tasks_than_wanted_ring_where_there_should_be_several(
    environment: str, least: int | None
) -> None:
    found = resources(compiled(spec(web="{port: 80}"), environment), "AWS::CloudWatch::Alarm")
    alarm = found.get("WebFewHealthyHostsAlarm")
    assert (alarm and alarm["Properties"]["Threshold"]) == least


def test_an_api_routes_through_the_load_balancer() -> None:
    body = spec(web="{port: 80}") + 'apis: {shop: {routes: {"GET /": {to: web, auth: none}}}}\n'
    assembly = compiled(body)
    (integration,) = resources(assembly, "AWS::ApiGatewayV2::Integration").values()
    assert integration["Properties"]["IntegrationUri"] == {"Ref": "LoadBalancerListenerArn"}
    rules = resources(assembly, "AWS::EC2::SecurityGroupIngress").values()
    assert [r["Properties"]["FromPort"] for r in rules if "ShopSecurityGroupId" in str(r)] == [80]


def test_a_service_without_http_cannot_be_routed_to() -> None:
    body = spec(web="{port: 80}").replace(", http: {port: 80}", "")
    assert told(body + 'apis: {shop: {routes: {"GET /": {to: web, auth: none}}}}\n') == [
        "E202 'shop' routes to 'web', which takes no requests; give it 'http'"
    ]
