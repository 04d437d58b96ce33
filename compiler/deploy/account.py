"""What an account holds, as the preflight sees it; `aws_account.py` is the real one, tests bring another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from compiler.deploy.errors import DeployError

# A call whose name begins like this changes nothing; no other is ever made.
READING = ("Describe", "Get", "Head", "List")

# Where IAM calls a service otherwise than its client. Source: Service Authorization Reference, 2026-11.
_PREFIXES = {
    "apigatewayv2": "apigateway",
    "efs": "elasticfilesystem",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "service-quotas": "servicequotas",
}
# Where the permission of a call has another name than the call. Source: as above.
_ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}


@dataclass(frozen=True)
class Read:
    """One API call that only looks; the operation is called as in the API reference."""

    service: str  # as the SDK calls it
    operation: str
    items: str = ""  # the key of the answer that holds what was asked for; empty means the whole answer
    token: str = ""  # the key that leads to the next page, where the SDK does not know how to page

    def __post_init__(self) -> None:
        if not self.operation.startswith(READING):
            raise ValueError(f"{self.operation} may change something, so it is no way to look")

    @property
    def action(self) -> str:
        """The permission that it needs, as IAM calls it."""
        if self.service == "apigatewayv2":
            return "apigateway:GET"
        named = f"{_PREFIXES.get(self.service, self.service)}:{self.operation}"
        return _ACTIONS.get(named, named)


class UnseenError(DeployError):
    """Something could not be seen; the message says why, with the permission if it is one that is missing."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(why)
        self.code = code  # AWS's word for it; empty when AWS did not answer


class Account(Protocol):
    """One account in one region, to be looked at only."""

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        """What the call finds, of all pages; nothing when what it asks about does not exist.

        Raises UnseenError, and nothing else.
        """
