"""Layers -> their ARNs, without the account, region or partition that the function is in anyway."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler.kind import Problem
from compiler.model import Platform

if TYPE_CHECKING:
    from compiler.kinds.function import Function
    from compiler.kinds.function.spec import FunctionLayer

OWN = "${AWS::AccountId}"


def problems(spec: Function, platform: Platform) -> Iterable[Problem]:
    """Layers of another region, which Lambda refuses, and layers that are written twice."""
    here = platform.environment.region
    seen: set[str] = set()
    for number, layer in enumerate(spec.layers):
        if isinstance(layer, str) and (region := layer.split(":")[3]) != here:
            message = f"this layer is in {region}, but the function is in {here}; name one of that region"
            yield Problem(("layers", number), "E210", message)
        named = layer_arn(layer, platform).rpartition(":")[0]
        if named in seen:
            message = f"the layer {named.rpartition(':')[2]} is there twice; keep one version of it"
            yield Problem(("layers", number), "E210", message)
        seen.add(named)


def layer_arn(layer: str | FunctionLayer, platform: Platform) -> str:
    """The ARN of a layer's version, as a text for Sub; only another account's id stays in it."""
    if isinstance(layer, str):
        account, name, version = layer.split(":")[4], *layer.split(":")[6:]
        owner = OWN if account == platform.environment.account else account
    else:
        owner, name, version = OWN, layer.name, str(layer.version)
    return f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:{owner}:layer:{name}:{version}"
