"""The folders that `formwork build` writes: which files in them are ours, and what is stale."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from compiler.assembly import MANIFEST
from compiler.commands.files import content_of, delete_file, names_in, write_file
from compiler.kind import LAYERS

ASSETS = "assets"
ADDRESSED = re.compile("[0-9a-f]{64}[.]zip")  # how packages are named: by their content
DEFAULT_OUT = "templates"  # where `build` writes, and what `diff` compares with


def write_tree(folder: str, files: Mapping[str, bytes]) -> None:
    """Makes a folder hold just these files of ours; the manifest last: it never promises what is not there.

    What somebody else put there stays.
    """
    ours = _ours(folder)
    for name in sorted(files, key=lambda name: (name == MANIFEST, name)):
        write_file(os.path.join(folder, name), files[name])
    _delete(folder, ours - set(files))


def stale(folder: str, files: Mapping[str, bytes]) -> list[str]:
    """The files of ours that are missing, differ, or should not be there; by path, sorted."""
    wrong = [name for name, content in files.items() if content_of(os.path.join(folder, name)) != content]
    wrong += _ours(folder) - set(files)
    return sorted(os.path.join(folder, name) for name in wrong)


def read_tree(folder: str) -> dict[str, bytes]:
    """The files of ours by relative path; empty when there is no such folder."""
    contents = {name: content_of(os.path.join(folder, name)) for name in _ours(folder)}
    return {name: content for name, content in contents.items() if content is not None}


def abandoned(out: str, platform: str, environments: Collection[str]) -> list[str]:
    """The folders of environments that the platform no longer has, by what their manifests say."""
    above = os.path.join(out, platform)
    gone = (name for name in names_in(above) if name not in environments)
    return [os.path.join(above, name) for name in gone if _is_of(os.path.join(above, name), platform, name)]


def clear(folder: str) -> None:
    """Deletes what is ours, and the folder when that was all."""
    _delete(folder, _ours(folder))
    with suppress(OSError):  # something of somebody else's is in it
        os.rmdir(folder)


def _is_of(folder: str, platform: str, environment: str) -> bool:
    if os.path.islink(folder):
        return False
    manifest = _manifest(folder)
    return manifest.get("platform") == platform and manifest.get("environment") == environment


def _delete(folder: str, names: Collection[str]) -> None:
    # The manifest last here too: while it is there, the rest is known to be ours.
    for name in sorted(names, key=lambda name: (name == MANIFEST, name)):
        delete_file(os.path.join(folder, name))
    with suppress(OSError):  # not empty, or not there
        os.rmdir(os.path.join(folder, ASSETS))


def _ours(folder: str) -> set[str]:
    """What the manifest names, and what only we name so; never anything outside the folder."""
    # The layers' own, for a build that was ended early writes the manifest last.
    named = _named(_manifest(folder)) | {MANIFEST} | {f"{layer}.template.json" for layer in LAYERS}
    found = {name for name in names_in(folder) if name in named}
    assets = os.path.join(folder, ASSETS)
    if not os.path.islink(assets):
        found |= {f"{ASSETS}/{name}" for name in names_in(assets) if ADDRESSED.fullmatch(name)}
    return {name for name in found if not os.path.isdir(os.path.join(folder, name))}


def _named(manifest: Mapping[str, Any]) -> set[str]:
    """The templates that a manifest names; of one that is not as it should be, those that can be told."""
    stacks = manifest.get("stacks")
    entries = stacks if isinstance(stacks, list) else []
    names = (entry.get("template") for entry in entries if isinstance(entry, dict))
    return {name for name in names if isinstance(name, str)}


def _manifest(folder: str) -> dict[str, Any]:
    """The manifest; nothing when there is none that can be understood."""
    try:
        found = json.loads(content_of(os.path.join(folder, MANIFEST)) or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
