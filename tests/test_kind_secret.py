"""Secret: random and unnamed; read by one statement, injected where that can be."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.assembly import Assembly
from tests.specs import compiled, problems, resources

SERVICE = """
network: {}
services:
  issuer:
    image: {repository: issuer, tag: "1"}
    cpu: 256
    memory: 512
    connections: {signing-key: read}
secrets:
  signing-key: {}
"""
FUNCTION = """
functions:
  issuer: {runtime: python3.13, handler: app.handler, code: code, connections: {signing-key: read}}
secrets:
  signing-key: {}
"""
READ = {
    "Effect": "Allow",
    "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    "Resource": [{"Ref": "SigningKeyArn"}],
}
DECRYPT = {
    "Effect": "Allow",
    "Action": ["kms:Decrypt"],
    "Resource": [{"Ref": "EncryptionSecretsKeyArn"}],
    "Condition": {
        "StringEquals": {
            "kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"},
            "kms:EncryptionContext:SecretARN": {"Ref": "SigningKeyArn"},
        }
    },
}


def secret(settings: str, environment: str = "dev") -> dict[str, Any]:
    found = resources(compiled(f"secrets: {{token: {settings}}}", environment), "AWS::SecretsManager::Secret")
    return found["TokenSecret"]


def statements(assembly: Assembly, role: str) -> list[Any]:
    policies = resources(assembly, "AWS::IAM::Role")[role]["Properties"].get("Policies", [])
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def test_a_secret_is_random_letters_and_digits() -> None:
    assert secret("{}")["Properties"]["GenerateSecretString"] == {
        "PasswordLength": 32,
        "ExcludePunctuation": True,
    }


def test_length_and_characters_can_be_chosen() -> None:
    settings = (
        "{generate: {length: 64, exclude_punctuation: false, exclude_characters: abc}, description: tokens}"
    )
    found = secret(settings)["Properties"]
    assert found["GenerateSecretString"] == {"PasswordLength": 64, "ExcludeCharacters": "abc"}
    assert found["Description"] == "tokens"


def test_a_supplied_secret_starts_as_a_placeholder_that_says_so() -> None:
    made = secret("{supplied: true}")["Properties"]["GenerateSecretString"]
    assert (made["SecretStringTemplate"], made["GenerateStringKey"]) == ("{}", "replace_me")


def test_a_supplied_secret_is_not_generated() -> None:
    found = problems("secrets:\n  token:\n    supplied: true\n    generate: {length: 64}\n")
    assert found == [
        "spec.yaml:10:5 E210 a value that people supply is not generated; remove 'generate' or 'supplied'"
    ]


@pytest.mark.parametrize("length", [7, 4097])
def test_a_length_out_of_range_is_refused(length: int) -> None:
    assert "E106" in problems(f"secrets: {{token: {{generate: {{length: {length}}}}}}}")[0]


def test_it_uses_the_key_for_secrets_and_has_no_name() -> None:
    found = secret("{}")["Properties"]
    assert found["KmsKeyId"] == {"Ref": "EncryptionSecretsKeyArn"}
    assert "Name" not in found


@pytest.mark.parametrize(
    ("environment", "policies"),
    [("dev", ("Delete", "Delete")), ("production", ("RetainExceptOnCreate", "Retain"))],
)
def test_production_keeps_it(environment: str, policies: tuple[str, str]) -> None:
    found = secret("{}", environment)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == policies


def test_a_service_has_it_injected_by_the_role_that_starts_it() -> None:
    assembly = compiled(SERVICE)
    (task,) = resources(assembly, "AWS::ECS::TaskDefinition").values()
    container = task["Properties"]["ContainerDefinitions"][0]
    assert container["Secrets"] == [{"Name": "SIGNING_KEY", "ValueFrom": {"Ref": "SigningKeyArn"}}]
    assert READ in statements(assembly, "IssuerExecutionRole")
    assert DECRYPT in statements(assembly, "IssuerExecutionRole")
    assert READ not in statements(assembly, "IssuerTaskRole")


def test_a_function_reads_it_by_its_arn() -> None:
    assembly = compiled(FUNCTION)
    function = resources(assembly, "AWS::Lambda::Function")["IssuerFunction"]
    variables = function["Properties"]["Environment"]["Variables"]
    assert variables["SIGNING_KEY_SECRET_ARN"] == {"Ref": "SigningKeyArn"}
    assert READ in statements(assembly, "IssuerRole")
    assert DECRYPT in statements(assembly, "IssuerRole")


def test_its_arn_is_shown_to_whoever_fills_it() -> None:
    assembly = compiled("secrets: {token: {}}")
    outputs = assembly.stack("shop-dev-data").template["Outputs"]
    assert outputs["TokenArn"]["Value"] == {"Ref": "TokenSecret"}


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_something_must_be_left_to_make_the_value_of() -> None:
    body = f"secrets: {{token: {{generate: {{exclude_characters: {LETTERS}%s}}}}}}"
    hint = "exclude fewer characters, or write `exclude_punctuation: false`"
    (nothing,), (one,) = problems(body % "0123456789"), problems(body % "123456789")
    assert nothing.endswith(f"E210 this leaves nothing to make the value of; {hint}")
    assert one.endswith(f"E210 this leaves only '0' to make the value of; {hint}")
    assert problems(body % "0123456789, exclude_punctuation: false") == []
    assert problems(body % "12345678") == []


ROTATED = "secrets: {token: {generate: {length: 64, exclude_characters: lI1O0}, rotation: {every: 30d}}}"


def test_without_a_word_nothing_rotates() -> None:
    assembly = compiled("secrets: {token: {}}", "production")
    assert resources(assembly, "AWS::SecretsManager::RotationSchedule") == {}
    assert resources(assembly, "AWS::Lambda::Function") == {}


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_a_rotated_secret_has_a_schedule_in_every_environment(environment: str) -> None:
    found = resources(compiled(ROTATED, environment), "AWS::SecretsManager::RotationSchedule")
    assert found["TokenRotationSchedule"] == {
        "Type": "AWS::SecretsManager::RotationSchedule",
        "DependsOn": ["TokenRotationPermission"],
        "Properties": {
            "SecretId": {"Ref": "TokenSecret"},
            "RotationLambdaARN": {"Fn::GetAtt": ["TokenRotationFunction", "Arn"]},
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "RotateImmediatelyOnUpdate": False,
        },
    }


def test_only_secrets_manager_may_call_the_function_and_only_for_its_secret() -> None:
    (permission,) = resources(compiled(ROTATED), "AWS::Lambda::Permission").values()
    assert permission["Properties"] == {
        "FunctionName": {"Fn::GetAtt": ["TokenRotationFunction", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": {"Ref": "TokenSecret"},
    }


def test_the_function_makes_values_as_the_secret_has_them() -> None:
    function = resources(compiled(ROTATED), "AWS::Lambda::Function")["TokenRotationFunction"]["Properties"]
    assert function["Handler"] == "rotation.app.handler"
    assert function["Environment"]["Variables"] == {
        "LENGTH": "64",
        "PUNCTUATION": "false",
        "EXCLUDED_CHARACTERS": "lI1O0",
    }
    assert "VpcConfig" not in function


@pytest.mark.parametrize("excluded", ["ab" * 2040, "\u00e9" * 2040 + "a" * 50])
def test_many_excluded_characters_fit_into_the_functions_environment(excluded: str) -> None:
    body = f"secrets: {{token: {{generate: {{exclude_characters: {excluded}}}, rotation: {{}}}}}}\n"
    function = resources(compiled(body), "AWS::Lambda::Function")["TokenRotationFunction"]["Properties"]
    expected = "".join(sorted(set(excluded) - {"\u00e9"}))
    assert function["Environment"]["Variables"]["EXCLUDED_CHARACTERS"] == expected


def test_the_function_may_use_the_key_of_the_replica_when_there_is_one() -> None:
    body = f"{ROTATED}\ndisaster_recovery: {{region: us-west-2, tier: pilot_light}}\n"
    *_, last = statements(compiled(body), "TokenRotationRole")
    assert last["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]
    assert last["Resource"] == [{"Ref": "EncryptionRecoverySecretsKeyArn"}]
    (through,) = last["Condition"]["StringEquals"].values()
    assert [next(iter(one)) for one in through] == ["Fn::Sub", "Fn::Sub"]


def test_the_function_may_change_one_secret_and_nothing_else() -> None:
    assert statements(compiled(ROTATED), "TokenRotationRole") == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [{"Fn::GetAtt": ["TokenRotationLogGroup", "Arn"]}],
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [{"Ref": "EncryptionDataKeyArn"}],
            "Condition": {
                "StringEquals": {"kms:ViaService": {"Fn::Sub": "lambda.${AWS::Region}.${AWS::URLSuffix}"}}
            },
        },
        {
            "Effect": "Allow",
            "Action": [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            "Resource": [{"Ref": "TokenSecret"}],
        },
        {"Effect": "Allow", "Action": ["secretsmanager:GetRandomPassword"], "Resource": ["*"]},
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [{"Ref": "EncryptionSecretsKeyArn"}],
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"},
                    "kms:EncryptionContext:SecretARN": {"Ref": "TokenSecret"},
                }
            },
        },
    ]


def test_a_failed_rotation_rings_at_once() -> None:
    alarm = resources(compiled(ROTATED), "AWS::CloudWatch::Alarm")["TokenRotationErrorsAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("Errors", "Sum", 0)
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "TokenRotationFunctionName"}}]


def test_a_supplied_secret_does_not_rotate() -> None:
    found = problems("secrets:\n  token:\n    supplied: true\n    rotation: {every: 30d}\n")
    assert found == [
        "spec.yaml:10:5 E210 a value that people supply cannot be made anew without them; "
        "remove 'rotation' or 'supplied'"
    ]


@pytest.mark.parametrize(
    ("every", "message"),
    [
        ("12h", 'E105 secrets.token.rotation.every must be a number of days such as 7d, not "12h"'),
        ("1001d", "E106 secrets.token.rotation.every must be from 1d to 1000d, not 1001d"),
    ],
)
def test_intervals_are_whole_days_that_the_service_takes(every: str, message: str) -> None:
    found = problems(f"secrets: {{token: {{rotation: {{every: {every}}}}}}}")
    assert found[0] == f"spec.yaml:7:37 {message}"
