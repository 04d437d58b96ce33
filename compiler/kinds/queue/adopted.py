"""A queue that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import Sub

from compiler.blocks import adopted
from compiler.kinds.queue import Queue
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a queue of our own offers too, but for its dead letters."""
    assert isinstance(component.spec, Queue)
    existing = component.spec.existing
    assert existing is not None
    url = f"https://sqs.${{AWS::Region}}.${{AWS::URLSuffix}}/${{AWS::AccountId}}/{existing.name}"
    return {
        "url": Attribute(Sub(url)),
        "arn": Attribute(adopted.arn("sqs", existing.name)),
        "name": Attribute(existing.name),
        **adopted.key_attribute(existing),
    }
