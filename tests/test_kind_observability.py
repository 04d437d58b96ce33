"""Observability: one composite alarm for each path, dashboards, quotas; nothing else wakes anybody."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from compiler.kind import LAYERS
from compiler.kinds.observability.paths import paths
from compiler.registry import all_kinds
from tests.specs import compiled, problems, resolved, resources

ALARM = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
FUNCTION = 'runtime: python3.13, inline: "def handler(event, context): return {}"'
CONSOLE = "{image: {repository: a, tag: '1'}, cpu: 256, memory: 512, http: {port: 80, path: /}}"
PLATFORM = f"""
network: {{}}
streams: {{clicks: {{}}}}
queues: {{work: {{}}}}
databases: {{registry: {{capacity: {{min: 1, max: 2}}}}}}
functions:
  front: {{{FUNCTION}, connections: {{helper: invoke, clicks: produce, registry: read}}}}
  helper: {{{FUNCTION}}}
  counter: {{{FUNCTION}, connections: {{clicks: consume}}}}
  worker: {{{FUNCTION}, connections: {{work: receive}}}}
  alone: {{{FUNCTION}}}
services: {{console: {CONSOLE}}}
apis:
  devices: {{routes: {{"GET /a": {{to: front}}, "ANY /c/{{rest+}}": {{to: console}}}}}}
