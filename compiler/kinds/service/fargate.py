"""What Fargate offers, and what an image's location says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from compiler.kinds.service.spec import Service

# CPU units -> the MiB of memory that go with them.
# Source: ECS developer guide, "Fargate task definition differences: task CPU and memory", 2026.
MEMORY: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
PRIVATE_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
)


class Registry(NamedTuple):
    """A private ECR repository; empty account and region are the platform's own."""

    account: str
    region: str
    repository: str


def memory(spec: Service) -> int:
    """The MiB of one task."""
    return spec.memory or MEMORY[spec.cpu][0]


def registry(spec: Service) -> Registry | None:
    """The private repository the image is pulled from, or None when it comes from elsewhere."""
    if spec.image.repository:
        return Registry("", "", spec.image.repository)
    found = PRIVATE_ECR.match(spec.image.location or "")
    return Registry(**found.groupdict()) if found else None


def moving(spec: Service) -> bool:
    """Whether the image's name can mean another image tomorrow."""
    if spec.image.location is None:
        return spec.image.tag == "latest"
    if "@sha256:" in spec.image.location:
        return False
    _, _, tag = spec.image.location.rpartition("/")[2].partition(":")
    return tag in ("", "latest")
