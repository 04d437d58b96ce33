"""Before and after of specs: every property of every kind, and what must hold whatever changes."""

from __future__ import annotations

import json
from itertools import islice
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compiler import pipeline
from compiler.commands.code import sources
from compiler.document import load
from compiler.review.changes import Change, ChangePlan
from compiler.review.templates import compare
from tests.review_pairs import (
    Pair,
    all_pairs,
    assembly,
    example,
    outcome,
    owned,
    plan,
    put,
    reviewed,
    written,
)
from tests.test_determinism import shuffled
from tests.test_kinds import EXAMPLES, FOLDER, KINDS, each_kind, adopted_somewhere

PAIRS = all_pairs()
INVERSE = {"add": "remove", "remove": "add"}
some_pair = some.sampled_from(PAIRS)
