"""Golden cases: a folder with a spec, and exactly what comes of it, byte for byte."""

from __future__ import annotations

from pathlib import Path

from compiler import pipeline
from compiler.commands.code import sources
from compiler.diagnostics import SpecError
from compiler.document import load

ROOT = Path(__file__).parent / "golden"
DIAGNOSTICS = "diagnostics.txt"


def cases() -> list[Path]:
    """Every case's folder, sorted."""
    return sorted(spec.parent for spec in ROOT.glob("*/spec.yaml"))


def produced(case: Path) -> dict[str, bytes]:
    """What the case's spec gives now: templates and manifests by environment, or the diagnostics."""
    spec = case / "spec.yaml"
    try:
        document = load(spec.read_bytes(), "spec.yaml")
        return {
            f"{environment}/{name}": content
            for environment in pipeline.environments(document)
            for name, content in pipeline.compile_spec(document, environment, sources(str(spec)))
            .files()
            .items()
            if not name.startswith("assets/")  # the manifest holds their hashes
        }
    except SpecError as error:
        return {DIAGNOSTICS: f"{error}\n".encode()}


def expected(case: Path) -> dict[str, bytes]:
    """What is on disk."""
    files = [*case.glob("*/*.json"), *case.glob(DIAGNOSTICS)]
    return {str(file.relative_to(case)): file.read_bytes() for file in files}
