"""What a kind declares: its properties, verbs, place and needs. What it builds with is in `scope.py`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Annotated, Any, Literal, NamedTuple, dataclass_transform, get_args

import msgspec

from compiler.alarm import Alarm
from compiler.model import Component, Path, Platform

Layer = Literal["foundation", "network", "data", "compute", "edge", "observability", "protection"]

# In deployment order: a stack may use values of earlier layers only.
LAYERS: tuple[Layer, ...] = get_args(Layer)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping that users may write; each property is declared once, with `about`."""


class ComponentSpec(Record):
    """What every component may say."""

    alarms: Annotated[
        dict[str, bool | AlarmSetting],
        msgspec.Meta(
            description="Alarms of this component to change or turn off, by name.",
            examples=[{"throttled-writes": {"threshold": 5}, "high-cpu": False}],
        ),
    ] = {}


class AlarmSetting(Record):
    """How one default alarm differs."""

    threshold: Annotated[
        float | None,
        msgspec.Meta(description="Replaces the threshold, in the alarm's own unit.", examples=[5]),
    ] = None
    severity: Annotated[
        Literal["critical", "warning"] | None,
        msgspec.Meta(description="Which topic the alarm notifies.", examples=["critical"]),
    ] = None


class ConsumerSpec(ComponentSpec):
    """What a component that uses others may say."""

    connections: Annotated[
        dict[str, Any],
        msgspec.Meta(
            description="What this component uses: the target's name, and a verb the target offers.",
            examples=[{"telemetry": "produce"}],
            extra_json_schema={"additionalProperties": {"$ref": "#/$defs/Connection"}},
        ),
    ] = {}


def about(
    description: str,
    *,
    examples: Iterable[Any] = (),
    profiles: Mapping[str, Any] | None = None,
    **constraints: Any,
) -> msgspec.Meta:
    """One property's documentation and limits.

    `profiles` maps a profile to its default, where that differs from the field's own. For an optional
    field write `Annotated[str, about(...)] | None`, for msgspec takes no constraint on a union; for an
    optional record `Annotated[Load | None, about(...)]`, for it loses a record's description otherwise.
    `constraints` are msgspec's (ge, le, gt, lt, multiple_of, pattern, min_length, max_length), and, for
    texts with a unit, `minimum` and `maximum` (written with the unit) and `form` (the form in words):
    `**DURATION`, `**SIZE` and `**PERCENT` of `compiler.units` give pattern and form.
    """
    extra: dict[str, Any] = {"x-profiles": dict(profiles)} if profiles else {}
    for keyword in ("minimum", "maximum", "form"):
        if keyword in constraints:
            extra[f"x-{keyword}"] = constraints.pop(keyword)
    shown = list(examples)
    return msgspec.Meta(
        description=description, examples=shown or None, extra_json_schema=extra or None, **constraints
    )


@dataclass(frozen=True)
class Verb:
    """One thing that consumers may do with a component; the grant itself is in the kind's build module."""

    summary: str
    # Variable suffix -> source: {"STREAM_NAME": "name"} gives TELEMETRY_STREAM_NAME. A source is an attribute
    # of the target, "option:<name>" for an option of the connection, "consumer:snake" for the consumer's
    # name in snake_case, "consumer:physical" for its `<platform>-<environment>-<name>`, or "=text" for a
    # constant.
    environment: Mapping[str, str] = field(default_factory=dict)
    # The same for values that must never be seen in a template; consumers that can inject them do, and then
    # `environment` is not used.
    secrets: Mapping[str, str] = field(default_factory=dict)
    options: type[Record] | None = None  # what the long form of the connection may say
    calls: tuple[str, ...] = ()  # AWS services the consumer calls then, by VPC endpoint name
    network: bool = False  # needs a network path, so the consumer runs inside the VPC
    starts: str = ""  # the trigger that this verb is for a consumer that accepts it; "" when it is none
    only_starts: bool = False  # True when the verb makes no sense for a consumer that cannot be started
    derived_only: bool = False  # not for `connections`: kinds use it through their `references`


class Reference(NamedTuple):
    """A use of another component that a spec makes outside `connections`, such as an API's route."""

    path: Path  # inside the component
    target: str
    verb: str


class Problem(NamedTuple):
    """What a kind's own check found; `path` is relative to the component."""

    path: Path
    code: str
    message: str


@dataclass(frozen=True)
class Kind:
    """One kind of component. The folder's `build` module, imported only when templates are made, holds:

    * `attributes(component, platform) -> Mapping[str, Attribute]`: what others may refer to
    * `build(component, scope) -> None`: adds the resources
    * `grant(connection, component, scope) -> Grant`: what a verb gives, in the consumer's scope
      (only kinds that offer verbs)
    """

    name: str
    section: str
    spec: type[Record]
    layer: Layer
    summary: str
    singleton: bool = False  # the section is the component itself (`network:`), named as its kind
    always: bool = False  # a singleton that exists even when its section is not written
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    accepts: frozenset[str] = frozenset()  # the triggers that can start it
    injects: bool = False  # puts secrets into the process environment itself (ECS)
    calls: Callable[[Any], Iterable[str]] = lambda spec: ()  # AWS services it calls from inside the VPC
    needs: Callable[[Any], Iterable[str]] = lambda spec: ()  # singleton kinds without which it cannot be
    brings: Callable[[Any], Iterable[str]] = lambda spec: ()  # singleton kinds that exist because it does
    references: Callable[[Any], Iterable[Reference]] = lambda spec: ()
    check: Callable[[Component, Platform], Iterable[Problem]] = lambda component, platform: ()
    alarms: Callable[[Component, Platform], Iterable[Alarm]] = lambda component, platform: ()

    @property
    def builder(self) -> ModuleType:
        """The module that makes resources; imports troposphere."""
        return importlib.import_module(f"compiler.kinds.{self.name}.build")
