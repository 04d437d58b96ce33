"""An AWS account in memory, behind the same door as the real one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from compiler.assembly import Assembly, Origin, Stack, Wire
from compiler.deploy.account import Account
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event
from compiler.deploy.explain import STALE
from compiler.deploy.records import (
    ChangeSet,
    ChangeSetRequest,
    ChangeSetSummary,
    Hook,
    Identity,
    LiveResource,
    LiveStack,
    OperationEvent,
    StackEvent,
    Validation,
)
from compiler.deploy.status import UPDATABLE, State, state
from compiler.diagnostics import Position
from tests.fake_parts import FakeAccount, FakeDrift, FakeObjects, FakeRefactoring

ACCOUNT = "111122223333"
_START = datetime(2026, 11, 23, tzinfo=UTC)
_NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


class FakeClock:
    """Time passes only by sleeping, which takes none; `naps` counts the sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.naps = 0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.naps += 1


@dataclass
class _Stack:
    live: LiveStack
    template: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    physical: dict[str, str] = field(default_factory=dict)
    events: list[StackEvent] = field(default_factory=list)
    pending: list[Callable[[], None]] = field(default_factory=list)
    before: tuple[dict[str, Any], dict[str, str]] = field(default_factory=lambda: ({}, {}))
    token: str = ""


@dataclass
class _ChangeSet:
    request: ChangeSetRequest
    shown: ChangeSet


