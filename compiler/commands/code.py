"""A folder of code -> the files in it; whatever cannot be packed is an OSError that names it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compiler.package import Sources

# What never belongs into a deployment package, beside what is hidden.
LEFT_OUT = ("__pycache__",)
COMPILED = ".pyc"
# Bytes, unpacked. Source: AWS Lambda developer guide, "Lambda quotas", deployment package size, 2026-11:
# 250 MB, which the service itself spells out as 262144000 bytes.
UNPACKED_LIMIT = 262_144_000


def sources(spec: str) -> Sources:
    """Reads the folders that a spec names, relative to the spec's own folder."""
    base = os.path.dirname(os.path.abspath(spec))
    return lambda folder: read_code(os.path.join(base, folder))


def read_code(folder: str) -> Mapping[str, bytes]:
    """Every file that is packed, by its path in the folder."""
    if "\0" in folder:
        raise OSError(errno.EINVAL, "no folder's name holds a NUL character")
    reading = _Reading(os.path.realpath(folder))
    reading.take_folder(folder, "", ())
    return reading.found


@dataclass
class _Reading:
    """One folder, as far as it has been read."""

    root: str  # with all links followed
    found: dict[str, bytes] = field(default_factory=dict)
    size: int = 0

    def take_folder(self, path: str, name: str, around: tuple[str, ...]) -> None:
        """Adds what the folder holds; `around` are the folders it lies in, with all links followed."""
        real = os.path.realpath(path)
        if real in around:
            raise _refusal(name, "is a link to a folder around it; remove it")
        for entry in _entries(path, name):
            self._take(os.path.join(path, entry), f"{name}/{entry}" if name else entry, (*around, real))

    def _take(self, path: str, name: str, around: tuple[str, ...]) -> None:
        if os.path.islink(path) and not self._holds(os.path.realpath(path)):
            raise _refusal(name, "is a link that leads outside the folder; put a copy there instead")
        try:
            found = os.stat(path)
        except OSError as error:
            raise _unreadable(name, error) from error
        if stat.S_ISDIR(found.st_mode):
            self.take_folder(path, name, around)
        elif stat.S_ISREG(found.st_mode):  # before opening: a pipe would block
            self._take_file(path, name, found.st_size)
        else:
            raise _refusal(name, "is not a regular file; remove it")

    def _take_file(self, path: str, name: str, size: int) -> None:
        try:
            name.encode()
            with open(path, "rb") as file:
                room = UNPACKED_LIMIT - self.size
                content = file.read(room + 1) if size <= room else None
        except UnicodeEncodeError:
            raise _refusal(
                name.encode("ascii", "backslashreplace").decode(), "is not UTF-8; rename it"
            ) from None
        except OSError as error:
            raise _unreadable(name, error) from error
        if content is None or len(content) > room:
            limit = f"{UNPACKED_LIMIT // 1024**2} MB"
            message = f"it holds more than {limit}, the most that Lambda unpacks; leave out what does not run"
            raise OSError(errno.EFBIG, message)
        self.size += len(content)
        self.found[name] = content

    def _holds(self, real: str) -> bool:
        return real == self.root or real.startswith(os.path.join(self.root, ""))


def _entries(path: str, name: str) -> Iterator[str]:
    try:
        entries = sorted(os.listdir(path))
    except OSError as error:
        if not name:
            raise  # the folder itself: who asked for it names it
        raise _unreadable(name, error) from error
    for entry in entries:
        if not entry.startswith(".") and not entry.endswith(COMPILED) and entry not in LEFT_OUT:
            yield entry


def _unreadable(name: str, error: OSError) -> OSError:
    return _refusal(name, f"cannot be read: {(error.strerror or str(error)).lower()}", error.errno)


def _refusal(name: str, why: str, number: int | None = None) -> OSError:
    return OSError(number or errno.EINVAL, f"'{name}' {why}")
