"""The only door to numba.

Every compiled kernel is made with `kernel`, so that one place decides how: cached on disk, no
Python objects, no GIL. `NUMBA_DISABLE_JIT=1` runs the same code as plain Python, which is how
the tests check that compiling changed nothing. numba is imported when the first kernel is made,
not when this module is.

numba itself keeps compiled code as long as the kernel's own file is unchanged. A kernel is also
made of what its file imports (other kernels, numbers, classes), so it is kept in a folder named for
the state of all of these; an older one goes when a new one comes.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

# What kernels take and return: arrays of these
F32 = npt.NDArray[np.float32]
I8 = npt.NDArray[np.int8]
F64 = npt.NDArray[np.float64]
I16 = npt.NDArray[np.int16]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
F = TypeVar("F", bound=Callable[..., Any])


ROOT = Path(__file__).parent
IMPORTS = re.compile(
    r"^\s*(?:from|import) +(taawun[\w.]*)(?: +import +(?:\(([^)]*)\)|([\w ,]+)))?", re.M
)


def kernel(function: F) -> F:
    """Compile `function` in nopython mode, cached on disk, without the GIL."""
    import numba

    config: Any = numba.config
    if config.DISABLE_JIT:
        return function
    given = config.CACHE_DIR
    config.CACHE_DIR = str(_folder(function.__module__))
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    finally:
        config.CACHE_DIR = given


@cache
def _folder(module: str) -> Path:
    """Where a module's compiled kernels are kept as long as nothing they are made of changes."""
    state = blake2b(digest_size=8)
    for path in sorted(_made_of(module)):
        seen = path.stat()
        state.update(f"{path.relative_to(ROOT)} {seen.st_mtime_ns} {seen.st_size}\n".encode())
    folder = _base() / f"{module}-{state.hexdigest()}"
    if not folder.is_dir():
        for older in folder.parent.glob(f"{module}-*"):
            shutil.rmtree(older, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _base() -> Path:
    """Beside the sources where these may be written, else in the user's cache."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given)
    if os.access(ROOT, os.W_OK):
        return ROOT / "__pycache__" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "taawun" / "kernels"


def _made_of(module: str) -> set[Path]:
    """The files of a module and of everything of ours that it imports, and so on."""
    met: set[Path] = set()
    open_ones = [*_files(module)]
    while open_ones:
        path = open_ones.pop()
        if path not in met:
            met.add(path)
            open_ones += _imported(path)
    return met


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    for match in IMPORTS.finditer(path.read_text("utf-8")):
        module, several, few = match.groups()
        found += _files(module)
        for name in re.findall(r"\w+", several or few or ""):
            found += _files(f"{module}.{name}")
    return tuple(found)


def _files(module: str) -> Iterator[Path]:
    """The file of a module by its name, if it is one."""
    stem = ROOT.joinpath(*module.split(".")[1:])
    for path in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
        if path.is_file():
            yield path
