"""Secret -> AWS::SecretsManager::Secret, and what reading it grants.

The secret has no name of its own: a deleted one stays blocked for weeks. It needs no resource policy: only
roles of this account that a connection names may read it, and the service answers over TLS only.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from troposphere import Ref, secretsmanager

from compiler import names
from compiler.blocks import failures, rotator, secrets
from compiler.blocks.replicas import secret_replicas
from compiler.kinds.secret import Secret, SecretGenerate
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Scope

# A placeholder says that it is one, and is still random: it must not open anything.
PLACEHOLDER = {"SecretStringTemplate": "{}", "GenerateStringKey": "replace_me"}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The secret's ARN, and the name of the function that rotates it, where one does."""
    assert isinstance(component.spec, Secret)
    rotated = rotator.attributes(component) if component.spec.rotation else {}
    return {"arn": Attribute(Ref(names.logical_id(component.name, "Secret")), shown=True), **rotated}


def build(component: Component, scope: Scope) -> None:
    """Adds the secret, with a value that nobody has seen, and what makes new ones."""
    spec = component.spec
    assert isinstance(spec, Secret)
    optional = {"Description": spec.description or None, "KmsKeyId": scope.key("secrets")}
    secret = scope.add(
        secretsmanager.Secret(
            scope.id("Secret"),
            GenerateSecretString=secretsmanager.GenerateSecretString(**_generate(spec)),
            **{key: value for key, value in optional.items() if value is not None},
            **secret_replicas(scope),
        )
    )
    if spec.rotation:
        _rotate(spec, scope, secret)
        _tell_of_failed_rotation(scope)


def _tell_of_failed_rotation(scope: Scope) -> None:
    """A failed rotation leaves an old value that may soon be refused.

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
    return Grant(secrets.read(scope, scope.value(component.name, "arn"), component))


def _rotate(spec: Secret, scope: Scope, secret: secretsmanager.Secret) -> None:
    """The function of one secret can rotate no other: it has an identity, a role and settings of its own."""
    assert spec.rotation
    wanted = spec.generate or SecretGenerate()
    environment = {
        "LENGTH": str(wanted.length),
        "PUNCTUATION": "false" if wanted.exclude_punctuation else "true",
        "EXCLUDED_CHARACTERS": _that_could_come(wanted.exclude_characters),
    }
    statements = secrets.rotate(scope, [Ref(secret)])
    function = rotator.add_function(scope, environment, statements, path=("rotation",))
    # Not at once: the value is as new as its secret, and a changed interval is no reason for another one.
    rotator.add_schedule(scope, function, secret, spec.rotation, path=("rotation",))


def _that_could_come(excluded: str) -> str:
    """Of the characters those that Secrets Manager draws, each once: a function's environment has 4 KB."""
    drawn = string.ascii_letters + string.digits + string.punctuation
    return "".join(character for character in dict.fromkeys(excluded) if character in drawn)


def _generate(spec: Secret) -> dict[str, Any]:
    wanted = spec.generate or SecretGenerate()
    asked = {
        "PasswordLength": wanted.length,
        "ExcludePunctuation": wanted.exclude_punctuation,
        "ExcludeCharacters": wanted.exclude_characters,
    }
    return {key: value for key, value in asked.items() if value} | (PLACEHOLDER if spec.supplied else {})
