"""The role that CloudFormation acts with: whether it is there, and what a plan says of it.

CloudFormation keeps the role of a stack's last operation for later ones that name none.
Source: CloudFormation user guide, "CloudFormation service role", 2026.
"""

from __future__ import annotations

from compiler.deploy.account import Account, Read, UnseenError
from compiler.deploy.errors import DeployError

GET = Read("iam", "GetRole", "Role")


def check(arn: str, account: Account) -> None:
    """DeployError when there is no such role; where it may not be looked at, AWS itself says so later."""
    name = arn.rpartition("/")[2]
    try:
        found = account.ask(GET, RoleName=name)
    except UnseenError:
        return
    if not any(role["Arn"] == arn for role in found):
        raise DeployError(
            f"the role that CloudFormation is to act with does not exist: {arn}",
            "make it (`formwork deploy-role` prints a template), or correct `execution_role` or --role-arn",
        )


def note(wanted: str, kept: str, *, changes: bool) -> str:
    """What a plan says of one stack: `wanted` is asked for now, `kept` is what it has; empty for nothing."""
    if wanted == kept:
        return f"CloudFormation acts with {kept}" if kept and changes else ""
    if not wanted:
        return f"CloudFormation acts with {kept}, which the stack keeps; `execution_role` would name another"
    if not changes:
        return f"it keeps {kept or 'no role'} until something in it changes, and then gets {wanted}"
    return f"CloudFormation acts with {wanted}" + (f" from now on, no longer with {kept}" if kept else "")
