"""Template -> the statements of every policy document in it, and what each document is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from compiler.lint.subject import Hit, Path, Resource, Subject, function, listed
from compiler.review.statements import Statement, statements

Purpose = Literal["identity", "trust", "endpoint", "resource"]

# What a role, user or group may do; any other document says who may do something to its own resource.
IDENTITIES = {
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::SSO::PermissionSet",
}
TRUST = "AssumeRolePolicyDocument"
# Properties that some types take a policy in as JSON text.
TEXT_PROPERTIES = {"InlinePolicy", "Policy", "PolicyDocument", "PolicyText", "ResourcePolicy"}


@dataclass(frozen=True)
class Placed:
    """A statement, and where it is."""

    resource: Resource
    purpose: Purpose
    path: Path
    statement: Statement

    def hit(self, message: str) -> Hit:
        """A finding at the statement."""
        return self.resource.hit(message, *self.path)


def allowances(subject: Subject, *purposes: Purpose) -> Iterator[Placed]:
    """Every `Allow` in the documents for these purposes."""
    for resource in subject.resources:
        for path, document in _documents(resource.properties, ()):
            purpose = _purpose(resource.type, path)
            if purpose in purposes:
                yield from _allowed(resource, purpose, path, document)


def _allowed(resource: Resource, purpose: Purpose, path: Path, document: Any) -> Iterator[Placed]:
    if isinstance(document, Mapping) and "Statement" in document:
        parts = [
            ((*path, "Statement", number), {"Statement": item})
            for number, item in enumerate(listed(document["Statement"]))
        ]
    else:
        parts = [(path, document)]
    for place, part in parts:
        allowed = [found for found in statements(part) if found.effect == "Allow"]
        yield from (Placed(resource, purpose, place, found) for found in allowed)


def _documents(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        if "Statement" in value or (path and path[-1] in TEXT_PROPERTIES and function(value)):
            yield path, value
        else:
            for key, item in value.items():
                yield from _documents(item, (*path, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _documents(item, (*path, number))
    elif isinstance(value, str) and path and path[-1] in TEXT_PROPERTIES:
        yield path, value


def _purpose(resource_type: str, path: Path) -> Purpose:
    if TRUST in path:
        return "trust"
    if resource_type in IDENTITIES:
        return "identity"
    return "endpoint" if resource_type == "AWS::EC2::VPCEndpoint" else "resource"
