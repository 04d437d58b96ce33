"""F125: a bucket that a policy or an ACL can open to the public."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject, is_true, mapping

ID = "F125"
SEVERITY = "error"
SUMMARY = "a bucket does not block public access"
WHY = "One later policy or ACL, here or by hand, then shows the objects to everybody."
FIX = "Set all four switches of PublicAccessBlockConfiguration."
SOURCE = "S3 user guide, 'Blocking public access to your Amazon S3 storage'"

SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def check(subject: Subject) -> Iterator[Hit]:
    """Each bucket once, with the switches that are off."""
    for resource in subject.of("AWS::S3::Bucket"):
        block = mapping(resource.properties.get("PublicAccessBlockConfiguration"))
        off = [switch for switch in SWITCHES if not is_true(block.get(switch))]
        if off:
            yield resource.hit(f"does not block public access; set {', '.join(off)}")
