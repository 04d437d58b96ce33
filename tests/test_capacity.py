"""What runs out: shards, connections, addresses, calls; the arithmetic, and who is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compiler import capacity, cli, pipeline
from compiler.capacity import Balance
from compiler.document import read
from compiler.draw import ACCOUNT, Key, addresses, in_each_zone, zones
from compiler.kinds.stream.load import Load, answer, carried, needed, rates
from compiler.views import capacity as view
from compiler.views.style import Style
from compiler.words import figure
from tests.specs import compiled, document, findings, resolved, resources

REFERENCE = str(Path(__file__).parent.parent / "specs" / "iot-platform.yaml")
EXAMPLES = sorted((Path(__file__).parent.parent / "compiler" / "kinds").glob("*/examples/*.yaml"))

LOADS = some.builds(
    Load,
    devices=some.integers(1, 1_000_000),
    messages_per_second=some.floats(0.001, 1000),
    message_size=some.integers(1, 1_048_576).map("{}B".format),
    consumers=some.integers(1, 20),
    headroom=some.integers(0, 1000).map("{}%".format),
)


def of(body: str, owner: str, name: str, environment: str = "dev") -> Balance:
    found = capacity.balance(Key(owner, name), resolved(body, environment))
    assert found is not None
    return found


def shares(found: Balance) -> dict[str, float]:
    return {each.component: each.draw.amount for each in found.taken}


@given(LOADS)
def test_the_computed_shards_carry_the_load(load: Load) -> None:
    records = rates(load)[0].amount
    assert carried(load, needed(load)) >= records * (1 - 1e-9)


@pytest.mark.parametrize(
    ("devices", "rate", "headroom", "shards"),
    [(100_000, 1, "10%", 110), (100_000, 1.1, "0%", 110), (100_000, 1.1, "10%", 121), (30_000, 1, "10%", 33)],
)
def test_what_comes_out_whole_is_not_rounded_up(
    devices: int, rate: float, headroom: str, shards: int
) -> None:
    load = Load(devices=devices, messages_per_second=rate, message_size="100B", headroom=headroom)
    assert needed(load) == shards
    assert f"{shards} shards carry {round(devices * rate):,} such messages" in answer(load, shards)
    assert answer(load, shards).endswith(f" {devices:,} devices")


@given(LOADS)
def test_one_shard_fewer_would_not_carry_it(load: Load) -> None:
    if needed(load) > 1:
        assert carried(load, needed(load) - 1) < rates(load)[0].amount * (1 + 1e-9)


@given(LOADS, LOADS)
def test_more_load_never_needs_fewer_shards(one: Load, other: Load) -> None:
    def size(load: Load) -> int:
        return int(load.message_size.removesuffix("B"))

    more = Load(
        devices=max(one.devices, other.devices),
        messages_per_second=max(one.messages_per_second, other.messages_per_second),
        message_size=f"{max(size(one), size(other))}B",
        consumers=max(one.consumers, other.consumers),
        headroom=max(one.headroom, other.headroom, key=lambda text: int(text[:-1])),
    )
    assert needed(more) >= max(needed(one), needed(other))


@given(LOADS, some.integers(1, 10_000))
def test_more_shards_always_carry_more(load: Load, shards: int) -> None:
    assert carried(load, shards + 1) > carried(load, shards)


# Without a receiver production says so first.
HEARD = "notifications: {critical: [{email: oncall@example.com}]}\n"
STREAM = (
    "streams: {telemetry: {shards: 4, load: {devices: 10000, messages_per_second: %s, message_size: %s}}}\n"
    + HEARD
)


@pytest.mark.parametrize("size", ["512B", "1KiB"])
def test_four_shards_are_refused_for_ten_thousand_devices_at_a_message_a_second(size: str) -> None:
    (refused,) = findings(STREAM % (1, size))
    assert refused.startswith("spec.yaml:7:23 K001 error (production): 4 shards carry 3,200 such messages")
    assert "12,500 / 1,000 = 12.5, so 13 shards; write 13" in refused
    assert findings(STREAM % (0.2, size)) == []


WAIVED = """\
schema_version: 1
platform: shop
region: eu-west-1
environments:
  production:
    profile: production
    waivers: [{rule: K001, reason: "the devices come in spring", expires: 2027-03-01}]
