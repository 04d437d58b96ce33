"""Backup plan -> a vault, the plan, and a selection for each component that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, Sub, backup, iam

from compiler import names
from compiler.blocks.iam import trust
from compiler.kinds.backup.spec import BackupLock, BackupPlan, days
from compiler.model import Component, Platform
from compiler.protection import plans, taken
from compiler.registry import all_kinds
from compiler.scope import Attribute, Scope

LONGEST_NAME = 50  # Source: AWS Backup API reference, "CreateBackupVault", 2026
START_WITHIN = 60  # minutes, the least there is
# AWS's own policies: what a backup needs differs between services, and grows with them.
# Source: AWS Backup developer guide, "Managed policies", 2026.
POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
)
DAY_OF = {"day": "* * ?", "week": "? * SUN", "month": "1 * ?"}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The vault's name and ARN, and those of its twin in the second region."""
    spec, title = component.spec, names.logical_id(component.name, "Vault")
    assert isinstance(spec, BackupPlan)
    found = {
        # A constant, for alarms are made before the vault.
        "vault_name": Attribute(_vault_name(component, platform)),
        "vault_arn": Attribute(GetAtt(title, "BackupVaultArn"), shown=True),
    }
    if spec.copy_to:
        copy = GetAtt(names.recovery_id(component.name, "Vault"), "BackupVaultArn")
        found["copy_vault_arn"] = Attribute(copy, layer="recovery-foundation")
    return found


def build(component: Component, scope: Scope) -> None:
    """Adds the vault, the plan with its role, the selections, and the vault for copies."""
    spec = component.spec
    assert isinstance(spec, BackupPlan)
    name = scope.physical(limit=LONGEST_NAME)
    vault = _vault(scope, name, scope.key("data"), spec.lock)
    if spec.copy_to:
        there = scope.at("recovery-foundation")
        # A key that only copies have: with the platform's own, one mistake would cost both.
        _vault(there, name, there.value("encryption", "copies_key_arn"), spec.lock)
    plan = scope.add(
        backup.BackupPlan(
            scope.id("Plan"),
            BackupPlan=backup.BackupPlanResourceType(
                BackupPlanName=name, BackupPlanRule=[_rule(spec, vault, scope)]
            ),
        )
    )
    role = _role(scope)
    for taking in _taken(scope):
        _selection(taking, plan, role, scope)


def _taken(scope: Scope) -> tuple[Component, ...]:
    return taken(plans(scope.platform)[scope.component.name], scope.platform)


def _vault_name(component: Component, platform: Platform) -> str:
    return names.physical(platform.name, platform.environment.name, component.lasting_name)


def _vault(scope: Scope, name: str, key: Any, lock: BackupLock | None) -> Any:
    optional: dict[str, Any] = {"EncryptionKeyArn": key} if key is not None else {}
    if lock:
        optional["LockConfiguration"] = _lock(lock)
    return scope.add(backup.BackupVault(scope.id("Vault"), BackupVaultName=name, **optional))


def _lock(lock: BackupLock) -> backup.LockConfigurationType:
    """With a number of days in which it can be changed, a lock is of mode compliance; without, governance."""
    optional = {"MaxRetentionDays": days(lock.max)} if lock.max else {}
    if lock.mode == "compliance":
        optional["ChangeableForDays"] = days(lock.grace)
    return backup.LockConfigurationType(MinRetentionDays=days(lock.min), **optional)


def _rule(spec: BackupPlan, vault: Any, scope: Scope) -> backup.BackupRuleResourceType:
    optional: dict[str, Any] = {"EnableContinuousBackup": True} if spec.continuous else {}
    if spec.copy_to:
        kept = backup.LifecycleResourceType(DeleteAfterDays=days(spec.copy_retention or spec.retention))
        arn = scope.value(scope.component.name, "copy_vault_arn")
        optional["CopyActions"] = [
            backup.CopyActionResourceType(DestinationBackupVaultArn=arn, Lifecycle=kept)
        ]
    return backup.BackupRuleResourceType(
        RuleName=scope.component.name,
        TargetBackupVault=Ref(vault),
        ScheduleExpression=_schedule(spec),
        ScheduleExpressionTimezone="Etc/UTC",
        StartWindowMinutes=START_WITHIN,
        Lifecycle=_lifecycle(spec),
        **optional,
    )


def _schedule(spec: BackupPlan) -> str:
    hour, minute = (int(part) for part in spec.at.split(":"))
    return f"cron({minute} {hour} {DAY_OF[spec.every]} *)"


def _lifecycle(spec: BackupPlan) -> backup.LifecycleResourceType:
    cold = {"MoveToColdStorageAfterDays": days(spec.cold_after)} if spec.cold_after else {}
    return backup.LifecycleResourceType(DeleteAfterDays=days(spec.retention), **cold)


def _role(scope: Scope) -> iam.Role:
    """The role that AWS Backup takes on; only who may pass a role of this account can have it used."""
    backups = (all_kinds()[each.kind].backup for each in _taken(scope))
    further = {policy for found in backups if found for policy in found.policies}
    policies = [*POLICIES, *sorted(further)]
    return scope.add(
        iam.Role(
            scope.id("Role"),
            AssumeRolePolicyDocument=trust("backup.amazonaws.com"),
            Description=f"Lets AWS Backup make and restore the backups of {scope.component.name}",
            ManagedPolicyArns=[Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}") for name in policies],
        )
    )


def _selection(taking: Component, plan: Any, role: Any, scope: Scope) -> None:
    """One for each component: a further component changes nothing for the others."""
    scope.add(
        backup.BackupSelection(
            scope.id(f"{names.pascal(taking.name)}Selection"),
            BackupPlanId=Ref(plan),
            BackupSelection=backup.BackupSelectionResourceType(
                SelectionName=taking.name,
                IamRoleArn=GetAtt(role, "Arn"),
                Resources=[scope.value(taking.name, "arn")],
            ),
        ),
        path=("components",),
    )
