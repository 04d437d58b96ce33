"""The assembly: how it is written, read back, and kept from being tampered with."""

import json

import pytest

from compiler.assembly import MANIFEST, read
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
