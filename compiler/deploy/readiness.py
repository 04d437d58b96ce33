"""A stack whose configuration is applied -> its resources, waited for until they can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.deploy.account import Account, Read, UnseenError
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.events import Settled, Settling
from compiler.deploy.records import LiveResource
from compiler.deploy.schedule import Flow
from compiler.deploy.watch import GIVE_UP_SECONDS, Watch

PATIENCE_SECONDS = 1800.0  # an Aurora cluster with its instances takes up to 20 minutes

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Probe:
    """How one type is asked whether it can be used."""

    read: Read
    options: Callable[[str], Mapping[str, Any]]  # of the physical id
    state: Callable[[Item], str]  # empty when it is ready, else what it is doing


def _word(key: str, ready: str) -> Callable[[Item], str]:
    return lambda item: "" if item.get(key) == ready else str(item.get(key, "unknown"))


def _service(item: Item) -> str:
    """As the waiter `services_stable` of the SDK sees it."""
    running, wanted = item.get("runningCount", 0), item.get("desiredCount", 0)
    if len(item.get("deployments", ())) <= 1 and running == wanted:
        return ""
    return f"{running} of {wanted} tasks are running"


def _function(item: Item) -> str:
    if item.get("LastUpdateStatus") == "InProgress":
        return "updating"
    # An idle one is woken by whoever calls it.
    return "" if item.get("State") in ("Active", "Inactive") else str(item.get("State", "unknown"))


def _cluster_of(arn: str) -> Mapping[str, Any]:
    return {"cluster": arn.split("/")[-2], "services": [arn]}


# What takes longer to become ready than to be configured. Source: CloudFormation user guide, "Express mode";
# the waiters of botocore 1.44; API references, 2026-11.
PROBES: Mapping[str, Probe] = {
    "AWS::DynamoDB::Table": Probe(
        Read("dynamodb", "DescribeTable", "Table"),
        lambda name: {"TableName": name},
        _word("TableStatus", "ACTIVE"),
    ),
    "AWS::EC2::NatGateway": Probe(
        Read("ec2", "DescribeNatGateways", "NatGateways"),
        lambda gateway: {"NatGatewayIds": [gateway]},
        _word("State", "available"),
    ),
    "AWS::ECS::Service": Probe(Read("ecs", "DescribeServices", "services"), _cluster_of, _service),
    "AWS::EFS::MountTarget": Probe(
        Read("efs", "DescribeMountTargets", "MountTargets"),
        lambda target: {"MountTargetId": target},
        _word("LifeCycleState", "available"),
    ),
    "AWS::ElastiCache::ReplicationGroup": Probe(
        Read("elasticache", "DescribeReplicationGroups", "ReplicationGroups"),
        lambda group: {"ReplicationGroupId": group},
        _word("Status", "available"),
    ),
    "AWS::ElastiCache::ServerlessCache": Probe(
        Read("elasticache", "DescribeServerlessCaches", "ServerlessCaches"),
        lambda cache: {"ServerlessCacheName": cache},
        _word("Status", "available"),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Probe(
        Read("elbv2", "DescribeLoadBalancers", "LoadBalancers"),
        lambda arn: {"LoadBalancerArns": [arn]},
        lambda item: _word("Code", "active")(item.get("State", {})),
    ),
    "AWS::Kinesis::Stream": Probe(
        Read("kinesis", "DescribeStreamSummary", "StreamDescriptionSummary"),
        lambda name: {"StreamName": name},
        _word("StreamStatus", "ACTIVE"),
    ),
    "AWS::Lambda::Function": Probe(
        Read("lambda", "GetFunctionConfiguration"), lambda name: {"FunctionName": name}, _function
    ),
    "AWS::RDS::DBCluster": Probe(
        Read("rds", "DescribeDBClusters", "DBClusters"),
        lambda cluster: {"DBClusterIdentifier": cluster},
        _word("Status", "available"),
    ),
    "AWS::RDS::DBInstance": Probe(
        Read("rds", "DescribeDBInstances", "DBInstances"),
        lambda instance: {"DBInstanceIdentifier": instance},
        _word("DBInstanceStatus", "available"),
    ),
}


def wait(aws: Aws, clock: Clock, stack: str, watch: Watch | None = None) -> Flow:
    """Until everything in the stack that takes its time can be used; DeployError after half an hour.

    What may not be looked at is told, and not waited for; nor is a service that gives no answer for long.
    DeployError at once when the credentials have expired.
    """
    start, unseen, silent = clock.now(), dict[str, str](), dict[str, float]()
    found = yield from (watch or Watch(clock)).answered(lambda: aws.resources(stack))
    left = [each for each in found if each.type in PROBES and each.physical_id]
    told: tuple[str, ...] = ()
    while busy := dict(_busy(aws.account(), left, unseen, silent, clock.now())):
        left = [each for each in left if each.logical_id in busy]
        if clock.now() - start > PATIENCE_SECONDS:
            raise _too_long(stack, busy)
        if tuple(busy) != told:
            told = tuple(busy)
            yield Settling(stack, busy)
        yield None
    if told or unseen:
        yield Settled(stack, clock.now() - start, tuple(unseen.values()))


def state(account: Account, resource: LiveResource) -> str:
    """What a resource is doing that is not ready yet; empty when it is, or when nobody can tell by asking.

    UnseenError when it may not be asked.
    """
    probe = PROBES.get(resource.type)
    if probe is None:
        return ""
    found = account.ask(probe.read, **probe.options(resource.physical_id))
    return probe.state(found[0]) if found else "not there yet"


def _busy(
    account: Account, left: list[LiveResource], unseen: dict[str, str], silent: dict[str, float], now: float
) -> Iterator[tuple[str, str]]:
    for resource in left:
        name = resource.logical_id
        try:
            doing = state(account, resource)
        except UnseenError as error:
            if error.trouble is Trouble.SIGN_IN:
                raise
            # Not through `Watch`: one service that is out of reach must not silence all others.
            if error.trouble and now - silent.setdefault(name, now) < GIVE_UP_SECONDS:
                yield name, "no answer"
                continue
            unseen[name] = f"whether {name} is ready is not known: {error.message}"
            continue
        silent.pop(name, None)
        if doing:
            yield name, doing


def _too_long(stack: str, busy: Mapping[str, str]) -> DeployError:
    what = ", ".join(f"{name} ({doing})" for name, doing in busy.items())
    return DeployError(
        f"stack {stack} is configured, but after {PATIENCE_SECONDS / 60:.0f} minutes not ready: {what}",
        "look at its own events and logs; then run again, without --express if it is to roll back by itself",
    )
