"""C002: an image or a layer whose name says that it is built for the other processor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.blocks.fargate.helpers import helpers
from compiler.blocks.fargate.spec import containers
from compiler.model import Path, Platform
from compiler.rule import ERROR, Hit

ID = "C002"
SEVERITY = ERROR
SUMMARY = "an image or a layer is named after a processor that it would not run on"
WHY = (
    "A program built for another processor ends with 'exec format error': the service never gets a healthy "
    "task, the function fails in its first call. Neither is seen before the deployment."
)
FIX = "Set `architecture` to what was built, or name the build for it; waive it if the name is misleading."
SOURCE = (
    "ECS developer guide, 'Amazon ECS task definitions for 64-bit ARM workloads'; Lambda developer guide, "
    "'Selecting and configuring an instruction set architecture', 2026"
)

WORDS = {
    **dict.fromkeys(("aarch64", "arm64", "arm64v8"), "arm64"),
    **dict.fromkeys(("amd64", "x64", "x86_64"), "x86_64"),
}
WORD = re.compile("x86_64|[a-z0-9]+")
# AWS publishes these once for each processor, and names only the other build after its own.
# Source: Secrets Manager user guide, "AWS Parameters and Secrets Lambda Extension"; CloudWatch user guide,
# "Available versions of the Lambda Insights extension", 2026.
UNMARKED = {"AWS-Parameters-and-Secrets-Lambda-Extension": "x86_64", "LambdaInsightsExtension": "x86_64"}


def check(platform: Platform) -> Iterator[Hit]:
    """Each image of a container or of its helpers, and each layer, that names only the other processor."""
    for component, wanted, place, name in (*_images(platform), *_layers(platform)):
        built = UNMARKED.get(name) or _built(name)
        if built and built != wanted:
            message = (
                f"'{name}' is built for {built}, but '{component}' runs on {wanted}; use a build for "
                f"{wanted}, or write `architecture: {built}`"
            )
            yield Hit(place, message)


Named = Iterator[tuple[str, str, Path, str]]  # component, its processor, the place of the name, the name


def _images(platform: Platform) -> Named:
    for component, spec in containers(platform):
        given = ((helper.path, helper.image) for helper in helpers(spec) if helper.given)
        for place, image in (((), spec.image), *given):
            path = (*component.path, *place, "image")
            for key in ("repository", "tag", "location"):
                # The host of a registry says nothing about what is in it.
                name = (getattr(image, key) or "").split("/", 1 if key == "location" else 0)[-1]
                yield component.name, spec.architecture, (*path, key), name


def _layers(platform: Platform) -> Named:
    for component in platform.components.values():
        wanted = getattr(component.spec, "architecture", "")
        for number, layer in enumerate(() if component.adopted else getattr(component.spec, "layers", ())):
            name = layer.split(":")[6] if isinstance(layer, str) else layer.name
            yield component.name, wanted, (*component.path, "layers", number), name


def _built(name: str) -> str | None:
    """The only processor that a name names."""
    found = {WORDS[word] for word in WORD.findall(name.lower()) if word in WORDS}
    return found.pop() if len(found) == 1 else None
