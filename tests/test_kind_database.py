"""Database: encrypted, closed, logged in to with IAM; instances in order, windows apart, alarms that fit."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any, get_args

import pytest

from compiler.assembly import Assembly
from compiler.kinds.database.engine import Version, family, max_connections
from tests.specs import compiled, problems, resources

NETWORK = "network: {}\n"
# Still supported, but it cannot pause.
OLD_LONG_TERM = "14.6"


def built(settings: str = "{}", environment: str = "dev", rest: str = "") -> Assembly:
    return compiled(f"{NETWORK}databases: {{registry: {settings}}}\n{rest}", environment)


def cluster(settings: str = "{}", environment: str = "dev") -> dict[str, Any]:
    found: dict[str, Any] = resources(built(settings, environment), "AWS::RDS::DBCluster")["RegistryCluster"]
    return found


def instances(settings: str = "{}", environment: str = "dev") -> dict[str, dict[str, Any]]:
    return resources(built(settings, environment), "AWS::RDS::DBInstance")


def alarms(settings: str = "{}", environment: str = "dev") -> dict[str, dict[str, Any]]:
    found = resources(built(settings, environment), "AWS::CloudWatch::Alarm")
    prefix = f"shop-{environment}-registry-"
    return {
        alarm["Properties"]["AlarmName"].removeprefix(prefix): alarm["Properties"]
        for alarm in found.values()
        if alarm["Properties"]["AlarmName"].startswith(prefix)
    }


def wrong(settings: str) -> list[str]:
    """What is wrong with a database's settings in dev, without the place."""
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    found = problems(f"{NETWORK}databases: {{registry: {settings}}}", head)
    return [problem.split(" ", 1)[1] for problem in found]


def consumer(verb: str) -> Assembly:
    rest = (
        "functions:\n  device-api: {runtime: python3.13, handler: app.handler, code: code, "
        f"connections: {{registry: {verb}}}}}\n"
    )
    return built("{readers: 1}", rest=rest)


