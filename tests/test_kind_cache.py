"""Cache: nodes or serverless, TLS and IAM users only, takeover where there are replicas, alarms that fit."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.kinds.cache.engine import NODE_TYPES, VERSIONS, family
from tests.specs import compiled, problems, resources

NETWORK = "network: {}\n"
ENGINES = pytest.mark.parametrize("engine", ["valkey", "redis"])
MODES = pytest.mark.parametrize("mode", ["nodes", "serverless"])


def built(settings: str = "{}", environment: str = "dev", rest: str = "") -> Assembly:
    return compiled(f"{NETWORK}caches: {{state: {settings}}}\n{rest}", environment)


def group(settings: str = "{}", environment: str = "dev") -> dict[str, Any]:
    found = resources(built(settings, environment), "AWS::ElastiCache::ReplicationGroup")
    return found["StateReplicationGroup"]


def serverless(settings: str = "{mode: serverless}", environment: str = "dev") -> dict[str, Any]:
    found = resources(built(settings, environment), "AWS::ElastiCache::ServerlessCache")
    return found["StateServerlessCache"]


def users(settings: str = "{}") -> dict[str, dict[str, Any]]:
    found = resources(built(settings), "AWS::ElastiCache::User")
    return {name: user["Properties"] for name, user in found.items()}


def alarms(settings: str = "{}", environment: str = "dev") -> dict[str, dict[str, Any]]:
    found = resources(built(settings, environment), "AWS::CloudWatch::Alarm")
    prefix = f"shop-{environment}-state-"
    return {
        alarm["Properties"]["AlarmName"].removeprefix(prefix): alarm["Properties"]
        for alarm in found.values()
        if alarm["Properties"]["AlarmName"].startswith(prefix)
    }


def wrong(settings: str) -> list[str]:
    """What is wrong with a cache's settings in dev, without the place."""
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    return [found.split(" ", 1)[1] for found in problems(f"{NETWORK}caches: {{state: {settings}}}", head)]


def consumer(verb: str, settings: str = "{}") -> Assembly:
    rest = (
        "functions:\n  device-api: {runtime: python3.13, handler: app.handler, code: code, "
        f"connections: {{state: {verb}}}}}\n"
    )
    return built(settings, rest=rest)


def variables(assembly: Assembly) -> dict[str, Any]:
    function = resources(assembly, "AWS::Lambda::Function")["DeviceApiFunction"]["Properties"]
    found = function["Environment"]["Variables"]
    return {name: value for name, value in found.items() if name.startswith("STATE_")}


