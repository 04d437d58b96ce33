"""What is being built: resources by layer, values between layers, and the scopes that add them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from troposphere import AWSObject, Ref

from compiler import names, protection, shipped
from compiler.assembly import BOOTSTRAP, Asset, DatabaseUser, MigrationFile, Migrator, Origin
from compiler.blocks import cloudwatch
from compiler.diagnostics import Diagnostic, SpecError
from compiler.kind import LAYERS, RECOVERY_LAYERS, Layer, Verb
from compiler.model import Component, Connection, Path, Platform
from compiler.package import Sources, package
from compiler.places import Place, home_layer, place, stack_name
from compiler.registry import all_kinds
from compiler.scope import Attribute, Code, Grant, Purpose, Scope
from compiler.stateful import policies
from compiler.tags import tag


@dataclass
class Holding:
    """What one stack will hold."""

    resources: dict[str, AWSObject] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    # Parameter name -> the component and attribute that it carries.
    inputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Logical id -> the connections that the resource is there for, where its origin does not say so.
    serves: dict[str, tuple[Connection, ...]] = field(default_factory=dict)


@dataclass
class Draft:
    """What has been added so far, by stack."""

    platform: Platform
    sources: Sources
    places: dict[Place, Holding] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    migrators: list[Migrator] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    alike: list[set[str]] = field(default_factory=list)  # components of which E302 is told already
    granted: dict[tuple[str, Layer], tuple[tuple[Connection, Verb, Grant], ...]] = field(default_factory=dict)
    _attributes: dict[str, Mapping[str, Attribute]] = field(default_factory=dict)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the platform itself; users cannot take these two names away."""
        own = {"platform": self.platform.name, "environment": self.platform.environment.name}
        return dict(sorted((dict(self.platform.tags) | own).items()))

    def attributes(self, name: str) -> Mapping[str, Attribute]:
        """What a component offers to others."""
        if name not in self._attributes:
            component = self.platform.components[name]
            own = protection.offered(component, self.platform)
            self._attributes[name] = {**own, **cloudwatch.offered(component, self.platform)}
        return self._attributes[name]

    def home(self, name: str, attribute: Attribute) -> Place:
        """The stack in which an attribute's expression holds."""
        component = self.platform.components[name]
        return place(component, attribute.layer or home_layer(component))

    def holding(self, where: Place) -> Holding:
        """What has been added to one stack."""
        return self.places.setdefault(where, Holding())

    def tell_apart(self, one: str, other: str, value: str) -> None:
        """E302 when two components call a value alike: who needs the one would get the other."""
        both = {one, other}
        if len(both) == 2 and both not in self.alike:
            self.alike.append(both)
            message = f"'{one}' and '{other}' both give the value {value}; rename one"
            self.problems.append(Diagnostic(self.platform.components[one].position, "E302", message))


