"""The helpers beside a service's or a task's container: the collector of traces, the router of logs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from compiler.blocks.fargate.helpers import CPU
from compiler.deploy import aws
from tests.specs import compiled, findings, problems, resources
from tests.test_deploy_emulator import deploy, door, emulator, faults, statuses

__all__ = ["door", "emulator", "faults"]  # fixtures

SPEC = """
network: {egress: EGRESS}
SECTION:
  worker:
    image: {repository: shop/worker, tag: "1.0"}
    memory: 1024
    exec: false
"""
MIRROR = "{image: {repository: mirror/otel, tag: v1}}"
LOGS = {"Fn::GetAtt": ["WorkerLogs", "Arn"]}

kinds = pytest.mark.parametrize("section", ["services", "tasks"])


def spec(settings: str, section: str = "services", egress: str = "single") -> str:
    lines = SPEC.replace("SECTION", section).replace("EGRESS", egress)
    return lines + "".join(f"    {line}\n" for line in settings.splitlines())


def containers(settings: str, section: str = "services") -> dict[str, dict[str, Any]]:
    (task,) = resources(compiled(spec(settings, section)), "AWS::ECS::TaskDefinition").values()
    return {found["Name"]: found for found in task["Properties"]["ContainerDefinitions"]}


def statements(role: str, settings: str) -> list[dict[str, Any]]:
    """What a role of the service may do."""
    properties = resources(compiled(spec(settings)), "AWS::IAM::Role")[f"Worker{role}"]["Properties"]
    found: list[dict[str, Any]] = [
        statement
        for policy in properties.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    return found


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {variable["Name"]: variable["Value"] for variable in container["Environment"]}


def told(settings: str, egress: str = "single") -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(spec(settings, egress=egress))]


@kinds
def test_without_helpers_a_task_has_one_container_and_no_share_of_the_cpu(section: str) -> None:
    (container,) = containers("", section).values()
    assert "Cpu" not in container
    assert "DependsOn" not in container


@kinds
def test_traces_go_to_a_collector_whose_loss_the_task_survives(section: str) -> None:
    found = containers("tracing: true", section)
    collector = found["otel_collector"]
    assert collector["Image"].startswith("public.ecr.aws/aws-observability/aws-otel-collector:v")
    assert (collector["Essential"], collector["Memory"]) == (False, 256)
    assert collector["ReadonlyRootFilesystem"] is True
    assert collector["LogConfiguration"]["LogDriver"] == "awslogs"
    assert found["worker"]["DependsOn"] == [{"ContainerName": "otel_collector", "Condition": "START"}]
    assert (found["worker"]["Cpu"], collector["Cpu"]) == (256 - CPU, CPU)


def test_the_program_learns_where_to_send_traces_and_as_whom() -> None:
    told_to = variables(containers("tracing: true")["worker"])
    assert told_to["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://localhost:4318"
    assert told_to["OTEL_SERVICE_NAME"] == "shop-dev-worker"
    assert told_to["OTEL_PROPAGATORS"].split(",")[0] == "xray"
    assert "service.namespace=shop" in told_to["OTEL_RESOURCE_ATTRIBUTES"]
    own = containers("tracing: true\nenvironment: {OTEL_SERVICE_NAME: mine}")["worker"]
    assert variables(own)["OTEL_SERVICE_NAME"] == "mine"
    assert "OTEL_SERVICE_NAME" not in variables(containers("")["worker"])


def test_tracing_lets_the_task_write_traces_and_nothing_else() -> None:
    (trace,) = statements("TaskRole", "tracing: true")
    assert all(action.startswith("xray:") for action in trace["Action"])
    assert "xray:PutTraceSegments" in trace["Action"]
    assert not any(action.startswith(("xray:Batch", "xray:Create")) for action in trace["Action"])


def test_own_images_of_helpers_are_pulled_from_their_own_repositories() -> None:
    settings = f"tracing: {MIRROR}"
    host = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
    assert containers(settings)["otel_collector"]["Image"] == {"Fn::Sub": f"{host}/mirror/otel:v1"}
    _, pull, _ = statements("ExecutionRole", settings)
    arn = "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository"
    assert pull["Resource"] == [{"Fn::Sub": f"{arn}/shop/worker"}, {"Fn::Sub": f"{arn}/mirror/otel"}]


def test_one_repository_of_several_images_is_named_once() -> None:
    _, pull, _ = statements(
        "ExecutionRole", "tracing: {image: {repository: shop/worker, tag: otel}, memory: 128}"
    )
    assert len(pull["Resource"]) == 1


@kinds
def test_lines_go_through_a_router_that_starts_first_and_ends_last(section: str) -> None:
    found = containers('log_router: {exclude: "GET /healthz"}', section)
    router, worker = found["log_router"], found["worker"]
    assert router["Essential"] is True
    assert router["FirelensConfiguration"]["Type"] == "fluentbit"
    assert router["LogConfiguration"]["LogDriver"] == "awslogs"
    assert worker["DependsOn"] == [{"ContainerName": "log_router", "Condition": "START"}]
    log = worker["LogConfiguration"]
    assert log["LogDriver"] == "awsfirelens"
    assert log["Options"]["exclude-pattern"] == "GET /healthz"
    assert (log["Options"]["Name"], log["Options"]["log_group_name"]) == (
        "cloudwatch_logs",
        {"Ref": "WorkerLogs"},
    )
    assert "include-pattern" not in log["Options"]


def test_a_router_writes_the_tasks_own_log_and_no_other() -> None:
    (write,) = statements("TaskRole", "log_router: true")
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert write["Resource"] == [LOGS]
    assert statements("TaskRole", "log_router: {output: {Name: http, Host: logs.example.com}}") == []


def test_lines_can_go_elsewhere() -> None:
    output = "log_router: {output: {Name: http, Host: logs.example.com}}"
    options = containers(output)["worker"]["LogConfiguration"]["Options"]
    assert (options["Name"], options["Host"]) == ("http", "logs.example.com")
    assert "log_group_name" not in options
    assert told("log_router: {output: {Host: logs.example.com}}") == [
        "E210 an output of Fluent Bit has a 'Name', such as cloudwatch_logs or http; add it"
    ]


def test_both_helpers_share_a_task_with_the_container() -> None:
    found = containers("tracing: true\nlog_router: true")
    assert list(found) == ["worker", "log_router", "otel_collector"]
    assert sum(container["Cpu"] for container in found.values()) == 256


def test_helpers_leave_the_container_some_memory() -> None:
    assert told("tracing: {memory: 900}") == [
        "C008 900 MiB for tracing and 64 for folders in memory: 964 of 1024 MiB are taken; the container "
        "itself needs 128 at least; write 2048, or lower theirs"
    ]
    assert told("tracing: {memory: 832}") == []


def test_without_egress_a_helper_needs_an_image_of_the_account() -> None:
    (line,) = told("tracing: true", egress="none")
    assert line.startswith("E210 'public.ecr.aws/aws-observability/aws-otel-collector:")
    assert line.endswith(
        "cannot be pulled: the network has no egress; copy it to an ECR repository of the account "
        "and write `tracing: {image: {repository, tag}}`"
    )
    assert told(f"tracing: {MIRROR}", egress="none") == []
    endpoints = resources(compiled(spec(f"tracing: {MIRROR}", egress="none")), "AWS::EC2::VPCEndpoint")
    assert ".xray" in json.dumps(endpoints)


def test_the_image_of_a_helper_is_held_to_the_same_rules() -> None:
    assert told("tracing: {image: {repository: mirror/otel}}") == [
        "E210 an image in a repository has either a 'tag' or a 'digest'"
    ]
    found = findings(spec("tracing: {image: {location: otel}}"))
    assert any("C012 error (production): 'latest' can be another image tomorrow" in line for line in found)


def test_a_service_with_helpers_is_deployed(door: aws.Boto) -> None:
    deploy(door, replace(compiled(spec("tracing: true\nlog_router: true")), region="us-east-1"))
    assert set(statuses(door).values()) == {"CREATE_COMPLETE"}