def test_nodes_take_tls_only_and_are_encrypted_with_the_key_for_data() -> None:
    found = group()["Properties"]
    assert (found["TransitEncryptionEnabled"], found["TransitEncryptionMode"]) == (True, "required")
    assert found["AtRestEncryptionEnabled"] is True
    assert found["KmsKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert "AuthToken" not in found


@pytest.mark.parametrize(("nodes", "takeover"), [(1, False), (2, True), (6, True)])
def test_a_replica_takes_over_exactly_when_there_is_one(nodes: int, takeover: bool) -> None:
    found = group(f"{{nodes: {nodes}}}")["Properties"]
    assert found["NumCacheClusters"] == nodes
    assert (found["AutomaticFailoverEnabled"], found["MultiAZEnabled"]) == (takeover, takeover)


def test_profiles_differ_in_nodes_and_snapshots() -> None:
    dev, production = group()["Properties"], group(environment="production")["Properties"]
    assert (dev["NumCacheClusters"], dev["CacheNodeType"]) == (1, "cache.t4g.micro")
    assert (production["NumCacheClusters"], production["CacheNodeType"]) == (2, "cache.t4g.small")
    assert (dev["SnapshotRetentionLimit"], production["SnapshotRetentionLimit"]) == (0, 7)
    assert "SnapshotWindow" not in dev
    assert production["SnapshotWindow"] == "03:00-04:00"


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_production_keeps_the_data(environment: str) -> None:
    kept = {"dev": ("Delete", "Delete"), "production": ("Snapshot", "Snapshot")}[environment]
    found = group(environment=environment)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == kept


def test_both_logs_go_to_groups_of_ours_in_json() -> None:
    assembly = built()
    found = resources(assembly, "AWS::ElastiCache::ReplicationGroup")["StateReplicationGroup"]["Properties"]
    groups = resources(assembly, "AWS::Logs::LogGroup")
    delivered = {log["LogType"]: log for log in found["LogDeliveryConfigurations"]}
    assert sorted(delivered) == ["engine-log", "slow-log"]
    assert all(log["LogFormat"] == "json" for log in delivered.values())
    named = groups["StateSlowLogGroup"]["Properties"]["LogGroupName"]
    assert named == "/aws/vendedlogs/elasticache/shop-dev-state-slow-log"


def test_eviction_is_written_out_in_the_family_of_the_version() -> None:
    found = resources(built("{eviction: allkeys-lru}"), "AWS::ElastiCache::ParameterGroup")
    properties = found["StateParameterGroup"]["Properties"]
    assert properties["CacheParameterGroupFamily"] == "valkey8"
    assert properties["Properties"] == {"maxmemory-policy": "allkeys-lru", "reserved-memory-percent": "25"}
    assert family("redis", "7.1") == "redis7"


def test_it_lives_in_the_isolated_subnets_behind_a_closed_group() -> None:
    assembly = built()
    subnets = resources(assembly, "AWS::ElastiCache::SubnetGroup")["StateSubnetGroup"]["Properties"]
    assert subnets["SubnetIds"] == {"Ref": "NetworkIsolatedSubnetIds"}
    assert group()["Properties"]["SecurityGroupIds"] == [{"Ref": "StateSecurityGroupId"}]
    assert resources(assembly, "AWS::EC2::SecurityGroupIngress") == {}


@ENGINES
def test_only_iam_lets_users_in_and_each_may_do_its_part(engine: str) -> None:
    found = users(f"{{engine: {engine}}}")
    reader, writer = found["StateReadUser"], found["StateWriteUser"]
    assert reader["UserId"] == reader["UserName"] == "shop-dev-state-ro"
    assert writer["UserId"] == writer["UserName"] == "shop-dev-state-rw"
    assert {reader["AuthenticationMode"]["Type"], writer["AuthenticationMode"]["Type"]} == {"iam"}
    assert reader["AccessString"].startswith("on ~* -@all +@read +@connection -@dangerous ")
    assert writer["AccessString"] == "on ~* &* +@all -@dangerous +info"


def test_redis_has_the_default_user_it_wants_turned_off() -> None:
    found = users("{engine: redis}")["StateDefaultUser"]
    assert (found["UserName"], found["AccessString"]) == ("default", "off -@all")
    assert "StateDefaultUser" not in users()


@ENGINES
@MODES
def test_the_cache_admits_its_own_group_of_users(engine: str, mode: str) -> None:
    assembly = built(f"{{engine: {engine}, mode: {mode}}}")
    found = resources(assembly, "AWS::ElastiCache::UserGroup")["StateUserGroup"]["Properties"]
    default = [{"Ref": "StateDefaultUser"}] if engine == "redis" else []
    assert found["UserIds"] == [{"Ref": "StateReadUser"}, {"Ref": "StateWriteUser"}, *default]
    assert found["Engine"] == engine
    if mode == "nodes":
        assert group()["Properties"]["UserGroupIds"] == [{"Ref": "StateUserGroup"}]
    else:
        assert serverless()["Properties"]["UserGroupId"] == {"Ref": "StateUserGroup"}


def test_a_serverless_cache_always_has_limits() -> None:
    settings = "{mode: serverless, limits: {storage: 10GiB}, snapshots: {retention: 2d}}"
    found = serverless(settings)["Properties"]
    assert found["CacheUsageLimits"] == {
        "DataStorage": {"Maximum": 10, "Unit": "GB"},
        "ECPUPerSecond": {"Maximum": 5000},
    }
    assert (found["SnapshotRetentionLimit"], found["DailySnapshotTime"]) == (2, "03:00")
    assert found["MajorEngineVersion"] == "8"
    assert found["KmsKeyId"] == {"Ref": "EncryptionDataKeyArn"}


def test_a_serverless_cache_without_snapshots_has_no_time_for_them() -> None:
    found = serverless()["Properties"]
    assert found["SnapshotRetentionLimit"] == 0
    assert "DailySnapshotTime" not in found


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        ("{mode: serverless, nodes: 2}", ["E210 a cache of mode 'serverless' has no 'nodes'; remove it"]),
        ("{limits: {storage: 1GiB}}", ["E210 a cache of mode 'nodes' has no 'limits'; remove it"]),
        (
            '{engine: redis, version: "8.0"}',
            ["E104 redis has no version '8.0'; allowed: 7.0, 7.1"],
        ),
        (
            "{node_type: cache.t4g.smal}",
            ["E104 ElastiCache has no nodes of type 'cache.t4g.smal'; did you mean 'cache.t4g.small'?"],
        ),
        (
            '{snapshots: {retention: 1d, window: "05:30-06:30"}}',
            ["D016 sun:05:00-sun:06:00 meets the snapshot window 05:30-06:30; move one of the two"],
        ),
        ('{snapshots: {retention: 0d, window: "05:30-06:30"}}', []),
        (
            "{maintenance_window: sun:05:00-sun:05:30}",
            ["D016 a window of 30 minutes is too short; ElastiCache wants 60 or more"],
        ),
    ],
)
def test_contradictions_are_explained(settings: str, messages: list[str]) -> None:
    assert wrong(settings) == messages


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("{nodes: 7}", "E106"),
        ("{snapshots: {retention: 36d}}", "E106"),
        ("{mode: serverless, limits: {storage: 6000GiB}}", "E106"),
        ("{mode: serverless, limits: {storage: 2048MiB}}", "E105"),
        ("{mode: serverless, limits: {ecpu_per_second: 999}}", "E106"),
        ("{engine: memcached}", "E104"),
    ],
)
def test_values_out_of_range_are_refused(settings: str, code: str) -> None:
    assert [problem[:4] for problem in wrong(settings)] == [code]


