"""Database users by password: a secret each, made before anybody needs it, rotated by one narrow function."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.assembly import Assembly
from tests.specs import HEAD, compiled, problems, resources

SPEC = """
network: {}
databases: {registry: {name: machines, rotation: {every: 14d}}}
functions:
  ingest: {runtime: python3.13, handler: app.handler, code: code, connections: {registry: write}}
  report:
    runtime: python3.13
    handler: app.handler
    code: code
    connections: {registry: {access: read, login: password}}
services:
  dash-board:
    image: {repository: dashboard, tag: "1"}
    cpu: 256
    memory: 512
    connections: {registry: {access: write, login: password}}
"""


def properties(assembly: Assembly, type_: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(assembly, type_)[name]["Properties"]
    return found


def statements(assembly: Assembly, role: str) -> list[Any]:
    (policy,) = properties(assembly, "AWS::IAM::Role", role)["Policies"]
    found: list[Any] = policy["PolicyDocument"]["Statement"]
    return found


def test_each_consumer_has_a_secret_with_its_first_login() -> None:
    found = resources(compiled(SPEC), "AWS::SecretsManager::Secret")
    made = {name: secret["Properties"]["GenerateSecretString"] for name, secret in found.items()}
    assert {name: json.loads(how["SecretStringTemplate"]) for name, how in made.items()} == {
        "RegistryPasswordOfDashBoard": {"dbname": "machines", "username": "dash_board__1"},
        "RegistryPasswordOfReport": {"dbname": "machines", "username": "report__1"},
    }
    assert {(how["GenerateStringKey"], how["PasswordLength"]) for how in made.values()} == {("password", 40)}


def test_the_cluster_tells_each_secret_where_it_is() -> None:
    found = resources(compiled(SPEC), "AWS::SecretsManager::SecretTargetAttachment")
    assert found["RegistryPasswordOfReportTarget"]["Properties"] == {
        "SecretId": {"Ref": "RegistryPasswordOfReport"},
        "TargetId": {"Ref": "RegistryCluster"},
        "TargetType": "AWS::RDS::DBCluster",
    }


def test_the_first_rotation_comes_at_once_when_everything_that_it_needs_is_there() -> None:
    schedule = resources(compiled(SPEC), "AWS::SecretsManager::RotationSchedule")
    assert sorted(schedule) == ["RegistryPasswordOfDashBoardSchedule", "RegistryPasswordOfReportSchedule"]
    found = schedule["RegistryPasswordOfReportSchedule"]
    assert found["Properties"]["RotateImmediatelyOnUpdate"] is True
    assert found["Properties"]["RotationRules"] == {"AutomaticallyAfterDays": 14}
    assert found["DependsOn"] == [
        "RegistryFromRotation5432Egress",
        "RegistryFromRotation5432Ingress",
        "RegistryPasswordOfReportPermission",
        "RegistryPasswordOfReportTarget",
        "RegistryRotationHttpsEgress",
        "RegistryWriter",
    ]


def test_the_function_stands_in_the_private_subnets_with_a_group_of_its_own() -> None:
    function = properties(compiled(SPEC), "AWS::Lambda::Function", "RegistryRotationFunction")
    assert function["VpcConfig"] == {
        "SecurityGroupIds": [{"Ref": "RegistryRotationSecurityGroupId"}],
        "SubnetIds": {"Ref": "NetworkPrivateSubnetIds"},
    }
    assert function["Environment"]["Variables"] == {
        "MASTER_SECRET_ARN": {"Fn::GetAtt": ["RegistryCluster", "MasterUserSecret.SecretArn"]}
    }


def test_the_function_reads_the_masters_secret_and_changes_only_those_of_the_consumers() -> None:
    found = statements(compiled(SPEC), "RegistryRotationRole")
    ours = [{"Ref": "RegistryPasswordOfDashBoard"}, {"Ref": "RegistryPasswordOfReport"}]
    master = {"Fn::GetAtt": ["RegistryCluster", "MasterUserSecret.SecretArn"]}
    by_secret = [
        (statement["Action"], statement["Resource"])
        for statement in found
        if any("secretsmanager" in action for action in statement["Action"])
    ]
    assert by_secret == [
        (
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            ours,
        ),
        (["secretsmanager:GetRandomPassword"], ["*"]),
        (["secretsmanager:GetSecretValue"], [master]),
    ]
    contexts = [
        statement["Condition"]["StringEquals"].get("kms:EncryptionContext:SecretARN")
        for statement in found
        if any("kms" in action for action in statement["Action"])
    ]
    assert contexts == [None, ours, master]  # the first is for the function's own variables


def test_a_function_gets_the_secret_and_no_password() -> None:
    assembly = compiled(SPEC)
    variables = properties(assembly, "AWS::Lambda::Function", "ReportFunction")["Environment"]["Variables"]
    assert {name: value for name, value in variables.items() if name.startswith("REGISTRY")} == {
        "REGISTRY_HOST": {"Ref": "RegistryReaderEndpoint"},
        "REGISTRY_PORT": {"Ref": "RegistryPort"},
        "REGISTRY_NAME": "machines",
        "REGISTRY_AUTH": "password",
        "REGISTRY_SECRET_ARN": {"Ref": "RegistryPasswordArnOfReport"},
    }
    actions = [action for statement in statements(assembly, "ReportRole") for action in statement["Action"]]
    assert "secretsmanager:GetSecretValue" in actions
    assert "rds-db:connect" not in actions


def test_a_service_has_user_and_password_injected_by_the_role_that_starts_it() -> None:
    assembly = compiled(SPEC)
    (task,) = resources(assembly, "AWS::ECS::TaskDefinition").values()
    (container,) = task["Properties"]["ContainerDefinitions"]
    assert container["Secrets"] == [
        {"Name": "REGISTRY_PASSWORD", "ValueFrom": {"Ref": "RegistryPasswordValueOfDashBoard"}},
        {"Name": "REGISTRY_USER", "ValueFrom": {"Ref": "RegistryPasswordUsernameOfDashBoard"}},
    ]
    plain = {variable["Name"] for variable in container["Environment"]}
    assert {"REGISTRY_HOST", "REGISTRY_READER_HOST", "REGISTRY_PORT", "REGISTRY_NAME"} <= plain
    outputs = assembly.stack("shop-dev-data").template["Outputs"]
    assert outputs["RegistryPasswordValueOfDashBoard"]["Value"] == {
        "Fn::Join": ["", [{"Ref": "RegistryPasswordOfDashBoard"}, ":password::"]]
    }
    starts, runs = (
        json.dumps(statements(assembly, f"DashBoard{role}Role")) for role in ("Execution", "Task")
    )
    assert (
        '"secretsmanager:GetSecretValue"], "Resource": [{"Ref": "RegistryPasswordArnOfDashBoard"}]' in starts
    )
    assert "secretsmanager" not in runs


def test_who_logs_in_by_iam_notices_nothing() -> None:
    variables = properties(compiled(SPEC), "AWS::Lambda::Function", "IngestFunction")["Environment"]
    assert variables["Variables"]["REGISTRY_USER"] == "ingest"
    without = SPEC.replace("login: password", "login: iam")
    assembly = compiled(without)
    assert resources(assembly, "AWS::SecretsManager::Secret") == {}
    assert "RegistryRotationFunction" not in resources(assembly, "AWS::Lambda::Function")


def test_without_a_way_out_there_is_an_endpoint_for_the_secrets() -> None:
    closed = SPEC.replace("network: {}", "network: {egress: none}")
    assert "NetworkSecretsmanagerEndpoint" in resources(compiled(closed), "AWS::EC2::VPCEndpoint")
    by_iam = compiled(closed.replace("login: password", "login: iam"))
    assert "NetworkSecretsmanagerEndpoint" not in resources(by_iam, "AWS::EC2::VPCEndpoint")


def test_a_failed_rotation_rings() -> None:
    alarms = resources(compiled(SPEC), "AWS::CloudWatch::Alarm")
    assert alarms["RegistryRotationErrorsAlarm"]["Properties"]["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "RegistryRotationFunctionName"}}
    ]


@pytest.mark.parametrize("name", ["postgres", "rds-superuser", "pg-monitor"])
def test_nobody_becomes_a_member_of_a_role_of_the_database_itself(name: str) -> None:
    body = SPEC.replace("  report:", f"  {name}:")
    found = problems(body, HEAD.replace("  production: {profile: production}\n", ""))
    assert [problem.split(" ", 1)[1] for problem in found] == [
        f"E210 '{name}' would log in as '{name.replace('-', '_')}', a name that the database keeps for its "
        "own roles; call the component something else"
    ]


@pytest.mark.parametrize("login", [", login: password", ""])
@pytest.mark.parametrize("name", ["public", "none"])
def test_nobody_is_called_as_no_role_can_be(name: str, login: str) -> None:
    body = SPEC.replace("  report:", f"  {name}:").replace(", login: password", login)
    found = problems(body, HEAD.replace("  production: {profile: production}\n", ""))
    assert [problem.split(" ", 1)[1] for problem in found] == [
        f"E210 '{name}' would log in as '{name}', and PostgreSQL lets no role have that name; call the "
        "component something else"
    ]


def test_a_wrong_login_is_told_with_what_there_is() -> None:
    (found,) = problems(SPEC.replace("access: read, login: password", "access: read, login: passwort"))
    assert "E104" in found
    assert "iam" in found
    assert "password" in found
