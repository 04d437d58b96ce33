"""Packages of shipped functions: complete by themselves, and without what only installers read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from compiler import shipped


def test_the_libraries_of_a_package_run_with_nothing_else_installed(tmp_path: Path) -> None:
    """Without the site's packages: a library that asks for its own version must find it in the package."""
    for name, content in shipped.code("migrator", shipped.POSTGRESQL).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import pg8000.native; import migrator.run"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_what_an_installer_wrote_is_left_out() -> None:
    names = [name for name in shipped.code("migrator", shipped.POSTGRESQL) if ".dist-info/" in name]
    assert {name.rpartition("/")[2] for name in names} == {"METADATA"}
