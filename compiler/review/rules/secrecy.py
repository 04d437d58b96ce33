"""Rules of the class exposure about encryption, the rotation of secrets, and logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Rule
from compiler.review.paths import Absent
from compiler.review.rules.guards import (
    Guard,
    another,
    became,
    findings,
    gone,
    is_known,
    newly_given,
    shrunk,
    turned_off,
)

_INTERVAL = re.compile(r"(?:rate\()?(\d+)(?: (hour|day)s?\))?")
# The strength of a listener's policy, by a part of its name; the first that fits. "Res" leaves out weaker
# ciphers, "Ext" takes more. Source: Application Load Balancer guide, "Security policies", 2026.
_TLS = {"TLS13-1-3": 5, "-1-2-Res": 4, "-1-2-Ext": 2, "-1-2": 3, "-1-1": 1}


def _weaker_tls(before: Any, after: Any) -> bool:
    return is_known(before) and is_known(after) and _strength(after) < _strength(before)


def _strength(policy: str) -> int:
    return next((strength for part, strength in _TLS.items() if part in policy), 0)


def _aws_managed(before: Any, after: Any) -> bool:
    return _is_aws_managed(after) and not isinstance(before, Absent) and not _is_aws_managed(before)


def _is_aws_managed(key: Any) -> bool:
    return isinstance(key, str) and "alias/aws/" in key


def _rarer(before: Any, after: Any) -> bool:
    """A longer interval between rotations, whether in days or as `rate(30 days)`."""
    old, new = (_INTERVAL.fullmatch(str(value)) for value in (before, after))
    return bool(old and new) and _hours(new) > _hours(old)


def _hours(interval: re.Match[str] | None) -> int:
    return 0 if interval is None else int(interval[1]) * (1 if interval[2] == "hour" else 24)


_CONTAINER = r"ContainerDefinitions\[.*\]"
_ENCRYPTION = (
    Guard(
        r".*", r"(.*\.)?(StorageEncrypted|Encrypted|AtRestEncryptionEnabled|EncryptionInTransit)", turned_off
    ),
    Guard(r".*", r"(.*\.)?TransitEncryption(Enabled)?", turned_off, of_item=True),
    Guard(r"ElastiCache", r"TransitEncryptionMode", became("preferred")),
    Guard(r".*", r"(.*\.)?(Kms|KMS)(Master)?Key(Id|ID|Arn|ARN)?", gone, of_item=True),
    Guard(r".*", r"(.*\.)?(EncryptionKeyArn|KmsMasterKeyId|KMSMasterKeyID)", gone, of_item=True),
    Guard(r"Kinesis::Stream", r"StreamEncryption\..*", gone),
    Guard(r"S3::Bucket", r"BucketEncryption\..*", gone),
    Guard(r"DynamoDB", r".*SSEEnabled", turned_off),
    Guard(r"SQS::Queue", r"SqsManagedSseEnabled", turned_off),
    Guard(r"KMS::Key", r"EnableKeyRotation", turned_off),
    Guard(r"RDS::DBProxy", r"RequireTLS", turned_off),
    Guard(r"ElasticLoadBalancingV2::Listener", r"Protocol", became("HTTP", "TCP", "UDP")),
    Guard(r"ElasticLoadBalancingV2::Listener", r"SslPolicy", _weaker_tls),
    # Such a key has no policy of ours: whoever may use the service in the account may use it.
    Guard(r".*", r"(.*\.)?((Kms|KMS)(Master)?Key(Id|ID|Arn|ARN)?|EncryptionKeyArn)", _aws_managed),
    Guard(r"Kinesis::Stream", r"StreamEncryption\.KeyId", _aws_managed),
    Guard(r"ApiGatewayV2::Integration", r"TlsConfig\..*", gone),
    Guard(r"ApiGateway.*", r".*SecurityPolicy", became("TLS_1_0")),
)
# A leaked value stays good for longer.
_ROTATION = "AWS::SecretsManager::RotationSchedule"
_ROTATING = (Guard(r"SecretsManager::RotationSchedule", r"RotationRules\..*", _rarer),)
_LOGGING = (
    Guard(r"S3::Bucket", r"LoggingConfiguration\..*", gone),
    Guard(r"ElasticLoadBalancing.*", r".*\[(access|connection)_logs\.s3\.enabled\]\.Value", turned_off),
    Guard(r"ApiGateway.*", r"(AccessLogSettings|AccessLogSetting)\..*", gone),
    Guard(r"RDS|DocDB|Neptune", r"EnableCloudwatchLogsExports", shrunk),
    Guard(r"ElastiCache", r"LogDeliveryConfigurations.*", gone),
    Guard(r"ECS::TaskDefinition", rf"{_CONTAINER}\.LogConfiguration\.LogDriver", gone, of_item=True),
    Guard(
        r"ECS::TaskDefinition", rf"{_CONTAINER}\.LogConfiguration\.Options\.(in|ex)clude-pattern", newly_given
    ),
    Guard(r"CloudTrail::Trail", r"IsLogging|EnableLogFileValidation|IsMultiRegionTrail", turned_off),
    Guard(r"EC2::FlowLog", r"TrafficType", became("ACCEPT", "REJECT")),
    Guard(r"WAFv2::LoggingConfiguration", r"LoggingFilter\.DefaultBehavior", became("DROP")),
)
_ELSEWHERE = (
    Guard(r"ECS::TaskDefinition", rf"{_CONTAINER}\.LogConfiguration\.Options\.Host", newly_given),
    Guard(r"ECS::TaskDefinition", rf"{_CONTAINER}\.LogConfiguration\.Options\.Host", another),
    Guard(r"Logs::SubscriptionFilter", r"DestinationArn", another),
)
_LOGS_REMOVED = {
    "AWS::CloudTrail::Trail",
    "AWS::Config::ConfigurationRecorder",
    "AWS::EC2::FlowLog",
    "AWS::WAFv2::LoggingConfiguration",
}


def _encryption(case: Case) -> Iterator[str]:
    yield from findings(case, _ENCRYPTION, "encryption is weakened or its key removed")
    yield from findings(case, _ROTATING, "the secret is rotated less often")
    if case.type == _ROTATION and case.action == "remove":
        yield "the secret is rotated no more"


def _logging(case: Case) -> Iterator[str]:
    yield from findings(case, _LOGGING, "fewer logs are written")
    yield from findings(case, _ELSEWHERE, "logs are sent elsewhere")
    if case.action == "remove" and case.type in _LOGS_REMOVED:
        yield "what it recorded is recorded no more"


RULES = (
    Rule("R119", "exposure", "encryption is weakened, or a secret stays the same", _encryption),
    Rule("R120", "exposure", "fewer logs are written, or they are sent elsewhere", _logging),
)
