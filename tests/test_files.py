"""Files on disk: whole or not at all."""

import json
import os
from pathlib import Path

import pytest

from compiler.commands.built import read_tree, stale, write_tree
from compiler.commands.files import write_file
from compiler.exits import UserError

OLD_ASSET, NEW_ASSET = (f"assets/{letter * 64}.zip" for letter in "ab")


def manifest(**more: object) -> bytes:
    return json.dumps({"platform": "shop", "environment": "dev", "stacks": [], **more}).encode()


def test_only_files_of_ours_are_deleted(tmp_path: Path) -> None:
    theirs = [
        "notes.txt",
        "assets/readme.md",
        "assets/my.zip",
        "my.template.json",
        "deep/data.template.json",
        "../beside",
    ]
    ours = ["data.template.json", OLD_ASSET, "named.json"]
    home = tmp_path / "home"
    for name in [*theirs, *ours]:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    stacks = [{"template": "named.json"}, {"template": "../beside"}, {"template": 3}, 4]
    (home / "manifest.json").write_bytes(manifest(stacks=stacks))
    files = {"edge.template.json": b"1", NEW_ASSET: b"2", "manifest.json": manifest()}

    assert {Path(path).name for path in stale(str(home), files)} == {
        *("edge.template.json", Path(NEW_ASSET).name, "manifest.json"),
        *("data.template.json", Path(OLD_ASSET).name, "named.json"),
    }
    write_tree(str(home), files)
    assert [name for name in theirs if not (home / name).exists()] == []
    assert [name for name in ours if (home / name).exists()] == []
    assert stale(str(home), files) == []
    assert read_tree(str(home)) == files


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"stacks": 3}'])
def test_a_manifest_that_cannot_be_understood_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    (tmp_path / "named.json").write_text("x")
    write_tree(str(tmp_path), {"manifest.json": manifest()})
    assert sorted(os.listdir(tmp_path)) == ["manifest.json", "named.json"]


def test_assets_behind_a_link_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / Path(OLD_ASSET).name).write_text("x")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "assets").symlink_to(tmp_path / "elsewhere")
    write_tree(str(tmp_path / "home"), {"manifest.json": manifest()})
    assert (tmp_path / "elsewhere" / Path(OLD_ASSET).name).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may delete everything")
def test_what_may_not_be_deleted_is_said(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / OLD_ASSET).write_text("x")
    (tmp_path / "assets").chmod(0o500)
    with pytest.raises(UserError, match=r"cannot delete .*a\.zip: permission denied; delete it"):
        write_tree(str(tmp_path), {"manifest.json": manifest()})


def test_an_unchanged_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_file(str(path), b"1")
    os.utime(path, (1, 1))
    write_file(str(path), b"1")
    assert path.stat().st_mtime == 1


def test_a_folder_in_the_way_is_an_error_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(UserError, match="cannot"):
        write_file(str(tmp_path / "a"), b"1")
    assert os.listdir(tmp_path) == ["a"]


def test_stale_files_are_listed_by_path(tmp_path: Path) -> None:
    built = {"compute.template.json": b"1", "data.template.json": b"2", "edge.template.json": b"3"}
    write_tree(str(tmp_path), built)
    wanted = {"compute.template.json": b"1", "data.template.json": b"x", "foundation.template.json": b"4"}
    wrong = [Path(path).name.partition(".")[0] for path in stale(str(tmp_path), wanted)]
    assert wrong == ["data", "edge", "foundation"]


def test_a_pipe_in_the_way_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(UserError, match="not a regular file; move it away"):
        write_file(str(tmp_path / "a"), b"1")
