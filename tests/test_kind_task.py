"""Tasks: started by a schedule, which may start nothing else, or by people; failures are noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from textwrap import indent
from typing import Any

import pytest

from compiler.deploy import aws
from compiler.deploy.events import Deployed
from tests.specs import compiled, problems, resources
from tests.test_deploy_emulator import deploy, door, emulator, faults, statuses

__all__ = ["door", "emulator", "faults"]  # fixtures

ECS = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}"
NIGHTLY = 'schedule: "cron(0 3 * * ? *)"'
BERLIN = 'schedule: {expression: "cron(0 3 * * ? *)", timezone: Europe/Berlin, enabled: false, retries: 2}'


def spec(settings: str = "", rest: str = "") -> str:
    """A platform with one task `report`; `settings` are further lines of it."""
    lines = "\n".join(line for line in ('image: {repository: shop/report, tag: "1.0"}', settings) if line)
    return f"network: {{}}\ntasks:\n  report:\n{indent(lines, '    ')}\n{rest}"


def made(type_: str, settings: str = "", environment: str = "dev", rest: str = "") -> dict[str, Any]:
    """The properties of the only resource of this type that belongs to the task."""
    found = resources(compiled(spec(settings, rest), environment), type_)
    (one,) = (value for name, value in found.items() if name.startswith("Report"))
    properties: dict[str, Any] = one["Properties"]
    return properties


def told(settings: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(spec(settings))]


def outputs(settings: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for stack in compiled(spec(settings)).stacks:
        found |= stack.template.get("Outputs", {})
    return found


def test_a_schedule_starts_one_task_in_private_subnets() -> None:
    schedule = made("AWS::Scheduler::Schedule", NIGHTLY)
    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert (schedule["ScheduleExpressionTimezone"], schedule["State"]) == ("UTC", "ENABLED")
    target = schedule["Target"]
    assert target["Arn"] == {"Fn::GetAtt": ["Cluster", "Arn"]}
    started = target["EcsParameters"]
    assert (started["TaskDefinitionArn"], started["TaskCount"]) == ({"Ref": "ReportTask"}, 1)
    assert started["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "AssignPublicIp": "DISABLED",
        "SecurityGroups": [{"Ref": "ReportSecurityGroupId"}],
        "Subnets": {"Ref": "NetworkPrivateSubnetIds"},
    }


def test_profiles_differ_in_capacity_and_openness_only() -> None:
    found = [
        made("AWS::Scheduler::Schedule", NIGHTLY, name)["Target"]["EcsParameters"]
        for name in ("dev", "production")
    ]
    assert [one["CapacityProviderStrategy"][0]["CapacityProvider"] for one in found] == [
        "FARGATE_SPOT",
        "FARGATE",
    ]
    assert [one["EnableExecuteCommand"] for one in found] == [True, False]


def test_a_schedule_can_have_a_time_zone_be_off_and_try_less_often() -> None:
    schedule = made("AWS::Scheduler::Schedule", BERLIN)
    assert (schedule["ScheduleExpressionTimezone"], schedule["State"]) == ("Europe/Berlin", "DISABLED")
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 2


def test_a_schedule_may_run_this_family_in_this_cluster_and_pass_its_two_roles() -> None:
    roles = resources(compiled(spec(NIGHTLY)), "AWS::IAM::Role")
    run, give, tag, *_ = roles["ReportScheduleRole"]["Properties"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    assert run == {
        "Effect": "Allow",
        "Action": ["ecs:RunTask"],
        "Resource": [{"Fn::Sub": f"{ECS}:task-definition/shop-dev-report:*"}],
        "Condition": {"ArnEquals": {"ecs:cluster": {"Fn::GetAtt": ["Cluster", "Arn"]}}},
    }
    assert give == {
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": [
            {"Fn::GetAtt": ["ReportExecutionRole", "Arn"]},
            {"Fn::GetAtt": ["ReportTaskRole", "Arn"]},
        ],
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    }
    assert tag["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}


def test_a_schedule_waits_until_its_task_can_reach_what_it_uses() -> None:
    settings = f"{NIGHTLY}\nconnections: {{maps: {{access: read, mount: /mnt/maps}}}}"
    assembly = compiled(spec(settings, "filesystems: {maps: {}}\n"))
    (schedule,) = resources(assembly, "AWS::Scheduler::Schedule").values()
    assert schedule["DependsOn"] == [
        "ReportHttpsEgress",
        "ReportToMaps2049Egress",
        "ReportToMaps2049Ingress",
    ]


def test_the_container_is_that_of_a_service_without_ports() -> None:
    definition = made("AWS::ECS::TaskDefinition", 'cpu: 512\ncommand: [report]\nuser: "1000"', "production")
    assert (definition["Cpu"], definition["Memory"], definition["Family"]) == (
        "512",
        "1024",
        "shop-production-report",
    )
    (container,) = definition["ContainerDefinitions"]
    assert (container["Name"], container["Command"], container["User"]) == ("report", ["report"], "1000")
    assert container["ReadonlyRootFilesystem"] is True
    assert "PortMappings" not in container


def test_connections_give_permissions_variables_and_secrets() -> None:
    settings = "connections: {raw: write, token: {access: read, env: TOKEN}}"
    rest = "buckets: {raw: {}}\nsecrets: {token: {}}\n"
    (container,) = made("AWS::ECS::TaskDefinition", settings, rest=rest)["ContainerDefinitions"]
    assert "RAW_BUCKET" in [variable["Name"] for variable in container["Environment"]]
    assert container["Secrets"] == [{"Name": "TOKEN", "ValueFrom": {"Ref": "TokenArn"}}]
    roles = resources(compiled(spec(settings, rest), "production"), "AWS::IAM::Role")
    assert "s3:PutObject" in json.dumps(roles["ReportTaskRole"])
    assert "secretsmanager:GetSecretValue" in json.dumps(roles["ReportExecutionRole"])


def test_without_a_schedule_nothing_starts_it_but_people_who_find_all_they_need_in_outputs() -> None:
    assembly = compiled(spec())
    assert resources(assembly, "AWS::Scheduler::Schedule") == {}
    assert resources(assembly, "AWS::SQS::Queue") == {}
    assert set(outputs()) >= {
        "ClusterName",
        "ReportDefinitionArn",
        "ReportLogGroup",
        "ReportSecurityGroupId",
        "ReportSubnetIds",
    }


def test_only_its_own_container_and_starts_that_failed_count_as_failures() -> None:
    rule = made("AWS::Events::Rule", NIGHTLY)
    detail = rule["EventPattern"]["detail"]
    assert detail["taskDefinitionArn"] == [{"prefix": {"Fn::Sub": f"{ECS}:task-definition/shop-dev-report:"}}]
    assert detail["lastStatus"] == ["STOPPED"]
    exited, never = detail["$or"]
    assert exited == {"containers": {"name": ["report"], "exitCode": [{"anything-but": [0]}]}}
    assert "TaskFailedToStart" in never["stopCode"]
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${group}"
    assert rule["Targets"] == [
        {"Id": "log", "Arn": {"Fn::Sub": [group, {"group": {"Ref": "ReportFailures"}}]}}
    ]


def test_the_log_of_failures_admits_rules_of_this_account_only() -> None:
    group = resources(compiled(spec()), "AWS::Logs::LogGroup")["ReportFailures"]["Properties"]
    assert group["LogGroupName"] == "/aws/events/shop-dev-report-failures"
    stream, lines = group["ResourcePolicyDocument"]["Statement"]
    assert (stream["Action"], lines["Action"]) == (["logs:CreateLogStream"], ["logs:PutLogEvents"])
    assert lines["Principal"] == {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    rules = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
    assert lines["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": rules}}}


def test_failed_runs_ring_and_with_a_schedule_those_that_never_began() -> None:
    assert "ReportNotStartedAlarm" not in resources(compiled(spec()), "AWS::CloudWatch::Alarm")
    alarms = resources(compiled(spec(NIGHTLY)), "AWS::CloudWatch::Alarm")
    failed = alarms["ReportFailedAlarm"]["Properties"]
    assert (failed["Namespace"], failed["MetricName"], failed["Threshold"]) == (
        "AWS/Events",
        "TriggeredRules",
        0,
    )
    assert failed["Dimensions"] == [{"Name": "RuleName", "Value": {"Ref": "ReportFailureRule"}}]
    silent = alarms["ReportNotStartedAlarm"]["Properties"]
    assert silent["Dimensions"] == [{"Name": "QueueName", "Value": {"Ref": "ReportDeadLetterName"}}]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "schedule: daily",
            "E105 'daily' is no schedule; write one such as rate(5 minutes) or cron(0 3 * * ? *)",
        ),
        (
            "schedule: {expression: rate(1 hours)}",
            "E105 'rate(1 hours)' is no schedule: write rate(1 hour)",
        ),
        (
            "schedule: {expression: rate(1 hour), timezone: Mars/Crater}",
            "E105 'Mars/Crater' is no time zone; "
            "write a name of the IANA database, such as Europe/Berlin or UTC",
        ),
        (
            "memory: 4096",
            "C001 Fargate has no 4096 MiB with 256 CPU units; it has: 512, 1024, 2048",
        ),
    ],
)
def test_what_cannot_be_is_told(settings: str, message: str) -> None:
    assert told(settings) == [message]


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [("xray: true", "tracing"), ("firelens: true", "log_router"), ("cron: daily", "schedule")],
)
def test_words_of_other_tools_are_translated(foreign: str, ours: str) -> None:
    (line,) = told(foreign)
    assert line.endswith(f"here it is called '{ours}'")


def test_without_egress_a_task_brings_the_endpoints_it_calls() -> None:
    body = spec(NIGHTLY).replace("network: {}", "network: {egress: none}")
    endpoints = json.dumps(resources(compiled(body, "production"), "AWS::EC2::VPCEndpoint"))
    assert all(name in endpoints for name in ("ecr.api", "ecr.dkr", "logs"))


def test_it_is_deployed(door: aws.Boto) -> None:
    last = deploy(door, replace(compiled(spec(NIGHTLY)), region="us-east-1"))[-1]
    assert isinstance(last, Deployed)
    assert set(statuses(door).values()) == {"CREATE_COMPLETE"}
    assert "task-definition/shop-dev-report:" in last.outputs["shop-dev-compute"]["ReportDefinitionArn"]


EXISTING = """\
network:
  existing:
    vpc: vpc-0a1b2c3d4e5f60718
    cidr: 10.20.0.0/16
    private_subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a2b3c4d5e6f70819]
    isolated_subnets: [subnet-2a3b4c5d6e7f80910, subnet-3a4b5c6d7e8f90112]
"""


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("network: {}\n", {"Fn::Join": [",", {"Ref": "NetworkPrivateSubnetIds"}]}),
        ("network: {stack: net}\n", {"Fn::Join": [",", {"Ref": "NetworkPrivateSubnetIds"}]}),
        (EXISTING, "subnet-0a1b2c3d4e5f60718,subnet-1a2b3c4d5e6f70819"),
    ],
)
def test_its_subnets_are_an_output_wherever_the_network_is(network: str, expected: object) -> None:
    task = 'tasks: {report: {image: {repository: shop/report, tag: "1"}}}\n'
    (compute,) = (stack for stack in compiled(network + task).stacks if stack.layer == "compute")
    assert compute.template["Outputs"]["ReportSubnetIds"]["Value"] == expected
    assert ("NetworkPrivateSubnetIds" in compute.template.get("Parameters", {})) == (network != EXISTING)