def test_everything_is_encrypted_with_keys_of_the_platform() -> None:
    found = cluster()["Properties"]
    assert found["StorageEncrypted"] is True
    assert found["KmsKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert found["PerformanceInsightsKmsKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert found["MasterUserSecret"] == {"KmsKeyId": {"Ref": "EncryptionSecretsKeyArn"}}


def test_no_password_is_anywhere_and_iam_lets_users_in() -> None:
    found = cluster()["Properties"]
    assert found["ManageMasterUserPassword"] is True
    assert found["EnableIAMDatabaseAuthentication"] is True
    assert "MasterUserPassword" not in found


def test_it_is_named_after_the_component_so_that_its_log_group_can_be_made_first() -> None:
    assembly = built()
    found = resources(assembly, "AWS::RDS::DBCluster")["RegistryCluster"]
    group = resources(assembly, "AWS::Logs::LogGroup")["RegistryLogGroup"]["Properties"]
    assert found["Properties"]["DBClusterIdentifier"] == "shop-dev-registry"
    assert found["DependsOn"] == ["RegistryLogGroup"]
    assert found["Properties"]["EnableCloudwatchLogsExports"] == ["postgresql"]
    assert group["LogGroupName"] == "/aws/rds/cluster/shop-dev-registry/postgresql"
    assert group["RetentionInDays"] == 7


def test_profiles_differ_in_size_backups_and_protection() -> None:
    dev, production = cluster()["Properties"], cluster(environment="production")["Properties"]
    assert dev["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.0, "MaxCapacity": 2.0}
    assert production["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 1.0, "MaxCapacity": 4.0}
    assert (dev["BackupRetentionPeriod"], production["BackupRetentionPeriod"]) == (1, 14)
    assert (dev["DeletionProtection"], production["DeletionProtection"]) == (False, True)
    assert list(instances()) == ["RegistryWriter"]
    assert list(instances(environment="production")) == ["RegistryReader1", "RegistryWriter"]


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_production_keeps_a_last_snapshot(environment: str) -> None:
    found, kept = cluster(environment=environment), {"dev": "Delete", "production": "Snapshot"}[environment]
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == (kept, kept)
    assert found["Properties"]["CopyTagsToSnapshot"] is True


def test_the_first_instance_writes_and_readers_take_over_in_order() -> None:
    found = instances("{readers: 2}")
    assert "DependsOn" not in found["RegistryWriter"]
    assert (
        found["RegistryReader1"]["DependsOn"] == found["RegistryReader2"]["DependsOn"] == ["RegistryWriter"]
    )
    tiers = {name: instance["Properties"]["PromotionTier"] for name, instance in found.items()}
    assert tiers == {"RegistryWriter": 0, "RegistryReader1": 1, "RegistryReader2": 2}


def test_no_instance_is_public_and_all_scale() -> None:
    for instance in instances("{readers: 1}").values():
        assert instance["Properties"]["PubliclyAccessible"] is False
        assert instance["Properties"]["DBInstanceClass"] == "db.serverless"


def test_it_lives_in_the_isolated_subnets_behind_a_closed_group() -> None:
    assembly = built()
    group = resources(assembly, "AWS::EC2::SecurityGroup")["RegistrySecurityGroup"]["Properties"]
    subnets = resources(assembly, "AWS::RDS::DBSubnetGroup")["RegistrySubnetGroup"]["Properties"]
    assert subnets["SubnetIds"] == {"Ref": "NetworkIsolatedSubnetIds"}
    assert "SecurityGroupIngress" not in group
    assert cluster()["Properties"]["VpcSecurityGroupIds"] == [{"Ref": "RegistrySecurityGroupId"}]
    assert resources(assembly, "AWS::EC2::SecurityGroupIngress") == {}


@pytest.mark.parametrize(("mode", "days"), [("standard", 7), ("advanced", 465)])
def test_insights_keep_what_their_mode_demands_on_cluster_and_instances(mode: str, days: int) -> None:
    whole = cluster(f"{{insights: {mode}}}")["Properties"]
    writer = instances(f"{{insights: {mode}}}")["RegistryWriter"]["Properties"]
    for found, enabled in ((whole, "PerformanceInsightsEnabled"), (writer, "EnablePerformanceInsights")):
        assert found["PerformanceInsightsRetentionPeriod"] == days
        assert found[enabled] is True
    assert whole["DatabaseInsightsMode"] == mode
    assert "DatabaseInsightsMode" not in writer  # it inherits the cluster's, and RDS refuses one of its own


def test_only_tls_is_let_in_and_slow_statements_are_logged() -> None:
    assembly = built('{version: "16.11", slow_query: 2s}')
    group = resources(assembly, "AWS::RDS::DBClusterParameterGroup")["RegistryParameterGroup"]["Properties"]
    assert group["Family"] == "aurora-postgresql16"
    assert group["Parameters"] == {
        "rds.force_ssl": "1",
        "log_connections": "1",
        "log_min_duration_statement": "2000",
        "log_statement": "ddl",
    }


def test_old_versions_never_slip_into_paid_support() -> None:
    expected = "open-source-rds-extended-support-disabled"
    assert cluster()["Properties"]["EngineLifecycleSupport"] == expected


def test_the_monitoring_role_is_there_only_where_it_is_asked_for() -> None:
    assert resources(built(), "AWS::IAM::Role") == {}
    asked = built("{os_metrics: 60s}")
    role = resources(asked, "AWS::IAM::Role")["RegistryMonitoringRole"]["Properties"]
    writer = resources(asked, "AWS::RDS::DBInstance")["RegistryWriter"]["Properties"]
    assert (writer["MonitoringInterval"], writer["MonitoringRoleArn"]) == (
        60,
        {"Fn::GetAtt": ["RegistryMonitoringRole", "Arn"]},
    )
    assert "RDSOSMetrics*" in json.dumps(role["Policies"])
    assert '"*"' not in json.dumps(role)


def test_storage_and_pausing_are_as_asked() -> None:
    found = cluster("{storage: io_optimized, capacity: {min: 0, max: 1, pause_after: 10m}}")["Properties"]
    assert found["StorageType"] == "aurora-iopt1"
    assert found["ServerlessV2ScalingConfiguration"]["SecondsUntilAutoPause"] == 600


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "{capacity: {min: 4, max: 2}}",
            "D001 'min: 4' is more than 'max: 2'; write 2 or less, or raise 'max'",
        ),
        (
            "{capacity: {min: 0.5, pause_after: 10m}}",
            "D001 a database pauses only with 'min: 0', not 0.5; remove 'pause_after'",
        ),
        (
            '{backup: {window: "04:30-05:30"}}',
            "D004 sun:04:00-sun:05:00 meets the backup window 04:30-05:30; move one of the two",
        ),
        (
            '{backup: {window: "01:00-01:20"}}',
            "D004 a window of 20 minutes is too short; RDS wants 30 or more",
        ),
        (
            "{name: order}",
            "E210 PostgreSQL keeps the word 'order' for itself; write 'name: order_data' or the like",
        ),
    ],
)
def test_contradictions_are_explained(settings: str, message: str) -> None:
    assert wrong(settings) == [message]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("{capacity: {min: 0.3}}", "E106"),
        ("{capacity: {max: 0.5}}", "E106"),
        ("{capacity: {max: 257}}", "E106"),
        ("{capacity: {min: 0, pause_after: 100s}}", "E106"),
        ("{readers: 16}", "E106"),
        ("{backup: {retention: 36d}}", "E106"),
        ("{backup: {retention: 36h}}", "E105"),
        ('{version: "16"}', "E104"),
        ('{version: "12.4"}', "E104"),
        ('{backup: {window: "4:00-5:00"}}', "E105"),
        ("{name: My-Data}", "E105"),
    ],
)
def test_values_out_of_range_are_refused(settings: str, code: str) -> None:
    assert [problem[:4] for problem in wrong(settings)] == [code]


