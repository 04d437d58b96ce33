"""Services whose requests move to a new version: two target groups, one rule, a role, alarms over both."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import compiled, problems, resources

V2 = "AWS::ElasticLoadBalancingV2::"


def spec(deployment: str, more: str = "http: {port: 8080}") -> str:
    service = f'image: {{repository: shop/web, tag: "1"}}, {more}, deployment: {deployment}'
    return f"network: {{}}\nservices:\n  web: {{{service}}}\n"


def service(deployment: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(compiled(spec(deployment)), "AWS::ECS::Service")["WebService"][
        "Properties"
    ]
    return found


def configuration(deployment: str) -> dict[str, Any]:
    found: dict[str, Any] = service(deployment)["DeploymentConfiguration"]
    return found


def alarm(name: str, deployment: str = "{strategy: blue_green}") -> dict[str, Any]:
    found: dict[str, Any] = resources(compiled(spec(deployment)), "AWS::CloudWatch::Alarm")[name][
        "Properties"
    ]
    return found


def told(body: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(body)]


@pytest.mark.parametrize(
    ("written", "pace"),
    [
        ("{strategy: blue_green}", {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 15}),
        ("{strategy: blue_green, bake_time: 5m}", {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 5}),
        (
            "{strategy: linear, step: 12.5%, step_time: 5m}",
            {
                "Strategy": "LINEAR",
                "BakeTimeInMinutes": 15,
                "LinearConfiguration": {"StepPercent": 12.5, "StepBakeTimeInMinutes": 5},
            },
        ),
        (
            "{strategy: canary}",
            {
                "Strategy": "CANARY",
                "BakeTimeInMinutes": 15,
                "CanaryConfiguration": {"CanaryPercent": 5, "CanaryBakeTimeInMinutes": 10},
            },
        ),
    ],
)
def test_requests_move_at_the_pace_that_is_written(written: str, pace: dict[str, Any]) -> None:
    found = configuration(written)
    assert {key: found[key] for key in pace} == pace
    assert [key for key in found if key.endswith("Configuration")] == [
        key for key in pace if key.endswith("Configuration")
    ]


def test_alarms_take_a_version_back_in_every_profile_where_no_circuit_breaker_does() -> None:
    found = configuration("{strategy: blue_green}")
    assert found["DeploymentCircuitBreaker"] == {"Enable": False, "Rollback": False}
    assert found["Alarms"] == {
        "AlarmNames": ["shop-dev-web-deployment-errors", "shop-dev-web-deployment-unhealthy"],
        "Enable": True,
        "Rollback": True,
    }


def test_one_rule_leads_to_both_target_groups_and_ecs_may_change_it() -> None:
    assembly = compiled(spec("{strategy: blue_green}"))
    assert set(resources(assembly, f"{V2}TargetGroup")) == {"WebTargetGroup", "WebAlternateTargetGroup"}
    (action,) = resources(assembly, f"{V2}ListenerRule")["WebRule"]["Properties"]["Actions"]
    assert action["ForwardConfig"]["TargetGroups"] == [
        {"TargetGroupArn": {"Ref": "WebTargetGroup"}, "Weight": 100},
        {"TargetGroupArn": {"Ref": "WebAlternateTargetGroup"}, "Weight": 0},
    ]
    (target,) = service("{strategy: blue_green}")["LoadBalancers"]
    assert target["AdvancedConfiguration"] == {
        "AlternateTargetGroupArn": {"Ref": "WebAlternateTargetGroup"},
        "ProductionListenerRule": {"Ref": "WebRule"},
        "RoleArn": {"Fn::GetAtt": ["WebInfrastructureRole", "Arn"]},
    }
    role = resources(assembly, "AWS::IAM::Role")["WebInfrastructureRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ecs.amazonaws.com"}
    (policy,) = role["ManagedPolicyArns"]
    assert policy["Fn::Sub"].endswith("/AmazonECSInfrastructureRolePolicyForLoadBalancers")


def test_both_target_groups_are_alike() -> None:
    groups = resources(compiled(spec("{strategy: blue_green}")), f"{V2}TargetGroup")
    first, second = (
        {key: value for key, value in group["Properties"].items() if key != "Tags"}
        for group in groups.values()
    )
    assert first == second


def test_a_rolling_service_has_nothing_of_it() -> None:
    rolling, bare = compiled(spec("{strategy: rolling}")), compiled(spec("{}"))
    assert rolling.files() == bare.files()
    assert not any("Alternate" in name for stack in bare.stacks for name in stack.template["Resources"])


def test_what_a_rolling_service_has_keeps_its_logical_id() -> None:
    before = {name for stack in compiled(spec("{}")).stacks for name in stack.template["Resources"]}
    after = {
        name for stack in compiled(spec("{strategy: canary}")).stacks for name in stack.template["Resources"]
    }
    assert after - before == {"WebAlternateTargetGroup", "WebInfrastructureRole"}
    assert before <= after


def test_alarms_look_at_both_target_groups() -> None:
    errors = alarm("WebDeploymentErrorsAlarm")["Metrics"]
    assert [query["Id"] for query in errors] == ["errors", "errors_other", "total", "total_other", "result"]
    assert errors[-1]["Expression"] == (
        "IF(SUM([total, total_other]) >= 20, "
        "100 * FILL(SUM([errors, errors_other]), 0) / SUM([total, total_other]), 0)"
    )
    hosts = alarm("WebNoHealthyHostsAlarm")["Metrics"]
    assert hosts[-1]["Expression"] == "MAX([value, value_other])"
    groups = [
        pair["Value"]
        for query in hosts[:-1]
        for pair in query["MetricStat"]["Metric"]["Dimensions"]
        if pair["Name"] == "TargetGroup"
    ]
    assert groups == [{"Ref": "WebTargetGroupFullName"}, {"Ref": "WebAlternateTargetGroupFullName"}]
    assert {query["MetricStat"]["Stat"] for query in hosts[:-1]} == {"Minimum"}


@pytest.mark.parametrize(
    ("deployment", "more", "message"),
    [
        (
            "{strategy: canary}",
            "cpu: 256",
            "C007 canary moves requests from one version to the next, and without 'http' there are none; "
            "add 'http', or remove 'strategy'",
        ),
        (
            "{strategy: blue_green}",
            "http: {port: 80}, count: {min: 1, max: 3, requests: 100}",
            "E210 requests are counted by target group, and blue_green changes the group with each "
            "deployment; scale by 'cpu_percentage', or choose the strategy rolling",
        ),
        (
            "{strategy: blue_green, step: 10%}",
            "http: {port: 80}",
            "E210 'step' means nothing with the strategy blue_green; remove it, or choose linear or canary",
        ),
        (
            "{trial: {header: x-preview}}",
            "http: {port: 80}",
            "E210 'trial' means nothing with the strategy rolling; remove it, or choose another strategy",
        ),
        (
            "{step_time: 5m}",
            "http: {port: 80}",
            "E210 'step_time' means nothing with the strategy rolling; remove it, or choose linear or canary",
        ),
        (
            "{strategy: linear, step: 1%}",
            "http: {port: 80}",
            "E106 a step of linear is 3% at least, not 1%",
        ),
        (
            "{strategy: canary, step: 1.25%}",
            "http: {port: 80}",
            "E105 ECS knows tenths of a percent, and 1.25% is finer; round it",
        ),
        (
            "{strategy: canary, step_time: 90s}",
            "http: {port: 80}",
            "E105 90s is not whole minutes; write 1m or 2m",
        ),
        (
            "{strategy: linear, step: 3%, step_time: 2h}",
            "http: {port: 80}",
            "E210 a deployment would take 66 hours, CloudFormation allows 33; choose longer steps, or "
            "shorten 'step_time' or 'bake_time'",
        ),
    ],
)
def test_what_cannot_be_is_told(deployment: str, more: str, message: str) -> None:
    assert told(spec(deployment, more)) == [message]


TRIAL = "{strategy: canary, trial: {header: x-preview, value: next}}"


def test_requests_on_trial_come_first_by_a_rule_of_their_own() -> None:
    found = resources(compiled(spec(TRIAL)), f"{V2}ListenerRule")
    rule, own = found["WebTrialRule"]["Properties"], found["WebRule"]["Properties"]
    assert rule["Priority"] < own["Priority"]
    assert rule["Actions"] == own["Actions"]
    assert rule["Conditions"] == [
        *own["Conditions"],
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "x-preview", "Values": ["next"]},
        },
    ]
    (target,) = service(TRIAL)["LoadBalancers"]
    assert target["AdvancedConfiguration"]["TestListenerRule"] == {"Ref": "WebTrialRule"}


def test_the_rule_of_requests_on_trial_is_before_the_services_own_and_has_a_place_of_its_own() -> None:
    late = "{strategy: canary, trial: {header: x-preview, priority: 7}}"
    assert told(spec(late, "http: {port: 80, priority: 5}")) == [
        "E210 the requests on trial would never be seen: their rule has the priority 7, the service's own 5; "
        "give 'trial' a lower 'priority', or raise 'http.priority'"
    ]
    other = '  api: {image: {repository: shop/api, tag: "1"}, http: {port: 80, path: /api, priority: 7}}\n'
    assert told(spec(late) + other) == [
        "E210 the rule of 'api' has the priority 7 as well; give 'trial' another 'priority'"
    ]


@pytest.mark.parametrize("step", ["1.1%", "0.3%", "4.1%", "100%"])
def test_tenths_of_a_percent_are_right(step: str) -> None:
    assert told(spec(f"{{strategy: canary, step: {step}}}")) == []
