"""A bucket that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import Sub

from compiler.blocks import adopted
from compiler.kinds.bucket import Bucket
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a bucket of our own offers too."""
    assert isinstance(component.spec, Bucket)
    existing = component.spec.existing
    assert existing is not None
    return {
        "name": Attribute(existing.name),
        # S3 knows no account and no region in an ARN.
        "arn": Attribute(Sub(f"arn:${{AWS::Partition}}:s3:::{existing.name}")),
        **adopted.key_attribute(existing),
    }
