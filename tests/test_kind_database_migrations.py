"""Migrations of a database: the folder is read and checked, the function reaches the database alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from compiler import manifest, pipeline
from compiler.assembly import Assembly, DatabaseUser
from compiler.diagnostics import SpecError
from tests.specs import CODE, document, problems, resources

SQL = {"V001__machines.sql": b"CREATE TABLE machines (id int)", "V002__names.sql": b"SELECT 1"}
SPEC = "network: {%s}\ndatabases: {registry: {migrations: db/registry}}\n"
USERS = """
functions:
  device-api: {runtime: python3.13, handler: app.handler, code: code, connections: {registry: write}}
  report: {runtime: python3.13, handler: app.handler, code: code,
           connections: {registry: {access: read, login: password}}}
"""


def compiled(body: str = SPEC % "", files: Mapping[str, bytes] = SQL) -> Assembly:
    def sources(folder: str) -> Mapping[str, bytes]:
        return files if folder == "db/registry" else CODE

    return pipeline.compile_spec(document(body), "dev", sources)


def faults(files: Mapping[str, bytes]) -> list[str]:
    with pytest.raises(SpecError) as caught:
        compiled(files=files)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def function(assembly: Assembly) -> dict[str, Any]:
    found: dict[str, Any] = resources(assembly, "AWS::Lambda::Function")["RegistryMigratorFunction"][
        "Properties"
    ]
    return found


def test_the_function_is_in_the_data_stack_with_its_files_and_libraries() -> None:
    assembly = compiled()
    (data,) = (stack for stack in assembly.stacks if stack.layer == "data")
    assert "RegistryMigratorFunction" in data.template["Resources"]
    assert data.template["Outputs"]["RegistryMigrator"] == {"Value": {"Ref": "RegistryMigratorFunction"}}
    (asset,) = assembly.assets
    packed = zipfile.ZipFile(io.BytesIO(asset.content)).namelist()
    assert {
        "migrator/app.py",
        "migrations/V001__machines.sql",
        "migrator/rds_roots.pem",
        "pg8000/native.py",
    } <= set(packed)
    assert function(assembly)["Code"]["S3Key"] == asset.key


def test_another_file_is_another_package() -> None:
    more = SQL | {"V003__more.sql": b"SELECT 1"}
    assert compiled().assets[0].key != compiled(files=more).assets[0].key


def test_the_migrator_may_read_the_master_secret_and_nothing_else_of_value() -> None:
    role = resources(compiled(), "AWS::IAM::Role")["RegistryMigratorRole"]["Properties"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = {action: s["Resource"] for s in statements if s["Effect"] == "Allow" for action in s["Action"]}
    secret = {"Fn::GetAtt": ["RegistryCluster", "MasterUserSecret.SecretArn"]}
    assert allowed["secretsmanager:GetSecretValue"] == [secret]
    own, decrypts = (s for s in statements if s["Action"] == ["kms:Decrypt"])
    assert own["Resource"] == [{"Ref": "EncryptionDataKeyArn"}]  # its variables
    assert decrypts["Resource"] == [{"Ref": "EncryptionSecretsKeyArn"}]
    assert decrypts["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == secret
    assert all(action.startswith("ec2:") for action, where in allowed.items() if where == ["*"])


def test_it_reaches_the_database_and_aws_and_is_reached_by_nobody() -> None:
    assembly = compiled()
    into = resources(assembly, "AWS::EC2::SecurityGroupIngress")
    out = resources(assembly, "AWS::EC2::SecurityGroupEgress")
    assert sorted(out) == ["RegistryFromMigrator5432Egress", "RegistryMigratorHttpsEgress"]
    (admitted,) = (rule["Properties"] for rule in into.values())
    assert (admitted["FromPort"], admitted["GroupId"]) == (5432, {"Ref": "RegistrySecurityGroupId"})
    assert admitted["SourceSecurityGroupId"] == {"Ref": "RegistryMigratorSecurityGroupId"}
    assert function(assembly)["VpcConfig"]["SubnetIds"] == {"Ref": "NetworkPrivateSubnetIds"}


def test_without_a_way_out_there_is_an_endpoint_for_the_secret() -> None:
    endpoints = resources(compiled(SPEC % "egress: none"), "AWS::EC2::VPCEndpoint").values()
    assert "secretsmanager" in json.dumps([endpoint["Properties"]["ServiceName"] for endpoint in endpoints])


def test_the_assembly_says_what_to_run_and_who_logs_in_and_survives_its_folder() -> None:
    assembly = compiled(SPEC % "" + USERS)
    (migrator,) = assembly.migrators
    assert (migrator.component, migrator.stack, migrator.function) == (
        *("registry", "shop-dev-data", "RegistryMigrator"),
    )
    assert [(each.version, each.file) for each in migrator.files] == [
        (1, "V001__machines.sql"),
        (2, "V002__names.sql"),
    ]
    assert migrator.users == {
        "device_api": DatabaseUser("write", "iam"),
        "report": DatabaseUser("read", "password"),
    }
    assert manifest.read(assembly.files()).migrators == assembly.migrators


def test_a_database_in_a_stack_of_its_own_is_migrated_after_that() -> None:
    body = SPEC.replace("{migrations", "{stack: records, migrations")
    assembly = compiled(body % "")
    (migrator,) = assembly.migrators
    assert migrator.function in assembly.stack(migrator.stack).template["Outputs"]
    assert migrator.stack != "shop-dev-data"


def test_a_platform_without_migrations_has_the_manifest_that_it_always_had() -> None:
    assembly = compiled("network: {}\ndatabases: {registry: {}}\n")
    assert "migrators" not in json.loads(assembly.files()["manifest.json"])


def test_what_is_wrong_with_a_file_is_told_at_the_line_of_the_spec_with_the_files_own() -> None:
    assert faults({"V002__a.sql": b"SELECT 1", "V003__b.sql": b"\nCOMMIT"}) == [
        "spec.yaml:8:24 E214 db/registry/V002__a.sql: version 1 is missing before it; "
        "versions count 1, 2, 3 without gaps",
        "spec.yaml:8:24 E214 db/registry/V003__b.sql:2: COMMIT is not for a migration: each file is one "
        "transaction of its own; remove it",
    ]
    assert faults({}) == ["spec.yaml:8:24 E214 the folder 'db/registry' is empty"]


def test_a_consumer_called_as_a_user_that_is_taken_is_refused() -> None:
    named = USERS.replace("device-api", "rds-sync").replace("report", "postgres")
    found = problems(SPEC % "" + named.replace("{access: read, login: password}", "read"))
    assert "'postgres' would log in as the user 'postgres'" in found[0]
    assert "'rds-sync' would log in as the user 'rds_sync'" in found[1]
    assert all("E210" in problem for problem in found[:2])