def test_a_component_called_as_a_reserved_word_needs_a_name() -> None:
    found = problems(NETWORK + "databases: {user: {}}")
    assert "PostgreSQL keeps the word 'user' for itself" in found[0]


def test_it_needs_a_network() -> None:
    assert (
        "'registry' (database) needs a network; add a 'network:' section"
        in problems("databases: {registry: {}}")[0]
    )


def test_versions_are_those_that_the_linter_knows_and_does_not_call_deprecated() -> None:
    """When this fails, the linter has newer data: bring ours up to it."""

    folder = files("cfnlint.data.schemas.extensions.aws_rds_dbcluster")

    def rule(name: str) -> dict[str, Any]:
        rules = json.loads(folder.joinpath(name).read_text())["allOf"]
        found = [
            rule for rule in rules if rule["if"]["properties"]["Engine"].get("const") == "aurora-postgresql"
        ]
        return dict(found[0])

    known = rule("engine_version.json")["then"]["properties"]["EngineVersion"]["enum"]
    deprecated = rule("engine_version_deprecated.json")["if"]["properties"]["EngineVersion"]["enum"]
    current = set(known) - set(deprecated) - {OLD_LONG_TERM}
    assert set(get_args(Version)) == {v for v in current if re.fullmatch(r"\d+\.\d+", v) and float(v) >= 14}


def test_a_version_gives_its_family() -> None:
    assert family("18.4") == "aurora-postgresql18"


@pytest.mark.parametrize(
    ("least", "most", "connections"),
    [
        (1, 1, 189),
        (1, 4, 823),
        (1, 8, 1669),
        (1, 16, 3360),
        (1, 32, 5000),
        (1, 256, 5000),
        (0.5, 16, 2000),
        (0, 1, 189),
    ],
)
def test_connections_are_those_of_the_guides_table(least: float, most: float, connections: int) -> None:
    assert max_connections(least, most) == connections


@pytest.mark.parametrize(
    ("verb", "host"), [("read", "RegistryReaderEndpoint"), ("write", "RegistryEndpoint")]
)
def test_a_consumer_logs_in_as_itself_and_learns_where(verb: str, host: str) -> None:
    function = resources(consumer(verb), "AWS::Lambda::Function")["DeviceApiFunction"]["Properties"]
    variables = function["Environment"]["Variables"]
    injected = {name: value for name, value in variables.items() if name.startswith("REGISTRY_")}
    reader = {"REGISTRY_READER_HOST": {"Ref": "RegistryReaderEndpoint"}} if verb == "write" else {}
    assert injected == {
        "REGISTRY_HOST": {"Ref": host},
        "REGISTRY_PORT": {"Ref": "RegistryPort"},
        "REGISTRY_NAME": "registry",
        "REGISTRY_USER": "device_api",
        "REGISTRY_AUTH": "iam",
        **reader,
    }


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_consumer_may_connect_as_its_own_user_and_nothing_else(verb: str) -> None:
    role = resources(consumer(verb), "AWS::IAM::Role")["DeviceApiRole"]["Properties"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    users = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser"
    assert [found for found in statements if "rds" in json.dumps(found["Action"])] == [
        {
            "Effect": "Allow",
            "Action": ["rds-db:connect"],
            "Resource": [
                {"Fn::Sub": [f"{users}:${{Cluster}}/device_api", {"Cluster": {"Ref": "RegistryResourceId"}}]}
            ],
        }
    ]


def test_a_consumer_and_the_database_open_one_port_to_each_other() -> None:
    assembly = consumer("read")
    into = resources(assembly, "AWS::EC2::SecurityGroupIngress")["DeviceApiToRegistry5432Ingress"][
        "Properties"
    ]
    assert (into["FromPort"], into["ToPort"]) == (5432, 5432)
    assert into["GroupId"] == {"Ref": "RegistrySecurityGroupId"}
    assert into["SourceSecurityGroupId"] == {"Ref": "DeviceApiSecurityGroupId"}


def test_alarms_watch_the_cluster_and_follow_its_capacity() -> None:
    found = alarms("{capacity: {min: 1, max: 8}}")
    assert sorted(found) == [
        "capacity-at-max", "connections", "deadlocks", "high-capacity", "high-cpu", "low-memory",
        "slow-commits",
    ]  # fmt: skip
    assert found["capacity-at-max"]["Threshold"] == 8
    assert found["capacity-at-max"]["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert found["connections"]["Threshold"] == 1335
    commits = found["slow-commits"]
    assert (commits["ExtendedStatistic"], commits["Threshold"]) == ("p99", 100)
    dimensions = [{"Name": "DBClusterIdentifier", "Value": {"Ref": "RegistryIdentifier"}}]
    assert all(alarm["Dimensions"] == dimensions for alarm in found.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in found.values())


def test_lag_is_watched_where_there_are_readers() -> None:
    assert "replica-lag" not in alarms()
    assert alarms("{readers: 1}")["replica-lag"]["Threshold"] == 1000