@dataclass(frozen=True)
class DraftScope(Scope):
    """The scope of one component in one layer."""

    draft: Draft
    component: Component
    layer: Layer

    @property
    def platform(self) -> Platform:  # type: ignore[override]
        return self.draft.platform

    @property
    def place(self) -> Place:
        """The stack this scope adds to."""
        return place(self.component, self.layer)

    def add(self, resource: Any, *, path: Path = (), serves: Iterable[Connection] = ()) -> Any:
        holding = self.draft.holding(self.place)
        if resource.title in holding.resources:
            other = holding.origins[resource.title].component
            message = (
                f"'{self.component.name}' and '{other}' both give the logical id {resource.title}; rename one"
            )
            self.draft.problems.append(self._problem(path, "E302", message))
            self.draft.alike.append({self.component.name, other})
        kept = policies(resource.resource_type, self.platform.environment.profile)
        if kept:
            resource.DeletionPolicy, resource.UpdateReplacePolicy = kept
        label = names.physical(self.platform.name, self.platform.environment.name, resource.title)
        tag(resource, self.draft.tags | {"component": self.component.name}, label)
        holding.resources[resource.title] = resource
        holding.origins[resource.title] = self._origin(path)
        holding.serves[resource.title] = tuple(serves)
        return resource

    def id(self, part: str) -> str:
        if self.layer in RECOVERY_LAYERS:
            return names.recovery_id(self.component.name, part)
        return names.logical_id(self.component.name, part)

    def physical(self, *parts: str, limit: int) -> str:
        platform = self.platform
        name = names.physical(platform.name, platform.environment.name, self.component.lasting_name, *parts)
        if len(name) > limit:
            message = (
                f"'{name}' has {len(name)} characters, AWS allows {limit}; "
                f"shorten the name of the component, the platform or the environment by {len(name) - limit}"
            )
            raise SpecError([Diagnostic(self.component.position, "E213", message)])
        return name

    def value(self, component: str, attribute: str) -> Any:
        found = self.draft.attributes(component)[attribute]
        if self.platform.components[component].adopted or isinstance(found.value, str | int | bool):
            return found.value  # it holds in every stack
        home = self.draft.home(component, found)
        if home == self.place:
            return found.value
        if LAYERS.index(home.layer) > LAYERS.index(self.place.layer):
            raise AssertionError(f"{self.layer} cannot use {component}.{attribute} of the later {home.layer}")
        name = names.parameter(component, attribute)
        self.draft.holding(self.place).inputs.setdefault(name, (component, attribute))
        other, _ = self.draft.holding(self.place).inputs[name]
        self.draft.tell_apart(component, other, name)
        return Ref(name)

    def offers(self, component: str, attribute: str) -> bool:
        return attribute in self.draft.attributes(component)

    def key(self, purpose: Purpose, of: Component | None = None) -> Any:
        if of is not None and of.adopted:
            offered = self.draft.attributes(of.name)
            return offered["key_arn"].value if "key_arn" in offered else None
        # In the second region the keys of there, if the platform has any.
        name = f"{'recovery_' if self.layer in RECOVERY_LAYERS else ''}{purpose}_key_arn"
        offered = self.draft.attributes("encryption")
        return self.value("encryption", name) if name in offered else None

    def at(self, layer: Layer) -> DraftScope:
        return DraftScope(self.draft, self.component, layer)

    def grants(self) -> tuple[tuple[Connection, Verb, Grant], ...]:
        # Once only: a grant may add resources, such as an access point.
        asked = (self.component.name, self.layer)
        if asked not in self.draft.granted:
            found = tuple(self._grant(connection) for connection in self.component.connections)
            self.draft.granted[asked] = found
        return self.draft.granted[asked]

    def package(self, folder: str, *, path: Path) -> Code:
        return self._asset(self._files("code folder", folder, path))

    def read(self, folder: str, *, path: Path) -> Mapping[str, bytes]:
        return self._files("folder", folder, path)

    def ship(
        self, name: str, libraries: Iterable[str] = (), files: Mapping[str, bytes] = MappingProxyType({})
    ) -> Code:
        return self._asset({**shipped.code(name, libraries), **files})

    def migrate(
        self, function: str, files: Iterable[MigrationFile], users: Mapping[str, DatabaseUser]
    ) -> None:
        name = self.component.name
        stack = stack_name(self.place, self.platform)
        found = Migrator(name, stack, names.parameter(name, function), tuple(files), dict(users))
        self.draft.migrators.append(found)

    def _files(self, what: str, folder: str, path: Path) -> Mapping[str, bytes]:
        try:
            files = self.draft.sources(folder)
        except OSError as error:
            reason = error.strerror or str(error)
            message = f"the {what} '{folder}' cannot be read: {reason[:1].lower()}{reason[1:]}"
            advice = "; folders are relative to the spec" if isinstance(error, FileNotFoundError) else ""
            raise SpecError([self._problem(path, "E214", message + advice)]) from error
        if not files:
            raise SpecError([self._problem(path, "E214", f"the {what} '{folder}' is empty")])
        return files

    def _asset(self, files: Mapping[str, bytes]) -> Code:
        asset = package(files, self.component.name)
        self.draft.assets[asset.key] = asset
        self.draft.holding(self.place).inputs["AssetBucket"] = (BOOTSTRAP, "AssetBucketName")
        return Code(Ref("AssetBucket"), asset.key)

    def _grant(self, connection: Connection) -> tuple[Connection, Verb, Grant]:
        target = self.platform.components[connection.target]
        kind = all_kinds()[target.kind]
        return connection, kind.verbs[connection.verb], kind.builder.grant(connection, target, self)

    def _problem(self, path: Path, code: str, message: str) -> Diagnostic:
        return Diagnostic(self.platform.position((*self.component.path, *path)), code, message)

    def _origin(self, path: Path) -> Origin:
        whole = (*self.component.path, *path)
        return Origin(self.component.name, ".".join(map(str, whole)), self.platform.position(whole))
