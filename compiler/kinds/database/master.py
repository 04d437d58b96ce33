"""Database -> who is its master, and where the password is."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs import secretsmanager as act
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub, rds, secretsmanager

from compiler import names
from compiler.blocks import iam, secrets
from compiler.blocks.replicas import secret_replicas
from compiler.kinds.database.passwords import MASTER
from compiler.model import Component, Platform
from compiler.protection import is_replicated
from compiler.scope import Scope

LENGTH = 32
# RDS takes these in no password. Source: Aurora user guide, "Settings for Aurora DB clusters", 2026.
REFUSED = "/@\" '"


def master(scope: Scope) -> dict[str, Any]:
    """The cluster's properties. RDS keeps the password and changes it every week, where it can.

    Of a global database it cannot: then the password is in a secret of the platform, which is in the second
    region too. Source: Aurora user guide, "Limitations for Secrets Manager integration", 2026.
    """
    if is_replicated(scope.component, scope.platform):
        password = Sub(
            "{{resolve:secretsmanager:${Secret}:SecretString:password}}", Secret=Ref(_secret(scope))
        )
        # "False" is said aloud: what is left out stays as it is, and RDS would go on keeping one of its own.
        managed = {"ManageMasterUserPassword": False}
        return {"MasterUsername": MASTER, "MasterUserPassword": password, **managed}
    key = scope.key("secrets")
    optional = {"MasterUserSecret": rds.MasterUserSecret(KmsKeyId=key)} if key is not None else {}
    return {"MasterUsername": MASTER, "ManageMasterUserPassword": True, **optional}


def master_secret_arn(component: Component, platform: Platform) -> Any:
    """The ARN of the secret with the master's password, in the stack of the database."""
    if is_replicated(component, platform):
        return Ref(names.logical_id(component.name, "MasterSecret"))
    return GetAtt(names.logical_id(component.name, "Cluster"), "MasterUserSecret.SecretArn")


def read_master(scope: Scope, arn: Any) -> tuple[Statement, ...]:
    """Reading the master's password, for a function of ours: only the master can make logins and tables."""
    key = iam.use_key(scope.key("secrets"), [kms.Decrypt], secrets.SERVICE, context={"SecretARN": arn})
    return (iam.allow([act.GetSecretValue], arn), *key)


def _secret(scope: Scope) -> Any:
    key = scope.key("secrets")
    secret = scope.add(
        secretsmanager.Secret(
            scope.id("MasterSecret"),
            Description=f"The master of {scope.component.name}",
            GenerateSecretString=secretsmanager.GenerateSecretString(
                SecretStringTemplate=f'{{"username": "{MASTER}"}}',
                GenerateStringKey="password",
                PasswordLength=LENGTH,
                ExcludeCharacters=REFUSED,
            ),
            **({"KmsKeyId": key} if key is not None else {}),
            **secret_replicas(scope),
        )
    )
    # Tells whoever reads the secret, and whoever rotates it, which cluster it opens.
    scope.add(
        secretsmanager.SecretTargetAttachment(
            scope.id("MasterSecretAttachment"),
            SecretId=Ref(secret),
            TargetId=Ref(scope.id("Cluster")),
            TargetType="AWS::RDS::DBCluster",
        )
    )
    return secret