"""


def test_who_waives_it_gets_the_shards_that_are_written() -> None:
    assert findings(STREAM % (1, "512B"), WAIVED) == []
    assembly = pipeline.compile_spec(document(STREAM % (1, "512B"), WAIVED), "production", lambda folder: {})
    (stream,) = resources(assembly, "AWS::Kinesis::Stream").values()
    assert stream["Properties"]["ShardCount"] == 4


@given(some.integers(1, 500), some.integers(1, 500), some.sampled_from([2, 3]))
def test_more_tasks_never_take_fewer_addresses(one: int, more: int, used: int) -> None:
    platform = resolved(f"network: {{availability_zones: {used}}}\n")
    assert zones(platform) == used
    assert in_each_zone(one + more, platform) >= in_each_zone(one, platform)
    assert used * in_each_zone(one, platform) >= one


def test_what_a_service_takes_follows_from_what_its_template_allows() -> None:
    body = "network: {}\nservices:\n  shop: {image: {repository: shop, tag: '1'}, count: {min: 1, max: 7}}\n"
    (service,) = resources(compiled(body), "AWS::ECS::Service").values()
    percent = service["Properties"]["DeploymentConfiguration"]["MaximumPercent"]
    assert shares(of(body, *addresses("private")))["shop"] == 7 * percent // 100 // 2


def test_a_third_zone_leaves_more_addresses_to_each() -> None:
    body = (
        "network: {availability_zones: %s}\nservices:\n  shop: {image: {repository: a, tag: '1'}, count: 9}\n"
    )
    two, three = (shares(of(body % zones, *addresses("private")))["shop"] for zones in (2, 3))
    assert (two, three) == (9, 6)


DATABASE = (
    "network: {}\ndatabases: {registry: {readers: 0}}\nqueues: {work: {}}\nstreams: {clicks: {shards: 3}}\n"
)
CODE = "runtime: python3.13, inline: 'def handler(event, context): pass'"


def writer(functions: str, database: str = DATABASE) -> dict[str, float]:
    return shares(of(f"{database}functions:\n{functions}", "registry", "connections of the writer"))


def test_functions_without_a_limit_share_the_accounts_calls() -> None:
    one = f"  one: {{{CODE}, connections: {{registry: write}}}}\n"
    assert writer(one) == {"one": 1000}
    assert writer(one + one.replace("one", "two")) == {"one": 1000, "two": 0}


def test_what_starts_a_function_limits_its_connections() -> None:
    uses = "registry: write, work: {access: receive, maximum_concurrency: 20}, clicks: consume"
    assert writer(f"  one: {{{CODE}, connections: {{{uses}}}}}\n") == {"one": 23}
    again = f"  one: {{{CODE}, schedule: rate(5 minutes), connections: {{{uses}}}}}\n"
    assert writer(again) == {"one": 24}
    called = again + f"  two: {{{CODE}, connections: {{one: invoke}}}}\n"
    assert writer(called) == {"one": 1000}


def test_a_queue_without_a_limit_limits_nothing() -> None:
    assert writer(f"  one: {{{CODE}, connections: {{registry: write, work: receive}}}}\n") == {"one": 1000}


def test_reserved_calls_and_the_size_of_the_pool_are_counted() -> None:
    use = "{registry: {access: write, pool: 3}}"
    assert writer(f"  one: {{{CODE}, reserved_concurrency: 40, connections: {use}}}\n") == {"one": 120}
    assert writer(f"  one: {{{CODE}, reserved_concurrency: 0, connections: {use}}}\n") == {"one": 0}


def test_the_account_has_so_many_calls_for_all_functions() -> None:
    kept = f"  one: {{{CODE}, reserved_concurrency: 40}}\n"
    started = f"  two: {{{CODE}, connections: {{clicks: {{access: consume, parallelization: 2}}}}}}\n"
    boundless = f"  three: {{{CODE}, connections: {{work: receive}}}}\n"
    body = f"{DATABASE}functions:\n{kept}{started}{boundless}"
    every = "calls of functions at one time, of those with a limit"
    assert shares(of(body, ACCOUNT, every)) == {"one": 40, "two": 6}
    assert shares(of(body, ACCOUNT, "reserved calls of functions at one time")) == {"one": 40}
    assert shares(of(body, "two", "calls at one time")) == {"clicks": 6}


def test_a_function_that_people_stopped_is_not_short_of_calls() -> None:
    uses = "connections: {clicks: consume}"
    body = f"streams: {{clicks: {{}}}}\nfunctions:\n  one: {{{CODE}, reserved_concurrency: 0, {uses}}}\n"
    assert not [found for found in capacity.balances(resolved(body)) if found.pool.key.owner == "one"]
    assert "stops it" in capacity.facts(resolved(body))["one"][0].text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12500, "12,500"), (0.2, "0.2"), (4.8828, "4.88"), (0.25, "0.25"), (3, "3"), (234.5, "234")],
)
def test_figures_read_as_people_write_them(value: float, text: str) -> None:
    assert figure(value) == text


def test_readers_take_what_reads_and_the_writer_when_there_are_none() -> None:
    service = (
        "services:\n  shop: {image: {repository: a, tag: '1'}, count: 3, connections: {registry: read}}\n"
    )
    assert shares(of(DATABASE + service, "registry", "connections of the writer")) == {"shop": 60}
    two = DATABASE.replace("readers: 0", "readers: 2") + service
    assert shares(of(two, "registry", "connections of each reader")) == {"shop": 30}
    assert shares(of(two, "registry", "connections of the writer")) == {}


def test_behind_a_proxy_nobody_counts_connections() -> None:
    platform = resolved(DATABASE.replace("readers: 0", "proxy: true, capacity: {min: 1}"))
    assert not [found for found in capacity.balances(platform) if found.pool.key.owner == "registry"]
    (fact,) = capacity.facts(platform)["registry"]
    assert fact.text == "a proxy shares 90 % of the 400 that an instance takes at 2 ACU among all who ask"


EXISTING = """
network:
  existing:
    vpc: vpc-0a1b2c3d4e5f60718
    cidr: 10.1.0.0/16
    private_subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a2b3c4d5e6f70819]
    isolated_subnets: [subnet-2a3b4c5d6e7f8091a, subnet-3a4b5c6d7e8f9021b]
