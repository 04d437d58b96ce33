"""The stack that every account and region needs once: the bucket for assets and for large templates."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping
from typing import Any

from compiler.assembly import BOOTSTRAP, Assembly, Stack
from compiler.deploy.records import LiveStack

STACK = "formwork-bootstrap"
BUCKET_OUTPUT = "AssetBucketName"
TAGS = {"formwork:stack": "bootstrap"}  # not the platform's: all platforms of the account share it
INLINE_LIMIT = 51_200  # bytes of TemplateBody; CloudFormation quotas page, 2026-11


def name(region: str) -> str:
    """What it is called; `region` as in `assembly.Stack`. Names of stacks are unique in an assembly."""
    return f"{STACK}-{region}" if region else STACK


def stack(region: str = "") -> Stack:
    """The bootstrap stack of a region, in the shape of every other one."""
    return Stack(
        name=name(region),
        layer=BOOTSTRAP,
        template=_template(),
        parameters={},
        depends_on=(),
        capabilities=(),
        origins={},
        stateful=("AssetBucket",),
        region=region,
    )


def needed(assembly: Assembly) -> list[str]:
    """The regions, as in `assembly.Stack`, where the bucket must be; sorted.

    That is where something travels through it, and at home wherever more people than one may be at work: the
    lock and the records of what was done are in it.
    """
    home = {""} if assembly.assets or assembly.profile != "dev" else set()
    return sorted(home | {stack.region for stack in assembly.stacks if uses(stack)})


def uses(stack: Stack) -> bool:
    """True when this stack cannot be made without the bucket."""
    return is_large(stack) or uses_assets(stack)


def uses_assets(stack: Stack) -> bool:
    """True when a parameter of the stack is the bucket's name."""
    return any(wire.stack == BOOTSTRAP for wire in stack.parameters.values())


def is_large(stack: Stack) -> bool:
    """True when the template is too long to be sent inside a request."""
    return len(stack.body.encode()) > INLINE_LIMIT


def bucket(live: LiveStack | None) -> str | None:
    """The bucket's name, once the stack is there."""
    return live.outputs.get(BUCKET_OUTPUT) if live else None


def _template() -> Mapping[str, Any]:
    text = pkgutil.get_data("compiler.deploy", "bootstrap.template.json")
    assert text is not None, "package data is missing"
    found: Mapping[str, Any] = json.loads(text)
    return found
