"""The only door to numba.

Every compiled kernel is made with `kernel`, so that one place decides how: cached on disk, no
Python objects, no GIL. `NUMBA_DISABLE_JIT=1` runs the same code as plain Python, which is how
the tests check that compiling changed nothing. numba is imported when the first kernel is made,
not when this module is.
"""

from __future__ import annotations

from collections.abc import Callable
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


def kernel(function: F) -> F:
    """Compile `function` in nopython mode, cached on disk, without the GIL."""
    from numba import njit

    return cast(F, njit(cache=True, nogil=True)(function))
