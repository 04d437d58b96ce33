"""Assembly + live templates -> what would be made under a name that another stack still holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.assembly import Assembly
from compiler.deploy.errors import RefusedError

Templates = Mapping[str, Mapping[str, Any]]  # by the name of their stack

# The properties with which Formwork names what can be there only once in an account and region.
# Source: CloudFormation provider schemas of 2026-10-20, their `primaryIdentifier`.
NAMED = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::ElastiCache::User": "UserId",
    "AWS::ElastiCache::UserGroup": "UserGroupId",
    "AWS::Events::EventBus": "Name",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}


def check_names(assembly: Assembly, live: Templates, regions: Mapping[str, str]) -> None:
    """RefusedError when a resource has its name from another stack, which gives it up too late.

    Stacks are updated in the assembly's order, and those that it lacks are deleted last. `regions` are those
    of the live stacks: a name is taken in one region only.
    """
    holders = {
        (regions[stack], *named): stack for stack, template in live.items() for named, _ in _named(template)
    }
    done: set[str] = set()
    for stack in assembly.stacks:
        for named, logical_id in _named(stack.template):
            holder = holders.get((assembly.region_of(stack), *named), stack.name)
            if holder != stack.name and holder not in done:
                raise RefusedError(
                    f"{logical_id} of stack {stack.name} cannot be called {named[1]} while stack {holder} "
                    "has one of that name",
                    "leave the component in the `stack` where it is; or, if what it holds may go, take "
                    "it out of the spec, deploy, and put it back",
                )
        done.add(stack.name)


def _named(template: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Type and name, with the logical id, of what has a name of its own."""
    for logical_id, resource in (template.get("Resources") or {}).items():
        name = resource.get("Properties", {}).get(NAMED.get(resource["Type"], ""))
        if isinstance(name, str):
            yield (resource["Type"], name), logical_id


def names_in(template: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Type and name of what has a name of its own, by logical id."""
    return {logical_id: named for named, logical_id in _named(template)}
