"""Assemblies that were deployed and passed their checks: kept in the asset bucket, to go back to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from compiler import __version__, manifest
from compiler.assembly import MANIFEST, Assembly, dumps, sha256
from compiler.deploy import bootstrap, shown
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.reviewed import assembly_sha256

FORMAT = 1
MOST = 20  # of one environment; the oldest go first
_TIME = "%Y%m%dT%H%M%SZ"
# Others may put things there too; the S3 console makes an object of each folder.
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}\.json")


@dataclass(frozen=True)
class Kept:
    """One of them; its id is how people name it."""

    key: str

    @property
    def id(self) -> str:
        return self.key.rpartition("/")[2].removesuffix(".json")

    @property
    def time(self) -> datetime:
        """When it was deployed."""
        return datetime.strptime(self.id.partition("-")[0], _TIME).replace(tzinfo=UTC)


def bucket(aws: Aws) -> str | None:
    """Where they are; None where nothing ever needed the asset bucket."""
    return bootstrap.bucket(aws.stack(bootstrap.STACK))


def keep(aws: Aws, assembly: Assembly, now: datetime) -> None:
    """Keep it as the latest, and no more than MOST; nothing where there is no bucket, or where it is that."""
    place = bucket(aws)
    if place is None:
        return
    before = list(_all(aws, place, assembly))
    if _is_first(before, assembly):
        return
    content = {
        "formwork_assembly": FORMAT,
        "tool": __version__,
        "files": {name: text.decode() for name, text in assembly.files().items() if not _is_asset(name)},
    }
    key = f"{_prefix(assembly)}{now.strftime(_TIME)}-{_mark(assembly)}.json"
    aws.put_object(place, key, dumps(content).encode())
    for old in before[MOST - 1 :]:
        aws.delete_object(place, old.key)


def is_latest(aws: Aws, assembly: Assembly) -> bool:
    """Whether the last one that was kept is this very assembly."""
    return _is_first(listed(aws, assembly), assembly)


def _is_first(found: Sequence[Kept], assembly: Assembly) -> bool:
    return bool(found) and found[0].id.endswith(_mark(assembly))


def listed(aws: Aws, assembly: Assembly) -> tuple[Kept, ...]:
    """Those of the assembly's environment, the latest first."""
    place = bucket(aws)
    return tuple(_all(aws, place, assembly)) if place else ()


def load(aws: Aws, kept: Kept) -> Assembly:
    """What was kept, with its packages; DeployError when it is not whole any more."""
    place = bucket(aws)
    found = aws.get_object(place, kept.key) if place else None
    if place is None or found is None:
        raise DeployError(f"the assembly {kept.id} is gone", "choose another one; `--list` shows them")
    try:
        content = json.loads(found.content)
        files = {name: text.encode() for name, text in content["files"].items()}
        assets = [f"assets/{each['key']}" for each in json.loads(files[MANIFEST])["assets"]]
        whole = manifest.read(files | {name: _asset(aws, place, name) for name in assets})
        if not kept.key.startswith(_prefix(whole)):
            raise ValueError(f"it is of environment '{whole.environment}' of platform '{whole.platform}'")
        return whole
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeployError(
            f"the assembly {kept.id} cannot be read: {error}", "choose another one; `--list` shows them"
        ) from None


def renames(aws: Aws, kept: Kept) -> dict[str, str]:
    """What its components were called before; nothing when it can no longer be read."""
    place = bucket(aws)
    found = aws.get_object(place, kept.key) if place else None
    try:
        content = json.loads(found.content) if found else {}
        named = json.loads(content["files"][MANIFEST]).get("renames", {})
        return {str(new): str(old) for new, old in named.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_deployed(aws: Aws, assembly: Assembly) -> bool:
    """Whether every stack of it is there with just its template."""
    return all(
        stack.template == shown.deployed(stack.name, aws.in_region(stack.region))
        for stack in assembly.stacks
        if aws.in_region(stack.region).stack(stack.name) is not None
    )


def _asset(aws: Aws, place: str, name: str) -> bytes:
    found = aws.get_object(place, name.removeprefix("assets/"))
    if found is None:
        raise ValueError(f"package {name.removeprefix('assets/')} is not in the bucket any more")
    return found.content


def _all(aws: Aws, place: str, assembly: Assembly) -> Iterator[Kept]:
    # The time at the beginning of a name sorts as it passes.
    start = _prefix(assembly)
    keys = (key for key in aws.objects(place, start) if _is_one(key.removeprefix(start)))
    return (Kept(key) for key in sorted(keys, reverse=True))


def _is_one(name: str) -> bool:
    try:
        return bool(_NAME.fullmatch(name) and Kept(name).time)
    except ValueError:  # such a day there is not
        return False


def _prefix(assembly: Assembly) -> str:
    return f"assemblies/{assembly.platform}/{assembly.environment}/"


def _mark(assembly: Assembly) -> str:
    return sha256(assembly_sha256(assembly).encode())[:12]


def _is_asset(name: str) -> bool:
    return name.startswith("assets/")
