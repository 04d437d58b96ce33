"""Files on disk: whole or not at all."""

import os
from pathlib import Path

import pytest

from compiler.commands.files import read_tree, stale, write_file, write_tree
from compiler.exits import UserError


def test_a_tree_ends_up_holding_just_the_files(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("x")
    write_tree(str(tmp_path), {"a.json": b"1", "assets/b.zip": b"2"})
    assert read_tree(str(tmp_path)) == {"a.json": b"1", "assets/b.zip": b"2"}


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
    write_tree(str(tmp_path), {"a": b"1", "b": b"2", "c": b"3"})
    wrong = stale(str(tmp_path), {"a": b"1", "b": b"x", "d": b"4"})
    assert [Path(path).name for path in wrong] == ["b", "c", "d"]
