"""Examples of kinds that hold data, deployed whole on the embedded emulator."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler import kinds, pipeline
from compiler.assembly import Assembly
from compiler.commands.code import sources
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.document import read
from compiler.emulator.server import Emulator, credentials, find_python, running
from tests.specs import compiled

FOLDER = Path(inspect.getfile(kinds)).parent
REGION = "eu-west-1"
_accounts = (f"{number:012d}" for number in itertools.count(640000000000))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


def deploy(emulator: Emulator, example: str, environment: str) -> tuple[dict[str, str], str]:
    """All outputs of a deployed example, and the account that it is in."""
    path, account = str(FOLDER / example), next(_accounts)
    return deployed(emulator, pipeline.compile_spec(read(path), environment, sources(path)), account), account


def deployed(emulator: Emulator, assembly: Assembly, account: str) -> dict[str, str]:
    """All outputs of an assembly, deployed into an account."""
    door = aws.connect(aws.Session(None, REGION, emulator.endpoint_url, account))
    *_, last = execute.run(plan.make(assembly, door))
    assert isinstance(last, Deployed)
    return {name: value for outputs in last.outputs.values() for name, value in outputs.items()}


def client(emulator: Emulator, service: str, account: str) -> Any:
    where = {"endpoint_url": emulator.endpoint_url, "region_name": REGION}
    return boto3.client(service, **where, **credentials(account))  # type: ignore[call-overload]


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_tables_have_their_keys_indexes_and_streams(emulator: Emulator, environment: str) -> None:
    outputs, account = deploy(emulator, "table/examples/full.yaml", environment)
    table = client(emulator, "dynamodb", account).describe_table(TableName=outputs["OrdersName"])["Table"]
    assert {key["AttributeName"] for key in table["KeySchema"]} == {"customer", "placed_at"}
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"by-status", "by-parcel"}
    assert table["LatestStreamArn"] == outputs["OrdersStreamArn"]


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_every_log_group_sends_to_the_archives_stream(emulator: Emulator, environment: str) -> None:
    outputs, account = deploy(emulator, "logs/examples/archive.yaml", environment)
    logs = client(emulator, "logs", account)
    names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    sent = {
        name: [found["destinationArn"] for found in filters]
        for name in names
        if (filters := logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"])
    }
    assert len(sent) == len(names) - 1  # all but the archive's own
    assert {tuple(found) for found in sent.values()} == {(outputs["LogsArchiveStreamArn"],)}
    stream = client(emulator, "firehose", account).describe_delivery_stream(
        DeliveryStreamName=outputs["LogsArchiveStreamName"]
    )["DeliveryStreamDescription"]
    assert outputs["LogsArchiveBucket"] in json.dumps(stream["Destinations"])


def test_buckets_and_the_one_for_their_records_are_made(emulator: Emulator) -> None:
    outputs, account = deploy(emulator, "bucket/examples/full.yaml", "production")
    made = {bucket["Name"] for bucket in client(emulator, "s3", account).list_buckets()["Buckets"]}
    wanted = ("RawEventsName", "ExportsName", "EvidenceName", "LogsAccessLogBucket")
    assert {outputs[name] for name in wanted} <= made


ADOPTING = """
buckets: {{reports: {{existing: {{name: old-reports, key: {key}}}}}}}
queues: {{work: {{existing: {{name: old-work}}}}}}
streams: {{events: {{existing: {{name: old-events}}}}}}
tables: {{orders: {{existing: {{name: old-orders, stream: "{stream}"}}}}}}
topics: {{news: {{existing: {{name: old-news}}}}}}
functions:
  reader:
    runtime: python3.13
    inline: "def handler(event, context): pass"
    connections: {{reports: read, work: receive, events: consume, orders: consume, news: subscribe}}
