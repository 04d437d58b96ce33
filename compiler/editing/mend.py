"""A spec's bytes -> the same with all fixes made that can be, round after round until there are no more."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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
    fixed: tuple[Diagnostic, ...]  # at the lines where they were before
    left: tuple[Diagnostic, ...]
    left_before: tuple[Diagnostic, ...]  # the same, at the lines where they were before


def mend(content: bytes, file: str, find: Callable[[Document], Sequence[Diagnostic]]) -> Mended:
    """Applies the fixes of what `find` finds; SpecError when the content cannot be read as a spec."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = decode(content, file)
    first, seen = text, {text}
    fixed: list[Diagnostic] = []
    problems = find(load(text.encode(), file))
    for _ in range(ROUNDS):
        mendable = [problem for problem in problems if problem.fix]
        better, made = apply(text, [problem.fix for problem in mendable if problem.fix], file)
        if better in seen:
            break
        seen.add(better)
        done = [problem for problem in mendable if any(problem.fix is fix for fix in made)]
        fixed += _at_first(done, first, text)
        text = better
        problems = find(load(text.encode(), file))
    before = tuple(_at_first(problems, first, text))
    return Mended(mark + text.encode(), tuple(fixed), tuple(problems), before)


def _at_first(problems: Iterable[Diagnostic], first: str, now: str) -> Iterator[Diagnostic]:
    """The problems of a text at the lines of what was there before anything was mended."""
    lines = first.splitlines()
    blocks = difflib.SequenceMatcher(None, lines, now.splitlines(), autojunk=False).get_opcodes()
    for problem in problems:
        line = problem.position.line
        for _, start, end, now_start, now_end in blocks:
            if now_start < line <= now_end:
                # What was added stands before the line that was there.
                line = min(start + line - now_start, end) if start < end else min(start + 1, len(lines))
                break
        yield replace(problem, position=problem.position._replace(line=line))
