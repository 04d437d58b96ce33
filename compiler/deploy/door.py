"""The door to AWS as the deployer sees it; `aws.py` is the real one, tests bring another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from compiler.deploy.account import Account
from compiler.deploy.records import (
    ChangeSet,
    ChangeSetRequest,
    Identity,
    LiveResource,
    LiveStack,
    StackEvent,
    Validation,
)


class Aws(Protocol):
    """One account and region. Every method raises DeployError, and nothing else, when AWS says no.

    A `stack` is a name or an id; only the id still finds a stack after it was deleted.
    """

    @property
    def region(self) -> str: ...

    def in_region(self, region: str) -> Aws:
        """The same account in another region; itself when the text is empty or names its own."""

    def account(self) -> Account:
        """What the account holds in this region, to be looked at only."""

    def identity(self) -> Identity: ...

    def stacks(self) -> tuple[LiveStack, ...]:
        """Every stack that is not deleted."""

    def stack(self, stack: str) -> LiveStack | None: ...

    def resources(self, stack: str) -> tuple[LiveResource, ...]: ...

    def template(self, stack: str) -> str:
        """The template as it was given, as text."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        """The stack's history, newest first, read page by page as it is asked for."""

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        """The ARN; None when the stack has a change set of this name already."""

    def change_set(self, arn: str) -> ChangeSet | None:
        """All pages of a change set; None when it does not exist."""

    def change_sets(self, stack: str) -> tuple[str, ...]:
        """The ARNs of the stack's change sets."""

    def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
        """What early validation found; empty when it may not be asked."""

    def delete_change_set(self, name: str, stack: str) -> None:
        """Nothing when it does not exist."""

    def execute_change_set(self, arn: str, token: str) -> None:
        """Start it; the same token twice starts it once. RefusedError when it no longer fits the stack."""

    def delete_stack(self, stack: str, token: str) -> None: ...

    def protect(self, stack: str) -> None:
        """Turn termination protection on."""

    def template_url(self, bucket: str, key: str) -> str: ...

    def has_object(self, bucket: str, key: str) -> bool: ...

    def put_object(self, bucket: str, key: str, content: bytes) -> None: ...

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a Lambda function answers when it has ended, in up to 15 minutes; asked once only."""
