"""Stateful types the emulator has an API for but no handler: streams, caches, databases, secrets, backups."""

import json
from typing import Any

from handlers.calls import Handler, Properties, Result, client, handler, physical_name, picked


def _create_consumer(_logical_id: str, properties: Properties, _stack: str) -> Result:
    given = picked(properties, "StreamARN", "ConsumerName")
    made = client("kinesis").register_stream_consumer(**given)["Consumer"]
    return made["ConsumerARN"], _consumer_attributes(made)


def _consumer_attributes(consumer: dict[str, Any]) -> dict[str, Any]:
    return {
        "ConsumerARN": consumer["ConsumerARN"],
        "ConsumerName": consumer["ConsumerName"],
        "ConsumerStatus": consumer["ConsumerStatus"],
        "ConsumerCreationTimestamp": str(consumer["ConsumerCreationTimestamp"]),
        "StreamARN": consumer.get("StreamARN", consumer["ConsumerARN"].split("/consumer/")[0]),
    }


def _update_consumer(arn: str, _old: Properties, _new: Properties) -> Result:
    found = client("kinesis").describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
    return arn, _consumer_attributes(found)


def _delete_consumer(arn: str, _properties: Properties) -> None:
    client("kinesis").deregister_stream_consumer(ConsumerARN=arn)


# Serverless cache.

_CACHE_UPDATES = (
    *("Description", "CacheUsageLimits", "SecurityGroupIds", "UserGroupId"),
    *("SnapshotRetentionLimit", "DailySnapshotTime"),
)
_CACHE_CREATES = (*_CACHE_UPDATES, "Engine", "MajorEngineVersion", "KmsKeyId", "SubnetIds")


def _cache_attributes(cache: dict[str, Any]) -> dict[str, Any]:
    reader = cache.get("ReaderEndpoint") or cache["Endpoint"]
    return {
        "ARN": cache["ARN"],
        "Status": cache["Status"],
        "FullEngineVersion": cache.get("FullEngineVersion", ""),
        "CreateTime": str(cache.get("CreateTime", "")),
        "Endpoint.Address": cache["Endpoint"]["Address"],
        "Endpoint.Port": str(cache["Endpoint"]["Port"]),
        "ReaderEndpoint.Address": reader["Address"],
        "ReaderEndpoint.Port": str(reader["Port"]),
    }


def _create_cache(logical_id: str, properties: Properties, stack: str) -> Result:
    name = properties.get("ServerlessCacheName") or physical_name(
        stack, logical_id, lowercase=True, max_len=40
    )
    given = picked(properties, *_CACHE_CREATES)
    made = client("elasticache").create_serverless_cache(ServerlessCacheName=name, **given)["ServerlessCache"]
    return name, _cache_attributes(made)


def _update_cache(name: str, _old: Properties, new: Properties) -> Result:
    given = picked(new, *_CACHE_UPDATES)
    elasticache = client("elasticache")
    return name, _cache_attributes(
        elasticache.modify_serverless_cache(ServerlessCacheName=name, **given)["ServerlessCache"]
    )


def _delete_cache(name: str, _properties: Properties) -> None:
    client("elasticache").delete_serverless_cache(ServerlessCacheName=name)


# Secrets Manager: both types have the secret's ARN as their Ref.


def _put_policy(_logical_id: str, properties: Properties, _stack: str) -> Result:
    policy = properties["ResourcePolicy"]
    document = policy if isinstance(policy, str) else json.dumps(policy)
    made = client("secretsmanager").put_resource_policy(
        SecretId=properties["SecretId"], ResourcePolicy=document
    )
    return made["ARN"], {"Id": made["ARN"]}


def _delete_policy(arn: str, _properties: Properties) -> None:
    client("secretsmanager").delete_resource_policy(SecretId=arn)


def _rotate(_logical_id: str, properties: Properties, _stack: str) -> Result:
    given = picked(properties, "SecretId", "RotationLambdaARN", "RotationRules")
    hosted = properties.get("HostedRotationLambda")
    if hosted and "RotationLambdaARN" not in given:
        given["RotationLambdaARN"] = _hosted_function(hosted)
    if "RotateImmediatelyOnUpdate" in properties:
        given["RotateImmediately"] = str(properties["RotateImmediatelyOnUpdate"]).lower() == "true"
    arn = client("secretsmanager").rotate_secret(**given)["ARN"]
    return arn, {"Id": arn}


def _hosted_function(hosted: Properties) -> str:
    # CloudFormation would make this function through a transform; nothing calls it here.
    from ministack.core.responses import get_account_id, get_region

    name = hosted.get("RotationLambdaName", hosted.get("RotationType", "rotation"))
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{name}"


def _cancel_rotation(arn: str, _properties: Properties) -> None:
    # The emulator has no CancelRotateSecret, so the record is changed where it lies.
    from ministack.services import secretsmanager

    _, secret = secretsmanager._resolve(arn)
    if secret:
        secret.update(RotationEnabled=False, RotationLambdaARN=None, RotationRules=None)


def _create_selection(_logical_id: str, properties: Properties, _stack: str) -> Result:
    given = picked(properties, "BackupPlanId", "BackupSelection")
    made = client("backup").create_backup_selection(**given)
    selection = made["SelectionId"]
    return selection, {"Id": selection, "SelectionId": selection, "BackupPlanId": properties["BackupPlanId"]}


def _update_selection(_selection: str, _old: Properties, new: Properties) -> Result:
    return _create_selection("", new, "")


def _delete_selection(selection: str, properties: Properties) -> None:
    client("backup").delete_backup_selection(BackupPlanId=properties["BackupPlanId"], SelectionId=selection)


HANDLERS: dict[str, Handler] = {
    "AWS::Kinesis::StreamConsumer": handler(_create_consumer, _update_consumer, _delete_consumer),
    "AWS::ElastiCache::ServerlessCache": handler(_create_cache, _update_cache, _delete_cache),
    "AWS::SecretsManager::ResourcePolicy": handler(
        _put_policy, lambda _arn, _old, new: _put_policy("", new, ""), _delete_policy
    ),
    "AWS::SecretsManager::RotationSchedule": handler(
        _rotate, lambda _arn, _old, new: _rotate("", new, ""), _cancel_rotation
    ),
    "AWS::Backup::BackupSelection": handler(_create_selection, _update_selection, _delete_selection),
}
REPLACING = {
    "AWS::Kinesis::StreamConsumer": ("ConsumerName", "StreamARN", "Tags"),
    "AWS::ElastiCache::ServerlessCache": (
        *("ServerlessCacheName", "KmsKeyId", "SubnetIds", "SnapshotArnsToRestore", "NetworkType"),
    ),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::SecretsManager::RotationSchedule": ("SecretId",),
    "AWS::Backup::BackupSelection": ("BackupPlanId", "BackupSelection"),
}
