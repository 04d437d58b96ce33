"""Backup plans: what is taken, for how long, into which vault, and what AWS would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.assembly import Assembly
from tests.specs import compiled, problems, resources

PLATFORM = """
network: {}
databases: {registry: {}}
filesystems: {firmware: {automatic_backups: true}}
buckets:
  reports: {versioning: true}
  scratch: {versioning: false}
queues: {alerts: {}}
"""


def assembly(plan: str, environment: str = "dev", further: str = "") -> Assembly:
    return compiled(f"{PLATFORM}backups:\n  daily: {plan}\n{further}", environment)


def wrong(plan: str) -> list[str]:
    return problems(f"{PLATFORM}backups:\n  daily: {plan}\n")


def rule(plan: str) -> dict[str, Any]:
    found = resources(assembly(plan), "AWS::Backup::BackupPlan")["DailyPlan"]["Properties"]["BackupPlan"]
    (only,) = found["BackupPlanRule"]
    return dict(only)


def vault(plan: str, name: str = "DailyVault") -> dict[str, Any]:
    return dict(resources(assembly(plan), "AWS::Backup::BackupVault")[name]["Properties"])


def test_a_plan_takes_all_that_can_be_taken_each_by_its_arn() -> None:
    found = resources(assembly('{at: "04:00"}'), "AWS::Backup::BackupSelection")
    assert {name: s["Properties"]["BackupSelection"]["Resources"] for name, s in found.items()} == {
        "DailyFirmwareSelection": [{"Ref": "FirmwareArn"}],
        "DailyRegistrySelection": [{"Ref": "RegistryArn"}],
        "DailyReportsSelection": [{"Ref": "ReportsArn"}],
    }


def test_a_plan_can_name_what_it_takes() -> None:
    found = resources(assembly('{at: "04:00", components: [firmware]}'), "AWS::Backup::BackupSelection")
    assert list(found) == ["DailyFirmwareSelection"]


def test_a_filesystem_is_not_backed_up_twice() -> None:
    def own(plan: str) -> str:
        found = resources(assembly(plan), "AWS::EFS::FileSystem")["FirmwareFileSystem"]
        return str(found["Properties"]["BackupPolicy"]["Status"])

    assert own('{at: "04:00"}') == "DISABLED"
    assert own('{at: "04:00", components: [registry]}') == "ENABLED"


@pytest.mark.parametrize(
    ("every", "expression"),
    [("day", "cron(5 4 * * ? *)"), ("week", "cron(5 4 ? * SUN *)"), ("month", "cron(5 4 1 * ? *)")],
)
def test_the_time_of_day_becomes_a_schedule_in_utc(every: str, expression: str) -> None:
    found = rule(f'{{at: "04:05", every: {every}}}')
    assert found["ScheduleExpression"] == expression
    assert found["ScheduleExpressionTimezone"] == "Etc/UTC"


def test_backups_expire_and_may_move_to_cold_storage_before() -> None:
    assert rule('{at: "04:00"}')["Lifecycle"] == {"DeleteAfterDays": 35}
    cold = rule('{at: "04:00", components: [firmware], retention: 120d, cold_after: 30d}')
    assert cold["Lifecycle"] == {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30}


def test_a_vault_has_the_platforms_key_and_a_name_of_its_own() -> None:
    assert vault('{at: "04:00"}') | {"BackupVaultTags": {}} == {
        "BackupVaultName": "shop-dev-daily",
        "EncryptionKeyArn": {"Ref": "EncryptionDataKeyArn"},
        "BackupVaultTags": {},
    }
    assert vault('{at: "04:00"}')["BackupVaultTags"]["component"] == "daily"


def test_only_a_lock_that_says_so_can_never_be_removed() -> None:
    governance = vault('{at: "04:00", lock: {min: 7d, max: 90d}}')["LockConfiguration"]
    assert governance == {"MinRetentionDays": 7, "MaxRetentionDays": 90}
    lock = "{mode: compliance, min: 7d, grace: 5d, i_understand: nobody_can_delete}"
    assert vault(f'{{at: "04:00", lock: {lock}}}')["LockConfiguration"] == {
        "MinRetentionDays": 7,
        "ChangeableForDays": 5,
    }


def test_copies_go_to_a_vault_in_the_second_region_with_a_key_that_only_they_have() -> None:
    found = assembly('{at: "04:00", copy_to: us-west-2, copy_retention: 90d, lock: {min: 7d}}')
    (there,) = [stack for stack in found.stacks if stack.region]
    assert (there.name, there.region) == ("shop-dev-recovery-foundation", "us-west-2")
    assert {r["Type"] for r in there.template["Resources"].values()} == {
        "AWS::Backup::BackupVault",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
    }
    copy = there.template["Resources"]["DailyRecoveryVault"]["Properties"]
    assert copy["EncryptionKeyArn"] == {"Fn::GetAtt": ["EncryptionRecoveryCopiesKey", "Arn"]}
    assert copy["LockConfiguration"] == {"MinRetentionDays": 7}
    plan = resources(found, "AWS::Backup::BackupPlan")["DailyPlan"]["Properties"]["BackupPlan"]
    assert plan["BackupPlanRule"][0]["CopyActions"] == [
        {"DestinationBackupVaultArn": {"Ref": "DailyCopyVaultArn"}, "Lifecycle": {"DeleteAfterDays": 90}}
    ]
    (protection,) = [stack for stack in found.stacks if stack.layer == "protection"]
    assert protection.parameters["DailyCopyVaultArn"].stack == there.name


def test_the_role_has_what_the_kinds_that_it_takes_need() -> None:
    def policies(plan: str) -> list[str]:
        found = resources(assembly(plan), "AWS::IAM::Role")["DailyRole"]["Properties"]
        return [arn["Fn::Sub"].rpartition("/")[2] for arn in found["ManagedPolicyArns"]]

    usual = ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"]
    assert policies('{at: "04:00", components: [registry]}') == usual
    assert policies('{at: "04:00"}') == [
        *usual,
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
    ]


def test_a_daily_plan_rings_when_nothing_was_backed_up() -> None:
    found = resources(assembly('{at: "04:00"}'), "AWS::CloudWatch::Alarm")
    alarm = found["DailyNoBackupAlarm"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "BackupVaultName", "Value": "shop-dev-daily"}]
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("NumberOfBackupJobsCompleted", "breaching")
    assert "DailyBackupFailedAlarm" in found
    assert "DailyCopyFailedAlarm" not in found
    monthly = resources(assembly('{at: "04:00", every: month, copy_to: us-west-2}'), "AWS::CloudWatch::Alarm")
    assert "DailyNoBackupAlarm" not in monthly
    assert "DailyCopyFailedAlarm" in monthly


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("{}", "needs the key 'at'"),
        ('{at: "4:00"}', "must be a time of day in UTC such as 04:00"),
        ('{at: "04:00", components: [firmwares]}', "did you mean 'firmware'?"),
        ('{at: "04:00", components: [alerts]}', "AWS Backup cannot take 'alerts', a queue"),
        ('{at: "04:00", components: [scratch]}', "AWS Backup takes buckets with `versioning: true` only"),
        ('{at: "04:00", components: []}', "names nothing to back up"),
        ('{at: "04:00", components: [registry, registry]}', "'registry' is listed twice"),
        (
            '{at: "04:00", components: [firmware], retention: 100d, cold_after: 30d}',
            "keep them 120d or more, not 100d",
        ),
        ('{at: "04:00", retention: 120d, cold_after: 30d}', "no cold storage for registry, reports"),
        ('{at: "04:00", continuous: true, retention: 36d}', "reach back 35d at most, not 36d"),
        ('{at: "04:00", copy_to: eu-west-1}', "is the platform's own region"),
        ('{at: "04:00", copy_to: cn-north-1}', "partition aws is not aws-cn"),
        ('{at: "04:00", copy_retention: 90d}', "there is no copy to keep"),
        ('{at: "04:00", lock: {min: 40d}}', "35d is less than the lock's 'min: 40d'"),
        ('{at: "04:00", lock: {min: 1d, max: 30d}}', "35d is more than the lock's 'max: 30d'"),
        (
            '{at: "04:00", lock: {mode: compliance, min: 7d}}',
            "confirm it with `i_understand: nobody_can_delete`",
        ),
        ('{at: "04:00", lock: {min: 7d, i_understand: nobody_can_delete}}', "means nothing here"),
        ('{at: "04:00", lock: {min: 7d, grace: 9d}}', "'grace' means nothing here"),
        (
            '{at: "04:00", lock: {mode: compliance, min: 7d, grace: 2d, i_understand: nobody_can_delete}}',
            "3d",
        ),
    ],
)
def test_what_aws_would_refuse_is_told_at_its_line(plan: str, told: str) -> None:
    found = wrong(plan)
    assert found
    assert all(line.startswith("spec.yaml:15:") for line in found)
    assert any(told in line for line in found), found


def test_all_plans_copy_to_one_region() -> None:
    body = f"""{PLATFORM}backups:
  daily: {{at: "04:00", copy_to: us-west-2}}
  weekly: {{at: "05:00", every: week, copy_to: us-east-1}}
"""
    (found,) = set(problems(body))
    assert "has one second region, which is 'us-west-2' already, not 'us-east-1'" in found


def test_a_plan_without_anything_to_back_up_is_an_error() -> None:
    (found,) = problems('backups: {daily: {at: "04:00"}}')
    assert "there is nothing that AWS Backup can take" in found
