"""The platform after resolution: named components, their connections, one environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from compiler.diagnostics import Position
from compiler.document import Path as Path  # everybody who works with the model needs it

Profile = Literal["dev", "synthetic", "production"]
BASE = "spec"  # the source of what is written for all environments


@dataclass(frozen=True)
class Provenance:
    """Where one value of the resolved spec comes from."""

    source: str  # BASE, "environment production", "profile production", "default"
    position: Position | None  # None when a default gave the value


@dataclass(frozen=True)
class Connection:
    """One consumer's use of one target, by a verb that the target owns."""

    consumer: str
    target: str
    verb: str
    options: Mapping[str, Any]  # what the long form says beside `access`, `env` and `optional`
    env: str | None  # replaces the prefix (or the whole name) of the injected variables
    position: Position
    derived: bool = False  # from another part of the consumer (an API's route), not from `connections`
    optional: bool = False  # whether the consumer does its work without the target too
    path: Path = ()  # where the resolved spec has it


@dataclass(frozen=True)
class Component:
    """One named part of the platform; `spec` is the typed object its kind declares."""

    name: str
    kind: str
    spec: msgspec.Struct
    path: Path
    position: Position
    connections: tuple[Connection, ...] = ()

    @property
    def adopted(self) -> bool:
        """Whether it exists already, so that nothing is made for it."""
        return getattr(self.spec, "existing", None) is not None

    @property
    def renamed_from(self) -> str | None:
        """What it was called when it was first deployed; None when that is what it is called."""
        found: str | None = getattr(self.spec, "renamed_from", None)
        return found

    @property
    def lasting_name(self) -> str:
        """The name in what AWS cannot rename: that of the first deployment."""
        return self.renamed_from or self.name


@dataclass(frozen=True)
class Waiver:
    """Leave for one environment to break a rule, up to and including a day."""

    rule: str
    reason: str
    expires: str  # ISO 8601, so that texts compare as the days do
    component: str | None = None  # the only one that it is for
    position: Position | None = field(default=None, compare=False)  # unknown where the spec is not at hand


@dataclass(frozen=True)
class Budget:
    """What an environment may cost in a month, in USD before taxes."""

    monthly_usd: float
    on_excess: Literal["warn", "fail"] = "fail"
    position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Check:
    """What must be so after a deployment; of `http`, `services` and `alarms` just one is said."""

    name: str
    http: str = ""  # a URL, or the component that has one
    path: str = "/"
    status: int = 200
    contains: str = ""
    services: tuple[str, ...] = ()  # components; ALL for all
    alarms: tuple[str, ...] = ()  # the same
    within: int = 300  # seconds in which it must come true
    watch: int = 0  # seconds for which it must then stay true


ALL = ("all",)  # in place of names of components


@dataclass(frozen=True)
class Environment:
    """One deployment of the platform, and what is wanted of it."""

    name: str
    profile: Profile
    region: str
    account: str | None
    waivers: tuple[Waiver, ...] = ()
    budget: Budget | None = None
    # Percent of a month in which requests are answered: of every path, or by the component it begins with.
    availability_target: float | Mapping[str, float] | None = None
    checks: tuple[Check, ...] = ()
    execution_role: str | None = None  # the ARN of what CloudFormation acts with


@dataclass(frozen=True, eq=False)  # known by identity, so that what is computed of one can be remembered
class Platform:
    """Everything the kinds need to build one environment; components are sorted by name."""

    name: str
    description: str
    environment: Environment
    tags: Mapping[str, str]
    components: Mapping[str, Component]
    values: Mapping[str, Any]  # the whole resolved spec as plain data, defaults included
    provenance: Mapping[Path, Provenance]  # of everything in `values`

    def of_kind(self, kind: str) -> Iterator[Component]:
        """The components of one kind, sorted by name."""
        return (c for c in self.components.values() if c.kind == kind)

    def users_of(self, target: str) -> Iterator[Connection]:
        """Every connection that names `target`, sorted by consumer."""
        return (c for user in self.components.values() for c in user.connections if c.target == target)

    def values_at(self, path: Path) -> Mapping[str, Any]:
        """The resolved spec's mapping at `path`."""
        return dict(self.value(path))

    def value(self, path: Path) -> Any:
        """What the resolved spec says at `path`."""
        found: Any = self.values
        for key in path:
            found = found[key]
        return found

    def origin(self, path: Path) -> Provenance:
        """Where the value at `path`, or the nearest thing around it, comes from."""
        return next(
            self.provenance[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.provenance
        )

    def written(self, path: Path) -> Path | None:
        """The path of the value at `path` in the document as it is written; None for a default's."""
        return written(path, self.provenance)

    def home(self, path: Path) -> Path:
        """Where the document has the value at `path`, or has what a value there would belong to."""
        return _in_document(path, _around(path, self.provenance))

    def position(self, path: Path) -> Position:
        """The place that set the value at `path`, or the nearest thing around it."""
        return place(path, self.provenance)


def written(path: Path, provenance: Mapping[Path, Provenance]) -> Path | None:
    """Where the document has the value at `path`, or would have it; None when a default gave what is around.

    The path of the document as it is written, as `diagnostics.Fix` takes it.
    """
    found = next(provenance[path[:end]] for end in range(len(path), -1, -1) if path[:end] in provenance)
    return None if found.position is None else _in_document(path, found)


def place(path: Path, provenance: Mapping[Path, Provenance]) -> Position:
    """The position of the value at `path`, or of the nearest thing around it that has one."""
    position = _around(path, provenance).position
    assert position is not None
    return position


def _around(path: Path, provenance: Mapping[Path, Provenance]) -> Provenance:
    """What the document says of the value at `path`, or of the nearest thing around it."""
    around = (provenance.get(path[:end]) for end in range(len(path), -1, -1))
    return next(found for found in around if found and found.position)


def _in_document(path: Path, found: Provenance) -> Path:
    """A path of the resolved spec as the document writes it."""
    if found.source == BASE:
        return path
    return ("environments", found.source.removeprefix("environment "), *path)
