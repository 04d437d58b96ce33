"""Parts of the account in memory that no stack knows of: objects of buckets, and drift."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.assembly import sha256
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

    # Stack refactors have a fake of their own, for none of the others' tests needs them.

    def create_refactor(self, request: RefactorRequest) -> str:
        raise AssertionError("no refactor is expected")

    def refactor(self, refactor: str) -> Refactor:
        raise AssertionError("no refactor is expected")

    def refactor_actions(self, refactor: str) -> tuple[RefactorAction, ...]:
        raise AssertionError("no refactor is expected")

    def execute_refactor(self, refactor: str) -> None:
        raise AssertionError("no refactor is expected")
