"""Files on disk: written whole or not at all, and compared with what would be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping

from compiler.exits import UserError


def write_file(path: str, content: bytes) -> None:
    """Writes beside the target and renames: nobody ever sees half a file. Unchanged files stay untouched."""
    if content_of(path) == content:
        return
    folder = os.path.dirname(path) or "."
    try:
        os.makedirs(folder, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".formwork-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another place with --out") from error


def write_tree(folder: str, files: Mapping[str, bytes]) -> None:
    """Makes a folder hold just these files; the manifest last: it never promises what is not there."""
    for name in sorted(files, key=lambda name: (name == "manifest.json", name)):
        write_file(os.path.join(folder, name), files[name])
    for name in set(_names(folder)) - set(files):
        os.unlink(os.path.join(folder, name))


def stale(folder: str, files: Mapping[str, bytes]) -> list[str]:
    """The files that are missing, differ, or should not be there; by path, sorted."""
    wrong = [name for name, content in files.items() if content_of(os.path.join(folder, name)) != content]
    wrong += set(_names(folder)) - set(files)
    return sorted(os.path.join(folder, name) for name in wrong)


def content_of(path: str) -> bytes | None:
    """A file's bytes; None when there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def read_tree(folder: str) -> dict[str, bytes]:
    """Every file below a folder by relative path; empty when there is no such folder."""
    contents = {name: content_of(os.path.join(folder, name)) for name in _names(folder)}
    return {name: content for name, content in contents.items() if content is not None}


def _names(folder: str) -> Iterator[str]:
    for path, _, files in os.walk(folder):
        for name in files:
            yield os.path.relpath(os.path.join(path, name), folder).replace(os.sep, "/")
