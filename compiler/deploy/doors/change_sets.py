"""Change sets: made, described, executed, deleted."""

from __future__ import annotations

from typing import Any, Protocol

from compiler.deploy import convert, explain
from compiler.deploy.calls import Calls
from compiler.deploy.errors import RefusedError
from compiler.deploy.records import ChangeSet, ChangeSetRequest, Hook, Validation


class ChangeSets(Protocol):
    """Change sets of one account and region."""

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        """The ARN; None when the stack has a change set of this name already."""

    def change_set(self, arn: str) -> ChangeSet | None:
        """All pages of a change set; None when it does not exist."""

    def change_sets(self, stack: str) -> tuple[str, ...]:
        """The ARNs of the stack's change sets."""

    def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
        """What early validation found, warnings too; empty when it may not be asked."""

    def hooks(self, change_set: ChangeSet) -> tuple[Hook, ...]:
        """The hooks that will look at its resources when it is executed; empty when it may not be asked."""

    def delete_change_set(self, name: str, stack: str) -> None:
        """Nothing when it does not exist."""

    def execute_change_set(self, arn: str, token: str, *, says_rollback: bool = False) -> None:
        """Start it; the same token twice starts it once. RefusedError when it no longer fits the stack.

        A failure rolls back; `says_rollback` is what the change set says of that itself.
        """


class BotoChangeSets(Calls):
    """`ChangeSets` over boto3."""

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        try:
            answer = self._cloudformation("create_change_set", **_options(request), **self._acting)
        except explain.AwsError as error:
            if error.code == "AlreadyExistsException":
                return None
            raise
        return str(answer["Id"])

    def change_set(self, arn: str) -> ChangeSet | None:
        try:
            pages = list(self._pages("describe_change_set", ChangeSetName=arn, IncludePropertyValues=True))
        except explain.AwsError as error:
            if error.missing:
                return None
            raise
        return convert.change_set(pages)

    def change_sets(self, stack: str) -> tuple[str, ...]:
        pages = self._pages("list_change_sets", StackName=stack)
        return tuple(found["ChangeSetId"] for page in pages for found in page["Summaries"])

    def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
        # DescribeEvents is young: a role without the permission still gets the change set's own reason.
        try:
            pages = list(self._pages("describe_events", ChangeSetName=change_set.arn))
        except explain.AwsError:
            return ()
        events = (event for page in pages for event in page["OperationEvents"])
        return tuple(convert.validation(e) for e in events if e.get("EventType") == "VALIDATION_ERROR")

    def hooks(self, change_set: ChangeSet) -> tuple[Hook, ...]:
        try:
            pages = list(self._pages("describe_change_set_hooks", ChangeSetName=change_set.arn))
        except explain.AwsError:
            return ()
        return tuple(convert.hook(found) for page in pages for found in page.get("Hooks", ()))

    def delete_change_set(self, name: str, stack: str) -> None:
        self._found("delete_change_set", ChangeSetName=name, StackName=stack)

    def execute_change_set(self, arn: str, token: str, *, says_rollback: bool = False) -> None:
        # DisableRollback is said aloud: the SDK's text and the service disagree about the default. Beside
        # what the change set says, it is refused.
        rollback = {} if says_rollback else {"DisableRollback": False}
        try:
            self._cloudformation(
                "execute_change_set",
                ChangeSetName=arn,
                ClientRequestToken=token,
                RetainExceptOnCreate=True,
                **rollback,
            )
        except explain.AwsError as error:
            if error.missing or error.code in ("InvalidChangeSetStatus", "InvalidChangeSetStatusException"):
                raise RefusedError(*explain.STALE) from None
            raise


def _options(request: ChangeSetRequest) -> dict[str, Any]:
    template = {"TemplateBody": request.body} if request.url is None else {"TemplateURL": request.url}
    return {
        "StackName": request.stack,
        "ChangeSetName": request.name,
        "ChangeSetType": "CREATE" if request.create else "UPDATE",
        "Parameters": _pairs(request.parameters, "ParameterKey", "ParameterValue"),
        "Tags": _pairs(request.tags, "Key", "Value"),
        "Capabilities": list(request.capabilities),
        "IncludeNestedStacks": False,
        **template,
        **_modes(request),
    }


def _modes(request: ChangeSetRequest) -> dict[str, Any]:
    """What is only said when it is wanted: an older SDK can do all the rest."""
    modes: dict[str, Any] = {}
    if request.import_existing:
        modes["ImportExistingResources"] = True
    if request.revert_drift:
        modes["DeploymentMode"] = "REVERT_DRIFT"
    if request.express:
        # The service turns rollback off where this is left out, whatever its model says.
        modes["DeploymentConfig"] = {"Mode": "EXPRESS", "DisableRollback": False}
    elif request.create:
        modes["OnStackFailure"] = "ROLLBACK"  # about creating only; refused beside express mode
    return modes


def _pairs(values: Any, key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: values[name]} for name in sorted(values)]
