"""The files of a built assembly -> the Assembly, if nobody has touched them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from compiler.assembly import (
    MANIFEST,
    MANIFEST_VERSION,
    Assembly,
    Asset,
    Migrator,
    Origin,
    Stack,
    Wire,
    sha256,
)
from compiler.model import Budget, Check, Waiver

Shape = TypeVar("Shape")


class _StackEntry(msgspec.Struct):
    name: str
    layer: str
    label: str
    template: str
    sha256: str
    parameters: dict[str, Wire]
    depends_on: tuple[str, ...]
    capabilities: tuple[str, ...]
    stateful: tuple[str, ...]
    origins: dict[str, Origin]
    region: str = ""


class _AssetEntry(msgspec.Struct):
    key: str
    component: str


class _Version(msgspec.Struct):
    manifest_version: int


class _Manifest(_Version):
    platform: str
    environment: str
    profile: str
    region: str
    account: str | None
    tags: dict[str, str]
    stacks: tuple[_StackEntry, ...]
    assets: tuple[_AssetEntry, ...]
    migrators: tuple[Migrator, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    usage: dict[str, dict[str, float]] = {}
    budget: Budget | None = None
    checks: tuple[Check, ...] = ()
    execution_role: str | None = None
    renames: dict[str, str] = {}


class _Resource(msgspec.Struct):
    Type: str
    Properties: dict[str, Any] = {}


class _Template(msgspec.Struct):
    Resources: dict[str, _Resource]
    Parameters: dict[str, dict[str, Any]] = {}
    Outputs: dict[str, dict[str, Any]] = {}


def read(files: Mapping[str, bytes]) -> Assembly:
    """The assembly that `Assembly.files` wrote; ValueError when a file is missing or was edited."""
    version = _decoded(files, MANIFEST, _Version).manifest_version
    if version != MANIFEST_VERSION:
        raise ValueError(f"manifest_version {version} is not {MANIFEST_VERSION}; build again")
    manifest = _decoded(files, MANIFEST, _Manifest)
    return Assembly(
        platform=manifest.platform,
        environment=manifest.environment,
        profile=manifest.profile,
        region=manifest.region,
        account=manifest.account,
        tags=manifest.tags,
        stacks=tuple(_read_stack(stack, files) for stack in manifest.stacks),
        assets=tuple(_read_asset(asset, files) for asset in manifest.assets),
        migrators=manifest.migrators,
        waivers=manifest.waivers,
        usage=manifest.usage,
        budget=manifest.budget,
        checks=manifest.checks,
        execution_role=manifest.execution_role,
        renames=manifest.renames,
    )


def _read_stack(entry: _StackEntry, files: Mapping[str, bytes]) -> Stack:
    body = _checked(files, entry.template, entry.sha256)
    _decoded(files, entry.template, _Template)  # only to see that it is one
    return Stack(
        name=entry.name,
        layer=entry.layer,
        label=entry.label,
        template=json.loads(body),
        parameters=entry.parameters,
        depends_on=entry.depends_on,
        capabilities=entry.capabilities,
        origins=entry.origins,
        stateful=entry.stateful,
        region=entry.region,
    )


def _read_asset(entry: _AssetEntry, files: Mapping[str, bytes]) -> Asset:
    content = _checked(files, f"assets/{entry.key}", entry.key.removesuffix(".zip"))
    return Asset(entry.key, content, entry.component)


def _checked(files: Mapping[str, bytes], name: str, expected: str) -> bytes:
    if sha256(_content(files, name)) != expected:
        raise ValueError(f"{name} is not what the manifest describes; build again")
    return files[name]


def _content(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise ValueError(f"{name} is missing; build again")
    return files[name]


def _decoded(files: Mapping[str, bytes], name: str, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(_content(files, name), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        why = str(error)
        raise ValueError(f"{name} was damaged ({why[:1].lower()}{why[1:]}); build again") from error
