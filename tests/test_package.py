"""Deployment packages: the same bytes for the same files, whatever the machine."""

import io
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from compiler import shipped
from compiler.package import package

NAMES = some.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}\.py", fullmatch=True)
FILES = some.dictionaries(NAMES, some.binary(max_size=64))


@given(FILES)
def test_a_package_holds_its_files_and_nothing_else(files: dict[str, bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(package(files, "x").content))
    assert {name: archive.read(name) for name in archive.namelist()} == files


@given(FILES)
def test_the_order_of_files_changes_no_byte(files: dict[str, bytes]) -> None:
    assert package(dict(reversed(files.items())), "x") == package(files, "x")


def test_the_key_is_the_hash_of_the_content() -> None:
    one, other = package({"a.py": b"1"}, "x"), package({"a.py": b"2"}, "x")
    assert one.key != other.key
    assert len(one.key.removesuffix(".zip")) == 64


def test_what_an_editor_leaves_beside_a_shipped_function_is_not_packed(tmp_path: Path) -> None:
    for name in ("app.py", "roots.pem", "app.py~", "app.py.orig", ".#app.py", ".DS_Store", "inner/part.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert sorted(name for name, _ in shipped.own_files(tmp_path)) == ["app.py", "inner/part.py", "roots.pem"]
