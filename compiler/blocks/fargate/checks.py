"""What can be wrong with a container on Fargate that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks.fargate import folders
from compiler.blocks.fargate.images import moving, registry
from compiler.blocks.fargate.sizes import MEMORY, memory
from compiler.blocks.fargate.spec import Container
from compiler.kind import Problem
from compiler.model import Component, Platform
from compiler.units import not_whole


def problems(component: Component, platform: Platform) -> Iterable[Problem]:
    """Every contradiction of a container, and between it and the platform's network and profile."""
    spec = component.spec
    assert isinstance(spec, Container)
    yield from _image(spec, platform)
    yield from _memory(spec)
    yield from _whole(spec)
    yield from folders.problems(component, spec)


def _image(spec: Container, platform: Platform) -> Iterable[Problem]:
    image = spec.image
    if (image.repository is None) == (image.location is None):
        yield Problem(("image",), "E210", "an image has either a 'repository' or a 'location'")
        return
    if image.location and (image.tag or image.digest):
        yield Problem(("image",), "E210", "a 'location' already holds the tag; remove 'tag' and 'digest'")
    if image.repository and (image.tag is None) == (image.digest is None):
        yield Problem(("image",), "E210", "an image in a repository has either a 'tag' or a 'digest'")
        return
    if platform.environment.profile == "production" and moving(image):
        message = "'latest' can be another image tomorrow; production needs a version or a digest"
        yield Problem(("image", "location" if image.location else "tag"), "E210", message)
    yield from _unreachable(spec, platform)


def _unreachable(spec: Container, platform: Platform) -> Iterable[Problem]:
    network = platform.components.get("network")
    # A kind does not import another; that a network without egress says so in this word is part of the spec.
    closed = network is not None and getattr(network.spec, "egress", None) == "none"
    if closed and registry(spec.image) is None:
        message = (
            f"'{spec.image.location}' cannot be pulled: the network has no egress; "
            "copy the image to an ECR repository of the account, or give the network another 'egress'"
        )
        yield Problem(("image", "location"), "E210", message)


def _memory(spec: Container) -> Iterable[Problem]:
    offered = MEMORY[spec.cpu]
    if memory(spec) not in offered:
        listed = (
            ", ".join(map(str, offered))
            if len(offered) <= 4
            else f"{offered[0]} to {offered[-1]} in steps of {offered[1] - offered[0]}"
        )
        message = f"Fargate has no {spec.memory} MiB with {spec.cpu} CPU units; it has: {listed}"
        yield Problem(("memory",), "E210", message)


def _whole(spec: Container) -> Iterable[Problem]:
    units = {"spot": "%", "writable_size": "MiB", "ephemeral_storage": "GiB"}
    for key, unit in units.items():
        if (value := getattr(spec, key)) and (message := not_whole(value, unit)):
            yield Problem((key,), "E105", message)
