"""Every folder of tests/golden/ is a spec and exactly what comes of it; `make golden` rewrites them."""

from pathlib import Path

import pytest

from tests.golden_cases import cases, expected, produced


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_spec_gives_exactly_the_bytes_on_disk(case: Path) -> None:
    assert produced(case) == expected(case)
