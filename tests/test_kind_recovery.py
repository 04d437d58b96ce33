"""Disaster recovery: what stands in the second region at each tier, and what it costs to lose the first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.assembly import Assembly, Stack
from compiler.kind import RECOVERY_LAYERS
from compiler.outlook import prospects
from compiler.review import templates
from compiler.views import recovery
from compiler.views.style import Style
from tests.specs import compiled, findings, problems, resolved, resources

DATA = """
network: {availability_zones: 2, availability_zone_ids: [euw1-az1, euw1-az2]}
databases: {registry: {capacity: {min: 1, max: 4}}}
filesystems: {firmware: {}}
buckets: {reports: {versioning: true, lifecycle: {expire: 90d}}}
secrets: {token: {}}
streams: {telemetry: {shards: 1}}
tables: {orders: {partition_key: {name: id}}}
functions:
  report: {runtime: python3.13, handler: app.handler, code: code}
"""
EXISTING = """
network:
  existing:
    vpc: vpc-0a1b2c3d
    cidr: 10.0.0.0/16
    private_subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]
    isolated_subnets: [subnet-2a1b2c3d, subnet-3a1b2c3d]
"""
PLAN = 'backups: {daily: {at: "04:00", copy_to: us-west-2}}\n'


def body(tier: str, further: str = "") -> str:
    return f"{DATA}disaster_recovery: {{region: us-west-2, tier: {tier}{further}}}\n"


def there(assembly: Assembly) -> dict[str, Stack]:
    return {stack.layer: stack for stack in assembly.stacks if stack.region}


def types(stack: Stack) -> set[str]:
    return {resource["Type"].removeprefix("AWS::") for resource in stack.template["Resources"].values()}


def properties(stack: Stack, logical_id: str) -> dict[str, Any]:
    return dict(stack.template["Resources"][logical_id]["Properties"])


def here(assembly: Assembly, layer: str = "data") -> Stack:
    return next(stack for stack in assembly.stacks if stack.layer == layer)


def test_only_recovery_layers_are_in_the_second_region() -> None:
    found = compiled(body("warm_standby"))
    assert {stack.layer for stack in found.stacks if stack.region == "us-west-2"} == RECOVERY_LAYERS
    assert {stack.region for stack in found.stacks} == {"", "us-west-2"}
    assert found.region == "eu-west-1"


def test_no_logical_id_is_in_both_regions() -> None:
    """Whoever approves or overrides one by its id must not mean the other too."""
    ids = [
        name for stack in compiled(body("warm_standby") + PLAN).stacks for name in stack.template["Resources"]
    ]
    assert sorted(set(ids)) == sorted(ids)


def test_without_the_section_nothing_is_there_and_no_key_is_replicable() -> None:
    found = compiled(DATA)
    assert there(found) == {}
    keys = resources(found, "AWS::KMS::Key").values()
    assert all("MultiRegion" not in key["Properties"] for key in keys)


def test_backup_and_restore_keeps_keys_and_copies_only() -> None:
    found = compiled(body("backup_restore") + PLAN)
    assert list(there(found)) == ["recovery-foundation"]
    assert types(there(found)["recovery-foundation"]) == {
        "Backup::BackupVault",
        "KMS::Alias",
        "KMS::Key",
        "KMS::ReplicaKey",
    }
    assert "AWS::RDS::GlobalCluster" not in here(found).body


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_every_key_has_a_replica_under_the_same_name(environment: str) -> None:
    found = compiled(body("pilot_light"), environment)
    foundation = there(found)["recovery-foundation"]
    originals = resources(found, "AWS::KMS::Key")
    replicas = resources(found, "AWS::KMS::ReplicaKey")
    assert {key["Properties"]["MultiRegion"] for key in originals.values()} == {True}
    assert len(replicas) == len(originals) == {"dev": 1, "production": 3}[environment]
    wired = {key["Properties"]["PrimaryKeyArn"]["Ref"] for key in replicas.values()}
    assert wired <= set(foundation.parameters)
    names = [alias["Properties"]["AliasName"] for alias in _aliases(foundation)]
    assert names == [alias["Properties"]["AliasName"] for alias in _aliases(here(found, "foundation"))]


def _aliases(stack: Stack) -> list[dict[str, Any]]:
    found = stack.template["Resources"].values()
    return [resource for resource in found if resource["Type"] == "AWS::KMS::Alias"]


def test_keys_that_are_not_replicable_stay_as_they_are_and_others_are_there() -> None:
    found = compiled(body("pilot_light") + "encryption: {replicable: false}\n")
    assert resources(found, "AWS::KMS::Key").keys() == {"EncryptionKey", "EncryptionRecoveryKey"}
    assert types(there(found)["recovery-foundation"]) == {"KMS::Key", "KMS::Alias"}
    assert "MultiRegion" not in json.dumps(here(found, "foundation").template)
    plain = templates.compare(compiled(DATA), found)
    changed = next(stack for stack in plain.stacks if stack.layer == "foundation")
    assert changed.changes == ()


def test_a_key_that_exists_cannot_become_replicable_and_the_review_says_so() -> None:
    plan = templates.compare(compiled(DATA), compiled(body("pilot_light")))
    (key,) = [change for stack in plan.stacks for change in stack.changes if change.type == "AWS::KMS::Key"]
    assert (key.risk, key.reasons[0].rule) == ("data-loss", "R107")
    assert "`encryption: {replicable: false}`" in key.reasons[0].text


def test_a_key_stays_replicable_when_the_second_region_goes() -> None:
    before = compiled(body("pilot_light"))
    plan = templates.compare(before, compiled(DATA))
    (key,) = [c for stack in plan.stacks for c in stack.changes if c.logical_id == "EncryptionKey"]
    assert "`encryption: {replicable: true}`" in key.reasons[0].text
    kept = templates.compare(before, compiled(DATA + "encryption: {replicable: true}\n"))
    assert not [c for stack in kept.stacks for c in stack.changes if c.logical_id == "EncryptionKey"]


def test_the_network_there_has_the_same_subnets_and_no_way_out() -> None:
    found = compiled(body("pilot_light").replace("network: {", "network: {recovery_cidr: 10.9.0.0/16, "))
    network = there(found)["recovery-network"]
    assert types(network) == {
        "EC2::VPC",
        "EC2::Subnet",
        "EC2::RouteTable",
        "EC2::SubnetRouteTableAssociation",
    }
    assert properties(network, "NetworkRecoveryVpc")["CidrBlock"] == "10.9.0.0/16"
    assert "AvailabilityZoneId" not in network.body
    assert "AvailabilityZoneId" in here(found, "network").body


def test_a_pilot_light_database_is_a_global_one_with_a_second_cluster_and_no_instance_there() -> None:
    found = compiled(body("pilot_light"))
    joined = properties(here(found), "RegistryGlobalCluster")
    assert joined["SourceDBClusterIdentifier"] == {"Fn::GetAtt": ["RegistryCluster", "DBClusterArn"]}
    second = there(found)["recovery-data"]
    assert "RDS::DBInstance" not in types(second)
    cluster = properties(second, "RegistryRecoveryCluster")
    assert cluster["GlobalClusterIdentifier"] == {"Ref": "RegistryGlobalIdentifier"}
    assert cluster["KmsKeyId"] == {"Ref": "EncryptionRecoveryDataKeyArn"}
    assert {"MasterUsername", "ManageMasterUserPassword", "DatabaseName"}.isdisjoint(cluster)
    assert cluster["EngineVersion"] == properties(here(found), "RegistryCluster")["EngineVersion"]
    assert second.parameters["RegistryGlobalIdentifier"].stack == "shop-dev-data"


def test_a_warm_database_has_one_instance_there() -> None:
    second = there(compiled(body("warm_standby")))["recovery-data"]
    assert properties(second, "RegistryRecoveryStandby")["DBClusterIdentifier"] == {
        "Ref": "RegistryRecoveryCluster"
    }
    assert "RegistryRecoveryReaderEndpoint" in second.template["Outputs"]


def test_the_master_of_a_global_database_is_in_a_secret_of_the_platform() -> None:
    found = here(compiled(body("pilot_light")))
    cluster = properties(found, "RegistryCluster")
    assert cluster["ManageMasterUserPassword"] is False
    assert cluster["MasterUserPassword"]["Fn::Sub"][0] == (
        "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
    )
    secret = properties(found, "RegistryMasterSecret")
    assert secret["GenerateSecretString"]["GenerateStringKey"] == "password"
    assert secret["ReplicaRegions"] == properties(found, "TokenSecret")["ReplicaRegions"]
    plain = properties(here(compiled(DATA)), "RegistryCluster")
    assert plain["ManageMasterUserPassword"] is True


def test_a_filesystem_is_replicated_to_a_twin_that_can_be_mounted() -> None:
    found = compiled(body("pilot_light"))
    storage = there(found)["recovery-storage"]
    twin = properties(storage, "FirmwareRecoveryFileSystem")
    assert twin["FileSystemProtection"] == {"ReplicationOverwriteProtection": "DISABLED"}
    assert twin["BackupPolicy"] == {"Status": "DISABLED"}
    assert twin["KmsKeyId"] == {"Ref": "EncryptionRecoveryDataKeyArn"}
    assert "EFS::MountTarget" in types(storage)
    assert properties(here(found), "FirmwareFileSystem")["ReplicationConfiguration"] == {
        "Destinations": [{"FileSystemId": {"Ref": "FirmwareRecoveryId"}, "Region": {"Ref": "RecoveryRegion"}}]
    }


def test_a_filesystem_rings_when_its_twin_stays_behind() -> None:
    found = resources(compiled(body("pilot_light")), "AWS::CloudWatch::Alarm")
    watched = found["FirmwareReplicationLagAlarm"]["Properties"]
    assert watched["Dimensions"] == [
        {"Name": "DestinationFileSystemId", "Value": {"Ref": "FirmwareRecoveryId"}},
        {"Name": "FileSystemId", "Value": {"Ref": "FirmwareId"}},
    ]
    assert "FirmwareReplicationLagAlarm" not in resources(compiled(DATA), "AWS::CloudWatch::Alarm")


def test_a_buckets_objects_are_copied_by_a_role_that_can_do_only_that() -> None:
    found = compiled(body("pilot_light"))
    data = here(found)
    (rule,) = properties(data, "ReportsBucket")["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"] == {
        "Bucket": {"Ref": "ReportsRecoveryArn"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": {"Ref": "EncryptionRecoveryDataKeyArn"}},
    }
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
    allowed = properties(data, "ReportsReplicationPolicy")["PolicyDocument"]["Statement"]
    assert [statement["Resource"] for statement in allowed] == [
        [{"Fn::GetAtt": ["ReportsBucket", "Arn"]}],
        [{"Fn::Join": ["", [{"Fn::GetAtt": ["ReportsBucket", "Arn"]}, "/*"]]}],
        [{"Fn::Join": ["", [{"Ref": "ReportsRecoveryArn"}, "/*"]]}],
        [{"Ref": "EncryptionDataKeyArn"}],
        [{"Ref": "EncryptionRecoveryDataKeyArn"}],
    ]
    twin = properties(there(found)["recovery-storage"], "ReportsRecoveryBucket")
    assert twin["VersioningConfiguration"] == {"Status": "Enabled"}
    assert twin["LifecycleConfiguration"] == properties(data, "ReportsBucket")["LifecycleConfiguration"]


def test_objects_of_a_locked_bucket_are_copied_with_their_locks() -> None:
    """S3 copies nothing of such a bucket when the role cannot read the locks; a lock is versioning enough."""
    locked = "{object_lock: {mode: governance, retention: 30d}}"
    assert problems(f"buckets: {{reports: {locked}}}\n{PLAN}") == []
    found = compiled(
        f"buckets: {{reports: {locked}}}\ndisaster_recovery: {{region: us-west-2, tier: pilot_light}}\n"
    )
    (reading,) = (
        statement["Action"]
        for statement in properties(here(found), "ReportsReplicationPolicy")["PolicyDocument"]["Statement"]
        if "s3:GetObjectVersionForReplication" in statement["Action"]
    )
    assert {"s3:GetObjectLegalHold", "s3:GetObjectRetention"} <= set(reading)
    assert properties(there(found)["recovery-storage"], "ReportsRecoveryBucket")["ObjectLockEnabled"] is True


def test_what_is_excluded_stays_in_its_region() -> None:
    found = compiled(body("pilot_light", ", excluded: [registry, firmware, reports]"))
    assert set(there(found)) == {"recovery-foundation", "recovery-network"}
    assert "ReplicationConfiguration" not in here(found).body
    assert "ReplicaRegions" in properties(here(found), "TokenSecret")


def test_no_template_writes_out_a_region() -> None:
    for environment in ("dev", "production"):
        for stack in compiled(body("warm_standby") + PLAN, environment).stacks:
            assert "us-west-2" not in stack.body
            assert "eu-west-1" not in stack.body


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (body("pilot_light").replace("us-west-2", "eu-west-1"), "is the platform's own region"),
        (body("pilot_light").replace("us-west-2", "us-gov-west-1"), "partition aws is not aws-us-gov"),
        (body("backup_restore"), "needs copies of backups in us-west-2"),
        (body("pilot_light", ", excluded: [registri]"), "did you mean 'registry'?"),
        (body("pilot_light", ", excluded: [token, token]"), "'token' is listed twice"),
        (body("hot"), "backup_restore, pilot_light"),
        (body("pilot_light").replace("versioning: true", "versioning: false"), "with `versioning: true`"),
        (
            body("pilot_light").replace("network: {", "network: {recovery_cidr: 8.8.0.0/16, "),
            "is not private",
        ),
        (body("pilot_light") + PLAN.replace("us-west-2", "us-east-1"), "one second region"),
        ("disaster_recovery: {region: us-west-2}", "needs the key 'tier'"),
        (
            f"{EXISTING}disaster_recovery: {{region: us-west-2, tier: pilot_light}}",
            "which `existing` does not",
        ),
    ],
)
def test_what_cannot_be_is_told(text: str, told: str) -> None:
    found = problems(text)
    assert any(told in line for line in found), found


def test_an_excluded_database_may_pause() -> None:
    def pausing(options: str) -> bool:
        said = findings(body("pilot_light", options).replace("min: 1", "min: 0"))
        return any(" D002 " in line for line in said)

    assert pausing("")
    assert not pausing(", excluded: [registry]")


def test_the_outlook_names_the_loss_of_every_component_that_holds_data() -> None:
    platform = resolved(body("pilot_light") + PLAN)
    found = {prospect.component: prospect for prospect in prospects(platform)}
    assert set(found) == {"firmware", "orders", "registry", "reports", "telemetry", "token"}
    assert [outlook.how for outlook in found["registry"].outlooks] == [
        "Aurora global database without an instance",
        "copies of the backups of daily",
    ]
    assert all(outlook.source for prospect in found.values() for outlook in prospect.outlooks)
    assert not found["telemetry"].is_covered
    assert "Kinesis keeps records in their region only" in found["telemetry"].reason


@pytest.mark.parametrize(
    ("text", "component", "reason"),
    [
        (DATA, "registry", "nothing is in a second region"),
        (body("pilot_light", ", excluded: [registry]"), "registry", "excludes it"),
        (body("backup_restore") + PLAN, "token", "from tier 'pilot_light' on"),
        ("topics: {news: {existing: {name: news}}}", "news", "it exists already"),
    ],
)
def test_what_is_not_covered_is_told_with_the_reason(text: str, component: str, reason: str) -> None:
    (found,) = [p for p in prospects(resolved(text)) if p.component == component]
    assert not found.is_covered
    assert reason in found.reason


def test_the_outlook_as_text_and_as_data() -> None:
    platform = resolved(body("warm_standby"))
    text = recovery.text(platform, Style(False))
    assert text.startswith("shop dev: warm_standby in us-west-2\n")
    assert "registry (database)\n  Aurora global database\n    RPO  about a second\n    RTO  minutes" in text
    assert "\n  telemetry (stream): Kinesis" in text.partition("not covered\n  orders (table): ")[2]
    assert text.endswith("not there until it is deployed there\n  report\n")
    data = recovery.data(platform)
    assert (data["second_region"], data["tier"]) == ("us-west-2", "warm_standby")
    assert data["not_deployed_there"] == ["report"]
    assert [entry["component"] for entry in data["components"] if not entry["covered"]] == [
        "orders",
        "telemetry",
    ]


def test_the_outlook_of_a_platform_in_one_region() -> None:
    assert recovery.text(resolved("secrets: {token: {}}"), Style(False)).startswith(
        "shop dev: no second region\n\nnot covered\n  token (secret): nothing is in a second region"
    )
    copied = resolved("buckets: {files: {versioning: true}}\n" + PLAN)
    assert recovery.text(copied, Style(False)).startswith("shop dev: copies of backups in us-west-2\n")


def test_passwords_of_consumers_are_in_the_second_region_too() -> None:
    text = body("pilot_light").replace("code: code}", "code: code, connections: {registry: LOGIN}}")
    found = compiled(text.replace("LOGIN", "{access: write, login: password}"))
    secret = properties(here(found), "RegistryPasswordOfReport")
    assert secret["ReplicaRegions"] == properties(here(found), "RegistryMasterSecret")["ReplicaRegions"]
    function = properties(here(found), "RegistryRotationFunction")
    assert function["Environment"]["Variables"]["MASTER_SECRET_ARN"] == {"Ref": "RegistryMasterSecret"}
