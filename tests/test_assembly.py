"""The assembly: how it is written, read back, and kept from being tampered with."""

import copy
import json
from typing import Any

import pytest

from compiler.assembly import MANIFEST, sha256
from compiler.manifest import read
from tests.specs import compiled

SPEC = """
streams: {clicks: {}}
functions: {reader: {runtime: python3.13, handler: app.handler, code: src, connections: {clicks: consume}}}
"""


def test_what_was_written_reads_back_to_the_same_files() -> None:
    files = compiled(SPEC).files()
    assert read(files).files() == files


def test_an_edited_template_is_refused() -> None:
    files = compiled(SPEC).files()
    files["data.template.json"] += b"\n"
    with pytest.raises(ValueError, match=r"data\.template\.json is not what the manifest describes"):
        read(files)


def test_a_missing_asset_is_refused() -> None:
    files = {
        name: content for name, content in compiled(SPEC).files().items() if not name.startswith("assets/")
    }
    with pytest.raises(ValueError, match="is missing; build again"):
        read(files)


def test_a_manifest_of_another_version_is_refused() -> None:
    files = compiled(SPEC).files()
    files[MANIFEST] = json.dumps(json.loads(files[MANIFEST]) | {"manifest_version": 99}).encode()
    with pytest.raises(ValueError, match="manifest_version 99"):
        read(files)


def test_values_travel_between_stacks_as_typed_parameters() -> None:
    compute = next(stack for stack in compiled(SPEC).stacks if stack.layer == "compute")
    assert compute.parameters["ClicksArn"].stack == "shop-dev-data"
    assert compute.parameters["AssetBucket"].stack == "bootstrap"
    assert compute.depends_on == ("shop-dev-data", "shop-dev-foundation")
    assert compute.capabilities == ("CAPABILITY_IAM",)


def test_the_manifest_says_which_part_of_the_spec_a_resource_is() -> None:
    manifest = json.loads(compiled(SPEC).files()[MANIFEST])
    data = next(stack for stack in manifest["stacks"] if stack["layer"] == "data")
    assert data["origins"]["ClicksStream"] == {"component": "clicks", "path": "streams.clicks"}


def test_an_adopted_user_tag_never_replaces_the_platforms_own() -> None:
    assembly = compiled("tags: {platform: mine, owner: me}\n" + SPEC)
    assert assembly.tags == {"environment": "dev", "owner": "me", "platform": "shop"}


DAMAGED = [
    b"",
    b"{",
    b"\xff",
    b"[]",
    b"null",
    b"[" * 100_000,
    b"{}",
    b'{"manifest_version": "1"}',
    b'{"manifest_version": 1}',
]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="build again"):
        read({**compiled(SPEC).files(), MANIFEST: content})


def broken(manifest: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A manifest with another value at one place; without the place when the value is ABSENT."""
    changed = copy.deepcopy(manifest)
    inside: Any = changed
    for key in path[:-1]:
        inside = inside[key]
    if value is ABSENT:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return changed


ABSENT = object()
PLACES: list[tuple[Any, ...]] = [
    *[
        (key,)
        for key in ("platform", "environment", "profile", "region", "account", "tags", "stacks", "assets")
    ],
    *[
        ("stacks", 0, key)
        for key in ("name", "template", "sha256", "parameters", "depends_on", "stateful", "origins")
    ],
    ("stacks", 0),
    ("assets", 0, "key"),
]


@pytest.mark.parametrize("path", PLACES, ids=str)
@pytest.mark.parametrize("value", [ABSENT, 5, [5], {"a": 5}], ids=["absent", "number", "list", "mapping"])
def test_a_manifest_of_another_shape_is_refused(path: tuple[Any, ...], value: Any) -> None:
    if value is ABSENT and path[-1] == 0:
        return  # one stack less is of the right shape
    files = compiled(SPEC).files()
    files[MANIFEST] = json.dumps(broken(json.loads(files[MANIFEST]), path, value)).encode()
    with pytest.raises(ValueError, match="build again"):
        read(files)


def test_a_template_that_is_none_is_refused() -> None:
    files = compiled(SPEC).files()
    manifest = json.loads(files[MANIFEST])
    files["data.template.json"] = b'{"Resources": []}'
    entry = next(stack for stack in manifest["stacks"] if stack["layer"] == "data")
    entry["sha256"] = sha256(files["data.template.json"])
    files[MANIFEST] = json.dumps(manifest).encode()
    with pytest.raises(ValueError, match=r"data\.template\.json was damaged .*; build again"):
        read(files)
