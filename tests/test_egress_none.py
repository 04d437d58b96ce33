"""Without a way out, every kind still reaches the AWS services that it calls: each has its endpoint."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compiler import kinds, pipeline
from compiler.assembly import Assembly
from compiler.commands.code import sources
from compiler.document import load, read
from compiler.kind import Verb
from compiler.registry import all_kinds
from tests.specs import CODE

FOLDER = Path(inspect.getfile(kinds)).parent
# Without a network nothing is inside of it.
EXAMPLES = [path for path in sorted(FOLDER.glob("*/examples/*.yaml")) if "network" in read(str(path)).data]
# What an action of IAM is called by as an endpoint, where the two differ.
ENDPOINTS = {
    "cloudwatch": {"monitoring"},
    "ecr": {"ecr.api", "ecr.dkr", "s3"},
    "firehose": {"kinesis-firehose"},
    "kinesis": {"kinesis-streams"},
}
# Permissions that no request from inside the VPC needs: tokens are signed on the spot, filesystems are
# mounted, network interfaces are Lambda's own work, and keys are used by the service that encrypts.
NO_CALL = {"ec2", "elasticache", "elasticfilesystem", "kms", "rds-db"}
# Lambda itself sends logs and traces, from its own network.
BY_LAMBDA = {"logs", "xray"}


@cache
def closed(example: Path) -> Assembly:
    """The example as a platform without egress."""
    document = read(str(example))
    written = document.data["environments"].get("synthetic", {})
    network = {**written.get("network", {}), "egress": "none"}
    environment = {**written, "profile": "synthetic", "network": network}
    data = {**document.data, "environments": {"closed": environment}}
    return pipeline.compile_spec(replace(document, data=data), "closed", sources(str(example)))


def endpoints(assembly: Assembly) -> set[str]:
    return {
        properties["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}.")
        for stack in assembly.stacks
        for kind, properties in of(stack.template)
        if kind == "AWS::EC2::VPCEndpoint"
    }


def of(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in template["Resources"].values():
        yield resource["Type"], resource.get("Properties", {})


def called(assembly: Assembly) -> set[str]:
    """The services that the roles of tasks, and of functions inside the VPC, are there for."""
    found: set[str] = set()
    for stack in assembly.stacks:
        for kind, properties in of(stack.template):
            if kind == "AWS::ECS::TaskDefinition":
                for role in (properties["TaskRoleArn"], properties["ExecutionRoleArn"]):
                    found |= services(stack.template, role) - NO_CALL
            elif kind == "AWS::Lambda::Function" and "VpcConfig" in properties:
                found |= services(stack.template, properties["Role"]) - NO_CALL - BY_LAMBDA
    return {endpoint for service in found for endpoint in ENDPOINTS.get(service, {service})}


def services(template: dict[str, Any], role: dict[str, Any]) -> set[str]:
    policies = template["Resources"][role["Fn::GetAtt"][0]]["Properties"].get("Policies", [])
    return {
        action.partition(":")[0]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_whatever_a_workload_may_call_has_an_endpoint(example: Path) -> None:
    assembly = closed(example)
    assert called(assembly) - endpoints(assembly) == set()


def _is_for_services(verb: Verb) -> bool:
    return not (verb.derived_only or verb.only_starts)


def everything() -> Assembly:
    """A service for each verb that calls AWS, each to what the kind has as its smallest example."""
    spec: dict[str, Any] = {
        "schema_version": 1,
        "platform": "shop",
        "region": "eu-west-1",
        "environments": {"closed": {"profile": "synthetic"}},
        "network": {"egress": "none"},
        "services": {},
    }
    for kind in all_kinds().values():
        verbs = [name for name, verb in kind.verbs.items() if verb.calls and _is_for_services(verb)]
        if not verbs:
            continue
        example = read(str(FOLDER / kind.name / "examples" / "minimal.yaml")).data
        (entry, *_) = example[kind.section].values()
        name = f"the-{kind.name.replace('_', '-')}"
        alone = {key: value for key, value in entry.items() if key != "connections"}
        spec.setdefault(kind.section, {})[name] = alone
        for verb in verbs:
            image = {"repository": "shop/caller", "tag": "1"}
            spec["services"][f"{verb}s-{name}"] = {"image": image, "connections": {name: verb}}
    return pipeline.compile_spec(load(json.dumps(spec).encode(), "spec.yaml"), "closed", lambda folder: CODE)


def test_every_verb_says_which_services_it_calls() -> None:
    assembly = everything()
    said = {
        service
        for kind in all_kinds().values()
        for verb in kind.verbs.values()
        for service in verb.calls
        if _is_for_services(verb)
    }
    assert called(assembly) - endpoints(assembly) == set()
    assert said <= endpoints(assembly)