def test_a_name_too_long_for_aws_is_refused() -> None:
    found = problems(f"{NETWORK}caches: {{the-state-of-all-the-devices: {{}}}}")
    assert "E213" in found[0]
    assert "AWS allows 40; shorten the " in found[0]


def test_it_needs_a_network() -> None:
    assert "'state' (cache) needs a network; add a 'network:' section" in problems("caches: {state: {}}")[0]


def test_versions_and_node_types_are_those_that_the_linter_knows() -> None:
    """When this fails, the linter has newer data: bring ours up to it."""
    folder = files("cfnlint.data.schemas.extensions.aws_elasticache_cachecluster")
    rules = json.loads(folder.joinpath("engine_version.json").read_text())["allOf"]
    by_engine = {
        rule["if"]["properties"]["Engine"].get("const"): rule["then"]["properties"]["EngineVersion"]["enum"]
        for rule in rules
        if "EngineVersion" in rule["if"]["properties"]
    }
    known = folder.joinpath("cachenodetype_enum.json").read_text()
    assert set(VERSIONS["valkey"]) == set(by_engine["valkey"])
    assert set(VERSIONS["redis"]) == {v for v in by_engine["redis"] if v.startswith("7")}
    assert [node for node in NODE_TYPES if f'"{node}"' not in known] == []


def test_a_reader_of_one_node_reads_from_the_primary() -> None:
    found = built(rest="").stack("shop-dev-data").template["Outputs"]
    assert found["StatePrimaryEndpoint"]["Value"] == {
        "Fn::GetAtt": ["StateReplicationGroup", "PrimaryEndPoint.Address"]
    }
    outputs = consumer("read").stack("shop-dev-data").template["Outputs"]
    assert outputs["StateReaderEndpoint"]["Value"] == found["StatePrimaryEndpoint"]["Value"]


def test_a_reader_of_several_nodes_reads_from_the_replicas() -> None:
    outputs = consumer("read", "{nodes: 2}").stack("shop-dev-data").template["Outputs"]
    assert outputs["StateReaderEndpoint"]["Value"] == {
        "Fn::GetAtt": ["StateReplicationGroup", "ReaderEndPoint.Address"]
    }


def test_a_serverless_cache_has_one_endpoint_for_each_port() -> None:
    outputs = consumer("write", "{mode: serverless}").stack("shop-dev-data").template["Outputs"]
    assert outputs["StatePrimaryEndpoint"]["Value"] == {
        "Fn::GetAtt": ["StateServerlessCache", "Endpoint.Address"]
    }
    assert outputs["StateReaderEndpoint"]["Value"] == {
        "Fn::GetAtt": ["StateServerlessCache", "ReaderEndpoint.Address"]
    }


