"""F123: data lie unencrypted, or encrypted by accident only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compiler.lint.subject import Hit, Resource, Subject, is_true

ID = "F123"
SEVERITY = "error"
SUMMARY = "data at rest are not encrypted"
WHY = "Encryption cannot be added to most stores later without replacing them, and audits ask for it."
FIX = "Set the property that the message names, with the platform's data key where there is one."
SOURCE = "Security Hub user guide, controls EFS.1, Kinesis.1, RDS.3, S3.17, SNS.1, SQS.1, ElastiCache.4"

Properties = Mapping[str, Any]


def _given(name: str) -> Callable[[Properties], bool]:
    return lambda found: bool(found.get(name))


def _switched(name: str) -> Callable[[Properties], bool]:
    # A function's value is known to CloudFormation only; it was given, which is what the rule asks.
    return lambda found: isinstance(found.get(name), dict) or is_true(found.get(name))


# Type -> what must be set, and whether it is.
ENCRYPTED: dict[str, tuple[str, Callable[[Properties], bool]]] = {
    "AWS::DocDB::DBCluster": ("StorageEncrypted", _switched("StorageEncrypted")),
    "AWS::EC2::Volume": ("Encrypted", _switched("Encrypted")),
    "AWS::EFS::FileSystem": ("Encrypted", _switched("Encrypted")),
    "AWS::ElastiCache::ReplicationGroup": ("AtRestEncryptionEnabled", _switched("AtRestEncryptionEnabled")),
    "AWS::Kinesis::Stream": ("StreamEncryption", _given("StreamEncryption")),
    "AWS::KinesisFirehose::DeliveryStream": (
        "DeliveryStreamEncryptionConfigurationInput",
        lambda found: (
            found.get("DeliveryStreamType", "DirectPut") != "DirectPut"
            or "DeliveryStreamEncryptionConfigurationInput" in found
        ),
    ),
    "AWS::Neptune::DBCluster": ("StorageEncrypted", _switched("StorageEncrypted")),
    "AWS::RDS::DBCluster": ("StorageEncrypted", _switched("StorageEncrypted")),
    "AWS::RDS::DBInstance": (
        "StorageEncrypted",
        lambda found: "DBClusterIdentifier" in found or _switched("StorageEncrypted")(found),
    ),
    "AWS::Redshift::Cluster": ("Encrypted", _switched("Encrypted")),
    "AWS::S3::Bucket": ("BucketEncryption", _given("BucketEncryption")),
    "AWS::SQS::Queue": (
        "KmsMasterKeyId or SqsManagedSseEnabled",
        lambda found: bool(found.get("KmsMasterKeyId")) or is_true(found.get("SqsManagedSseEnabled")),
    ),
}
TOPIC = ("KmsMasterKeyId", _given("KmsMasterKeyId"))


def check(subject: Subject) -> Iterator[Hit]:
    """Topics must have a key in production only: elsewhere there may be none that CloudWatch can use."""
    rules = ENCRYPTED | ({"AWS::SNS::Topic": TOPIC} if subject.production else {})
    for resource in subject.of(*rules):
        name, fits = rules[resource.type]
        if not fits(resource.properties):
            yield _hit(resource, name)


def _hit(resource: Resource, name: str) -> Hit:
    return resource.hit(f"data at rest are not encrypted; set {name}")
