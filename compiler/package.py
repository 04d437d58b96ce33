"""Files -> one zip with the same bytes on every machine, named by its content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from compiler.assembly import Asset, sha256

# Folder, as the spec names it -> the files in it by relative path; raises OSError when it cannot be read.
Sources = Callable[[str], Mapping[str, bytes]]

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
READABLE = 0o100644 << 16


def package(files: Mapping[str, bytes], component: str) -> Asset:
    """The deployment package of a function. Stored, not deflated: zlib's output differs between versions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = READABLE
            archive.writestr(entry, files[name])
    content = buffer.getvalue()
    return Asset(f"{sha256(content)}.zip", content, component)
