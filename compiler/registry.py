"""Which kinds there are: every folder of `compiler/kinds/`, found by its name; nothing else lists them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from compiler.kind import Kind

FOLDER = "compiler.kinds"


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every kind by name, sorted."""
    found = pkgutil.iter_modules(importlib.import_module(FOLDER).__path__)
    names = sorted(module.name for module in found if module.ispkg)
    kinds = [importlib.import_module(f"{FOLDER}.{name}").KIND for name in names]
    return MappingProxyType({kind.name: kind for kind in kinds})
