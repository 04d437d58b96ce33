"""Disaster recovery -> the name of the second region; what stands there, each kind adds itself."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import Ref

from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The second region, as its own stack knows it: so no template of the first writes it out."""
    return {"region": Attribute(Ref("AWS::Region"))}


def build(component: Component, scope: Scope) -> None:
    """Adds nothing."""
