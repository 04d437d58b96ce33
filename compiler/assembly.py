"""The compiled platform: stacks in order, how values travel between them, assets, origins; as bytes.

`manifest.py` reads back what `Assembly.files` writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from compiler.diagnostics import Position
from compiler.model import Budget, Check, Waiver

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
BOOTSTRAP = "bootstrap"  # the stack name in a Wire that means the account's bootstrap stack


@dataclass(frozen=True)
class Wire:
    """Where a template parameter gets its value: an output of an earlier stack."""

    stack: str
    output: str


@dataclass(frozen=True)
class Origin:
    """The part of the spec that a resource comes from."""

    component: str
    path: str  # dotted, as `formwork explain value` takes it
    # None when the assembly was read from its folder: line numbers are not kept there, so that moving
    # lines of the spec about changes no byte of what it compiles to.
    position: Position | None = None

    @property
    def place(self) -> str:
        """`file:line:column` where the spec is at hand, else the path."""
        return str(self.position) if self.position else self.path


@dataclass(frozen=True)
class Asset:
    """A file that must be in the asset bucket before a stack can use it; content-addressed."""

    key: str  # the S3 key, "<sha256>.zip"
    content: bytes
    component: str


@dataclass(frozen=True)
class Stack:
    """One CloudFormation stack: its template and all that deploying it takes."""

    name: str  # the physical stack name
    layer: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Wire]
    depends_on: tuple[str, ...]
    capabilities: tuple[str, ...]
    origins: Mapping[str, Origin]
    stateful: tuple[str, ...]  # logical ids whose loss loses data
    label: str = ""  # what the spec calls it; empty when it is the one stack of its layer
    region: str = ""  # where it lives, when that is not the assembly's own region

    @property
    def called(self) -> str:
        """What people call the stack, and the end of its name."""
        return self.label or self.layer

    @property
    def file(self) -> str:
        """The template's name inside the assembly's folder."""
        return f"{self.called}.template.json"

    @cached_property
    def body(self) -> str:
        """The template as deterministic text."""
        return dumps(self.template)


@dataclass(frozen=True)
class MigrationFile:
    """One SQL file that a migrator brings along."""

    version: int
    file: str
    checksum: str  # as the migrator notes it in the database


@dataclass(frozen=True)
class DatabaseUser:
    """Who a component is in a database."""

    access: str  # read or write
    login: str  # iam or password


@dataclass(frozen=True)
class Migrator:
    """A function that brings a database to the version of its files: run between its stack and the next."""

    component: str
    stack: str  # the physical name of the stack that holds the function
    function: str  # the output of that stack that names it
    files: tuple[MigrationFile, ...]
    users: Mapping[str, DatabaseUser]  # by name


@dataclass(frozen=True)
class Assembly:
    """One environment, compiled. Deployable without the spec."""

    platform: str
    environment: str
    profile: str
    region: str
    account: str | None
    tags: Mapping[str, str]
    stacks: tuple[Stack, ...]
    assets: tuple[Asset, ...]
    migrators: tuple[Migrator, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    # What people say of how much each component is used in a month; sizes in bytes, durations in seconds.
    usage: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    budget: Budget | None = None
    checks: tuple[Check, ...] = ()
    execution_role: str | None = None  # the ARN of what CloudFormation acts with
    renames: Mapping[str, str] = field(default_factory=dict)  # component -> what it was called before

    def stack(self, name: str) -> Stack:
        """The stack of this name; KeyError when there is none."""
        return {stack.name: stack for stack in self.stacks}[name]

    def region_of(self, stack: Stack) -> str:
        """Where a stack lives."""
        return stack.region or self.region

    def files(self) -> dict[str, bytes]:
        """Every file of the assembly's folder, by relative path."""
        files = {stack.file: stack.body.encode() for stack in self.stacks}
        files |= {f"assets/{asset.key}": asset.content for asset in self.assets}
        return files | {MANIFEST: dumps(_manifest(self)).encode()}


def dumps(data: Any) -> str:
    """JSON for people and diffs: two spaces, sorted keys, final newline."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def sha256(content: bytes) -> str:
    """The content's address, in hex."""
    return hashlib.sha256(content).hexdigest()


def _manifest(assembly: Assembly) -> dict[str, Any]:
    return {
        "manifest_version": MANIFEST_VERSION,
        "platform": assembly.platform,
        "environment": assembly.environment,
        "profile": assembly.profile,
        "region": assembly.region,
        "account": assembly.account,
        "tags": dict(assembly.tags),
        "stacks": [_stack_entry(stack) for stack in assembly.stacks],
        "assets": [{"key": asset.key, "component": asset.component} for asset in assembly.assets],
        # Left out where there is none, so what was built before this was known is still what is built.
        **({"migrators": [asdict(each) for each in assembly.migrators]} if assembly.migrators else {}),
        **({"waivers": [_placeless(each) for each in assembly.waivers]} if assembly.waivers else {}),
        **({"usage": {name: dict(used) for name, used in assembly.usage.items()}} if assembly.usage else {}),
        **({"budget": _placeless(assembly.budget)} if assembly.budget else {}),
        **({"checks": [asdict(each) for each in assembly.checks]} if assembly.checks else {}),
        **({"execution_role": assembly.execution_role} if assembly.execution_role else {}),
        **({"renames": dict(assembly.renames)} if assembly.renames else {}),
    }


def _placeless(record: Waiver | Budget) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name != "position"}


def _stack_entry(stack: Stack) -> dict[str, Any]:
    return {
        "name": stack.name,
        "layer": stack.layer,
        "label": stack.label,
        "template": stack.file,
        "sha256": sha256(stack.body.encode()),
        "parameters": {
            name: {"stack": wire.stack, "output": wire.output} for name, wire in stack.parameters.items()
        },
        "depends_on": list(stack.depends_on),
        # Left out where it says nothing new.
        **({"region": stack.region} if stack.region else {}),
        "capabilities": list(stack.capabilities),
        "stateful": list(stack.stateful),
        "origins": {
            logical_id: {"component": origin.component, "path": origin.path}
            for logical_id, origin in stack.origins.items()
        },
    }
