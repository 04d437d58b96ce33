"""What a kind declares: its properties, verbs, place and needs. What it builds with is in `scope.py`."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, Literal, NamedTuple, get_args

from compiler.alarm import Alarm, Quota
from compiler.model import Component, Path, Platform
from compiler.record import KEY_ID as KEY_ID
from compiler.record import AlarmSetting as AlarmSetting  # kinds take all they declare with from here
from compiler.record import ComponentSpec as ComponentSpec
from compiler.record import ConsumerSpec as ConsumerSpec
from compiler.record import Existing as Existing
from compiler.record import Record as Record
from compiler.record import ResourcePatch as ResourcePatch
from compiler.record import SecurityGroupId as SecurityGroupId
from compiler.record import about as about
from compiler.usage import AMOUNT as AMOUNT
from compiler.usage import Usage as Usage
from compiler.usage import amounts as amounts
from compiler.usage import declared

Layer = Literal[
    "foundation",
    "recovery-foundation",
    "network",
    "recovery-network",
    "recovery-storage",
    "data",
    "recovery-data",
    "compute",
    "edge",
    "observability",
    "protection",
]

# In deployment order: a stack may use values of earlier layers only.
LAYERS: tuple[Layer, ...] = get_args(Layer)
# The layers in the second region. What receives copies (storage) is made before what sends them (data); what
# joins something that exists already, after it.
RECOVERY_LAYERS: frozenset[Layer] = frozenset(layer for layer in LAYERS if layer.startswith("recovery-"))

# What `about` takes for the name of a region.
REGION: dict[str, Any] = {"pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$", "form": "an AWS region such as eu-west-1"}


@dataclass(frozen=True)
class Verb:
    """One thing that consumers may do with a component; the grant itself is in the kind's build module."""

    summary: str
    # Variable suffix -> source: {"STREAM_NAME": "name"} gives TELEMETRY_STREAM_NAME. A source is an attribute
    # of the target, "own:<attribute>" for one that the target has for each consumer (`names.own`),
    # "option:<name>" for an option of the connection, "consumer:snake" for the consumer's name in snake_case,
    # "consumer:physical" for its `<platform>-<environment>-<name>`, or "=text" for a constant.
    environment: Mapping[str, str] = field(default_factory=dict)
    # The same for values that must never be seen in a template; consumers that can inject them do, and then
    # `environment` is not used.
    secrets: Mapping[str, str] = field(default_factory=dict)
    # Variables of both: those that `environment` or `secrets` come beside.
    always: Mapping[str, str] = field(default_factory=dict)
    # What the verb is for a connection whose option has a value: {("login", "password"): Verb(...)}.
    variants: Mapping[tuple[str, str | bool], Verb] = field(default_factory=dict)
    options: type[Record] | None = None  # what the long form of the connection may say
    calls: tuple[str, ...] = ()  # AWS services the consumer calls then, by VPC endpoint name
    network: bool = False  # needs a network path, so the consumer runs inside the VPC
    starts: str = ""  # the trigger that this verb is for a consumer that accepts it; "" when it is none
    only_starts: bool = False  # True when the verb makes no sense for a consumer that cannot be started
    order: str = ""  # why the target must be there first, told of a circle where that is not plain
    derived_only: bool = False  # not for `connections`: kinds use it through their `references`
    at_start: bool = False  # what the consumer does when it starts, so that no request waits for it
    through: str = ""  # the singleton kind that each such use passes on its way

    def of(self, options: Mapping[str, Any]) -> Verb:
        """What the verb is for a connection with these options."""
        chosen = (verb for (option, value), verb in self.variants.items() if options.get(option) == value)
        return next(chosen, self)


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
class Backup:
    """What AWS Backup can do with a kind's components, which it knows by their attribute `arn`.

    Source: AWS Backup developer guide, "Feature availability by resource", 2026.
    """

    cold: bool = False  # can move to cold storage
    continuous: bool = False  # can be restored to any second
    policies: tuple[str, ...] = ()  # AWS's own policies that the role needs beside the usual ones
    unfit: Callable[[Any], str] = lambda spec: ""  # why one that is set up so cannot be taken


