"""Rules of the class exposure about who may do what: IAM policies, trust, resource policies, permissions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from compiler.review.case import Case, Resource, Rule, properties
from compiler.review.expressions import expression
from compiler.review.grants import (
    OPEN_BY_DEFAULT,
    RESOURCE_POLICIES,
    admitted,
    granted,
    invocable,
    trusted,
)
from compiler.review.patterns import covers_action
from compiler.review.statements import Statement, described, widened

_MOST = 12  # sentences about one resource; the policy itself tells the rest

# Actions that know no resource, so that `*` is the narrowest there is (service authorization reference).
_UNSCOPED = (
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:Describe*",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "kinesis:ListStreams",
    "kms:ListAliases",
    "logs:CreateLogDelivery",
    "logs:DescribeLogGroups",
    "secretsmanager:GetRandomPassword",
    "ssmmessages:*",
    "sts:GetCallerIdentity",
    "xray:Get*",
    "xray:Put*",
)
_BROAD_POLICY = re.compile(r"policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w*FullAccess)$")
# Conditions that tie "everyone" to something of ours.
_NARROWING = re.compile(
    r"(source(account|arn|owner|vpc|vpce|ip|orgid)|principal(account|arn|orgid|orgpaths|tag)|calleraccount"
    r"|viaservice|accesspointarn|accessedviamounttarget|grantisforawsresource|org|:sub|:aud)",
    re.IGNORECASE,
)


def _widened(case: Case, read: Callable[[Resource | None], tuple[Statement, ...]]) -> Iterator[str]:
    if not case.persists:
        return
    for statement, grants in widened(read(case.before), read(case.after)):
        yield from described(statement, grants)


def _policies(case: Case) -> Iterator[str]:
    if case.joins:
        yield from _wide(granted(case.after), _is_broad)
        yield from (f"attaches {arn}" for arn in _attached(case.after) if _BROAD_POLICY.search(arn))
        return
    yield from _capped([*_widened(case, granted), *_attachments(case)])


def _attachments(case: Case) -> Iterator[str]:
    if not case.persists:
        return
    old, new = _attached(case.before), _attached(case.after)
    yield from (f"attaches {arn}" for arn in new if arn not in old)
    for name in ("Roles", "Users", "Groups"):
        before, after = _texts(case.old(name)), _texts(case.new(name))
        yield from (f"is attached to {owner}" for owner in after if owner not in before)
    if case.old("PermissionsBoundary") and not case.new("PermissionsBoundary"):
        yield "has no permissions boundary any more"


def _trust(case: Case) -> Iterator[str]:
    if case.type == "AWS::IAM::Role":
        yield from _wide(trusted(case.after), _is_open) if case.joins else _capped([*_widened(case, trusted)])


def _resource_policy(case: Case) -> Iterator[str]:
    if case.action == "remove" and case.fate == "retain":
        return  # it stays in force
    if case.type not in RESOURCE_POLICIES:
        return
    if case.joins and case.type not in OPEN_BY_DEFAULT:
        yield from _wide(admitted(case.after), _is_open)
    elif case.action == "remove" and not case.stateful:
        lost = [(s, widened([s], [])) for s in admitted(case.before) if s.effect == "Deny"]
        yield from (text for _, found in lost for s, grants in found for text in described(s, grants))
    else:
        yield from _capped([*_widened(case, admitted)])


def _permission(case: Case) -> Iterator[str]:
    if case.type != "AWS::Lambda::Permission" or not (case.joins or case.persists):
        return
    before, after = invocable(case.before), invocable(case.after)
    wide = [*_wide(after, _is_open)]
    if case.before is None:
        yield from wide
    elif (found := widened(before, after)) and (wide or not widened(after, before)):
        yield from (text for statement, grants in found for text in described(statement, grants))


def _unknown(case: Case) -> Iterator[str]:
    policies = {"Policies", "PolicyDocument", "AssumeRolePolicyDocument", RESOURCE_POLICIES.get(case.type)}
    if case.unknown and any(leaf.path and leaf.path[0] in policies for leaf in case.leaves):
        yield "a policy changes, and what it said before is not known"


def _wide(found: tuple[Statement, ...], is_wide: Callable[[Statement], bool]) -> Iterator[str]:
    for statement in found:
        if statement.effect == "Allow" and is_wide(statement):
            grants = [grants for _, grants in widened([], [statement])]
            yield from (text for each in grants for text in described(statement, each))


def _is_broad(statement: Statement) -> bool:
    """Every action, every action of a service, or any resource where one could be named."""
    if statement.negated & {"actions", "resources"}:
        return True
    if any(action == "*" or _is_service(action) for action in statement.actions):
        return True
    scoped = (a for a in statement.actions if not any(covers_action(pattern, a) for pattern in _UNSCOPED))
    return "*" in statement.resources and any(True for _ in scoped)


def _is_service(action: str) -> bool:
    return action.endswith(":*") and not any(covers_action(pattern, action) for pattern in _UNSCOPED)


def _is_open(statement: Statement) -> bool:
    """Anyone at all, without a condition that names something of ours."""
    anyone = "*" in statement.principals or "principals" in statement.negated
    return anyone and not any(_NARROWING.search(key) for _, key, _ in statement.conditions)


def _attached(resource: Resource | None) -> list[str]:
    return _texts(properties(resource).get("ManagedPolicyArns"))


def _texts(value: Any) -> list[str]:
    return [expression(item) for item in value] if isinstance(value, (list, tuple)) else []


def _capped(texts: list[str]) -> list[str]:
    more = len(texts) - _MOST
    return texts if more <= 0 else [*texts[:_MOST], f"and {more} more"]


RULES = (
    Rule("R111", "exposure", "an IAM policy allows more than before", _policies),
    Rule("R112", "exposure", "more principals may assume a role", _trust),
    Rule("R113", "exposure", "the policy of a resource admits more than before", _resource_policy),
    Rule("R114", "exposure", "a function may be invoked by more than before", _permission),
    Rule("R115", "exposure", "a policy changes and what it said before is not known", _unknown),
)
