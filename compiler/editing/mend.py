"""A spec's bytes -> the same with all fixes made that can be, round after round until there are no more."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from compiler.document import Document, load
from compiler.editing.edit import apply
from compiler.reading.decode import decode

# Mending the schema's problems shows those of names, and mending those shows the kinds' own; each may take a
# few rounds where fixes touch each other. Far more means that two checks contradict each other.
ROUNDS = 25


@dataclass(frozen=True)
class Mended:
    """What became of a spec, and of its problems."""

    content: bytes
    fixed: tuple[Diagnostic, ...]  # with the places where they were when they were found
    left: tuple[Diagnostic, ...]


def mend(content: bytes, file: str, find: Callable[[Document], Sequence[Diagnostic]]) -> Mended:
    """Applies the fixes of what `find` finds; SpecError when the content cannot be read as a spec."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = decode(content, file)
    seen = {text}
    fixed: list[Diagnostic] = []
    problems = find(load(text.encode(), file))
    for _ in range(ROUNDS):
        mendable = [problem for problem in problems if problem.fix]
        better, made = apply(text, [problem.fix for problem in mendable if problem.fix], file)
        if better in seen:
            break
        seen.add(better)
        text = better
        fixed += [problem for problem in mendable if any(problem.fix is fix for fix in made)]
        problems = find(load(text.encode(), file))
    return Mended(mark + text.encode(), tuple(fixed), tuple(problems))
