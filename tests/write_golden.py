"""Rewrites what tests/golden/ expects, or with --check fails when it is stale; read the diff."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.golden_cases import cases, expected, produced


def main() -> int:
    stale = [case for case in cases() if produced(case) != expected(case)]
    if "--check" in sys.argv:
        for case in stale:
            print(f"stale: tests/golden/{case.name}; run `make golden`", file=sys.stderr)
        return 1 if stale else 0
    for case in stale:
        _write(case)
        print(f"rewrote tests/golden/{case.name}")
    return 0


def _write(case: Path) -> None:
    for name in expected(case):
        (case / name).unlink()
    for name, content in produced(case).items():
        (case / name).parent.mkdir(exist_ok=True)
        (case / name).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
