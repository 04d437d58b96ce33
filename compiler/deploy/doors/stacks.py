"""Stacks as they are: only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from compiler.deploy import convert
from compiler.deploy.calls import Calls
from compiler.deploy.records import LiveResource, LiveStack, OperationEvent, StackEvent


class Stacks(Protocol):
    """A `stack` is a name or an id; only the id still finds a stack after it was deleted."""

    def stacks(self) -> tuple[LiveStack, ...]:
        """Every stack that is not deleted."""

    def stack(self, stack: str) -> LiveStack | None: ...

    def resources(self, stack: str) -> tuple[LiveResource, ...]: ...

    def template(self, stack: str) -> str:
        """The template as it was given, as text."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        """The stack's history, newest first, read page by page as it is asked for."""

    def operation_events(
        self, stack: str, operation: str = "", *, failed: bool = False
    ) -> Iterator[OperationEvent]:
        """DescribeEvents: what happened, validation, hooks and provisioning errors too, newest first; of one
        operation, or of all; with `failed`, failures only.
        """


class BotoStacks(Calls):
    """`Stacks` over boto3."""

    def stacks(self) -> tuple[LiveStack, ...]:
        pages = self._pages("describe_stacks")
        return tuple(convert.stack(stack) for page in pages for stack in page["Stacks"])

    def stack(self, stack: str) -> LiveStack | None:
        answer = self._found("describe_stacks", StackName=stack)
        return convert.stack(answer["Stacks"][0]) if answer and answer["Stacks"] else None

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        pages = self._pages("list_stack_resources", StackName=stack)
        return tuple(convert.resource(found) for page in pages for found in page["StackResourceSummaries"])

    def template(self, stack: str) -> str:
        answer = self._cloudformation("get_template", StackName=stack, TemplateStage="Original")
        return convert.template(answer["TemplateBody"])

    def events(self, stack: str) -> Iterator[StackEvent]:
        for page in self._pages("describe_stack_events", StackName=stack):
            yield from map(convert.event, page["StackEvents"])

    def operation_events(
        self, stack: str, operation: str = "", *, failed: bool = False
    ) -> Iterator[OperationEvent]:
        one = {"OperationId": operation} if operation else {}
        only = {"Filters": {"FailedEvents": True}} if failed else {}
        for page in self._pages("describe_events", StackName=stack, **one, **only):
            yield from map(convert.operation_event, page["OperationEvents"])