services:
  shop: {image: {repository: a, tag: '1'}, count: 9}
"""


def test_of_a_network_that_exists_already_nothing_is_known() -> None:
    platform = resolved(EXISTING)
    assert capacity.balance(addresses("private"), platform) is None
    assert capacity.copies(platform.components["shop"], platform)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_figure_of_every_kind_has_its_arithmetic_and_its_source(example: Path) -> None:
    document = read(str(example))
    for platform in pipeline.platforms(document):
        for found in capacity.balances(platform):
            assert found.pool.how
            assert len(found.pool.source) > 10
            assert found.pool.key.owner in {ACCOUNT, *platform.components}
            assert all(each.draw.how and each.draw.amount >= 0 for each in found.taken)
            assert 0 <= found.share < float("inf")
        assert view.text(platform, Style(colour=False)).startswith(
            f"{platform.name} {platform.environment.name}:"
        )


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["explain", "capacity", REFERENCE, *arguments]) == 0
    return capsys.readouterr().out


def test_explain_capacity_says_what_binds_whom(capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, "--env", "production")
    assert "  2,400 of 32,000 records in a second, 8 % = 32 shards at most x 1,000\n" in said
    assert "    telemetry 2,400: 12,000 devices x 0.2\n" in said
    assert "    ingest 32: 32 tasks x 2 while a version comes, over 2 zones\n" in said
    assert "  2 of 5 elastic IP addresses, 40 % binds = default quota\n" in said
    assert "egress per_az: 73.00 USD a month for NAT and 0.00 for 0 interface endpoints" in said
    assert "one key: all records of a partition key go to one shard: 1,000 records and 1 MiB a second" in said
    assert "\x1b" not in said


def test_explain_capacity_is_data_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(explained(capsys, "--env", "production", "--format", "json"))
    pools = {(pool["owner"], pool["name"]): pool for pool in said["pools"]}
    telemetry = pools["telemetry", "records in a second"]
    assert (telemetry["most"], telemetry["used"], telemetry["is_short"]) == (32000, 2400, False)
    assert telemetry["source"] == "Kinesis developer guide, 'Quotas and limits', 2026"
    assert pools[None, "elastic IP addresses"]["most"] == 5
    assert [fact["label"] for fact in said["facts"]["telemetry"]][:2] == ["shards needed", "what they carry"]


def test_what_is_too_small_is_red_on_a_terminal() -> None:
    said = view.text(resolved(STREAM % (1, "512B"), "production"), Style(colour=True))
    assert "\x1b[31m13 of 4 shards, 325 %\x1b[0m\x1b[31m TOO FEW\x1b[0m" in said


def test_an_environment_that_does_not_exist_is_told_as_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "capacity", REFERENCE, "--env", "prod"]) == 1
    assert "E208" in capsys.readouterr().err


def test_pools_are_counted_once_for_all_who_ask_of_one_platform() -> None:
    platform = resolved("streams: {telemetry: {shards: 2}}\n")
    assert capacity.balances(platform) is capacity.balances(platform)


SEVERAL = """
functions:
  fan:
    runtime: python3.13
    handler: a.b
    code: ./c
    connections:
      clicks: consume
      jobs: {access: receive, maximum_concurrency: 10}
      orders: {access: write, pool: 2}
streams: {clicks: {shards: 7}}
queues: {jobs: {visibility_timeout: 6m}}
databases: {orders: {engine: aurora-postgresql}}
network: {}
"""


def test_every_call_of_a_function_with_several_triggers_has_its_connections() -> None:
    (fan,) = of(SEVERAL, "orders", "connections of the writer").taken
    assert fan.draw.amount == 34
    assert fan.draw.how == "(7 shards of 'clicks' x 1 + 10 of 'jobs') x 2 connections"
