"""Running the service: the worker processes, their logs and where their counters meet."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import structlog

FACTORY = "taawun.web.app:of_environment"


def run(home: Path, *, host: str, port: int, workers: int, log: str = "info") -> None:
    """Serve the state in `home` until the process is told to stop.

    One process serves by itself; several are started and watched by this one, share its socket
    and, through the page cache, the index. `log` is info (a line for each request) or warning.
    """
    import uvicorn

    os.environ["TAAWUN_HOME"] = str(home)
    os.environ["TAAWUN_LOG"] = log
    with _counters(workers):
        uvicorn.run(
            FACTORY,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=20,
            # A worker that compiles its kernels for the first time is slow to answer, not dead.
            timeout_worker_healthcheck=60,
        )


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


@contextmanager
def _counters(workers: int) -> Iterator[None]:
    """Where the processes keep their counters, so that each can tell the sum of all."""
    if workers == 1 or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="taawun-counters-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]


def log_to_stderr(level: str) -> None:
    """One JSON object a line on stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _line(event: dict[str, Any], default: Any = str, **_: Any) -> bytes:
    return orjson.dumps(event, default=default)
