"""Secret -> AWS::SecretsManager::Secret, and what reading it grants.

The secret has no name of its own: a deleted one stays blocked for weeks. It needs no resource policy: only
roles of this account that a connection names may read it, and the service answers over TLS only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import kms
from awacs import secretsmanager as act
from troposphere import Ref, secretsmanager

from compiler import names
from compiler.blocks import failures, iam
from compiler.kinds.secret import Secret, SecretGenerate
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Scope

READ = (act.DescribeSecret, act.GetSecretValue)
# A placeholder says that it is one, and is still random: it must not open anything.
PLACEHOLDER = {"SecretStringTemplate": "{}", "GenerateStringKey": "replace_me"}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The secret's ARN."""
    return {"arn": Attribute(Ref(names.logical_id(component.name, "Secret")), shown=True)}


def build(component: Component, scope: Scope) -> None:
    """Adds the secret, with a value that nobody has seen."""
    spec = component.spec
    assert isinstance(spec, Secret)
    optional = {"Description": spec.description or None, "KmsKeyId": scope.key("secrets")}
    scope.add(
        secretsmanager.Secret(
            scope.id("Secret"),
            GenerateSecretString=secretsmanager.GenerateSecretString(**_generate(spec)),
            **{key: value for key, value in optional.items() if value is not None},
        )
    )
    _tell_of_failed_rotation(scope)


def _tell_of_failed_rotation(scope: Scope) -> None:
    """Whoever set the rotation up, a failed one leaves an old value that may soon be refused.

    Such events come from CloudTrail, so the account needs a trail of management events.
    Source: Secrets Manager user guide, "Match Secrets Manager events with Amazon EventBridge".
    """
    detail = {
        "eventSource": ["secretsmanager.amazonaws.com"],
        "eventName": ["RotationFailed"],
        "additionalEventData": {"SecretId": [scope.at("observability").value(scope.component.name, "arn")]},
    }
    failures.tell(
        scope,
        "RotationFailed",
        "The secret's rotation failed; its old value still holds.",
        {
            "source": ["aws.secretsmanager"],
            "detail-type": ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"],
            "detail": detail,
        },
    )


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """`read` gets this one secret's value, and uses the key for this one secret only."""
    arn = scope.value(component.name, "arn")
    key = iam.use_key(scope.key("secrets"), [kms.Decrypt], "secretsmanager", context={"SecretARN": arn})
    return Grant((iam.allow(READ, arn), *key))


def _generate(spec: Secret) -> dict[str, Any]:
    wanted = spec.generate or SecretGenerate()
    asked = {
        "PasswordLength": wanted.length,
        "ExcludePunctuation": wanted.exclude_punctuation,
        "ExcludeCharacters": wanted.exclude_characters,
    }
    return {key: value for key, value in asked.items() if value} | (PLACEHOLDER if spec.supplied else {})
