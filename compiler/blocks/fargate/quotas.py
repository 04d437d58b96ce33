"""The quotas on which Fargate tasks draw, whoever starts them."""

from __future__ import annotations

from compiler.alarm import Quota, usage

# Source: Amazon ECS developer guide, "AWS Fargate usage metrics", 2026.
VCPU = Quota(
    "fargate-vcpu",
    "Without vCPU no further tasks start.",
    usage("Fargate", "vCPU", "Standard/OnDemand"),
)
