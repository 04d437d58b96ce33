"""What a kind builds with: a scope to add resources in, and what it gives to whoever uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, get_args

from compiler.assembly import DatabaseUser, MigrationFile
from compiler.kind import Layer, Verb
from compiler.model import Component, Connection, Path, Platform

# What a KMS key is for.
Purpose = Literal["data", "logs", "secrets"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@dataclass(frozen=True)
class Attribute:
    """A value of a component that others may use."""

    value: Any  # an expression that holds in the stack of `layer`; a plain text is a constant
    type: str = "String"  # the CloudFormation parameter type with which it travels
    layer: Layer | None = None  # where the value exists; None is the kind's own layer
    shown: bool = False  # also an output of the stack when nobody uses it, for people to read


@dataclass(frozen=True)
class Port:
    """A network path to a target: its security group admits the consumer on this TCP port."""

    security_group: Any
    port: int
    to_port: int | None = None
    owner: str = ""  # the component whose group it is, where that is not the target itself


@dataclass(frozen=True)
class EventSource:
    """A trigger by an event source mapping: the target is polled for the consumer."""

    arn: Any
    properties: Mapping[str, Any]  # of AWS::Lambda::EventSourceMapping, safe defaults included


@dataclass(frozen=True)
class Subscription:
    """A trigger by an SNS subscription."""

    topic_arn: Any
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class EventRule:
    """A trigger by an EventBridge rule, which the consumer makes in its own stack."""

    pattern: Mapping[str, Any]  # the events that match, as AWS::Events::Rule takes it
    rules: Any  # the ARNs of rules on that bus, with a wildcard; holds in every stack
    bus_name: Any = None  # None is the account's default bus, where AWS's own services send their events


@dataclass(frozen=True)
class Integration:
    """How an API reaches a target."""

    type: Literal["lambda", "http"]
    uri: Any  # the function's ARN, or the listener's
    function_name: Any = None
    server_name: str = ""  # the name to verify on the target's certificate; empty without TLS


@dataclass(frozen=True)
class Mount:
    """A filesystem to mount."""

    file_system_id: Any
    access_point_id: Any
    access_point_arn: Any
    path: str
    read_only: bool


@dataclass(frozen=True)
class Grant:
    """What one connection gives its consumer. Environment variables are declared on the verb."""

    statements: tuple[Any, ...] = ()  # awacs statements for the consumer's role
    ports: tuple[Port, ...] = ()
    trigger: EventSource | Subscription | EventRule | None = None
    integration: Integration | None = None
    mount: Mount | None = None


class Code(NamedTuple):
    """Where a Lambda function's deployment package will be."""

    bucket: Any
    key: str


class Scope(Protocol):
    """What a kind builds with: it adds resources for one component, into one layer."""

    platform: Platform
    component: Component
    layer: Layer

    def add(self, resource: Any, *, path: Path = (), serves: Iterable[Connection] = ()) -> Any:
        """Put a resource into a stack; `path` inside the component is where findings on it point.

        `serves` are the connections that it is there for, where the path does not say so.
        """

    def id(self, part: str) -> str:
        """The logical id of a part of this component."""

    def physical(self, *parts: str, limit: int) -> str:
        """`<platform>-<environment>-<component>[-parts]`; SpecError E213 when longer than `limit`."""

    def value(self, component: str, attribute: str) -> Any:
        """Another component's attribute as this stack can use it: the expression, or a parameter."""

    def offers(self, component: str, attribute: str) -> bool:
        """Whether a component has an attribute; what exists already may lack some that others have."""

    def key(self, purpose: Purpose, of: Component | None = None) -> Any:
        """The ARN of the KMS key for a purpose, or None where AWS-owned encryption is asked for.

        Grants say whose data is encrypted with `of`: what exists already has a key of its own.
        """

    def at(self, layer: Layer) -> Scope:
        """The same component's scope in another layer."""

    def grants(self) -> tuple[tuple[Connection, Verb, Grant], ...]:
        """What this component's connections and references give it, sorted by target, derived ones last."""

    def package(self, folder: str, *, path: Path) -> Code:
        """A deterministic zip of a folder, as an asset; SpecError E214 when it cannot be read."""

    def ship(
        self, name: str, libraries: Iterable[str] = (), files: Mapping[str, bytes] = MappingProxyType({})
    ) -> Code:
        """The package of a function of `compiler/shipped/`, with these installed libraries, as an asset.

        `files` are put beside it, by relative path.
        """

    def read(self, folder: str, *, path: Path) -> Mapping[str, bytes]:
        """The files of a folder that the spec names, by relative path; SpecError E214 as for `package`."""

    def migrate(
        self, function: str, files: Iterable[MigrationFile], users: Mapping[str, DatabaseUser]
    ) -> None:
        """Has the deployer run a migrator, once this stack is there and before any later one is touched.

        `function` is the attribute of this component that names it; `users` are the components.
        """