@dataclass(frozen=True)
class Kind:
    """One kind of component. The folder's `build` module, imported only when templates are made, holds:

    * `attributes(component, platform) -> Mapping[str, Attribute]`: what others may refer to
    * `build(component, scope) -> None`: adds the resources
    * `grant(connection, component, scope) -> Grant`: what a verb gives, in the consumer's scope
      (only kinds that offer verbs)

    A kind whose spec has a property `existing` takes over what is there already: its module `adopted` holds
    `attributes` for that, and nothing is built, connected or watched, and nothing checked but by
    `check_adopted`. All its verbs must work all the same, and `check_adopted` says where they cannot.

    A kind whose components can come back in another region has a `recovery` module beside it, which is asked
    only when the platform has a second region; `compiler.protection` tells it what is wanted there:

    * `attributes(component, platform) -> Mapping[str, Attribute]`: more of what others may refer to
    * `build(component, scope) -> None`: adds the resources, most of them `scope.at` a recovery layer
    * `outlook(component, platform) -> Outlook | None`: what a lost region costs; None without a part in it

    A kind whose components have something that runs out, or take of what others have, has a `capacity` module
    (the records are in `compiler/draw.py`, docs/capacity.md says more); no troposphere there:

    * `figures(component, platform) -> Figures`: its pools, its draws on its own and others', and facts
    * `copies(component, platform) -> Copies`: how many of it work at one time (only kinds that run code)
    """

    name: str
    section: str
    spec: type[Record]
    layer: Layer
    summary: str
    layer_of: Callable[[Any], Layer] | None = None  # where the spec says it, instead of `layer`
    names: Mapping[str, Any] | None = None  # JSON Schema of its components' names, where not kebab-case
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
    check_adopted: Callable[[Component, Platform], Iterable[Problem]] = lambda component, platform: ()
    alarms: Callable[[Component, Platform], Iterable[Alarm]] = lambda component, platform: ()
    quotas: tuple[Quota, ...] = ()  # of the account, on which its components draw
    # Whether a component begins a path that is watched as one: with all that it calls in order to answer, or
    # with all that it starts. What is in no path is watched together with the rest of its layer.
    path: Literal["calls", "starts"] | None = None
    # What AWS promises of a component as it is configured: ids of `availability/slas.json`. All of them must
    # hold for it to work. None where no request can need such a component.
    availability: Callable[[Component, Platform], Iterable[str]] | None = None
    # Where requests come in: by who answers them, all that it takes next to the component itself.
    answers: Callable[[Component, Platform], Mapping[str, frozenset[str]]] | None = None
    backup: Backup | None = None  # None when AWS Backup cannot take the components
    # What is known of how much a component is used in a month, by the keys that prices are looked up with; it
    # is what its `usage` says, unless the kind knows more.
    usage: Callable[[Any], Mapping[str, float]] = declared
    lost: str = ""  # why data of such components cannot be had in another region, where that is so

    def home(self, spec: Any) -> Layer:
        """The layer of a component's own resources."""
        return self.layer_of(spec) if self.layer_of else self.layer

    @property
    def builder(self) -> ModuleType:
        """The module that makes resources; imports troposphere."""
        return importlib.import_module(f"compiler.kinds.{self.name}.build")

    @property
    def adopter(self) -> ModuleType:
        """The module that knows what exists already; only of kinds whose spec has `existing`."""
        return importlib.import_module(f"compiler.kinds.{self.name}.adopted")

    @property
    def recovery(self) -> ModuleType | None:
        """The module for the second region, if there is one; imports troposphere."""
        return _beside(self.name, "recovery")

    @property
    def sizing(self) -> ModuleType | None:
        """The module that says what runs out, if there is one."""
        return _beside(self.name, "capacity")

    def offers(self, component: Component, platform: Platform) -> Mapping[str, Any]:
        """The attributes (`scope.Attribute`) of a component, whether it is made or exists already."""
        module = self.adopter if component.adopted else self.builder
        found: Mapping[str, Any] = module.attributes(component, platform)
        return found


@cache
def _beside(kind: str, module: str) -> ModuleType | None:
    """A module of a kind's folder that not all kinds have."""
    name = f"compiler.kinds.{kind}.{module}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
