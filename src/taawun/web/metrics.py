"""Counters for Prometheus. With several processes `PROMETHEUS_MULTIPROC_DIR` joins them.

Labels are route templates and status codes: nothing that a caller sent.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("taawun_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "taawun_request_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
QUERIES = Counter("taawun_queries_total", "Subjects screened by /match")
MATCHES = Counter("taawun_matches_total", "Results at or above the threshold")
INCOMPLETE = Counter("taawun_incomplete_total", "Answers cut short by a time budget")
TURNED_AWAY = Counter("taawun_turned_away_total", "Requests refused because too many waited")
RELOADS = Counter("taawun_index_reloads_total", "Times that another build of the index was opened")
ENTITIES = Gauge("taawun_entities", "Entities served", multiprocess_mode="max")
UNDER_WAY = Gauge("taawun_under_way", "Requests computing or waiting", multiprocess_mode="sum")


def page() -> tuple[bytes, str]:
    """What `/metrics` answers, and its content type."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
