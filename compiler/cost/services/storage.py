"""Buckets, file systems and backups: what is kept and how often it is used."""

from __future__ import annotations

from compiler.cost.charge import GB, Charge, Charges, monthly, used
from compiler.cost.subject import Resource

THOUSAND = 1e3


def bucket(resource: Resource) -> Charges:
    """What is kept and how often it is used; the copy in a second region holds as much, and is not read."""
    yield used("storage", "s3.standard", resource.use("stored"), "stored", GB)
    if (cold := resource.use("stored_ia")) is not None:
        yield used("infrequently used", "s3.ia", cold, "stored_ia", GB)
    yield used("writes", "s3.put", resource.use("writes"), "writes", THOUSAND)
    if resource.is_abroad:
        yield Charge("data between regions", "transfer.inter_region", None)
    else:
        yield used("reads", "s3.get", resource.use("reads"), "reads", THOUSAND)


def filesystem(resource: Resource) -> Charges:
    """What is kept in each class, and what moves; provisioned throughput whether used or not.

    What is written travels to the copy in a second region, which nobody reads.
    """
    zone = resource.get("AvailabilityZoneName") is not None
    yield used("storage", "efs.one_zone" if zone else "efs.standard", resource.use("stored"), "stored", GB)
    if (cold := resource.use("stored_ia")) is not None:
        yield used("infrequently used", "efs.one_zone_ia" if zone else "efs.ia", cold, "stored_ia", GB)
    if (archived := resource.use("stored_archive")) is not None:
        yield used("archived", "efs.archive", archived, "stored_archive", GB)
    mode = resource.text("ThroughputMode", default="bursting")
    if resource.is_abroad:
        written = resource.use("written")
        yield used("data between regions", "transfer.inter_region", written, "written", GB)
    elif mode == "elastic":
        yield used("reads", "efs.elastic.read", resource.use("read"), "read", GB)
        yield used("writes", "efs.elastic.write", resource.use("written"), "written", GB)
    if mode == "provisioned":
        yield monthly("throughput", "efs.provisioned", resource.number("ProvisionedThroughputInMibps"))


def vault(resource: Resource) -> Charges:
    """What is kept, at the price of file systems and buckets; copies hold as much as the vault itself."""
    yield used("backups", "backup.warm", resource.use("stored"), "stored", GB)
    if (cold := resource.use("stored_cold")) is not None:
        yield used("cold backups", "backup.cold", cold, "stored_cold", GB)


PRICERS = {
    "AWS::S3::Bucket": bucket,
    "AWS::EFS::FileSystem": filesystem,
    "AWS::Backup::BackupVault": vault,
}
