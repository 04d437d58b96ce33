"""Expressions of a template -> what people call them: `{telemetry.arn}` for the parameter TelemetryArn."""

from __future__ import annotations

import re
from typing import Any

from compiler.access.built import Built
from compiler.places import Place
from compiler.protection import region_of
from compiler.review.expressions import expression

_NAME = re.compile(r"\$\{([^!}][^}]*)\}")
# Source: AWS general reference, "Amazon Resource Names": the partitions by the beginning of a region's name.
PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}


def words(value: Any, where: Place, built: Built) -> str:
    """One text for a value of the template of a stack, with the spec's names for what it refers to."""
    text = _NAME.sub(lambda found: _called(found[1], where, built), expression(value))
    whole = re.fullmatch(r"\{([^{}]+)\}", text)
    return whole[1] if whole else text


def texts(value: Any, where: Place, built: Built) -> tuple[str, ...]:
    """The same of each item of a list, or of the one value that stands for it."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(words(item, where, built) for item in items)


def plain(value: Any, where: Place, built: Built) -> Any:
    """The same of every value inside a policy document, whose shape stays."""
    if isinstance(value, list | tuple):
        return [plain(item, where, built) for item in value]
    if isinstance(value, dict) and not _is_call(value):
        return {key: plain(item, where, built) for key, item in value.items()}
    return words(value, where, built) if isinstance(value, str | dict) else value


def _is_call(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _called(name: str, where: Place, built: Built) -> str:
    if name.startswith("AWS::"):
        return _pseudo(name, where, built)
    carried = built.draft.holding(where).inputs.get(name)
    if carried:
        return f"{{{carried[0]}.{carried[1]}}}"
    return _attribute(name, where, built) or f"{{{name}}}"


def _attribute(name: str, where: Place, built: Built) -> str:
    """The attribute whose value this is in the stack itself; empty when it has no name in the spec."""
    origin = built.draft.holding(where).origins.get(name.partition(".")[0])
    if origin is None:
        return ""
    for attribute, offered in built.draft.attributes(origin.component).items():
        made = getattr(offered.value, "to_dict", lambda: None)()
        if made is not None and expression(made) == f"${{{name}}}":
            return f"{{{origin.component}.{attribute}}}"
    return ""


def _pseudo(name: str, where: Place, built: Built) -> str:
    environment = built.platform.environment
    region = region_of(where.layer, built.platform) or environment.region
    begins = next((found for found in PARTITIONS if region.startswith(found)), "")
    partition, suffix = PARTITIONS.get(begins, ("aws", "amazonaws.com"))
    known = {
        "AWS::AccountId": environment.account or "<account>",
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::URLSuffix": suffix,
    }
    return known.get(name, f"{{{name}}}")
