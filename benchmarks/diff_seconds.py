"""How long `diff` takes offline, with nothing and with much changed, beside the cfn-lint command; a table.

    python benchmarks/diff_seconds.py [SPEC] [--env ENVIRONMENT] [--rounds 7]

Without `--env` all environments are compared. What was there before is built from the spec itself, and once
more from the spec with another address range for the network, so that nearly everything hangs on a change.
cfn-lint reads the same templates once, which no tool that understands them can do without.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml
from cfn_lint_ratio import ROOT, SPEC, TOOLS, Limit, measure, row

# The contract.
SECONDS, MEGABYTES = 1.0, 300
OTHER_RANGE = "10.99.0.0/16"
FORMWORK, LINTER = str(TOOLS / "formwork"), str(TOOLS / "cfn-lint")


def main() -> int:
    """Prints the table; 1 when a limit is exceeded."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        commands = make_commands(ROOT / options.spec, options.env, Path(folder))
        rounds = [
            {name: measure(command) for name, command in commands.items()} for _ in range(options.rounds)
        ]
    runs = {name: [each[name] for each in rounds] for name in commands}
    limit = Limit(SECONDS, MEGABYTES)
    print(
        f"{options.spec}, {options.env or 'all environments'}, {options.rounds} rounds, "
        f"{os.cpu_count()} processors\n"
    )
    print("| command | median s | fastest s | slowest s | limit s | processor s | MB | limit MB | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    kept = [row(name, runs[name], Limit(None, None) if name == "cfn-lint" else limit) for name in commands]
    worst = max(statistics.median(run.seconds for run in runs[name]) for name in runs if name != "cfn-lint")
    lint = statistics.median(run.seconds for run in runs["cfn-lint"])
    print(f"\ndiff takes {worst / lint:.2f} of the cfn-lint command")
    return 0 if all(kept) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spec", nargs="?", default=SPEC)
    parser.add_argument("--env")
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def make_commands(spec: Path, environment: str | None, folder: Path) -> dict[str, Sequence[str]]:
    """The commands by name; what they compare with is built first."""
    changed = other(spec)
    only = ["--env", environment] if environment else []
    try:
        for name, file in (("same", spec), ("other", changed)):
            build = [FORMWORK, "build", str(file), "--out", str(folder / name), *only]
            subprocess.run(build, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    finally:
        changed.unlink()
    templates = sorted(str(file) for file in (folder / "same").rglob("*.template.json"))
    diff = [FORMWORK, "diff", str(spec), *only, "--against"]
    return {
        "diff, nothing changed": [*diff, str(folder / "same")],
        "diff, another network": [*diff, str(folder / "other")],
        "cfn-lint": [LINTER, *templates],
    }


def other(spec: Path) -> Path:
    """The spec with another network, in a file beside it, for folders of code are relative to it."""
    data = yaml.safe_load(spec.read_text())
    if "cidr" not in data.get("network", {}):
        raise SystemExit(f"{spec} says no address range of its network; name a spec that does")
    data["network"]["cidr"] = OTHER_RANGE
    handle, name = tempfile.mkstemp(suffix=".yaml", dir=spec.parent)
    with os.fdopen(handle, "w") as file:
        yaml.safe_dump(data, file)
    return Path(name)


if __name__ == "__main__":
    sys.exit(main())
