"""A platform in two regions, deployed, changed and destroyed on the embedded emulator, which has them all."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import aws, destroy, execute, live, plan
from compiler.deploy.regions import ELSEWHERE_TAG
from compiler.emulator.server import Emulator, credentials, find_python, running
from tests.specs import compiled

ACCOUNT, HERE, THERE = "700000000777", "eu-west-1", "us-west-2"
BODY = """
network: {}
databases: {registry: {capacity: {min: 1, max: 4}}}
filesystems: {firmware: {}}
buckets: {reports: {versioning: true}}
secrets: {token: {}}
backups: {daily: {at: "04:00", copy_to: us-west-2, lock: {min: 7d}}}
disaster_recovery: {region: us-west-2, tier: TIER}
"""
PILOT, WARM = (compiled(BODY.replace("TIER", tier)) for tier in ("pilot_light", "warm_standby"))
ONE_REGION = BODY.replace(", copy_to: us-west-2", "").partition("disaster_recovery")[0]
# A key that was made replicable stays so.
ALONE = compiled(f"{ONE_REGION}encryption: {{replicable: true}}\n")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


@pytest.fixture
def door(emulator: Emulator) -> aws.Boto:
    return aws.connect(aws.Session(None, HERE, emulator.endpoint_url, ACCOUNT))


def deploy(door: aws.Boto, assembly: Assembly) -> None:
    list(execute.run(plan.make(assembly, door)))


def statuses(door: aws.Boto, region: str) -> dict[str, str]:
    found = door.in_region(region).stacks()
    return {stack.name.removeprefix("shop-dev-"): stack.status for stack in found}


def client(emulator: Emulator, service: str, region: str) -> Any:
    return importlib.import_module("boto3").client(
        service, region_name=region, endpoint_url=emulator.endpoint_url, **credentials(ACCOUNT)
    )


def test_a_platform_in_two_regions_from_beginning_to_end(emulator: Emulator, door: aws.Boto) -> None:
    deploy(door, PILOT)
    layers = {region: {s.layer for s in PILOT.stacks if s.region == region} for region in ("", THERE)}
    assert statuses(door, HERE) == dict.fromkeys(layers[""], "CREATE_COMPLETE")
    assert statuses(door, THERE) == dict.fromkeys(layers[THERE], "CREATE_COMPLETE")
    _check_services(emulator)
    _check_that_objects_follow(emulator, door)
    assert not plan.make(PILOT, door).plan.has_changes

    deploy(door, WARM)
    assert statuses(door, THERE)["recovery-data"] == "UPDATE_COMPLETE"
    (instance,) = client(emulator, "rds", THERE).describe_db_instances()["DBInstances"]
    assert instance["DBClusterIdentifier"] == "shop-dev-registry"
    assert {(stack.region, stack.current) for stack in live.read(WARM, door).stacks} == {
        ("", True),
        (THERE, True),
    }

    list(destroy.run(destroy.plan(WARM, door)))
    assert statuses(door, HERE) == statuses(door, THERE) == {}


def _check_services(emulator: Emulator) -> None:
    """What the services themselves know, beside CloudFormation."""
    (replication,) = client(emulator, "efs", HERE).describe_replication_configurations()["Replications"]
    (twin,) = client(emulator, "efs", THERE).describe_file_systems()["FileSystems"]
    assert replication["Destinations"][0]["Region"] == THERE
    assert replication["Destinations"][0]["FileSystemId"] == twin["FileSystemId"]
    (joined,) = client(emulator, "rds", HERE).describe_global_clusters()["GlobalClusters"]
    assert joined["GlobalClusterIdentifier"] == "shop-dev-registry"
    replicas = client(emulator, "secretsmanager", THERE).list_secrets()["SecretList"]
    assert len(replicas) == len(client(emulator, "secretsmanager", HERE).list_secrets()["SecretList"]) == 2
    (copies,) = client(emulator, "backup", THERE).list_backup_vaults()["BackupVaultList"]
    (backups,) = client(emulator, "backup", HERE).list_backup_plans()["BackupPlansList"]
    rule = client(emulator, "backup", HERE).get_backup_plan(BackupPlanId=backups["BackupPlanId"])
    assert rule["BackupPlan"]["Rules"][0]["CopyActions"] == [
        {"DestinationBackupVaultArn": copies["BackupVaultArn"], "Lifecycle": {"DeleteAfterDays": 35}}
    ]


def _check_that_objects_follow(emulator: Emulator, door: aws.Boto) -> None:
    here, there = door.stack("shop-dev-data"), door.in_region(THERE).stack("shop-dev-recovery-storage")
    assert here
    assert there
    original, twin = here.outputs["ReportsName"], there.outputs["ReportsRecoveryName"]
    s3 = client(emulator, "s3", HERE)
    s3.put_object(Bucket=original, Key="today.txt", Body=b"fine")
    assert s3.get_object(Bucket=twin, Key="today.txt")["Body"].read() == b"fine"
    for bucket in (original, twin):  # CloudFormation deletes empty buckets only
        for version in s3.list_object_versions(Bucket=bucket)["Versions"]:
            s3.delete_object(Bucket=bucket, Key="today.txt", VersionId=version["VersionId"])


def test_a_second_region_that_left_the_spec_is_emptied(door: aws.Boto) -> None:
    deploy(door, PILOT)
    foundation = door.stack("shop-dev-foundation")
    assert foundation
    assert foundation.tags[ELSEWHERE_TAG] == THERE
    deploy(door, ALONE)
    assert statuses(door, THERE) == {}
    assert set(statuses(door, HERE).values()) == {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
