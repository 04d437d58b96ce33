"""C012: production runs an image whose name can mean another one tomorrow."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.blocks.fargate.helpers import helpers
from compiler.blocks.fargate.images import moving
from compiler.blocks.fargate.spec import containers
from compiler.model import Platform
from compiler.rule import PRODUCTION_ERROR, Hit

ID = "C012"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production runs an image whose tag moves"
WHY = (
    "Each new task pulls what the tag means at that moment: tasks of one service differ, a task that is "
    "replaced at night brings a version that nobody deployed, and there is nothing to go back to."
)
FIX = "Write the tag of one version, or the digest, and make tags of the repository immutable."
SOURCE = "ECS developer guide, 'Best practices for Amazon ECS container images', 2026"


def check(platform: Platform) -> Iterator[Hit]:
    """Each image of a container, and each that the spec names for a helper."""
    for component, spec in containers(platform):
        given = ((helper.path, helper.image) for helper in helpers(spec) if helper.given)
        for place, image in (((), spec.image), *given):
            if tag := moving(image):
                key = "location" if image.location else "tag"
                message = f"'{tag}' can be another image tomorrow; production needs a version or a digest"
                yield Hit((*component.path, *place, "image", key), message)