"""


def composites(body: str, environment: str = "production") -> dict[str, dict[str, Any]]:
    """The composite alarms by name, without platform and environment."""
    found = resources(compiled(body, environment), "AWS::CloudWatch::CompositeAlarm").values()
    prefix = f"shop-{environment}-observability-"
    return {r["Properties"]["AlarmName"].removeprefix(prefix): r["Properties"] for r in found}


def children(alarm: dict[str, Any]) -> list[str]:
    """The logical ids in a rule."""
    return re.findall(r"\$\{(\w+)}", alarm["AlarmRule"]["Fn::Sub"])


def children_given(alarm: dict[str, Any]) -> dict[str, Any]:
    """Those that are in other stacks, and how their names come here."""
    given: dict[str, Any] = alarm["AlarmRule"]["Fn::Sub"][1]
    return given


def many(number: int) -> str:
    return "functions:\n" + "".join(f"  f{index:03}: {{{FUNCTION}}}\n" for index in range(number))


def test_an_apis_path_is_all_that_it_calls_to_answer_but_no_data() -> None:
    (found,) = [path for path in paths(resolved(PLATFORM)) if path.name == "devices-path"]
    assert found.components == ("cluster", "console", "devices", "front", "helper", "load_balancer")
    assert found.summary == (
        "The api 'devices' fails, or something on its path: cluster, console, front, helper, load_balancer."
    )


def test_a_streams_path_is_whoever_consumes_it_not_who_produces() -> None:
    found = {path.name: path.components for path in paths(resolved(PLATFORM))}
    assert found["clicks-path"] == ("clicks", "counter")
    assert found["work-path"] == ("work", "worker")


def test_what_is_on_no_path_is_watched_with_the_rest_of_its_layer() -> None:
    found = {path.name: path.components for path in paths(resolved(PLATFORM))}
    assert found["data"] == ("registry",)
    assert found["compute"] == ("alone",)


def test_every_component_is_on_a_path() -> None:
    platform = resolved(PLATFORM)
    assert {name for path in paths(platform) for name in path.components} == set(platform.components)


def test_no_path_can_be_called_as_a_layer() -> None:
    assert not [layer for layer in LAYERS if layer.endswith("-path")]


def test_a_composite_rings_when_any_critical_alarm_of_its_path_does() -> None:
    found = composites(PLATFORM)
    assert found["work-path"]["AlarmRule"] == {"Fn::Sub": 'ALARM("${WorkerErrorRateAlarm}")'}
    assert children(found["clicks-path"]) == [
        "ClicksConsumerLagAlarm",
        "ClicksThrottledWritesAlarm",
        "CounterErrorRateAlarm",
        "CounterIteratorAgeAlarm",
        "CounterLostCallsAlarm",
    ]


def test_only_composites_wake_somebody() -> None:
    assembly = compiled(PLATFORM, "production")
    alarms = resources(assembly, "AWS::CloudWatch::Alarm").values()
    warning = [{"Ref": "NotificationsWarningTopicArn"}]
    assert all(alarm["Properties"]["AlarmActions"] == warning for alarm in alarms)
    critical = [{"Ref": "NotificationsCriticalTopicArn"}]
    found = composites(PLATFORM).values()
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == critical for alarm in found)
    assert all(alarm["ActionsEnabled"] is True for alarm in found)


def test_outside_production_composites_are_silent_too() -> None:
    assert all(alarm["ActionsEnabled"] is False for alarm in composites(PLATFORM, "dev").values())


def test_every_critical_alarm_is_in_a_composite() -> None:
    platform = resolved(PLATFORM, "production")
    critical = {
        f"shop-production-{component.name}-{alarm.name}"
        for component in platform.components.values()
        for alarm in all_kinds()[component.kind].alarms(component, platform)
        if alarm.severity == "critical"
    }
    named = {
        logical_id: alarm["Properties"]["AlarmName"]
        for logical_id, alarm in resources(compiled(PLATFORM, "production"), "AWS::CloudWatch::Alarm").items()
    }
    held = {
        named[child] for alarm in composites(PLATFORM).values() for child in children(alarm) if child in named
    }
    assert held == critical


def test_the_severity_of_an_alarm_says_whether_its_path_rings() -> None:
    settings = "{error-rate: {severity: warning}, throttles: {severity: critical}}"
    body = f"functions: {{greeter: {{{FUNCTION}, alarms: {settings}}}}}"
    assert children(composites(body)["compute"]) == ["GreeterThrottlesAlarm"]


def test_a_path_without_critical_alarms_has_no_composite() -> None:
    assert composites("queues: {work: {}}") == {}


def test_the_platform_is_down_when_two_paths_are_broken_that_share_nothing() -> None:
    rule = composites(PLATFORM)["platform-down"]["AlarmRule"]["Fn::Sub"]
    assert rule == (
        'AT_LEAST(2, ALARM, ("${ObservabilityClicksPathAlarm}", "${ObservabilityDevicesPathAlarm}", '
        '"${ObservabilityWorkPathAlarm}", "${ObservabilityDataAlarm}", "${ObservabilityComputeAlarm}"))'
    )
    worker = f"functions: {{worker: {{{FUNCTION}, connections: {{a: receive, b: receive}}}}}}\n"
    shared = worker + "queues: {a: {}, b: {}}"
    assert sorted(composites(shared)) == ["a-path", "b-path"]


def test_an_alarm_in_another_stack_is_made_before_its_composite_and_named_to_it() -> None:
    body = f"""
        functions:
          near: {{{FUNCTION}}}
          far: {{{FUNCTION}, stack: own, alarms: {{throttles: {{severity: critical}}}}}}
        """
    assembly = compiled(body, "production")
    names = [stack.name for stack in assembly.stacks]
    assert names.index("shop-production-own-alarms") < names.index("shop-production-observability")
    stack = assembly.stack("shop-production-observability")
    assert stack.parameters["FarCriticalAlarmNames"].stack == "shop-production-own-alarms"
    rule = stack.template["Resources"]["ObservabilityComputeAlarm"]["Properties"]["AlarmRule"]
    given = {"Ref": "FarCriticalAlarmNames"}
    assert rule["Fn::Sub"] == [
        'ALARM("${FarErrorRateAlarm}") OR ALARM("${FarThrottlesAlarm}") OR ALARM("${NearErrorRateAlarm}")',
        {
            "FarErrorRateAlarm": {"Fn::Select": [0, given]},
            "FarThrottlesAlarm": {"Fn::Select": [1, given]},
        },
    ]
    output = assembly.stack("shop-production-own-alarms").template["Outputs"]["FarCriticalAlarmNames"]
    refs = [{"Ref": "FarErrorRateAlarm"}, {"Ref": "FarThrottlesAlarm"}]
    assert output["Value"] == {"Fn::Join": [",", refs]}


def test_what_exists_already_is_watched_by_whoever_made_it() -> None:
    assert composites("topics: {news: {existing: {name: news}}}") == {}


def test_more_alarms_than_a_rule_can_hold_are_watched_in_layers() -> None:
    found = composites(many(150), "dev")
    assert len(children(found["compute-1"])) == 100
    assert len(children(found["compute-2"])) == 50
    assert children(found["compute"]) == ["ObservabilityCompute1Alarm", "ObservabilityCompute2Alarm"]
    assert found["compute-1"]["AlarmActions"] == [{"Ref": "NotificationsWarningTopicArn"}]
    assert found["compute"]["AlarmActions"] == [{"Ref": "NotificationsCriticalTopicArn"}]


def test_a_hundred_and_fifty_services_in_several_stacks_are_watched_in_layers() -> None:
    image = "image: {repository: a, tag: '1'}, cpu: 256, memory: 512"
    services = "".join(f"  s{n:03}: {{{image}, stack: part{n % 3}}}\n" for n in range(150))
    found = composites(f"network: {{}}\nservices:\n{services}")
    assert [len(children_given(found[f"compute-{part}"])) for part in (1, 2)] == [100, 50]
    assert children(found["compute"]) == ["ObservabilityCompute1Alarm", "ObservabilityCompute2Alarm"]


def test_no_rule_is_longer_than_aws_takes_once_names_stand_in_it() -> None:
    name = "f{index:03}-" + "x" * 27
    body = "functions:\n" + "".join(f"  {name.format(index=index)}: {{{FUNCTION}}}\n" for index in range(150))
    assembly = compiled(f"{body}", "production")
    types = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    named = {
        logical_id: alarm["Properties"]["AlarmName"]
        for type_ in types
        for logical_id, alarm in resources(assembly, type_).items()
    }
    rules = [
        re.sub(r"\$\{(\w+)}", lambda found: named[found[1]], alarm["Properties"]["AlarmRule"]["Fn::Sub"])
        for alarm in resources(assembly, types[1]).values()
    ]
    assert max(map(len, rules)) <= 10_240
    assert sum(rule.count("ALARM(") for rule in rules) >= 150


def test_more_dashboards_than_one_where_widgets_are_too_many() -> None:
    found = resources(compiled(many(130), "production"), "AWS::CloudWatch::Dashboard")
    assert sorted(found) == ["ObservabilityDashboard", "ObservabilityDashboard2"]
    widgets = [
        json.loads(board["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"] for board in found.values()
    ]
    assert all(len(page) <= 500 for page in widgets)
    # Three graphs and a title for each function, one graph and a title for the quota, one state.
    assert sum(map(len, widgets)) == 130 * 4 + 2 + 1


def test_a_dashboard_shows_each_alarm_with_its_threshold_and_what_wakes_somebody() -> None:
    body = f"functions: {{greeter: {{{FUNCTION}}}}}"
    (board,) = resources(compiled(body, "production"), "AWS::CloudWatch::Dashboard").values()
    assert board["Properties"]["DashboardName"] == "shop-production-observability"
    state, title, _, throttles, *_ = json.loads(board["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
    assert state["properties"]["alarms"] == [f"{ALARM}shop-production-observability-compute"]
    assert title["properties"]["markdown"] == "## greeter\nfunction"
    assert throttles == {
        "type": "metric",
        "x": 6,
        "y": title["y"] + title["height"],
        "width": 6,
        "height": 5,
        "properties": {
            "title": "throttles",
            "region": "${AWS::Region}",
            "view": "timeSeries",
            "annotations": {"alarms": [f"{ALARM}shop-production-greeter-throttles"]},
        },
    }


def test_widgets_do_not_lie_over_each_other() -> None:
    (board,) = resources(compiled(PLATFORM, "production"), "AWS::CloudWatch::Dashboard").values()
    taken: set[tuple[int, int]] = set()
    for widget in json.loads(board["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert taken.isdisjoint(cells)
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize(
    ("environment", "settings", "number"),
    [("dev", "{}", 0), ("dev", "{enabled: true}", 1), ("production", "{enabled: false}", 0)],
)
def test_the_dashboard_exists_in_production_unless_the_spec_says_otherwise(
    environment: str, settings: str, number: int
) -> None:
    body = f"functions: {{greeter: {{{FUNCTION}}}}}\nobservability: {{dashboard: {settings}}}"
    assert len(resources(compiled(body, environment), "AWS::CloudWatch::Dashboard")) == number


def test_a_quota_is_watched_once_and_only_where_the_platform_draws_on_it() -> None:
    alarms = resources(compiled(many(3)), "AWS::CloudWatch::Alarm")
    assert [name for name in alarms if "Quota" in name] == ["ObservabilityQuotaLambdaConcurrencyAlarm"]
    quota = alarms["ObservabilityQuotaLambdaConcurrencyAlarm"]["Properties"]
    assert (quota["Threshold"], quota["EvaluationPeriods"]) == (80, 1)
    usage, result = quota["Metrics"]
    assert usage["MetricStat"]["Metric"]["Dimensions"] == [
        {"Name": "Class", "Value": "None"},
        {"Name": "Resource", "Value": "ConcurrentExecutions"},
        {"Name": "Service", "Value": "Lambda"},
        {"Name": "Type", "Value": "Resource"},
    ]
    assert result["Expression"] == "100 * usage / SERVICE_QUOTA(usage)"


def test_services_and_tasks_draw_on_the_same_quota() -> None:
    image = "image: {repository: a, tag: '1'}, cpu: 256, memory: 512"
    body = f"network: {{}}\nservices: {{one: {{{image}}}}}\ntasks: {{two: {{{image}}}}}"
    alarms = resources(compiled(body), "AWS::CloudWatch::Alarm")
    assert [name for name in alarms if "Quota" in name] == ["ObservabilityQuotaFargateVcpuAlarm"]


def test_a_quota_alarm_can_be_changed_as_any_other() -> None:
    setting = "observability: {alarms: {quota-lambda-concurrency: %s}}\n" + many(1)
    changed = resources(compiled(setting % "{threshold: 60}"), "AWS::CloudWatch::Alarm")
    assert changed["ObservabilityQuotaLambdaConcurrencyAlarm"]["Properties"]["Threshold"] == 60
    assert "ObservabilityQuotaLambdaConcurrencyAlarm" not in resources(
        compiled(setting % "false"), "AWS::CloudWatch::Alarm"
    )
    assert problems("observability: {alarms: {quota-lambda-concurency: false}}\n" + many(1)) == [
        "spec.yaml:7:26 E209 'observability' has no alarm 'quota-lambda-concurency'; it has: "
        "quota-lambda-concurrency; did you mean 'quota-lambda-concurrency'?"
    ]
