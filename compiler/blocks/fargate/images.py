"""What an image's location says: which registry it comes from, and whether its name can move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from compiler.blocks.fargate.spec import Container, ContainerImage

PRIVATE_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
)


class Registry(NamedTuple):
    """A private ECR repository; empty account and region are the platform's own."""

    account: str
    region: str
    repository: str


def registry(image: ContainerImage) -> Registry | None:
    """The private repository the image is pulled from, or None when it comes from elsewhere."""
    if image.repository:
        return Registry("", "", image.repository)
    found = PRIVATE_ECR.match(image.location or "")
    return Registry(**found.groupdict()) if found else None


def moving(image: ContainerImage) -> bool:
    """Whether the image's name can mean another image tomorrow."""
    if image.location is None:
        return image.tag == "latest"
    if "@sha256:" in image.location:
        return False
    _, _, tag = image.location.rpartition("/")[2].partition(":")
    return tag in ("", "latest")


def services_called(spec: Container) -> Iterable[str]:
    """The AWS services that Fargate calls from inside the VPC, as VPC endpoint names."""
    yield "logs"
    if registry(spec.image):
        yield from ("ecr.api", "ecr.dkr")
    if spec.exec:
        yield "ssmmessages"
