"""Secrets as CloudFormation has them: their exclusions, and the master secret of a database cluster."""

import json
import secrets
import string
from typing import Any

from handlers.calls import Properties

_EXCLUSIONS = {
    "ExcludePunctuation": string.punctuation,
    "ExcludeNumbers": string.digits,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeLowercase": string.ascii_lowercase,
}


def excluding(properties: Properties) -> Properties:
    """A secret's properties with the exclusions the emulator drops spelled out as ExcludeCharacters."""
    asked = properties.get("GenerateSecretString")
    if not asked:
        return properties
    characters = asked.get("ExcludeCharacters", "")
    characters += "".join(chars for name, chars in _EXCLUSIONS.items() if _true(asked.get(name)))
    return {**properties, "GenerateSecretString": {**asked, "ExcludeCharacters": characters}}


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def attributes(cluster_id: str, _found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    """The ARN of the secret that holds a cluster's master password, made at the first need."""
    from ministack.services import rds

    if not _true(properties.get("ManageMasterUserPassword")):
        return {}
    cluster = rds._clusters[cluster_id]
    cluster["MasterUserSecret"] = cluster.get("MasterUserSecret") or _made(cluster, properties)
    return {"MasterUserSecret.SecretArn": cluster["MasterUserSecret"]["SecretArn"]}


def _made(cluster: dict[str, Any], properties: Properties) -> dict[str, str]:
    from ministack.services import secretsmanager

    password = secrets.token_urlsafe(24)
    value = json.dumps({"username": cluster["MasterUsername"], "password": password})
    name = f"rds!{cluster['DbClusterResourceId'].lower()}"
    arn = secretsmanager.create_secret_in_process(name, value, description="master user of a DB cluster")
    cluster["_MasterUserPassword"] = password
    key = (properties.get("MasterUserSecret") or {}).get("KmsKeyId", "aws/secretsmanager")
    return {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}


def arn_of(cluster_id: str) -> str:
    """The ARN of a cluster's master secret, empty when it has none."""
    from ministack.services import rds

    secret = (rds._clusters.get(cluster_id) or {}).get("MasterUserSecret") or {}
    return str(secret.get("SecretArn", ""))


def forget(arn: str) -> None:
    """Delete the master secret with its cluster, as RDS does."""
    from ministack.services import secretsmanager

    if arn:
        secretsmanager.delete_secret_in_process(arn)
