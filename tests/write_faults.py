"""Makes docs/faults.kill.json anew, killing and running all of it again: python -m tests.write_faults."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from compiler.emulator.server import find_python, running
from tests import kill_matrix
from tests.killing import Workshop


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        faults = Path(folder) / "faults.json"
        with running(find_python(), faults=faults) as emulator:
            kill_matrix.write(Workshop(emulator.endpoint_url, 740000000000, folder, faults))
    return 0


if __name__ == "__main__":
    sys.exit(main())
