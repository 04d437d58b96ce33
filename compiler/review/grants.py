"""Resource -> the statements in force by it: what it grants, whom it trusts, whom it admits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.review.case import Resource, properties
from compiler.review.statements import EVERYTHING, Statement, statements

_GRANTING = {
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
}
_OWNERS = {"AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"}

# The property of a type that holds a policy about who may use the resource.
RESOURCE_POLICIES = {
    "AWS::ApiGateway::RestApi": "Policy",
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::DynamoDB::Table": "ResourcePolicy",
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::Events::EventBusPolicy": "Statement",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Kinesis::ResourcePolicy": "ResourcePolicy",
    "AWS::Logs::LogGroup": "ResourcePolicyDocument",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
# Without a policy these admit everyone who reaches them, so the first policy narrows and losing it widens.
OPEN_BY_DEFAULT = {"AWS::EC2::VPCEndpoint", "AWS::EFS::FileSystem"}


def granted(resource: Resource | None) -> tuple[Statement, ...]:
    """What the resource's own policies grant to principals."""
    found = properties(resource)
    kind = _kind(resource)
    if kind in _GRANTING:
        return statements(found.get("PolicyDocument"))
    policies = found.get("Policies") if kind in _OWNERS else None
    inline = policies if isinstance(policies, list | tuple) else ()
    documents = (item.get("PolicyDocument") for item in inline if isinstance(item, Mapping))
    return tuple(statement for document in documents for statement in statements(document))


def trusted(resource: Resource | None) -> tuple[Statement, ...]:
    """Who may assume the role."""
    return statements(properties(resource).get("AssumeRolePolicyDocument"))


def admitted(resource: Resource | None) -> tuple[Statement, ...]:
    """Who may use the resource by its own policy."""
    kind = _kind(resource)
    document = properties(resource).get(RESOURCE_POLICIES.get(kind, ""))
    if document is None:
        return (EVERYTHING,) if kind in OPEN_BY_DEFAULT else ()
    return statements(_unwrapped(kind, document))


def invocable(resource: Resource | None) -> tuple[Statement, ...]:
    """A Lambda permission, as the statement that it adds to the function's policy."""
    found = properties(resource)
    limits = {"ArnLike": "SourceArn", "StringEquals": "SourceAccount", "StringLike": "PrincipalOrgID"}
    statement = {
        "Effect": "Allow",
        "Principal": found.get("Principal"),
        "Action": found.get("Action"),
        "Resource": found.get("FunctionName"),
        "Condition": {op: {f"aws:{key}": found[key]} for op, key in limits.items() if key in found},
    }
    return statements({"Statement": [statement]}) if found else ()


def _kind(resource: Resource | None) -> str:
    return str((resource or {}).get("Type"))


def _unwrapped(kind: str, document: Any) -> Any:
    """A table wraps its policy in one more map; an event bus has a bare statement."""
    if kind == "AWS::Events::EventBusPolicy":
        return {"Statement": document}
    if isinstance(document, Mapping) and "PolicyDocument" in document:
        return document["PolicyDocument"]
    return document
