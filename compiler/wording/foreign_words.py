"""A word from another tool -> the words that may mean the same here."""

from __future__ import annotations

from collections.abc import Collection

# From AWS Copilot manifests, CloudFormation, Docker Compose and Kubernetes. A word is offered only where the
# schema allows it, so the table needs no knowledge of places.
WORDS: dict[str, tuple[str, ...]] = {
    "alias": ("domain", "hostname"),
    "availabilityzones": ("availability_zones",),
    "azs": ("availability_zones",),
    "bucket": ("buckets",),
    "cache": ("caches",),
    "certificate_arn": ("certificate",),
    "cron": ("schedule", "expression"),
    "database": ("databases",),
    "deadletter": ("dead_letter",),
    "depends_on": ("connections",),
    "desired_count": ("count",),
    "dynamodb": ("tables",),
    "efs": ("filesystems",),
    "env": ("environment",),
    "env_vars": ("environment",),
    "firelens": ("log_router",),
    "healthcheck": ("health_check",),
    "instances": ("count", "nodes", "readers"),
    "jobs": ("tasks",),
    "kinesis": ("streams",),
    "lambda": ("functions",),
    "lambdas": ("functions",),
    "links": ("connections",),
    "location": ("repository", "uri"),
    "memory_size": ("memory",),
    "mesh": ("connections",),
    "nat": ("egress",),
    "permissions": ("connections",),
    "policies": ("connections",),
    "policy": ("connections",),
    "publish": ("connections",),
    "queue": ("queues",),
    "range": ("min", "max"),
    "rds": ("databases",),
    "redis": ("caches",),
    "replicas": ("count", "readers", "nodes"),
    "s3": ("buckets",),
    "schedule_expression": ("schedule",),
    "secret": ("secrets",),
    "service": ("services",),
    "service_connect": ("connections", "port"),
    "sns": ("topics",),
    "sqs": ("queues",),
    "ssl_policy": ("tls_policy",),
    "stages": ("environments",),
    "storage": ("filesystems", "mounts", "connections"),
    "stream": ("streams",),
    "subscribe": ("connections",),
    "table": ("tables",),
    "taskdef_overrides": ("overrides",),
    "topic": ("topics",),
    "variables": ("environment",),
    "volumes": ("filesystems", "mounts", "connections"),
    "vpc": ("network",),
    "web_acl": ("waf",),
    "xray": ("tracing",),
}


def translate(word: str, allowed: Collection[str]) -> str | None:
    """The word of this language for a foreign one, when it is allowed here."""
    return next((right for right in WORDS.get(word.lower(), ()) if right in allowed), None)
