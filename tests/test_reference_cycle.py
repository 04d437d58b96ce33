"""The reference platform from nothing: deployed, changed, deployed again, destroyed; nothing is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.commands.code import sources
from compiler.commands.reviewing import require_possible
from compiler.deploy import aws, bootstrap, destroy, execute, plan
from compiler.deploy.door import Aws
from compiler.deploy.errors import RefusedError
from compiler.deploy.events import Destroyed, Retained
from compiler.deploy.takeover import Imports
from compiler.deploy.wishes import Wishes
from compiler.document import load
from compiler.emulator.server import Emulator, find_python, running

SPEC = Path("specs/iot-platform.yaml")
ACCOUNT, PRODUCTION = "700000000901", "700000000902"
# How what is there is listed: service, operation, the answer's key, and what identifies an entry.
LISTED: tuple[tuple[str, str, str, str], ...] = (
    ("apigatewayv2", "get_apis", "Items", "Name"),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("backup", "list_backup_plans", "BackupPlansList", "BackupPlanName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ecs", "list_clusters", "clusterArns", ""),
    ("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kinesis", "list_streams", "StreamNames", ""),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", ""),
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as found:
        yield found


def compiled(text: str, environment: str) -> Assembly:
    read = load(text.encode(), str(SPEC))
    return pipeline.compile_spec(read, environment, sources(str(SPEC)))


def there(emulator: Emulator, region: str, account: str = ACCOUNT) -> dict[str, set[str]]:
    """All that an account holds, by service and operation."""
    session = boto3.Session(account, "test", region_name=region)
    found: dict[str, set[str]] = {}
    for service, operation, key, name in LISTED:
        client = session.client(service, endpoint_url=emulator.endpoint_url)
        entries: list[Any] = getattr(client, operation)().get(key, [])
        # A deleted gateway is listed for an hour, on AWS too.
        kept = (each for each in entries if not name or each.get("State") != "deleted")
        found[f"{service} {operation}"] = {str(each[name] if name else each) for each in kept}
    return found


def deploy(door: Aws, assembly: Assembly, wishes: Wishes | None = None) -> bool:
    """Whether there was anything to do."""
    with plan.make(assembly, door, wishes=wishes or Wishes()) as prepared:
        require_possible(prepared.plan)
        busy = prepared.has_work
        list(execute.run(prepared))
    return busy


def test_from_nothing_to_nothing(emulator: Emulator) -> None:
    text = SPEC.read_text()
    first = compiled(text, "dev")
    door = aws.connect(aws.Session(None, first.region, emulator.endpoint_url, ACCOUNT))
    before = there(emulator, first.region)
    assert deploy(door, first)
    assert not deploy(door, first), "the second time there is nothing to do"
    later = compiled(text.replace("    memory: 256\n", "    memory: 512\n", 1), "dev")
    assert later.files() != first.files()
    assert deploy(door, later)
    assert not deploy(door, later)
    assert deploy(door, first), "and back"
    full = there(emulator, first.region)
    assert sum(map(len, full.values())) > 60, "the listings do see what is deployed"
    (end,) = (event for event in destroy.run(destroy.plan(first, door)) if isinstance(event, Destroyed))
    left = {key: found - before[key] for key, found in there(emulator, first.region).items()}
    assert unexplained(left, end.retained, door) == {}
    assert [stack.name for stack in door.stacks()] == [bootstrap.STACK]
    assert deploy(door, first), "what was kept on purpose does not stand in the way"


def unexplained(
    left: Mapping[str, set[str]], retained: tuple[Retained, ...], door: Aws
) -> dict[str, list[str]]:
    """What is neither the bucket for packages nor told as kept on purpose."""
    own = {resource.physical_id for resource in door.resources(bootstrap.STACK)}
    kept = {each.physical_id for each in retained}
    # A secret that is kept is kept with its copy, which is of no stack.
    told = own | kept | {name.replace(":us-east-1:", ":us-west-2:") for name in kept}
    found = {key: sorted(names - told) for key, names in left.items()}
    return {key: names for key, names in found.items() if names}


UNPROTECTED = """\
    waivers:
      - {rule: D006, reason: the environment is given up, expires: 2099-12-31}
      - {rule: C023, reason: the environment is given up, expires: 2099-12-31}
    databases: {registry: {deletion_protection: false}}
"""


def test_production_goes_when_its_protection_is_off_and_comes_again_with_what_it_kept(
    emulator: Emulator,
) -> None:
    text = SPEC.read_text()
    first = compiled(text, "production")
    regions = ("us-east-1", "us-west-2")
    door = aws.connect(aws.Session(None, first.region, emulator.endpoint_url, PRODUCTION))
    before = {region: there(emulator, region, PRODUCTION) for region in regions}
    assert deploy(door, first)
    full = {region: there(emulator, region, PRODUCTION) for region in regions}
    with pytest.raises(RefusedError, match="of load_balancer, registry in environment 'production'"):
        destroy.plan(first, door, unprotect=True)
    assert {region: there(emulator, region, PRODUCTION) for region in regions} == full
    off = text.replace("    profile: production\n", f"    profile: production\n{UNPROTECTED}", 1)
    off = off.replace("load_balancer: {waf: true}", "load_balancer: {waf: true, deletion_protection: false}")
    open_to_it = compiled(off, "production")
    assert deploy(door, open_to_it)
    events = destroy.run(destroy.plan(open_to_it, door, unprotect=True))
    (end,) = (event for event in events if isinstance(event, Destroyed))
    for region in regions:
        now = there(emulator, region, PRODUCTION)
        left = {key: found - before[region][key] for key, found in now.items()}
        assert unexplained(left, end.retained, door) == {}
    assert deploy(door, first, Wishes(Imports(ours=True)))
    assert not deploy(door, first)
