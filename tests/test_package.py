"""Deployment packages: the same bytes for the same files, whatever the machine."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as some

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
