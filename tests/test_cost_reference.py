"""Estimates against calculations by hand: the reference production platform, and the shipped one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.assembly import Assembly
from compiler.commands.build import compile_all
from compiler.cost.estimate import Estimate
from compiler.cost.price import estimate
from tests.costs import BOOK, compiled, expected, of_spec

CENT = 0.01
ROOT = Path(__file__).parents[1]
REFERENCE = """\
schema_version: 1
platform: reference
region: us-east-1
environments:
  production: {profile: production}
network:
  availability_zones: 2
  egress: per_az
  endpoints: {interface: [logs, secretsmanager, kinesis-streams]}
streams:
  telemetry: {shards: 4, retention: 24h}
databases:
  registry: {engine: aurora-postgresql, capacity: {min: 0.5, max: 2}, readers: 1}
caches:
  device-state: {engine: valkey, nodes: 2, node_type: cache.t4g.small}
services:
  ingest:
    image: {repository: ingest, tag: "1.0.0"}
    cpu: 512
    memory: 1024
    count: {min: 2, max: 10, cpu_percentage: 65}
    http: {port: 8080, path: /, health_check: {path: /healthz}}
    connections:
      telemetry: consume
      registry: write
      device-state: write
      signing-key: {access: read, env: KEY}
secrets:
  signing-key: {}
