"""Small specs that break one rule each, and what is said of them: `tests/corpus/<code>/fails*.yaml`, `.txt`.

Beside them `passes*.yaml`: specs that come near and of which nothing at all is said. Run as a module, this
writes the texts anew; read the diff.
"""

from __future__ import annotations

from pathlib import Path

from compiler import pipeline
from compiler.diagnostics import SpecError
from compiler.document import load
from tests.specs import TODAY, line

ROOT = Path(__file__).parent / "corpus"


def specs(beginning: str) -> list[Path]:
    """The specs whose file names begin so, sorted."""
    return sorted(ROOT.glob(f"*/{beginning}*.yaml"))


def said(spec: Path) -> list[str]:
    """What `formwork validate` says of a spec, a line each."""
    try:
        found = pipeline.judged(pipeline.platforms(load(spec.read_bytes(), spec.name)), TODAY)
    except SpecError as error:
        found = list(error.diagnostics)
    return [line(diagnostic) for diagnostic in found]


def expected(spec: Path) -> Path:
    """The file that holds what is to be said of a spec."""
    return spec.with_suffix(".txt")


def main() -> None:
    for spec in specs("fails"):
        expected(spec).write_text("\n".join(said(spec)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
