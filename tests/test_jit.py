"""Compiled code is kept as long as what it is made of is unchanged, and no longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taawun import jit

NUMBER = "FACTOR = {}\n"
KERNEL = """
from taawun.made.number import (
    FACTOR,
)
from taawun.jit import kernel

@kernel
def times(value: int) -> int:
    return value * FACTOR
"""


@pytest.fixture
def package(tmp_path):
    """A package of its own that stands where ours does, with a kernel made of two files."""
    made = tmp_path / "taawun" / "made"
    made.mkdir(parents=True)
    for folder in (made, made.parent):
        (folder / "__init__.py").touch()
    (made / "number.py").write_text(NUMBER.format(2))
    (made / "kernels.py").write_text(KERNEL)
    (made.parent / "jit.py").write_bytes(Path(jit.__file__).read_bytes())
    return made


def run(package):
    code = "from taawun.made.kernels import times; print(times(21))"
    env = {**os.environ, "PYTHONPATH": str(package.parent.parent), "NUMBA_DISABLE_JIT": "0"}
    env.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout.split()


def test_a_changed_number_in_another_file_is_compiled_anew(package):
    first, again = run(package), run(package)
    assert first[0] == again[0] == "42"
    (package / "number.py").write_text(NUMBER.format(3))
    assert run(package)[0] == "63"
    kept = list((package.parent / "__pycache__" / "kernels").iterdir())
    assert len(kept) == 1


def test_all_that_a_kernel_is_made_of_is_found():
    made_of = {path.name for path in jit._made_of("taawun.screening.kernels")}
    assert {"kernels.py", "jit.py"} <= made_of


def test_a_module_that_is_a_package_is_found():
    assert [path.name for path in jit._files("taawun.names")] == ["__init__.py"]
