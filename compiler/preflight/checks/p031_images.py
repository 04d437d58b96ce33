"""P031: container images in the registries of ECR."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site
from compiler.preflight.values import mappings

ID = "P031"
TITLE = "container images"
SUMMARY = (
    "Whether each image of our own ECR registry is there, by its tag or digest. Images of other registries "
    "are not looked at, nor for which processors an image was built: no call that only lists says so."
)
SOURCE = "Amazon ECR API reference, DescribeImages"
_IMAGES = Read("ecr", "DescribeImages", "imageDetails")
_REPOSITORIES = Read("ecr", "DescribeRepositories", "repositories")
READS = (_IMAGES, _REPOSITORIES)
_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def looks(site: Site) -> Iterator[Look]:
    """One for each image of our own account and this region."""
    images: dict[str, Resource] = {}
    for task in site.of("AWS::ECS::TaskDefinition"):
        for container in mappings(task.properties.get("ContainerDefinitions")):
            images.setdefault(site.text(container.get("Image")) or "", task)
    for image, task in images.items():
        found = _IMAGE.fullmatch(image)
        if found and (found["account"], found["region"]) == (site.caller.account, site.region):
            yield partial(_look, site, task, found)


def _look(site: Site, task: Resource, image: re.Match[str]) -> Iterator[Hit]:
    repository = image["repository"]
    wanted = {"imageDigest": image["digest"]} if image["digest"] else {"imageTag": image["tag"] or "latest"}
    if site.account.ask(_IMAGES, repositoryName=repository, imageIds=[wanted]):
        return
    (name,) = wanted.values()
    if site.account.ask(_REPOSITORIES, repositoryNames=[repository]):
        message = f"repository '{repository}' has no image '{name}'"
        yield Hit("error", message, "push it, or name one that is there", task)
    else:
        message = f"there is no repository '{repository}' in {site.region}"
        advice = (
            f"aws ecr create-repository --repository-name {repository} --region {site.region}; push '{name}'"
        )
        yield Hit("error", message, advice, task)
