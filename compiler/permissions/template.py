"""Ground + trust -> the template of the two roles: CI's, and the one that CloudFormation acts with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Action, Allow, Condition, Deny, PolicyDocument, Principal, Statement, StringEquals
from awacs.sts import AssumeRoleWithWebIdentity
from troposphere import AWSObject, GetAtt, Output, Ref, Sub, iam

from compiler.blocks.iam import document, trust
from compiler.permissions import calls, execution, handlers
from compiler.permissions.execution import Allowed
from compiler.permissions.ground import Ground
from compiler.permissions.packing import inline, pack
from compiler.permissions.trust import Trust

# Names that no stack of a platform gives, so that the execution role cannot change itself or CI's.
EXECUTION, DEPLOY = "formwork-execution-", "formwork-deploy-"
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
# A deployment can wait hours for one stack; a token of CI is for one job.
# Source: IAM user guide, "Update the maximum session duration for a role", 2026.
LONGEST_SESSION = 4 * 3600  # seconds


@dataclass(frozen=True)
class Wishes:
    """What the user decides: who deploys, and what bounds it all."""

    trusts: Sequence[Trust]
    existing_provider: bool = False  # the account knows the CI already
    boundary: str | None = None  # the ARN of a policy that bounds both roles
    extra: tuple[str, ...] = ()  # actions that no provider schema tells of
    drift: bool = False  # CI also searches for drift, so it must be able to look at every resource


def template(ground: Ground, wishes: Wishes) -> dict[str, Any]:
    """The template, complete; InvalidError when it cannot be, see `execution` and `packing`."""
    made = [
        *([] if wishes.existing_provider else _providers(wishes.trusts)),
        _execution_role(ground, wishes),
        *_execution_policies(ground, wishes),
        _deploy_role(ground, wishes),
        *(_drift_policies(ground) if wishes.drift else ()),
    ]
    outputs = [
        Output("DeployRoleArn", Description="What CI takes on", Value=GetAtt("DeployRole", "Arn")),
        Output(
            "ExecutionRoleArn",
            Description="What `formwork deploy --role-arn` is given",
            Value=GetAtt("ExecutionRole", "Arn"),
        ),
    ]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Formwork: the roles that deploy {ground.called}",
        "Resources": {each.title: each.to_dict() for each in sorted(made, key=lambda each: str(each.title))},
        "Outputs": {each.title: each.to_dict() for each in outputs},
    }


def _providers(trusts: Iterable[Trust]) -> list[AWSObject]:
    """One for each CI; AWS checks its certificate against public authorities, so no thumbprint is named.

    Source: IAM user guide, "Create an OpenID Connect identity provider in IAM", thumbprints, 2026.
    """
    issuers = sorted({each.issuer for each in trusts}, key=lambda issuer: issuer.host)
    return [
        iam.OIDCProvider(_provider(issuer.host), Url=f"https://{issuer.host}", ClientIdList=[issuer.audience])
        for issuer in issuers
    ]


def _provider(host: str) -> str:
    return {"gitlab.com": "GitLab"}.get(host, "GitHub") + "Provider"


def _deploy_role(ground: Ground, wishes: Wishes) -> iam.Role:
    name = f"{IAM}:role/{EXECUTION}{ground.called}"
    policy = document([_statement(each) for each in inline(calls.statements(ground, name))])
    return iam.Role(
        "DeployRole",
        RoleName=f"{DEPLOY}{ground.called}",
        Description=f"CI deploys {ground.called} with this",
        AssumeRolePolicyDocument=document([_taken_on(each, wishes) for each in wishes.trusts]),
        MaxSessionDuration=LONGEST_SESSION,
        Policies=[iam.Policy(PolicyName="deploy", PolicyDocument=policy)],
        **_bounded(wishes),
    )


def _taken_on(trusted: Trust, wishes: Wishes) -> Statement:
    """Only tokens for AWS, and of this one place."""
    host = trusted.issuer.host
    provider = Sub(f"{IAM}:oidc-provider/{host}") if wishes.existing_provider else Ref(_provider(host))
    return Statement(
        Effect=Allow,
        Principal=Principal("Federated", provider),
        Action=[AssumeRoleWithWebIdentity],
        Condition=Condition(StringEquals(trusted.conditions)),
    )


def _execution_role(ground: Ground, wishes: Wishes) -> iam.Role:
    return iam.Role(
        "ExecutionRole",
        RoleName=f"{EXECUTION}{ground.called}",
        Description=f"CloudFormation makes and changes {ground.called} with this",
        AssumeRolePolicyDocument=trust("cloudformation.amazonaws.com"),
        Policies=[iam.Policy(PolicyName="own-roles-stay", PolicyDocument=document([_stay(ground)]))],
        **_bounded(wishes),
    )


def _stay(ground: Ground) -> Statement:
    """Whatever a platform is called, no stack of it changes these roles or what they may do."""
    kept = [f"{IAM}:role/{EXECUTION}*", f"{IAM}:role/{DEPLOY}*", f"{IAM}:policy/{EXECUTION}*"]
    return Statement(
        Sid="OwnRolesStay", Effect=Deny, Action=[Action("iam", "*")], Resource=[Sub(arn) for arn in kept]
    )


def _execution_policies(ground: Ground, wishes: Wishes) -> list[iam.ManagedPolicy]:
    packed = pack(execution.statements(ground, wishes.extra))
    return [
        iam.ManagedPolicy(
            f"ExecutionPolicy{number}",
            ManagedPolicyName=f"{EXECUTION}{ground.called}-{number}",
            Description=f"Part {number} of {len(packed)} of what CloudFormation may do for {ground.called}",
            PolicyDocument=PolicyDocument(
                Version="2012-10-17", Statement=[_statement(each) for each in statements]
            ),
            Roles=[Ref("ExecutionRole")],
        )
        for number, statements in enumerate(packed, 1)
    ]


def _drift_policies(ground: Ground) -> list[iam.ManagedPolicy]:
    """CloudFormation reads with the permissions of whoever searches for drift.

    Source: CloudFormation user guide, "Detect unmanaged configuration changes to stacks and resources with
    drift detection", considerations, 2026.
    """
    listed = {action for name in ground.types for action in handlers.reads(name)}
    packed = pack(execution.narrowed(listed, ground))
    return [
        iam.ManagedPolicy(
            f"DriftPolicy{number}",
            # Named as those that nothing of a platform can change, see `_stay`.
            ManagedPolicyName=f"{EXECUTION}{ground.called}-drift-{number}",
            Description=f"Part {number} of {len(packed)} of what is read to find drift of {ground.called}",
            PolicyDocument=PolicyDocument(
                Version="2012-10-17", Statement=[_statement(each) for each in statements]
            ),
            Roles=[Ref("DeployRole")],
        )
        for number, statements in enumerate(packed, 1)
    ]


def _bounded(wishes: Wishes) -> dict[str, str]:
    return {"PermissionsBoundary": wishes.boundary} if wishes.boundary else {}


def _statement(allowed: Allowed) -> Statement:
    limits = {
        key: [_text(value) for value in values]
        for key, values in allowed.condition.get("StringEquals", {}).items()
    }
    condition = {"Condition": Condition(StringEquals(limits))} if limits else {}
    return Statement(
        Sid=allowed.sid,
        Effect=Allow,
        Action=[Action(*action.split(":", 1)) for action in allowed.actions],
        Resource=[_text(arn) for arn in allowed.resources],
        **condition,
    )


def _text(value: str) -> Any:
    return Sub(value) if "${" in value else value
