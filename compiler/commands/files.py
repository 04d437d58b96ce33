"""Files on disk: written whole or not at all, and compared with what would be written."""

from __future__ import annotations

import os
import stat
import tempfile

from compiler.exits import UserError


def write_file(path: str, content: bytes, mode: int = 0o644, option: str = "--out") -> None:
    """Writes beside the target and renames: nobody ever sees half a file. Unchanged files stay untouched.

    UserError when that cannot be; `option` is what chose the path.
    """
    if content_of(path) == content:
        return
    folder = os.path.dirname(path) or "."
    try:
        os.makedirs(folder, exist_ok=True)
        _put(path, content, mode)
    except (OSError, ValueError) as error:
        advice = f"choose another place with {option}"
        raise UserError(f"cannot write {path}: {reason(error)}; {advice}") from error


def rewrite_file(path: str, before: bytes, after: bytes) -> None:
    """Replaces what a file holds, if that is still `before`; its mode stays, and a link stays a link.

    UserError when the file was changed meanwhile or cannot be written.
    """
    target = os.path.realpath(path)
    if content_of(target) != before:
        raise UserError(f"{path} was changed meanwhile, so nothing was written; run the command again")
    try:
        if not os.access(target, os.W_OK):  # renaming would not ask
            raise UserError(f"cannot write {path}: it is read-only; check its owner and mode")
        _put(target, after, stat.S_IMODE(os.stat(target).st_mode))
    except OSError as error:
        raise UserError(f"cannot write {path}: {reason(error)}; check the mode of its folder") from error


def _put(path: str, content: bytes, mode: int) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".formwork-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def content_of(path: str) -> bytes | None:
    """A file's bytes; None when there is no such file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # before opening: a pipe would block
            raise UserError(f"cannot use {path}: it is not a regular file; move it away")
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {reason(error)}; check its owner and mode") from error


def delete_file(path: str) -> None:
    """Nothing when it is gone already."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        message = f"cannot delete {path}: {reason(error)}; delete it yourself, or build elsewhere with --out"
        raise UserError(message) from error


def names_in(folder: str) -> list[str]:
    """What a folder holds, sorted; nothing when it is no folder."""
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {folder}: {reason(error)}; check its owner and mode") from error


def reason(error: OSError | ValueError) -> str:
    """Why the system said no, as the middle of a sentence."""
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error)).lower()
