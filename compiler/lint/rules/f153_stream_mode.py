"""F153: a stream whose mode and shard count contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject, mapping

ID = "F153"
SEVERITY = "error"
SUMMARY = "a stream on demand has a ShardCount, or a provisioned one has none"
WHY = "Kinesis refuses the stream."
FIX = "Give ShardCount to provisioned streams only."
SOURCE = "Kinesis API reference, CreateStream, 'ShardCount'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each stream once; without a mode it is on demand unless it has a count."""
    for resource in subject.of("AWS::Kinesis::Stream"):
        found = resource.properties
        mode = mapping(found.get("StreamModeDetails")).get("StreamMode")
        if mode == "ON_DEMAND" and "ShardCount" in found:
            yield resource.hit("a stream on demand takes no ShardCount; leave it out", "ShardCount")
        if mode == "PROVISIONED" and "ShardCount" not in found:
            yield resource.hit("a provisioned stream needs a ShardCount")
