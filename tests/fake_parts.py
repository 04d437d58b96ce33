"""Parts of the account in memory: objects of buckets, drift, and stack refactors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compiler.assembly import sha256
from compiler.deploy.account import Read
from compiler.deploy.doors.drift import Detection, ResourceDrift
from compiler.deploy.doors.objects import Object
from compiler.deploy.doors.refactor import Refactor, RefactorAction, RefactorRequest


class FakeObjects:
    """Buckets, all of them there; `stored` is what they hold."""

    region: str

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[tuple[str, str], bytes] = {}

    def _act(self, name: str, *what: str) -> None:
        raise AssertionError("whoever keeps book overrides it")

    def template_url(self, bucket: str, key: str) -> str:
        return f"https://s3.{self.region}.amazonaws.com/{bucket}/{key}"

    def has_object(self, bucket: str, key: str) -> bool:
        return (bucket, key) in self.stored

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        self._act("put_object", bucket, key)
        self.stored[bucket, key] = content

    def get_object(self, bucket: str, key: str) -> Object | None:
        content = self.stored.get((bucket, key))
        return None if content is None else Object(content, sha256(content))

    def put_object_if(self, bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        self._act("put_object_if", bucket, key)
        found = self.get_object(bucket, key)
        if (found.etag if found else None) != etag:
            return None
        self.stored[bucket, key] = content
        return sha256(content)

    def delete_object(self, bucket: str, key: str) -> None:
        self._act("delete_object", bucket, key)
        self.stored.pop((bucket, key), None)

    def objects(self, bucket: str, prefix: str) -> tuple[str, ...]:
        return tuple(sorted(key for name, key in self.stored if name == bucket and key.startswith(prefix)))


class FakeDrift:
    """Searches that end at once; `drifted` is what they find, by the stack's name."""

    def __init__(self) -> None:
        super().__init__()
        self.drifted: dict[str, tuple[ResourceDrift, ...]] = {}

    def detect_drift(self, stack: str, logical_ids: Sequence[str] = ()) -> str:
        return f"detection-of-{stack}"

    def detection(self, detection: str) -> Detection:
        found = self.drifted.get(detection.removeprefix("detection-of-"), ())
        return Detection("DETECTION_COMPLETE", drifted=len(found))

    def drifts(self, stack: str) -> tuple[ResourceDrift, ...]:
        return self.drifted.get(stack, ())


class FakeRefactoring:
    """Stack refactors that are checked as AWS does and carried out at once; `refactors` has those asked for.

    Whoever keeps the stacks says what is in them: `_parts` gives a stack's template, its physical ids and the
    values of its parameters, and `_put` takes them back.
    """

    refusal = ""  # why CloudFormation would refuse the next one

    def __init__(self) -> None:
        super().__init__()
        self.refactors: list[RefactorRequest] = []
        self._executed: set[str] = set()

    def _act(self, name: str, *what: str) -> None:
        raise AssertionError("whoever keeps book overrides it")

    def _parts(self, stack: str) -> tuple[dict[str, Any], dict[str, str], Mapping[str, str]]:
        raise AssertionError("whoever keeps the stacks overrides it")

    def _put(self, stack: str, template: dict[str, Any], physical: dict[str, str]) -> None:
        raise AssertionError("whoever keeps the stacks overrides it")

    def create_refactor(self, request: RefactorRequest) -> str:
        self._act("create_refactor", *sorted(request.stacks))
        self.refactors.append(request)
        return f"refactor-{len(self.refactors)}"

    def refactor(self, refactor: str) -> Refactor:
        why = self.refusal or self._difference(self._request(refactor))
        if refactor in self._executed:
            return Refactor(refactor, "CREATE_COMPLETE", "", "EXECUTE_COMPLETE", "")
        if why:
            return Refactor(refactor, "CREATE_FAILED", why, "UNAVAILABLE", "")
        return Refactor(refactor, "CREATE_COMPLETE", "", "AVAILABLE", "")

    def refactor_actions(self, refactor: str) -> tuple[RefactorAction, ...]:
        return tuple(RefactorAction("MOVE", "RESOURCE", "", move) for move in self._request(refactor).moves)

    def execute_refactor(self, refactor: str) -> None:
        request = self._request(refactor)
        self._act("execute_refactor", *sorted(request.stacks))
        after = self._after(request)
        for name, text in request.stacks.items():
            self._put(name, json.loads(text), after[name])
        self._executed.add(refactor)

    def _after(self, request: RefactorRequest) -> dict[str, dict[str, str]]:
        """The physical ids of each stack after the moves."""
        physical: dict[str, dict[str, str]] = {name: {} for name in request.stacks}
        for name in request.stacks:
            for logical_id, value in self._parts(name)[1].items():
                home, called = self._home(request, name, logical_id)
                physical[home][called] = value
        return physical

    def _request(self, refactor: str) -> RefactorRequest:
        return self.refactors[int(refactor.removeprefix("refactor-")) - 1]

    def _home(self, request: RefactorRequest, stack: str, logical_id: str) -> tuple[str, str]:
        for move in request.moves:
            if (move.stack, move.logical_id) == (stack, logical_id):
                return move.to_stack, move.to_logical_id
        return stack, logical_id

    def _difference(self, request: RefactorRequest) -> str:
        """What the templates do beside moving: CloudFormation takes nothing else."""
        wanted = {
            (name, logical_id): resource
            for name, text in request.stacks.items()
            for logical_id, resource in json.loads(text)["Resources"].items()
        }
        there = {}
        for name in request.stacks:
            template, _, _ = self._parts(name)
            if not json.loads(request.stacks[name])["Resources"]:
                return f"stack {name} would be empty"
            if json.loads(request.stacks[name]).get("Parameters") != template.get("Parameters"):
                return f"the parameters of stack {name} change"
            for logical_id, resource in template["Resources"].items():
                there[self._home(request, name, logical_id)] = name, resource
        if there.keys() != wanted.keys():
            return "resources are added or removed"
        after = self._after(request)
        changed = [
            place[1]
            for place, (old, resource) in there.items()
            if _valued(resource, {**self._parts(old)[1], **self._parts(old)[2]})
            != _valued(wanted[place], {**after[place[0]], **self._parts(place[0])[2]})
        ]
        return f"modifications to {', '.join(changed)}" if changed else ""


def _valued(node: Any, values: Mapping[str, str]) -> Any:
    """A resource with values in place of references; what it depends on is no property."""
    if isinstance(node, list):
        return [_valued(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"Ref"}:
        return values.get(node["Ref"], node)
    if node.keys() == {"Fn::GetAtt"}:
        name, attribute = node["Fn::GetAtt"]
        return f"{values[name]}.{attribute}"
    return {key: _valued(item, values) for key, item in node.items() if key != "DependsOn"}


class FakeAccount:
    """What bears tags, by ARN: whoever asks the tagging API for two of them gets what bears both."""

    def __init__(self, tagged: Mapping[str, Mapping[str, str]]) -> None:
        self._tagged = tagged

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        assert read.operation == "GetResources", f"nothing is known of {read.operation}"
        wanted = {(each["Key"], *each["Values"]) for each in options["TagFilters"]}
        return tuple({"ResourceARN": arn} for arn, tags in self._tagged.items() if wanted <= {*tags.items()})