load_balancer: {usage: {capacity_units: 1}}
logs: {usage: {ingested: 10GiB}}
"""
# Reference production platform, 2 zones, us-east-1, USD a month of 730 h: the prices of the book that make up
# each row, and what the row comes to by hand.
SANITY = [
    ("NAT x2 and their addresses", {"nat.hour", "ipv4.hour"}, 73.00),
    ("3 interface endpoints in 2 zones", {"endpoint.interface.hour"}, 43.80),
    ("stream of 4 shards", {"kinesis.shard.hour"}, 43.80),
    ("28 shard metrics", {"cw.metric"}, 8.40),
    ("service 2 x (0.5 vCPU, 1 GB, ARM)", {"fargate.arm.vcpu", "fargate.arm.gb"}, 28.84),
    ("load balancer and 1 LCU", {"alb.hour", "alb.lcu"}, 22.27),
    ("Valkey 2 x t4g.small", {"cache.valkey.t4g.small"}, 37.38),
    ("Aurora 2 x 0.5 ACU", {"aurora.acu"}, 87.60),
    ("keys", {"kms.key"}, 3.00),
    # The secret of the spec, and that of the database's master, which RDS makes.
    ("secrets", {"secret"}, 0.80),
    ("10 GB of logs", {"cw.logs.ingest"}, 5.00),
]
# What our production defaults add to it: advanced insights for 2 x 0.5 ACU, and a dashboard.
ADDED = [("Database Insights", {"dbinsights.advanced.acu"}, 2.28), ("dashboard", {"cw.dashboard"}, 3.00)]


@pytest.fixture(scope="module")
def reference() -> Estimate:
    return of_spec(REFERENCE)


@pytest.mark.parametrize(
    ("what", "prices", "usd"), [*SANITY, *ADDED], ids=[row[0] for row in [*SANITY, *ADDED]]
)
def test_a_line_of_the_reference_platform_is_what_it_is_by_hand(
    reference: Estimate, what: str, prices: set[str], usd: float
) -> None:
    assert expected(reference, lambda line: line.price in prices) == pytest.approx(usd, abs=CENT), what


def test_the_reference_platform_costs_nothing_but_these_lines_and_its_alarms(reference: Estimate) -> None:
    known = set().union(*(prices for _, prices, _ in [*SANITY, *ADDED]))
    others = {line.price for line in reference.lines if line.state == "priced"} - known
    assert others == {"cw.alarm", "cw.alarm.composite"}
    assert reference.total.unpriced == 0


def test_the_alarms_of_the_reference_platform_are_those_of_its_templates(reference: Estimate) -> None:
    # By hand 30 alarms of one metric, 3.00; our defaults watch each node of the cache and more of the rest.
    platform = compiled(REFERENCE)
    usd = 0.10 * alarm_metrics(platform)
    assert expected(reference, lambda line: line.price == "cw.alarm") == pytest.approx(usd, abs=CENT)
    composites = 0.50 * len(list(bodies(platform, "AWS::CloudWatch::CompositeAlarm")))
    found = expected(reference, lambda line: line.price == "cw.alarm.composite")
    assert found == pytest.approx(composites, abs=CENT)


# specs/iot-platform.yaml in production: component and price -> what the spec says times the list price.
HOURS = 730
RECORDS = 12_000 * 0.2 * HOURS * 3600  # of 512 B, one PUT unit each
SHIPPED = {
    ("network", "nat.hour"): 2 * HOURS * 0.045,
    ("network", "ipv4.hour"): 2 * HOURS * 0.005,
    ("telemetry", "kinesis.shard.hour"): 3 * HOURS * 0.015,
    ("telemetry", "kinesis.put"): RECORDS / 1e6 * 0.014,
    ("telemetry", "kinesis.ext_retention"): 3 * HOURS * 0.020,  # kept for 7 days
    ("telemetry", "cw.metric"): 3 * 7 * 0.30,
    ("registry", "aurora.acu"): 2 * 0.5 * HOURS * 0.12,
    ("registry", "dbinsights.advanced.acu"): 2 * 0.5 * HOURS * 0.003125,
    # The master's and the nightly report's, each with a copy in the second region.
    ("registry", "secret"): 2 * 2 * 0.40,
    ("signing-key", "secret"): 2 * 0.40,
    ("device-state", "cache.valkey.t4g.small"): 2 * HOURS * 0.0256,
    ("ingest", "fargate.arm.vcpu"): 4 * 0.5 * HOURS * 0.03238,
    ("ingest", "fargate.arm.gb"): 4 * 1 * HOURS * 0.00356,
    ("console", "fargate.arm.vcpu"): 2 * 0.25 * HOURS * 0.03238,
    ("console", "fargate.arm.gb"): 2 * 0.5 * HOURS * 0.00356,
    ("load_balancer", "alb.hour"): HOURS * 0.0225,
    ("load_balancer", "waf.acl"): 5.00,
    ("load_balancer", "waf.rule"): 3 * 1.00,
    # Three keys, their replicas in the second region, and one there for copies of backups.
    ("encryption", "kms.key"): (3 + 3 + 1) * 1.00,
    ("observability", "cw.dashboard"): 3.00,
}
ALARMS = {"cw.alarm": 0.10, "cw.alarm.composite": 0.50}


@pytest.fixture(scope="module")
def shipped_platform() -> Assembly:
    (found,) = compile_all(str(ROOT / "specs" / "iot-platform.yaml"), "production")
    return found


def test_the_shipped_platform_costs_in_every_line_what_it_does_by_hand(shipped_platform: Assembly) -> None:
    found: dict[tuple[str, str], float] = {}
    for line in estimate(shipped_platform, BOOK).lines:
        if line.state == "priced" and line.price not in ALARMS:
            key = (line.component, line.price)
            found[key] = found.get(key, 0.0) + line.usd.expected
    assert found == pytest.approx(SHIPPED, abs=CENT)


def test_the_alarms_of_the_shipped_platform_are_counted_by_their_metrics(shipped_platform: Assembly) -> None:
    found = estimate(shipped_platform, BOOK)
    usd = 0.10 * alarm_metrics(shipped_platform)
    assert expected(found, lambda line: line.price == "cw.alarm") == pytest.approx(usd, abs=CENT)


def test_the_most_of_the_shipped_platform_is_what_its_scaling_allows(shipped_platform: Assembly) -> None:
    most: dict[tuple[str, str], float] = {}
    for line in estimate(shipped_platform, BOOK).lines:
        most[line.component, line.price] = most.get((line.component, line.price), 0.0) + line.usd.most
    by_hand = {
        ("ingest", "fargate.arm.vcpu"): 32 * 0.5 * HOURS * 0.03238,
        ("console", "fargate.arm.gb"): 6 * 0.5 * HOURS * 0.00356,
        ("telemetry", "kinesis.shard.hour"): 32 * HOURS * 0.015,
        ("telemetry", "cw.metric"): 32 * 7 * 0.30,
        ("registry", "aurora.acu"): (1 + 4) * 2 * HOURS * 0.12,  # a writer and four readers of 2 ACU
    }
    assert {key: most[key] for key in by_hand} == pytest.approx(by_hand, abs=CENT)


@pytest.mark.parametrize("spec", ["iot-platform", "web-shop", "data-ingest", "minimal"])
def test_every_resource_of_the_shipped_specs_is_priced_free_or_depends_on_use(spec: str) -> None:
    for platform in compile_all(str(ROOT / "specs" / f"{spec}.yaml"), None):
        found = estimate(platform, BOOK)
        assert [line for line in found.lines if line.state == "unpriced"] == []
        assert 0 < found.total.usd.least <= found.total.usd.expected <= found.total.usd.most


def bodies(platform: Assembly, type_: str) -> Iterator[dict[str, object]]:
    for stack in platform.stacks:
        for body in stack.template["Resources"].values():
            if body["Type"] == type_:
                yield body["Properties"]


def alarm_metrics(platform: Assembly) -> int:
    """One for a plain alarm, else those that its expression reads; counted apart from the estimate."""
    total = 0
    for properties in bodies(platform, "AWS::CloudWatch::Alarm"):
        metrics = properties.get("Metrics", [])
        assert isinstance(metrics, list)
        total += sum("MetricStat" in each for each in metrics) or 1
    return total