"""


def test_what_exists_already_starts_a_function_and_is_left_alone(emulator: Emulator) -> None:
    account = next(_accounts)
    made = old_platform(emulator, account)
    spec = ADOPTING.format(key=made["key"], stream=made["orders"].rpartition("/")[2])
    deployed(emulator, compiled(spec), account)
    mappings = client(emulator, "lambda", account).list_event_source_mappings()["EventSourceMappings"]
    assert {found["EventSourceArn"] for found in mappings} == {made["work"], made["events"], made["orders"]}
    subscribed = client(emulator, "sns", account).list_subscriptions_by_topic(TopicArn=made["news"])
    assert [found["Protocol"] for found in subscribed["Subscriptions"]] == ["lambda"]
    buckets = client(emulator, "s3", account).list_buckets()["Buckets"]
    assert [found["Name"] for found in buckets if "assets" not in found["Name"]] == ["old-reports"]


def old_platform(emulator: Emulator, account: str) -> dict[str, str]:
    """Makes what another platform would have; the ARNs, and the id of a key."""
    where = {"LocationConstraint": REGION}
    client(emulator, "s3", account).create_bucket(Bucket="old-reports", CreateBucketConfiguration=where)
    client(emulator, "sqs", account).create_queue(QueueName="old-work")
    client(emulator, "kinesis", account).create_stream(StreamName="old-events", ShardCount=1)
    table = client(emulator, "dynamodb", account).create_table(
        TableName="old-orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return {
        "key": client(emulator, "kms", account).create_key()["KeyMetadata"]["KeyId"],
        "news": client(emulator, "sns", account).create_topic(Name="old-news")["TopicArn"],
        "work": f"arn:aws:sqs:{REGION}:{account}:old-work",
        "events": f"arn:aws:kinesis:{REGION}:{account}:stream/old-events",
        "orders": table["TableDescription"]["LatestStreamArn"],
    }


SHARING = """
network:
  existing: {{vpc: {vpc}, cidr: 10.1.0.0/16, private_subnets: {subnets}, isolated_subnets: {subnets}}}
cluster: {{existing: {{name: shared}}}}
load_balancer:
  existing: {{name: shared, id: "{id}", listener: "{listener}", https: false, security_group: {group}}}
filesystems: {{reports: {{existing: {{id: {files}, security_group: {group}}}}}}}
services:
  app:
    image: {{repository: app, tag: "1"}}
    cpu: 256
    memory: 512
    http: {{port: 8080, path: /app}}
    connections: {{reports: {{access: read, mount: /mnt/reports}}}}
"""


def test_a_service_runs_behind_the_load_balancer_of_others_in_their_network(emulator: Emulator) -> None:
    account = next(_accounts)
    there = shared_platform(emulator, account)
    arn = there["listener"]
    *_, id_, listener = arn.split("/")
    deployed(emulator, compiled(SHARING.format(**there | {"id": id_, "listener": listener})), account)
    rules = client(emulator, "elbv2", account).describe_rules(ListenerArn=arn)["Rules"]
    assert [rule["Conditions"][0]["Values"] for rule in rules if not rule["IsDefault"]] == [
        ["/app", "/app/*"]
    ]
    points = client(emulator, "efs", account).describe_access_points(FileSystemId=there["files"])
    assert len(points["AccessPoints"]) == 1
    assert len(client(emulator, "ecs", account).list_services(cluster="shared")["serviceArns"]) == 1


def shared_platform(emulator: Emulator, account: str) -> dict[str, str]:
    """Makes a VPC with a cluster, a load balancer and a filesystem; what a spec says of them."""
    ec2, elb = client(emulator, "ec2", account), client(emulator, "elbv2", account)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{n}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="shared", Description="shared")["GroupId"]
    balancer = elb.create_load_balancer(Name="shared", Subnets=subnets, SecurityGroups=[group])
    refusal = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[refusal],
    )
    client(emulator, "ecs", account).create_cluster(clusterName="shared")
    return {
        "vpc": vpc,
        "subnets": json.dumps(subnets),
        "group": group,
        "listener": listener["Listeners"][0]["ListenerArn"],
        "files": client(emulator, "efs", account).create_file_system(CreationToken="shared")["FileSystemId"],
    }
