"""How long it takes to deploy, change and destroy many small stacks on the embedded emulator; a table.

    python benchmarks/parallel_stacks.py [--stacks 100] [--throttled]

The calls are those on the wire, each try counted; with `--throttled` every 40th CreateChangeSet and
DescribeStacks is answered "too often". The memory is the biggest that this process had so far.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compiler.deploy import aws, destroy, execute, plan
from compiler.emulator.server import find_python, running
from tests.hostile import Strike, Weather, hostile
from tests.many import platform

ACCOUNT = "730000000000"
EVERY = 40


def main() -> int:
    """Prints the table."""
    options = arguments()
    weather = Weather()
    print("| what | seconds | calls | calls per stack | MB |")
    print("| --- | --- | --- | --- | --- |")
    with running(find_python()) as emulator, hostile(emulator.endpoint_url, weather) as url:
        door = aws.connect(aws.Session(None, "us-east-1", url, ACCOUNT))
        for name, work in works(door, options.stacks).items():
            weather.set(*strikes(options))
            row(name, work, weather, options.stacks)
        print(f'\nanswered "too often": {door.throttled()} times')
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stacks", type=int, default=100)
    parser.add_argument("--throttled", action="store_true")
    return parser.parse_args()


def works(door: aws.Boto, stacks: int) -> dict[str, Callable[[], Iterable[object]]]:
    """What is measured, in order; each gives its events."""
    one, two = platform(stacks), platform(stacks, "two")
    return {
        "deploy": lambda: execute.run(plan.make(one, door)),
        "nothing to do": lambda: execute.run(plan.make(one, door)),
        "change all": lambda: execute.run(plan.make(two, door)),
        "destroy": lambda: destroy.run(destroy.plan(two, door)),
    }


def strikes(options: argparse.Namespace) -> list[Strike]:
    """Faults spread over the calls of two operations."""
    if not options.throttled:
        return []
    ordinals = range(EVERY, 10 * options.stacks, EVERY)
    names = ("CreateChangeSet", "DescribeStacks")
    return [Strike(name, "throttled", first, 1) for name in names for first in ordinals]


def row(name: str, work: Callable[[], Iterable[object]], weather: Weather, stacks: int) -> None:
    """Prints one line of the table."""
    start = time.perf_counter()
    for _ in work():
        pass
    seconds, calls = time.perf_counter() - start, sum(weather.calls.values())
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(f"| {name} | {seconds:.1f} | {calls} | {calls / stacks:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
