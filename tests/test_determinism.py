"""The same spec gives the same bytes: in any key order, at any hash seed, on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from compiler import pipeline
from compiler.commands.code import sources
from compiler.document import load

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "specs" / "iot-platform.yaml"
PROGRAM = """
import hashlib, sys
from compiler import pipeline
from compiler.commands.code import sources
from compiler.document import read
files = pipeline.compile_spec(read(sys.argv[1]), "production", sources(sys.argv[1])).files()
print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def shuffled(value: Any, random: Random) -> Any:
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}


@settings(max_examples=5, deadline=None)
@given(some.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_byte(random: Random) -> None:
    text = SPEC.read_text()
    mixed = json.dumps(shuffled(load(text.encode(), "x").data, random))
    for environment in ("synthetic", "production"):
        one = pipeline.compile_spec(load(text.encode(), "x"), environment, sources(str(SPEC)))
        other = pipeline.compile_spec(load(mixed.encode(), "x"), environment, sources(str(SPEC)))
        assert one.files() == other.files()


def test_the_hash_seed_changes_no_byte() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(SPEC)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(hashes) == 1
