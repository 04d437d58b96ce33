"""F126: a bucket that talks without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.lint.subject import Hit, Subject
from compiler.review.statements import Statement, statements

ID = "F126"
SEVERITY = "error"
SUMMARY = "a bucket may be read and written without TLS"
WHY = "Signed requests can then travel in clear text, with the objects in them."
FIX = "Add a bucket policy that denies everything where aws:SecureTransport is false."
SOURCE = "Security Hub user guide, control S3.5"


def check(subject: Subject) -> Iterator[Hit]:
    """Each bucket once; the policy is a resource of the same stack."""
    safe = {
        subject.target(policy.properties.get("Bucket"))
        for policy in subject.of("AWS::S3::BucketPolicy")
        if _refuses_plain(policy.properties.get("PolicyDocument"))
    }
    for resource in subject.of("AWS::S3::Bucket"):
        if subject.target({"Ref": resource.logical_id}) not in safe:
            yield resource.hit("may be used without TLS; add a policy that denies that")


def _refuses_plain(document: Any) -> bool:
    return any(_is_refusal(statement) for statement in statements(document))


def _is_refusal(statement: Statement) -> bool:
    return (
        statement.effect == "Deny"
        and "*" in statement.principals
        and bool({"*", "s3:*"} & statement.actions)
        and any(
            operator.lower().startswith("bool")
            and key.lower() == "aws:securetransport"
            and {value.lower() for value in values} == {"false"}
            for operator, key, values in statement.conditions
        )
    )