@pytest.mark.parametrize(("mode", "reader_port"), [("nodes", "6379"), ("serverless", "6380")])
def test_a_consumer_learns_where_and_as_whom_to_connect(mode: str, reader_port: str) -> None:
    shared = {"STATE_NAME": {"Ref": "StateId"}, "STATE_TLS": "true"}
    assert variables(consumer("read", f"{{mode: {mode}}}")) == {
        "STATE_HOST": {"Ref": "StateReaderEndpoint"},
        "STATE_PORT": reader_port,
        "STATE_USER": {"Ref": "StateReadUser"},
        **shared,
    }
    assert variables(consumer("write", f"{{mode: {mode}}}")) == {
        "STATE_HOST": {"Ref": "StatePrimaryEndpoint"},
        "STATE_PORT": "6379",
        "STATE_READER_HOST": {"Ref": "StateReaderEndpoint"},
        "STATE_READER_PORT": reader_port,
        "STATE_USER": {"Ref": "StateWriteUser"},
        **shared,
    }


@MODES
@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_consumer_may_connect_to_this_cache_as_the_user_of_its_verb(verb: str, mode: str) -> None:
    assembly = consumer(verb, f"{{mode: {mode}}}")
    role = resources(assembly, "AWS::IAM::Role")["DeviceApiRole"]["Properties"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert [found for found in statements if "elasticache" in json.dumps(found["Action"])] == [
        {
            "Effect": "Allow",
            "Action": ["elasticache:Connect"],
            "Resource": [{"Ref": "StateArn"}, {"Ref": f"State{verb.capitalize()}UserArn"}],
        }
    ]


def test_the_arn_of_nodes_holds_the_id_that_aws_gave() -> None:
    outputs = consumer("read").stack("shop-dev-data").template["Outputs"]
    arn = "arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:${Group}"
    assert outputs["StateArn"]["Value"] == {"Fn::Sub": [arn, {"Group": {"Ref": "StateReplicationGroup"}}]}
    assert "ReplicationGroupId" not in group()["Properties"]


@pytest.mark.parametrize(("mode", "last"), [("nodes", 6379), ("serverless", 6380)])
def test_a_consumer_reaches_the_ports_of_the_mode(mode: str, last: int) -> None:
    rules = resources(consumer("read", f"{{mode: {mode}}}"), "AWS::EC2::SecurityGroupIngress")
    rule = rules["DeviceApiToState6379Ingress"]["Properties"]
    assert (rule["FromPort"], rule["ToPort"]) == (6379, last)
    assert rule["SourceSecurityGroupId"] == {"Ref": "DeviceApiSecurityGroupId"}


def test_one_node_is_watched_as_itself() -> None:
    found = alarms()
    assert sorted(found) == [
        "authentication-failures", "evictions", "full-memory", "high-cpu", "high-memory", "new-connections",
        "slow-reads",
    ]  # fmt: skip
    assert found["high-memory"]["Dimensions"] == [
        {"Name": "CacheClusterId", "Value": {"Ref": "StateNode1Id"}}
    ]
    outputs = built().stack("shop-dev-data").template["Outputs"]
    assert outputs["StateNode1Id"]["Value"] == {"Fn::Join": ["-", [{"Ref": "StateReplicationGroup"}, "001"]]}


def test_reads_and_new_connections_are_watched_in_their_own_units() -> None:
    found = alarms()
    reads = found["slow-reads"]
    assert (reads["MetricName"], reads["ExtendedStatistic"], reads["Threshold"]) == (
        "SuccessfulReadRequestLatency", "p99", 5000,
    )  # fmt: skip
    assert (found["new-connections"]["Statistic"], found["new-connections"]["Threshold"]) == ("Sum", 1000)


def test_several_nodes_share_their_alarms() -> None:
    found = alarms("{nodes: 3}")
    queries = {query["Id"]: query for query in found["replication-lag"]["Metrics"]}
    assert sorted(queries) == ["node1", "node2", "node3", "result"]
    assert queries["result"]["Expression"] == "MAX(METRICS())"


@pytest.mark.parametrize(
    ("node_type", "metric", "threshold"),
    [("cache.m7g.xlarge", "EngineCPUUtilization", 90), ("cache.t4g.small", "CPUUtilization", 45)],
)
def test_small_nodes_are_busy_when_one_processor_is(node_type: str, metric: str, threshold: int) -> None:
    found = alarms(f"{{node_type: {node_type}}}")["high-cpu"]
    assert (found["MetricName"], found["Threshold"]) == (metric, threshold)


def test_a_serverless_cache_is_watched_against_its_limits() -> None:
    found = alarms("{mode: serverless, limits: {storage: 10GiB}}")
    assert sorted(found) == ["high-memory", "throttled"]
    assert found["high-memory"]["Threshold"] == 8 * 1024**3
    assert found["throttled"]["Dimensions"] == [{"Name": "clusterId", "Value": {"Ref": "StateId"}}]
