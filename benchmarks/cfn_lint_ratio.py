"""How long `validate` and `build` take beside the cfn-lint command on the same templates; a table.

    python benchmarks/cfn_lint_ratio.py [SPEC] [--env ENVIRONMENT] [--rounds 7]

The commands run in turns, so that a machine that grows slower wrongs none of them; medians are compared.
Run it with nothing else running: `build` uses two processors. The memory is that of a command's biggest
process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
SPEC = "specs/iot-platform.yaml"
# The contract.
VALIDATE_SECONDS, BUILD_OVER_LINT_SECONDS, MEGABYTES = 0.3, 0.5, 300


class Run(NamedTuple):
    """One run of a command."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    code: int


class Limit(NamedTuple):
    """What a command may take; None is anything."""

    seconds: float | None
    megabytes: float | None


def main() -> int:
    """Prints the table; 1 when a limit is exceeded."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        commands = make_commands(options.spec, options.env, folder)
        rounds = [
            {name: measure(command) for name, command in commands.items()} for _ in range(options.rounds)
        ]
    runs = {name: [each[name] for each in rounds] for name in commands}
    lint = statistics.median(run.seconds for run in runs["cfn-lint"])
    limits = {
        "validate": Limit(VALIDATE_SECONDS, MEGABYTES),
        "cfn-lint": Limit(None, None),
        "build": Limit(lint + BUILD_OVER_LINT_SECONDS, MEGABYTES),
    }
    print(f"{options.spec}, {options.env}, {options.rounds} rounds, {os.cpu_count()} processors\n")
    print("| command | median s | fastest s | slowest s | limit s | processor s | MB | limit MB | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    kept = [row(name, runs[name], limits[name]) for name in commands]
    build = statistics.median(run.seconds for run in runs["build"])
    print(f"\nbuild takes {build / lint:.2f} of the cfn-lint command")
    return 0 if all(kept) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spec", nargs="?", default=SPEC)
    parser.add_argument("--env", default="production")
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def make_commands(spec: str, environment: str, folder: str) -> dict[str, Sequence[str]]:
    """The commands by name; the templates are built first, for cfn-lint needs them."""
    formwork = str(TOOLS / "formwork")
    build = [formwork, "build", spec, "--env", environment, "--out", folder]
    first = measure(build)
    if first.code:
        raise SystemExit(f"{' '.join(build)} failed with {first.code}")
    templates = sorted(str(file) for file in Path(folder).rglob("*.template.json"))
    return {
        "validate": [formwork, "validate", spec],
        "cfn-lint": [str(TOOLS / "cfn-lint"), *templates],
        "build": build,
    }


def measure(command: Sequence[str]) -> Run:
    """One run, in a process of its own, because only that knows the memory of just its children."""
    # Not forked, for a child begins with the memory of what it was forked from.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (list(command),))


def _run(command: list[str]) -> Run:
    start = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6, code)


def row(name: str, runs: Sequence[Run], limit: Limit) -> bool:
    """Prints one command's line; whether it keeps its limits."""
    seconds = [run.seconds for run in runs]
    median, memory = statistics.median(seconds), max(run.megabytes for run in runs)
    kept = (limit.seconds is None or median < limit.seconds) and (
        limit.megabytes is None or memory < limit.megabytes
    )
    cells = (
        name,
        f"{median:.2f}",
        f"{min(seconds):.2f}",
        f"{max(seconds):.2f}",
        "" if limit.seconds is None else f"{limit.seconds:.2f}",
        f"{statistics.median(run.cpu_seconds for run in runs):.2f}",
        f"{memory:.0f}",
        "" if limit.megabytes is None else f"{limit.megabytes}",
        "" if limit.seconds is None else "kept" if kept else "EXCEEDED",
    )
    print(f"| {' | '.join(cells)} |")
    return kept


if __name__ == "__main__":
    sys.exit(main())
