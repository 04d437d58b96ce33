"""Objects of a bucket; with conditions, so that two writers cannot both believe to have been first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from compiler.deploy import explain
from compiler.deploy.calls import Calls

_ABSENT = ("404", "NoSuchKey", "NotFound")
# Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes", 2026.
_LOST = ("412", "PreconditionFailed", "409", "ConditionalRequestConflict")


@dataclass(frozen=True)
class Object:
    """What an object holds, and the tag that changes with its content."""

    content: bytes
    etag: str


class Objects(Protocol):
    """Objects of S3 buckets."""

    def template_url(self, bucket: str, key: str) -> str:
        """How CloudFormation is told of a template in a bucket."""

    def has_object(self, bucket: str, key: str) -> bool: ...

    def put_object(self, bucket: str, key: str, content: bytes) -> None: ...

    def get_object(self, bucket: str, key: str) -> Object | None:
        """The object; None when there is none."""

    def put_object_if(self, bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        """Write it only while it has this tag, or with None while there is none; the new tag, None when
        somebody else was first.
        """

    def delete_object(self, bucket: str, key: str) -> None:
        """Nothing when there is none."""

    def objects(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """The keys that begin like this, sorted."""


class BotoObjects(Calls):
    """`Objects` over boto3."""

    def template_url(self, bucket: str, key: str) -> str:
        # Path style, as CloudFormation takes it in every region and as the emulator needs it.
        suffix = "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"
        return f"https://s3.{self._region}.{suffix}/{bucket}/{key}"

    def has_object(self, bucket: str, key: str) -> bool:
        try:
            return self._unless(_ABSENT, "head_object", Bucket=bucket, Key=key) is not None
        except explain.AwsError as error:
            if error.code != "400":
                raise
        # HEAD has no body to say why, as when the credentials have expired; a GET has one.
        options = {"Bucket": bucket, "Key": key, "Range": "bytes=0-0"}
        return self._unless(_ABSENT, "get_object", **options) is not None

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        self._call("s3", "put_object", Bucket=bucket, Key=key, Body=content)

    def get_object(self, bucket: str, key: str) -> Object | None:
        answer = self._unless(_ABSENT, "get_object", Bucket=bucket, Key=key)
        return Object(self._body("s3 get_object", answer["Body"]), answer["ETag"]) if answer else None

    def put_object_if(self, bucket: str, key: str, content: bytes, etag: str | None) -> str | None:
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        options = {"Bucket": bucket, "Key": key, "Body": content, **condition}
        # With a tag, an object that was deleted meanwhile counts as lost too.
        try:
            return str(self._call("s3", "put_object", **options)["ETag"])
        except explain.AwsError as error:
            if error.code not in (*_LOST, *_ABSENT):
                raise
            return self._written_before(bucket, key, content) if error.retried else None

    def delete_object(self, bucket: str, key: str) -> None:
        self._call("s3", "delete_object", Bucket=bucket, Key=key)

    def objects(self, bucket: str, prefix: str) -> tuple[str, ...]:
        found: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = self._call("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix, **after)
            found += [each["Key"] for each in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                return tuple(sorted(found))
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def _written_before(self, bucket: str, key: str, content: bytes) -> str | None:
        """The tag of what an earlier try of the same call wrote, whose answer got lost."""
        found = self.get_object(bucket, key)
        return found.etag if found and found.content == content else None

    def _unless(self, codes: tuple[str, ...], operation: str, **options: Any) -> Any | None:
        """None when AWS answers with one of these words."""
        try:
            return self._call("s3", operation, **options)
        except explain.AwsError as error:
            if error.code in codes:
                return None
            raise
