"""Rewrites what tests/review/ says of every pair, and proposes pairs where none are; read the diff.

python -m tests.write_review [--check] [KIND ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.review_pairs import ROOT, Pair, Reviewed, outcome, owned, reviewed
from tests.review_proposals import proposed

HEAD = (
    "# `python -m tests.write_review` writes `changes` and `back`. Read them as a reviewer would: what\n"
    "# follows from the change, and the riskiest class when it is undone.\n"
)


def main() -> int:
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    stale = 0
    for kind, names in owned().items():
        if wanted and kind not in wanted:
            continue
        text = rendered(produced(kind, names, propose="--check" not in sys.argv))
        file = ROOT / f"{kind}.yaml"
        if file.exists() and file.read_text() == text:
            continue
        stale += 1
        if "--check" in sys.argv:
            print(f"stale: {file.name}; run `python -m tests.write_review`", file=sys.stderr)
        else:
            file.write_text(text)
            print(f"rewrote {file.name}")
    return 1 if stale and "--check" in sys.argv else 0


def produced(kind: str, names: list[str], propose: bool) -> Reviewed:
    """The file's pairs with their outcome of now, in the order of the schema."""
    found = reviewed(kind)
    known = {pair.property for pair in found.pairs} | {*found.without}
    lacking = [name for name in names if name not in known] if propose else []
    pairs = [*map(outcome, found.pairs), *proposed(kind, lacking)]
    for name in sorted({*lacking} - {pair.property for pair in pairs}):
        print(f"{kind}: no pair for {name}", file=sys.stderr)
    return Reviewed(tuple(sorted(pairs, key=lambda pair: names.index(pair.property))), found.without)


def rendered(found: Reviewed) -> str:
    """The file as YAML: one key a line, values in one line."""
    parts = [HEAD, "pairs:\n", *(_pair(pair) for pair in found.pairs)]
    if found.without:
        parts.append(yaml.safe_dump({"without": dict(found.without)}, width=110, sort_keys=True))
    return "".join(parts)


def _pair(pair: Pair) -> str:
    shown: dict[str, Any] = msgspec.to_builtins(pair)
    text = [f"  {key}: {_inline(shown[key])}\n" for key in shown if key not in ("changes", "property")]
    said = [f"    - {_inline(line)}\n" for line in pair.changes]
    changes = ["  changes:\n", *said] if said else ["  changes: []\n"]
    back = text.pop() if pair.back else ""
    return "".join([f"- property: {pair.property}\n", *text, *changes, back])


def _inline(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n").strip()


if __name__ == "__main__":
    sys.exit(main())
