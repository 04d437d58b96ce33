"""What can be wrong with a container on Fargate that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks.fargate import folders
from compiler.blocks.fargate.helpers import helpers, log_router
from compiler.blocks.fargate.images import ContainerImage, registry
from compiler.blocks.fargate.spec import Container
from compiler.kind import Problem
from compiler.model import Component, Path, Platform
from compiler.units import not_whole


def problems(component: Component, platform: Platform) -> Iterable[Problem]:
    """Every contradiction of a container, and between it and the platform's network."""
    spec = component.spec
    assert isinstance(spec, Container)
    yield from _image(spec.image, ("image",), platform)
    yield from _helpers(spec, platform)
    yield from _whole(spec)
    yield from folders.problems(component, spec)


def _image(image: ContainerImage, path: Path, platform: Platform) -> Iterable[Problem]:
    if (image.repository is None) == (image.location is None):
        yield Problem(path, "E210", "an image has either a 'repository' or a 'location'")
        return
    if image.location and (image.tag or image.digest):
        yield Problem(path, "E210", "a 'location' already holds the tag; remove 'tag' and 'digest'")
    if image.repository and (image.tag is None) == (image.digest is None):
        yield Problem(path, "E210", "an image in a repository has either a 'tag' or a 'digest'")
        return
    if image.location and _cut_off(image, platform):
        advice = "copy the image to an ECR repository of the account, or give the network another 'egress'"
        message = f"'{image.location}' cannot be pulled: the network has no egress; {advice}"
        yield Problem((*path, "location"), "E210", message)


def _cut_off(image: ContainerImage, platform: Platform) -> bool:
    network = platform.components.get("network")
    # A kind does not import another; that a network without egress says so in this word is part of the spec.
    # Of a network that exists already, nobody here knows the way out.
    if network is None or network.adopted:
        return False
    return getattr(network.spec, "egress", None) == "none" and registry(image) is None


def _helpers(spec: Container, platform: Platform) -> Iterable[Problem]:
    """What is wrong with the images of the helpers, those of the spec and our own."""
    for helper in helpers(spec):
        if helper.given:
            yield from _image(helper.image, (*helper.path, "image"), platform)
        elif _cut_off(helper.image, platform):
            message = (
                f"'{helper.image.location}' cannot be pulled: the network has no egress; copy it to an ECR "
                f"repository of the account and write `{helper.path[0]}: {{image: {{repository, tag}}}}`"
            )
            yield Problem(helper.path, "E210", message)
    router = log_router(spec)
    if router and router.output and "Name" not in router.output:
        message = "an output of Fluent Bit has a 'Name', such as cloudwatch_logs or http; add it"
        yield Problem(("log_router", "output"), "E210", message)


def _whole(spec: Container) -> Iterable[Problem]:
    units = {"spot": "%", "writable_size": "MiB", "ephemeral_storage": "GiB"}
    for key, unit in units.items():
        if (value := getattr(spec, key)) and (message := not_whole(value, unit)):
            yield Problem((key,), "E105", message)