class FakeAws(FakeObjects, FakeDrift, FakeRefactoring):
    """What it promises, as CloudFormation does it:

    * A change set that changes nothing fails with CloudFormation's sentence; a name is there once per stack;
      whatever changes a stack makes its other change sets OBSOLETE; only AVAILABLE ones execute.
    * A CREATE change set makes an empty stack in REVIEW_IN_PROGRESS. Busy, ROLLBACK_COMPLETE and other stuck
      stacks take no change set.
    * Operations succeed at once, or, with `polls`, after the stack was asked about that many times. Events
      bear the operation's token.
    * A resource with a property `Fail` fails to create or update, that being the reason; the stack then rolls
      back. One with `FailDelete` cannot be deleted. A change of the property `Name` replaces.
      `DeletionPolicy: Retain` keeps. One that says `FailRollback` in the old template lets the rollback of an
      update fail, until it is skipped.
    * A running update can be cancelled; a stack in DELETE_FAILED be deleted but for some resources.
    * `Ref` and `Fn::GetAtt` in outputs give parameters or physical ids; a replaced resource has a new one.
    * Stack policies hold, those with lists of actions and of `LogicalResourceId/...`; a later Deny wins.
    * What `taken` has by the name of a topic is there already: making it fails, unless it is imported, which
      takes a DeletionPolicy that retains. Its tags tell whose it is.
    * Termination protection holds. `denied` maps a method's name to the error it raises. `calls` records
      what acts.

    Not there: nested stacks, conditions, intrinsic functions in
    properties, validation of templates.
    """

    region = "us-east-1"
    role_arn = ""

    def __init__(self, polls: int = 0) -> None:
        super().__init__()
        self.polls = polls
        self.calls: list[tuple[str, ...]] = []
        self.denied: dict[str, BaseException] = {}
        self.found: tuple[Validation, ...] = ()
        self.hooked: tuple[Hook, ...] = ()
        self.policies: dict[str, Mapping[str, Any]] = {}
        self.functions: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {}
        self.around: Callable[[], Account] | None = None
        self.taken: dict[str, Mapping[str, str]] = {}
        self._stacks: dict[str, _Stack] = {}
        self._change_sets: dict[str, _ChangeSet] = {}
        self._count = itertools.count(1)
        self._others: dict[str, FakeAws] = {}
        self.throttles = 0

    def in_region(self, region: str) -> FakeAws:
        if region in ("", self.region):
            return self
        if region not in self._others:
            other = FakeAws(self.polls)
            other.region, other.calls, other.denied = region, self.calls, self.denied
            self._others[region] = other
        return self._others[region]

    # What there is

    def identity(self) -> Identity:
        return Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/deployer")

    def account(self) -> Account:
        if self.around is not None:
            return self.around()
        arn = f"arn:aws:sns:{self.region}:{ACCOUNT}:"
        return FakeAccount({f"{arn}{name}": tags for name, tags in self.taken.items()})

    def stacks(self) -> tuple[LiveStack, ...]:
        for found in self._stacks.values():
            if found.pending:
                found.pending.pop(0)()
        return tuple(s.live for s in self._stacks.values() if s.live.status != "DELETE_COMPLETE")

    def stack(self, stack: str) -> LiveStack | None:
        found = self._find(stack)
        if found is None:
            return None
        if found.pending:
            found.pending.pop(0)()
        return found.live

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        found = self._get(stack)
        resources = found.template.get("Resources", {})
        return tuple(
            LiveResource(name, physical, resources[name]["Type"], "CREATE_COMPLETE")
            for name, physical in found.physical.items()
        )

    def template(self, stack: str) -> str:
        return json.dumps(self._get(stack).template)

    def events(self, stack: str) -> Iterator[StackEvent]:
        return iter(self._get(stack).events[::-1])

    def operation_events(
        self, stack: str, operation: str = "", *, failed: bool = False
    ) -> Iterator[OperationEvent]:
        for event in self.events(stack):
            if (operation in ("", event.token)) and (not failed or event.status.endswith("FAILED")):
                yield OperationEvent(
                    id=event.id,
                    operation=event.token or "",
                    operation_type="UPDATE_STACK",
                    kind="STACK_EVENT",
                    logical_id=event.logical_id,
                    physical_id=event.physical_id,
                    type=event.type,
                    status=event.status,
                    reason=event.reason,
                    time=event.time,
                    token=event.token,
                )

    # Change sets

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        self._act("create_change_set", request.stack)
        live = self.stack(request.stack)
        wanted = (State.ABSENT, State.REVIEW) if request.create else UPDATABLE
        if state(live.status if live else None) not in wanted:
            raise DeployError(f"stack {request.stack} is in {live.status if live else 'no'} state")
        if any(c.request.stack == request.stack and c.request.name == request.name for c in self._sets()):
            return None
        if live is None:
            self._review(request)
        elif request.previous:
            kept = {name: self._get(request.stack).parameters[name] for name in request.previous}
            request = replace(request, parameters={**request.parameters, **kept})
        return self._describe(request)

    def change_set(self, arn: str) -> ChangeSet | None:
        found = self._change_sets.get(arn)
        return found.shown if found else None

    def change_sets(self, stack: str) -> tuple[str, ...]:
        return tuple(arn for arn, found in self._change_sets.items() if found.request.stack == stack)

    def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
        return self.found

    def hooks(self, change_set: ChangeSet) -> tuple[Hook, ...]:
        return self.hooked

    def delete_change_set(self, name: str, stack: str) -> None:
        self._act("delete_change_set", stack)
        for arn, found in list(self._change_sets.items()):
            if (found.request.stack, found.request.name) == (stack, name):
                del self._change_sets[arn]

    def execute_change_set(self, arn: str, token: str, *, says_rollback: bool = False) -> None:
        found = self._change_sets.pop(arn, None)
        if found is None or found.shown.execution != "AVAILABLE":
            raise RefusedError(*STALE)
        self._act("execute_change_set", found.request.stack)
        stack = self._get(found.request.stack)
        for other in self._sets():
            if other.request.stack == found.request.stack:
                other.shown = replace(other.shown, execution="OBSOLETE")
        before = {} if found.request.create else stack.template.get("Resources", {})
        stack.before, stack.token = (stack.template, stack.parameters), token
        self._operate(stack, found.request, before, token)

    def summaries(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        sets = [found.shown for found in self._sets() if found.request.stack == stack]
        return tuple(ChangeSetSummary(s.arn, s.name, s.status, s.execution, _START) for s in sets)

    # Everything else that acts

    def delete_stack(
        self, stack: str, token: str, retain: Collection[str] = (), *, force: bool = False
    ) -> None:
        found = self._get(stack)
        self._act("delete_stack", found.live.name, *sorted(retain))
        if (retain or force) and found.live.status != "DELETE_FAILED":
            raise DeployError(f"stack {found.live.name} is in {found.live.status}, not DELETE_FAILED")
        if found.live.protected:
            raise DeployError(f"stack {found.live.name} is protected (TerminationProtection)")
        for arn in self.change_sets(found.live.name):
            del self._change_sets[arn]
        self._event(found, found.live.name, "DELETE_IN_PROGRESS", token)
        resources = found.template.get("Resources", {})
        stuck = {n for n, r in resources.items() if _of(r, "FailDelete") and n not in retain}
        kept = {*retain, *(stuck if force else ())}
        for name in list(found.physical):
            if name in kept:
                self._event(found, name, "DELETE_SKIPPED", token, kind=resources[name]["Type"])
                del found.physical[name]
            else:
                self._delete(found, name, token)
        status = "DELETE_FAILED" if stuck and found.physical else "DELETE_COMPLETE"
        self._finish(found, "DELETE_IN_PROGRESS", status, token)

    def continue_rollback(self, stack: str, token: str, skip: Collection[str] = ()) -> None:
        found = self._expect(stack, "continue_rollback", "UPDATE_ROLLBACK_FAILED")
        self.calls[-1] += tuple(sorted(skip))
        self._roll_back(found, token, skip)

    def roll_back(self, stack: str, token: str) -> None:
        found = self._expect(stack, "roll_back", "CREATE_FAILED", "UPDATE_FAILED")
        if found.live.status == "CREATE_FAILED":
            found.template, found.physical = {"Resources": {}}, {}
            self._finish(found, "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", token)
        else:
            self._roll_back(found, token, ())

    def cancel_update(self, stack: str, token: str) -> None:
        found = self._expect(stack, "cancel_update", "UPDATE_IN_PROGRESS")
        found.template, found.parameters = found.before
        self._roll_back(found, found.token, ())

    def protect(self, stack: str, on: bool = True) -> None:
        self._act("protect" if on else "unprotect", stack)
        self.set(stack, protected=on)

    def policy(self, stack: str) -> Mapping[str, Any] | None:
        return self.policies.get(self._get(stack).live.name)

    def set_policy(self, stack: str, policy: Mapping[str, Any]) -> None:
        self._act("set_policy", stack)
        self.policies[self._get(stack).live.name] = policy

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self._act("invoke", function, str(payload.get("action", "")))
        return self.functions[function](payload)

    # For tests

    def throttled(self) -> int:
        return self.throttles

    def set(self, stack: str, **facts: Any) -> None:
        """Change what is known of a stack, as others or AWS itself might."""
        found = self._get(stack)
        found.live = replace(found.live, **facts)

    def amend(self, arn: str, **facts: Any) -> None:
        """Change what is said of a change set."""
        found = self._change_sets[arn]
        found.shown = replace(found.shown, **facts)

    def acts(self, name: str) -> list[str]:
        """The stacks on which this was done, in order."""
        return [call[1] for call in self.calls if call[0] == name]

    # Inside

    def _act(self, name: str, *what: str) -> None:
        if name in self.denied:
            raise self.denied[name]
        self.calls.append((name, *what))

    def _parts(self, stack: str) -> tuple[dict[str, Any], dict[str, str], Mapping[str, str]]:
        found = self._get(stack)
        return found.template, found.physical, found.parameters

    def _put(self, stack: str, template: dict[str, Any], physical: dict[str, str]) -> None:
        found = self._get(stack)
        found.template, found.physical = template, physical
        self._event(found, found.live.name, "UPDATE_COMPLETE", None)
        outputs = {key: self._value(found, o["Value"]) for key, o in template.get("Outputs", {}).items()}
        found.live = replace(found.live, status="UPDATE_COMPLETE", outputs=outputs)

    def _sets(self) -> list[_ChangeSet]:
        return list(self._change_sets.values())

    def _find(self, stack: str) -> _Stack | None:
        for found in self._stacks.values():
            if found.live.id == stack:
                return found
            if found.live.name == stack and found.live.status != "DELETE_COMPLETE":
                return found
        return None

    def _get(self, stack: str) -> _Stack:
        found = self._find(stack)
        if found is None:
            raise DeployError(f"stack {stack} does not exist")
        return found

    def _review(self, request: ChangeSetRequest) -> None:
        number = next(self._count)
        stack_id = f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:stack/{request.stack}/{number}"
        created = _START + timedelta(seconds=number)
        live = LiveStack(
            stack_id, request.stack, "REVIEW_IN_PROGRESS", tags=dict(request.tags), created=created
        )
        self._stacks[stack_id] = _Stack(live)
        self._event(self._stacks[stack_id], request.stack, "REVIEW_IN_PROGRESS", None)

    def _describe(self, request: ChangeSetRequest) -> str:
        stack = self._get(request.stack)
        arn = f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:changeSet/{request.name}/{next(self._count)}"
        template = self._read(request)
        changes = _changes(stack.template, template, stack.parameters, request.parameters)
        same = not changes and template == stack.template and stack.parameters == request.parameters
        status, execution = ("FAILED", "UNAVAILABLE") if same else ("CREATE_COMPLETE", "AVAILABLE")
        reason = _NO_CHANGES if same else ""
        if request.import_existing and (lacking := self._import(changes, template)):
            status, execution, reason = "FAILED", "UNAVAILABLE", lacking
        if self.found and not same:
            status, execution = "FAILED", "UNAVAILABLE"
            reason = "The following hook(s)/validation failed: [AWS::EarlyValidation::Name]"
        page = {"StackName": request.stack, "ChangeSetName": request.name, "Changes": changes}
        shown = ChangeSet(arn, request.name, stack.live.id, status, reason, execution, (page,))
        self._change_sets[arn] = _ChangeSet(request, shown)
        return arn

    def _import(self, changes: list[dict[str, Any]], template: Mapping[str, Any]) -> str:
        """Turns additions of what is there into imports; why that cannot be."""
        for change in (each["ResourceChange"] for each in changes):
            resource = template["Resources"].get(change["LogicalResourceId"], {})
            name = _of(resource, "TopicName")
            if change["Action"] == "Add" and name in self.taken:
                if not str(resource.get("DeletionPolicy")).startswith("Retain"):
                    return f"The resources must have the DeletionPolicy attribute set to 'Retain': {name}"
                arn = f"arn:aws:sns:{self.region}:{ACCOUNT}:{name}"
                change |= {"Action": "Import", "PhysicalResourceId": arn}
        return ""

    def _read(self, request: ChangeSetRequest) -> dict[str, Any]:
        text = request.body
        if request.url is not None:
            bucket, key = request.url.split("/", 4)[3:]
            text = self.stored[bucket, key].decode()
        found: dict[str, Any] = json.loads(text or "")
        return found

    def _operate(
        self, stack: _Stack, request: ChangeSetRequest, before: Mapping[str, Any], token: str
    ) -> None:
        verb, name = ("CREATE" if request.create else "UPDATE"), stack.live.name
        template = self._read(request)
        self._event(stack, name, f"{verb}_IN_PROGRESS", token)
        failed = False
        for logical_id, resource in sorted(template["Resources"].items()):
            if resource == before.get(logical_id) and request.parameters == stack.parameters:
                continue
            word = "UPDATE" if logical_id in before else "CREATE"
            reason = _of(resource, "Fail")
            if word == "CREATE" and _of(resource, "TopicName") in self.taken and not request.import_existing:
                reason = f"{_of(resource, 'TopicName')} already exists"
            if failed:
                reason = "Resource creation cancelled"
            self._event(stack, logical_id, f"{word}_IN_PROGRESS", token, kind=resource["Type"])
            status = f"{word}_FAILED" if reason else f"{word}_COMPLETE"
            self._event(stack, logical_id, status, token, reason, resource["Type"])
            failed = failed or bool(reason)
        if not failed and not request.create:
            failed = self._against_policy(stack, template, before, token)
        if failed:
            if not request.create:
                self._roll_back(stack, token, ())
                return
            stack.template = {"Resources": {}}
            self._finish(stack, "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", token)
            return
        self._settle(stack, request, template, before, token)
        self._finish(stack, f"{verb}_IN_PROGRESS", f"{verb}_COMPLETE", token)

    def _against_policy(
        self, stack: _Stack, after: Mapping[str, Any], before: Mapping[str, Any], token: str
    ) -> bool:
        """Whether the stack policy forbids what the update does, with the event that says so."""
        for name, old in sorted(before.items()):
            new = after["Resources"].get(name)
            doing = "Update:Delete" if new is None else "Update:Replace"
            if new is not None and _of(new, "Name") == _of(old, "Name"):
                continue
            if number := _denial(self.policies.get(stack.live.name), doing, name):
                reason = (
                    f"Action denied by stack policy: Statement [#{number}] does not allow [{doing}] for "
                    f"resource [LogicalResourceId/{name}]"
                )
                self._event(stack, name, "UPDATE_FAILED", token, reason, old["Type"])
                return True
        return False

    def _expect(self, stack: str, doing: str, *statuses: str) -> _Stack:
        """The stack, in one of these; whatever it still had to do is dropped."""
        found = self._get(stack)
        self._act(doing, found.live.name)
        if found.live.status not in statuses:
            raise DeployError(f"stack {found.live.name} is in {found.live.status}")
        found.pending = []
        return found

    def _roll_back(self, stack: _Stack, token: str, skip: Collection[str]) -> None:
        """Back to the old template, as far as its resources let it."""
        stuck = False
        self._event(stack, stack.live.name, "UPDATE_ROLLBACK_IN_PROGRESS", token)
        for name, resource in sorted(stack.template.get("Resources", {}).items()):
            if (reason := _of(resource, "FailRollback")) and name not in skip:
                self._event(stack, name, "UPDATE_FAILED", token, reason, resource["Type"])
                stuck = True
        status = "UPDATE_ROLLBACK_FAILED" if stuck else "UPDATE_ROLLBACK_COMPLETE"
        self._finish(stack, "UPDATE_ROLLBACK_IN_PROGRESS", status, token)

    def _settle(
        self,
        stack: _Stack,
        request: ChangeSetRequest,
        template: dict[str, Any],
        before: Mapping[str, Any],
        token: str,
    ) -> None:
        for gone in before.keys() - template["Resources"].keys():
            self._delete(stack, gone, token)
        for name, resource in template["Resources"].items():
            old = before.get(name)
            if old is None or _of(old, "Name") != _of(resource, "Name"):
                stack.physical[name] = f"{stack.live.name}-{name}-{next(self._count)}"
        stack.template, stack.parameters = template, dict(request.parameters)
        outputs = {key: self._value(stack, o["Value"]) for key, o in template.get("Outputs", {}).items()}
        stack.live = replace(
            stack.live, outputs=outputs, tags=dict(request.tags), parameters=dict(request.parameters)
        )

    def _value(self, stack: _Stack, value: Any) -> str:
        if isinstance(value, dict):
            target = value.get("Ref") or ".".join(value["Fn::GetAtt"])
            name, _, attribute = target.partition(".")
            found = stack.parameters.get(name) or stack.physical[name]
            return f"{found}.{attribute}" if attribute else found
        return str(value)

    def _delete(self, stack: _Stack, name: str, token: str) -> None:
        resource = stack.template["Resources"][name]
        status, reason = "DELETE_COMPLETE", _of(resource, "FailDelete")
        if resource.get("DeletionPolicy") == "Retain":
            status = "DELETE_SKIPPED"
        status = "DELETE_FAILED" if reason else status
        self._event(stack, name, status, token, reason, resource["Type"])
        if not reason:
            del stack.physical[name]

    def _finish(self, stack: _Stack, busy: str, status: str, token: str) -> None:
        updated = None if busy == "CREATE_IN_PROGRESS" else _START + timedelta(seconds=next(self._count))

        def end() -> None:
            stack.live = replace(stack.live, status=status, updated=updated)
            self._event(stack, stack.live.name, status, token)

        if not self.polls:
            end()
            return
        stack.live = replace(stack.live, status=busy)
        stack.pending = [lambda: None] * (self.polls - 1) + [end]

    def _event(
        self,
        stack: _Stack,
        name: str,
        status: str,
        token: str | None,
        reason: str = "",
        kind: str = "AWS::CloudFormation::Stack",
    ) -> None:
        number = next(self._count)
        physical = stack.live.id if name == stack.live.name else stack.physical.get(name, "")
        stack.events.append(
            StackEvent(
                id=f"event-{number}",
                stack_id=stack.live.id,
                logical_id=name,
                physical_id=physical,
                type=kind,
                status=status,
                reason=reason,
                time=_START + timedelta(seconds=number),
                token=token,
            )
        )


def _denial(policy: Mapping[str, Any] | None, doing: str, name: str) -> int:
    """The number of the statement that denies it; 0 when none does."""
    for number, statement in enumerate(policy["Statement"] if policy else (), start=1):
        denies = statement["Effect"] == "Deny" and doing in statement["Action"]
        if denies and f"LogicalResourceId/{name}" in statement["Resource"]:
            return number
    return 0


def _of(resource: Mapping[str, Any], name: str) -> str:
    return str(resource.get("Properties", {}).get(name, ""))


def _changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old: Mapping[str, str],
    new: Mapping[str, str],
) -> list[dict[str, Any]]:
    one, two = before.get("Resources", {}), after.get("Resources", {})
    changes = []
    for name in sorted({*one, *two}):
        if name not in one:
            changes.append(_change("Add", name, two[name]))
        elif name not in two:
            changes.append(_change("Remove", name, one[name]))
        elif one[name] != two[name] or (old != new and _refers(two[name], {*old.items()} ^ {*new.items()})):
            replaces = _of(one[name], "Name") != _of(two[name], "Name")
            changes.append(_change("Modify", name, two[name], "True" if replaces else "False"))
    return changes


