"""What each service charges for the resources of a template, and what it leaves open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compiler.cost import services
from compiler.cost.estimate import Range
from compiler.cost.price import estimate, pricers
from compiler.registry import all_kinds
from tests.costs import BOOK, assembly, of, of_spec, open_lines, priced, unpriced

GIB = 2**30


def made(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Thing": {"Type": type_, "Properties": properties}}


CLUSTER = {
    "Type": "AWS::RDS::DBCluster",
    "Properties": {
        "Engine": "aurora-postgresql",
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4},
    },
}
INSTANCE = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {"DBClusterIdentifier": {"Ref": "Cluster"}, "DBInstanceClass": "db.serverless"},
}
TASK = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {"Cpu": "1024", "Memory": "2048", "EphemeralStorage": {"SizeInGiB": 30}},
}
SERVICE = {
    "Type": "AWS::ECS::Service",
    "Properties": {"TaskDefinition": {"Ref": "Task"}, "DesiredCount": 2},
}
LAMBDA = made("AWS::Lambda::Function", MemorySize=512, Architectures=["arm64"])


@pytest.mark.parametrize(
    ("resources", "use", "usd"),
    [
        pytest.param(
            made("AWS::EC2::NatGateway", ConnectivityType="public"),
            {"processed": 100 * GIB},
            {"nat.hour": (32.85,) * 3, "nat.gb": (4.50,) * 3},
            id="a NAT gateway",
        ),
        pytest.param(
            made("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=["a", "b"]),
            {"endpoint_processed": 100 * GIB},
            {"endpoint.interface.hour": (14.60,) * 3, "endpoint.interface.gb": (1.00,) * 3},
            id="an interface endpoint in two subnets",
        ),
        pytest.param(made("AWS::EC2::VPCEndpoint"), None, {}, id="a gateway endpoint"),
        pytest.param(
            made("AWS::EC2::VPC"), {"cross_zone": 50 * GIB}, {"transfer.cross_az": (1.00,) * 3}, id="zones"
        ),
        pytest.param(
            LAMBDA,
            {"requests": 30e6, "duration": 0.040},
            {"lambda.requests": (6.00,) * 3, "lambda.arm.gbs": (8.00,) * 3},
            id="a function",
        ),
        pytest.param(
            made("AWS::Kinesis::Stream", StreamModeDetails={"StreamMode": "ON_DEMAND"}),
            {"bytes": 100 * GIB, "bytes_out": 200 * GIB},
            {
                "kinesis.on_demand.hour": (29.20,) * 3,
                "kinesis.on_demand.in": (8.00,) * 3,
                "kinesis.on_demand.out": (8.00,) * 3,
            },
            id="a stream on demand",
        ),
        pytest.param(
            {"Cluster": CLUSTER, "Writer": INSTANCE},
            {"stored": 10 * GIB, "io_requests": 5e6, "backup_stored": 0},
            {
                "aurora.acu": (43.80, 43.80, 350.40),
                "aurora.storage": (1.00,) * 3,
                "aurora.io": (1.00,) * 3,
                "aurora.backup": (0.0,) * 3,
            },
            id="a serverless database",
        ),
        pytest.param(
            {"Cluster": CLUSTER, "Writer": INSTANCE},
            {"capacity": 1.5, "stored": 0, "io_requests": 0, "backup_stored": 0},
            {
                "aurora.acu": (43.80, 131.40, 350.40),
                "aurora.storage": (0.0,) * 3,
                "aurora.io": (0.0,) * 3,
                "aurora.backup": (0.0,) * 3,
            },
            id="a serverless database that is busy",
        ),
        pytest.param(
            {"Task": TASK, "Service": SERVICE},
            None,
            {
                "fargate.x86.vcpu": (59.10,) * 3,
                "fargate.x86.gb": (12.98,) * 3,
                "fargate.ephemeral": (1.62,) * 3,
            },
            id="a service that does not scale",
        ),
        pytest.param(
            {"Task": TASK},
            {"runs": 30, "duration": 1200},
            {
                "fargate.x86.vcpu": (0.40,) * 3,
                "fargate.x86.gb": (0.09,) * 3,
                "fargate.ephemeral": (0.01,) * 3,
            },
            id="a task",
        ),
        pytest.param(
            made("AWS::ElastiCache::ServerlessCache", Engine="valkey"),
            {"ecpus": 1e9},
            {"cache.serverless.valkey.data": (6.13,) * 3, "cache.serverless.valkey.ecpu": (2.30,) * 3},
            id="a serverless cache",
        ),
        pytest.param(
            made("AWS::ElastiCache::ReplicationGroup", CacheNodeType="cache.r7g.large", NumNodeGroups=2,
                 ReplicasPerNodeGroup=1),
            None,
            {"cache.redis.r7g.large": (639.48,) * 3},
            id="a cache of shards",
        ),
        pytest.param(
            made("AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST"),
            {"reads": 100e6, "writes": 20e6, "stored": 20 * GIB},
            {
                "dynamodb.read": (12.50,) * 3,
                "dynamodb.write": (12.50,) * 3,
                "dynamodb.storage": (5.00,) * 3,
            },
            id="a table on demand",
        ),
        pytest.param(
            made("AWS::SQS::Queue", FifoQueue=True),
            {"messages": 10e6},
            {"sqs.fifo": (15.00,) * 3},
            id="a queue",
        ),
        pytest.param(
            made("AWS::SNS::Topic", Subscription=[{"Protocol": "email"}, {"Protocol": "sqs"}]),
            {"messages": 1e6},
            {"sns.publish": (0.50,) * 3, "sns.email": (20.00,) * 3},
            id="a topic that sends e-mails",
        ),
        pytest.param(
            made("AWS::KMS::Key", EnableKeyRotation=True),
            {"requests": 20_000},
            {"kms.key": (1.0, 1.0, 3.0), "kms.requests": (0.06,) * 3},
            id="a key that rotates",
        ),
        pytest.param(
            made("AWS::SecretsManager::Secret", ReplicaRegions=[{"Region": "us-west-2"}]),
            {"reads": 10_000},
            {"secret": (0.80,) * 3, "secret.requests": (0.05,) * 3},
            id="a secret and its replica",
        ),
        pytest.param(
            made("AWS::CloudWatch::Alarm", Period=10), None, {"cw.alarm.high_resolution": (0.30,) * 3},
            id="an alarm that looks often",
        ),
        pytest.param(
            made("AWS::CloudWatch::Alarm", ThresholdMetricId="band", Metrics=[]), None,
            {"cw.alarm.anomaly": (0.30,) * 3}, id="an alarm on anomalies",
        ),
        pytest.param(
            made("AWS::EFS::FileSystem", ThroughputMode="provisioned", ProvisionedThroughputInMibps=5),
            {"stored": 10 * GIB, "stored_ia": 40 * GIB},
            {"efs.provisioned": (30.00,) * 3, "efs.standard": (3.00,) * 3, "efs.ia": (1.00,) * 3},
            id="a file system with provisioned throughput",
        ),
    ],
)  # fmt: skip
def test_what_resources_cost(
    resources: dict[str, Any], use: dict[str, float] | None, usd: dict[str, tuple[float, ...]]
) -> None:
    assert priced(of(resources, use)) == usd


@pytest.mark.parametrize(
    ("resources", "left_open"),
    [
        (LAMBDA, {("requests", "requests"), ("duration", "requests and duration")}),
        (made("AWS::S3::Bucket"), {("storage", "stored"), ("writes", "writes"), ("reads", "reads")}),
        (made("AWS::Logs::LogGroup"), {("log events taken in", "ingested"), ("log events kept", "kept")}),
        (made("AWS::ApiGatewayV2::Api", ProtocolType="HTTP"), {("requests", "requests")}),
        (
            {"Queue": {"Type": "AWS::SQS::Queue"}, "Cluster": {"Type": "AWS::ECS::Cluster"}},
            {("requests", "messages")},
        ),
    ],
)
def test_what_depends_on_use_is_left_open_and_counted(
    resources: dict[str, Any], left_open: set[tuple[str, str]]
) -> None:
    found = of(resources)
    assert open_lines(found) == left_open
    assert found.total.usage == len(left_open)
    assert found.total.usd == Range(0, 0, 0)


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        (made("AWS::SES::Template"), "AWS::SES::Template is not in the price book"),
        (made("Custom::Thing"), "Custom::Thing is not in the price book"),
        (
            made("AWS::ElastiCache::ReplicationGroup", CacheNodeType="cache.t2.micro"),
            "the price book has no cache.redis.t2.micro",
        ),
        (made("AWS::RDS::DBCluster", Engine="mysql"), "engine mysql is not in the price book"),
        (
            made("AWS::RDS::DBInstance", Engine="mysql", DBInstanceClass="db.t3.micro"),
            "db.t3.micro of mysql is not in the price book",
        ),
        (made("AWS::ECS::Service", TaskDefinition="x"), "its task definition is not in the assembly"),
        (
            {"Task": TASK, "Thing": {"Type": "AWS::ECS::Service", "Properties": {
                "TaskDefinition": {"Ref": "Task"}, "DesiredCount": {"Fn::If": ["Busy", 2, 1]}}}},
            "DesiredCount is known only when it is deployed",
        ),
        (made("AWS::KMS::Key", EnableKeyRotation={"Fn::If": ["A", True, False]}),
         "EnableKeyRotation is known only when it is deployed"),
        (made("AWS::ElastiCache::CacheCluster", CacheNodeType="x", NumCacheNodes="nan"),
         "NumCacheNodes is nan, which is no amount"),
        (made("AWS::CloudWatch::Alarm", Metrics=3), "its properties are not of the shape that AWS takes"),
        (made("AWS::WAFv2::WebACL", Rules=7), "its properties are not of the shape that AWS takes"),
    ],
)  # fmt: skip
def test_what_has_no_price_says_why_and_counts_nothing(resources: dict[str, Any], why: str) -> None:
    found = of(resources)
    assert unpriced(found) == {"Thing": why}
    assert found.total.unpriced == 1


def test_resources_that_cost_nothing_are_counted_by_type() -> None:
    found = of({"A": {"Type": "AWS::IAM::Role"}, "B": {"Type": "AWS::IAM::Role"}})
    assert found.lines == ()
    assert found.free == {"AWS::IAM::Role": 2}


def test_two_gateways_share_what_goes_through_them() -> None:
    both = {name: {"Type": "AWS::EC2::NatGateway"} for name in ("A", "B")}
    assert priced(of(both, {"processed": 100 * GIB}))["nat.gb"] == (4.50, 4.50, 4.50)


def test_dead_letters_take_no_part_of_a_queues_messages() -> None:
    queues = {
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Work": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}},
        },
    }
    found = of(queues, {"messages": 1e6})
    assert {line.logical_id: line.state for line in found.lines} == {"Dead": "usage", "Work": "priced"}
    assert found.total.usd.expected == pytest.approx(1.20)


def test_another_region_is_priced_as_us_east_1_and_says_so() -> None:
    found = estimate(assembly(made("AWS::EC2::NatGateway"), region="eu-west-1"), BOOK)
    assert found.elsewhere == ("eu-west-1",)
    assert {line.confidence for line in found.lines} == {"medium"}


ABROAD = """
disaster_recovery: {region: us-west-2, tier: pilot_light}
buckets: {files: {usage: {stored: 100GiB, reads: 1000000, writes: 1000000}}}
filesystems: {shared: {usage: {stored: 10GiB, read: 5GiB, written: 2GiB}}}
"""


def test_a_copy_in_the_second_region_is_not_read_and_what_it_gets_is_billed_on_its_way() -> None:
    spec = HEAD.replace("network: {", "network: {recovery_cidr: 10.9.0.0/16, ") + ABROAD
    lines = [line for line in of_spec(spec).lines if line.component in ("files", "shared")]
    copies = {line.price: line for line in lines if line.region == "us-west-2"}
    kept = {"s3.standard", "s3.put", "efs.standard", "transfer.inter_region"}
    assert set(copies) - {"cw.alarm"} == kept
    there = {line.component: line for line in lines if line.price == "transfer.inter_region"}
    assert there["shared"].usd.expected == pytest.approx(2 * 0.02)
    assert (there["files"].state, there["files"].teller) == ("usage", "")


def test_scaling_gives_the_range() -> None:
    target = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "MinCapacity": 2,
            "MaxCapacity": 10,
            "ScalableDimension": "ecs:service:DesiredCount",
            "ResourceId": {"Fn::Sub": "service/cluster/${Service.Name}"},
        },
    }
    found = of({"Task": TASK, "Service": SERVICE, "Target": target})
    assert priced(found)["fargate.x86.vcpu"] == (59.10, 59.10, 295.50)
    busy = of({"Task": TASK, "Service": SERVICE, "Target": target}, {"tasks": 4})
    assert priced(busy)["fargate.x86.vcpu"] == (59.10, 118.20, 295.50)


def test_an_index_of_a_table_scales_by_its_own_limits() -> None:
    def target(most: int, *rest: str, what: str) -> dict[str, Any]:
        properties = {
            "MinCapacity": 10,
            "MaxCapacity": most,
            "ScalableDimension": f"dynamodb:{what}:ReadCapacityUnits",
            "ResourceId": {"Fn::Join": ["/", ["table", {"Ref": "Table"}, *rest]]},
        }
        return {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": properties}

    throughput = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 0}
    indexes = [{"IndexName": name, "ProvisionedThroughput": throughput} for name in ("by-a", "by-b")]
    table = {"ProvisionedThroughput": throughput, "GlobalSecondaryIndexes": indexes}
    found = of(
        {
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
            "Own": target(20, what="table"),
            "A": target(40, "index", "by-a", what="index"),
            "B": target(80, "index", "by-b", what="index"),
        }
    )
    most = {line.what: line.quantity.most / 730 for line in found.lines if line.quantity}
    assert most["read capacity"] == 20
    assert (most["read capacity of by-a"], most["read capacity of by-b"]) == (40, 80)


def test_the_base_of_a_service_is_placed_before_the_rest_is_shared() -> None:
    strategy = [
        {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 3},
    ]
    service = {**SERVICE, "Properties": {**SERVICE["Properties"], "CapacityProviderStrategy": strategy}}
    vcpus = {
        line.price: line.quantity.expected / 730
        for line in of({"Task": TASK, "Service": service}, {"tasks": 5}).lines
        if line.quantity and line.price.endswith(".vcpu")
    }
    # Each task has one vCPU: the base, and of the other four one in four beside it.
    assert vcpus == pytest.approx({"fargate.x86.vcpu": 2, "fargate.spot.x86.vcpu": 3})


TELLS = """
databases: {registry: {engine: aurora-postgresql}}
secrets: {token: {generate: {length: 64}, rotation: {every: 30d}}}
resources: {Mine: {Type: "AWS::S3::Bucket"}}
functions: {work: {runtime: python3.13, inline: "def handler(event, context): pass"}}
"""


def test_an_open_line_names_who_can_tell_its_use_if_anybody_can() -> None:
    lines = [line for line in of_spec(HEAD + TELLS).lines if line.state == "usage"]
    tellers = {(line.component, line.price): line.teller for line in lines}
    assert tellers["work", "lambda.requests"] == "work"
    assert tellers["work", "cw.logs.ingest"] == "logs"
    assert tellers["registry", "aurora.storage"] == "registry"
    assert tellers["token", "secret.requests"] == "token"
    assert tellers["token", "lambda.requests"] == ""  # of the function that rotates it
    assert tellers["Mine", "s3.standard"] == ""


# Properties of any shape, of any type that has a price: what raw CloudFormation may hold.
SHAPES = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 500) | some.text("abc1", max_size=4),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from(["Ref", "Fn::If", "Min", "Max"]), inner, max_size=2)
    ),
    max_leaves=6,
)
NAMES = [
    "BillingMode", "Cpu", "DesiredCount", "Engine", "Memory", "MemorySize", "Metrics", "NumCacheClusters",
    "Period", "ProvisionedThroughput", "ReplicaRegions", "RetentionPeriodHours", "Rules",
    "ServerlessV2ScalingConfiguration", "ShardCount", "SubnetIds", "Tags", "TaskDefinition",
    "VpcEndpointType",
]  # fmt: skip
USE = some.dictionaries(
    some.sampled_from(["requests", "duration", "stored", "tasks", "runs", "bytes", "messages"]),
    some.floats(0, 1e12),
)
THINGS = some.dictionaries(
    some.sampled_from(["A", "B", "C", "D"]),
    some.fixed_dictionaries(
        {
            "Type": some.sampled_from(sorted(pricers())),
            "Properties": some.dictionaries(some.sampled_from(NAMES), SHAPES, max_size=4),
        }
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(THINGS, USE)
def test_nothing_costs_less_than_nothing_and_expected_is_between_least_and_most(
    things: dict[str, Any], use: dict[str, float]
) -> None:
    for line in of(things, use).lines:
        assert 0 <= line.usd.least <= line.usd.expected <= line.usd.most


@settings(max_examples=100, deadline=None)
@given(THINGS, some.sampled_from(["AWS::EC2::NatGateway", "AWS::KMS::Key", "AWS::S3::Bucket", "Custom::X"]))
def test_one_resource_more_never_costs_less(things: dict[str, Any], type_: str) -> None:
    before = of(things).total.usd
    after = of({**things, "New": {"Type": type_}}).total.usd
    assert all(new >= old - 1e-9 for old, new in zip(before, after, strict=True))


PARTS = {
    "queue": "queues: {work: {usage: {messages: 1000000}}}",
    "topic": "topics: {news: {}}",
    "bucket": "buckets: {files: {}}",
    "table": "tables: {orders: {partition_key: {name: id}, usage: {reads: 1000000, stored: 1GiB}}}",
    "secret": "secrets: {token: {}}",
    "stream": "streams: {clicks: {shards: 2}}",
    "event bus": "event_buses: {fleet: {archive: {retention: 30d}}}",
    "database": "databases: {orders-db: {}}",
}
HEAD = """\
schema_version: 1
platform: shop
region: us-east-1
environments: {production: {profile: production}}
network: {availability_zones: 2, endpoints: {interface: [logs]}}
"""


@settings(max_examples=12, deadline=None)
@given(some.sets(some.sampled_from(sorted(PARTS)), max_size=4), some.sampled_from(sorted(PARTS)))
def test_one_component_more_never_costs_less(parts: set[str], added: str) -> None:
    def usd(chosen: set[str]) -> Range:
        return of_spec(HEAD + "\n".join(PARTS[part] for part in sorted(chosen))).total.usd

    fewer, more = usd(parts), usd(parts | {added})
    assert all(new >= old - 1e-9 for old, new in zip(fewer, more, strict=True))


def test_every_key_of_a_kinds_use_closes_a_price() -> None:
    folder = Path(services.__path__[0])
    asked = set(re.findall(r'"([a-z_]+)"', "".join(file.read_text() for file in folder.glob("*.py"))))
    for kind in all_kinds().values():
        if kind.name == "stream":  # computes what is asked for: see `kinds.stream.use`
            continue
        schema = msgspec.json.schema(kind.spec)["$defs"]
        keys = {key for name, each in schema.items() if name.endswith("Usage") for key in each["properties"]}
        assert keys <= asked, kind.name
