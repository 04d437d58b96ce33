"""Stack refactors: resources that move to another stack or get another logical id, untouched themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from compiler.deploy.calls import Calls


@dataclass(frozen=True)
class Move:
    """One resource, from where to where."""

    stack: str
    logical_id: str
    to_stack: str
    to_logical_id: str


@dataclass(frozen=True)
class RefactorRequest:
    """The stacks as they are to be after the moves, each with a template's text or its URL."""

    stacks: Mapping[str, str]  # name -> text, or the URL when it begins with https://
    moves: Sequence[Move]
    description: str
    creates: bool = False  # whether a stack may be made


@dataclass(frozen=True)
class Refactor:
    """How far one is."""

    id: str
    status: str  # as StackRefactorStatus: CREATE_COMPLETE can be executed
    reason: str
    execution: str  # as StackRefactorExecutionStatus
    execution_reason: str


@dataclass(frozen=True)
class RefactorAction:
    """What CloudFormation says that it would do."""

    action: str  # MOVE or CREATE
    entity: str  # RESOURCE or STACK
    description: str
    move: Move | None


class Refactoring(Protocol):
    """Stack refactors."""

    def create_refactor(self, request: RefactorRequest) -> str:
        """Start checking one; its id."""

    def refactor(self, refactor: str) -> Refactor:
        """How far it is."""

    def refactor_actions(self, refactor: str) -> tuple[RefactorAction, ...]:
        """What it would do, once it is CREATE_COMPLETE."""

    def execute_refactor(self, refactor: str) -> None:
        """Start moving."""


class BotoRefactoring(Calls):
    """`Refactoring` over boto3."""

    def create_refactor(self, request: RefactorRequest) -> str:
        answer = self._cloudformation(
            "create_stack_refactor",
            Description=request.description,
            EnableStackCreation=request.creates,
            ResourceMappings=[_mapping(move) for move in request.moves],
            StackDefinitions=[_definition(name, request.stacks[name]) for name in sorted(request.stacks)],
        )
        return str(answer["StackRefactorId"])

    def refactor(self, refactor: str) -> Refactor:
        found = self._cloudformation("describe_stack_refactor", StackRefactorId=refactor)
        return Refactor(
            refactor,
            found.get("Status", ""),
            found.get("StatusReason", ""),
            found.get("ExecutionStatus", ""),
            found.get("ExecutionStatusReason", ""),
        )

    def refactor_actions(self, refactor: str) -> tuple[RefactorAction, ...]:
        pages = self._pages("list_stack_refactor_actions", StackRefactorId=refactor)
        return tuple(_action(found) for page in pages for found in page["StackRefactorActions"])

    def execute_refactor(self, refactor: str) -> None:
        self._cloudformation("execute_stack_refactor", StackRefactorId=refactor)


def _definition(name: str, template: str) -> dict[str, str]:
    word = "TemplateURL" if template.startswith("https://") else "TemplateBody"
    return {"StackName": name, word: template}


def _mapping(move: Move) -> dict[str, dict[str, str]]:
    return {
        "Source": {"StackName": move.stack, "LogicalResourceId": move.logical_id},
        "Destination": {"StackName": move.to_stack, "LogicalResourceId": move.to_logical_id},
    }


def _action(found: Mapping[str, Any]) -> RefactorAction:
    mapping = found.get("ResourceMapping")
    move = None
    if mapping:
        source, target = mapping["Source"], mapping["Destination"]
        move = Move(
            source["StackName"],
            source["LogicalResourceId"],
            target["StackName"],
            target["LogicalResourceId"],
        )
    return RefactorAction(
        found.get("Action", ""), found.get("Entity", ""), found.get("Description", ""), move
    )