def _refers(resource: Mapping[str, Any], changed: set[tuple[str, str]]) -> bool:
    return any(json.dumps({"Ref": name}) in json.dumps(resource) for name, _ in changed)


def _change(
    action: str, name: str, resource: Mapping[str, Any], replacement: str | None = None
) -> dict[str, Any]:
    change = {
        "Action": action,
        "LogicalResourceId": name,
        "ResourceType": resource["Type"],
        "Scope": ["Properties"] if action == "Modify" else [],
        "Details": [],
    }
    if replacement:
        change["Replacement"] = replacement
    return {"Type": "Resource", "ResourceChange": change}


def an_assembly(*stacks: Stack, **facts: Any) -> Assembly:
    """An environment of these stacks."""
    given: dict[str, Any] = {
        "platform": "shop",
        "environment": "dev",
        "profile": "dev",
        "region": FakeAws.region,
        "account": None,
        "tags": {"owner": "us"},
        "assets": (),
    }
    return Assembly(stacks=stacks, **(given | facts))


def a_stack(
    name: str,
    resources: Mapping[str, Mapping[str, Any]],
    outputs: Mapping[str, Any] | None = None,
    wires: Mapping[str, str] | None = None,
    **facts: Any,
) -> Stack:
    """A stack of topics with these properties; wires are `parameter: stack.output`."""
    parsed = {key: Wire(*value.split(".")) for key, value in (wires or {}).items()}
    template: dict[str, Any] = {
        "Resources": {
            logical_id: {"Type": "AWS::SNS::Topic", "Properties": dict(properties)}
            for logical_id, properties in resources.items()
        },
        "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()},
        "Parameters": {key: {"Type": "String"} for key in parsed},
    }
    given: dict[str, Any] = {
        "layer": name.rpartition("-")[2],
        "template": {key: value for key, value in template.items() if value},
        "parameters": parsed,
        "depends_on": (),
        "capabilities": (),
        "origins": {
            logical_id: Origin(
                logical_id.lower(), f"topics.{logical_id.lower()}", Position("shop.yaml", 3 + n, 5)
            )
            for n, logical_id in enumerate(resources)
        },
        "stateful": (),
    }
    return Stack(name=name, **(given | facts))


def drain(running: Iterator[Event], events: list[Event]) -> None:
    """Into the list, so that what came before an exception is there."""
    for event in running:
        events.append(event)
