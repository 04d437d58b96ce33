"""What acts on stacks, apart from change sets."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from compiler.deploy.calls import Calls


class Operations(Protocol):
    """Everything takes a stack's name or id; the same token twice starts an operation once."""

    def delete_stack(
        self, stack: str, token: str, retain: Collection[str] = (), *, force: bool = False
    ) -> None:
        """Start deleting it. `retain` names resources that stay, and `force` keeps what cannot be deleted:
        AWS takes both in DELETE_FAILED only.
        """

    def continue_rollback(self, stack: str, token: str, skip: Collection[str] = ()) -> None:
        """Start again what ended in UPDATE_ROLLBACK_FAILED; `skip` names resources to leave as they are."""

    def roll_back(self, stack: str, token: str) -> None:
        """Start going back to the last good state from CREATE_FAILED or UPDATE_FAILED."""

    def cancel_update(self, stack: str, token: str) -> None:
        """Stop a running update, which then rolls back; AWS takes it in UPDATE_IN_PROGRESS only."""

    def protect(self, stack: str, on: bool = True) -> None:
        """Turn termination protection on or off."""

    def policy(self, stack: str) -> Mapping[str, Any] | None:
        """The stack policy; None when there is none."""

    def set_policy(self, stack: str, policy: Mapping[str, Any]) -> None:
        """Put a stack policy in place of the one there is. One that was set can never be taken away again."""


class BotoOperations(Calls):
    """`Operations` over boto3."""

    def delete_stack(
        self, stack: str, token: str, retain: Collection[str] = (), *, force: bool = False
    ) -> None:
        kept = {"RetainResources": sorted(retain)} if retain else {}
        mode = {"DeletionMode": "FORCE_DELETE_STACK"} if force else {}
        options = {"StackName": stack, "ClientRequestToken": token, **kept, **mode, **self._acting}
        self._cloudformation("delete_stack", **options)

    def continue_rollback(self, stack: str, token: str, skip: Collection[str] = ()) -> None:
        skipped = {"ResourcesToSkip": sorted(skip)} if skip else {}
        options = {"StackName": stack, "ClientRequestToken": token, **skipped, **self._acting}
        self._cloudformation("continue_update_rollback", **options)

    def roll_back(self, stack: str, token: str) -> None:
        options = {"StackName": stack, "ClientRequestToken": token, "RetainExceptOnCreate": True}
        self._cloudformation("rollback_stack", **options, **self._acting)

    def cancel_update(self, stack: str, token: str) -> None:
        self._cloudformation("cancel_update_stack", StackName=stack, ClientRequestToken=token)

    def protect(self, stack: str, on: bool = True) -> None:
        options = {"StackName": stack, "EnableTerminationProtection": on}
        self._cloudformation("update_termination_protection", **options)

    def policy(self, stack: str) -> Mapping[str, Any] | None:
        answer = self._cloudformation("get_stack_policy", StackName=stack)
        body = answer.get("StackPolicyBody")
        return dict(json.loads(body)) if body else None

    def set_policy(self, stack: str, policy: Mapping[str, Any]) -> None:
        body = json.dumps(policy, sort_keys=True)
        self._cloudformation("set_stack_policy", StackName=stack, StackPolicyBody=body)
