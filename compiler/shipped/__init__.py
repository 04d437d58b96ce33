"""The Lambda functions that Formwork ships: each folder here is one, with the libraries it runs with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from importlib.resources import files
from importlib.resources.abc import Traversable

RUNTIME = "python3.13"
# Pure Python, so the same bytes run on every architecture; boto3 is part of Lambda's own runtime.
POSTGRESQL = ("pg8000", "scramp", "asn1crypto", "python-dateutil", "six")

# What our own functions are made of; what an editor, a merge or a file manager leaves beside it is no part.
_OWN = (".py", ".pem")
# What only tests, installers and type checkers read.
_LEFT_OUT = (".pyc", ".pyi", ".typed", ".tar.gz")


def code(name: str, libraries: Iterable[str] = ()) -> Mapping[str, bytes]:
    """The files of the function `name`, as the package `name`, beside its libraries.

    A handler is called `<name>.app.handler`. The libraries are the installed ones, which the requirements
    pin: another version gives another package, and so another asset.
    """
    own = {f"{name}/{path}": content for path, content in own_files(files(__name__) / name)}
    return own | {path: content for library in libraries for path, content in _library(library)}


def rds_roots() -> bytes:
    """The root certificates of RDS, for a function that connects to its databases; source in the file."""
    return (files(__name__) / "rotation" / "rds_roots.pem").read_bytes()


def own_files(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, bytes]]:
    """What a function is made of, by path: the same in every checkout, whatever else lies there."""
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from own_files(entry, f"{prefix}{entry.name}/")
        elif entry.is_file() and entry.name.endswith(_OWN) and not entry.name.startswith("."):
            yield prefix + entry.name, entry.read_bytes()


def _library(name: str) -> Iterable[tuple[str, bytes]]:
    for path in distribution(name).files or ():
        parts = path.parts
        # Some libraries ask for their own version when they are imported, and that is in METADATA.
        about = parts[0].endswith(".dist-info") and path.name != "METADATA"
        kept = not about and parts[0] != ".." and "__pycache__" not in parts
        if kept and not path.name.endswith(_LEFT_OUT):
            yield path.as_posix(), path.read_binary()
