"""Shapes of the network: the compiled engine finds what the reference engine means."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from taawun.detection.catalogue import Catalogue, Definition, shipped
from taawun.detection.compiled.bipartite import bipartite_per_transfer
from taawun.detection.compiled.cycle import cycle_per_transfer
from taawun.detection.compiled.fan import fan_in_per_transfer, fan_out_per_transfer
from taawun.detection.compiled.gather_scatter import gather_scatter_per_transfer
from taawun.detection.compiled.stack import stack_per_transfer
from taawun.detection.engine import search
from taawun.detection.finding import Found, Shape, found
from taawun.detection.reference.windows import of_accounts
from taawun.detection.stream import search_streamed, windows_of
from taawun.detection.typologies import TYPOLOGIES
from taawun.ledger.network import Network
from tests.detection.ledgers import HOUR, START, Row, made, network_of
from tests.detection.told import CODES, told

LEDGERS = 1_000
"""For each typology; every one is another ledger."""
Named = tuple[str, tuple[str, ...], str, str, tuple[int, ...]]


def meant(code: str, network: Network, seed: int) -> Found:
    typology = TYPOLOGIES[code]
    shapes = typology.reference(network, told(code, seed))
    return found(code, shapes, len(typology.measures))


def seeds(code: str, count: int = LEDGERS) -> Iterator[int]:
    first = CODES.index(code) * LEDGERS
    return iter(range(first, first + count))


@pytest.mark.parametrize("code", CODES)
def test_both_engines_find_the_same(code: str) -> None:
    findings = 0
    for seed in seeds(code):
        network = made(seed)
        expected = meant(code, network, seed)
        got = TYPOLOGIES[code].compiled(network, told(code, seed), 1 + seed % 2)
        assert list(got.shapes()) == list(expected.shapes()), f"ledger {seed}"
        findings += len(expected)
    assert findings > LEDGERS // 10, "the ledgers hold what is looked for"


@pytest.mark.parametrize("code", CODES)
def test_both_engines_say_it_in_the_same_arrays(code: str) -> None:
    network = made(3)
    expected, got = meant(code, network, 3), TYPOLOGIES[code].compiled(network, told(code, 3))
    for name in ("centre", "other", "start", "transfers", "measures"):
        one, other = getattr(expected, name), getattr(got, name)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)


def test_without_the_compiler_the_kernels_find_the_same() -> None:
    """The same code as plain Python, in a process of its own: compiling changed nothing."""
    script = (
        "from tests.detection.test_graph_engines import CODES, made, meant, told, TYPOLOGIES\n"
        "for code in CODES:\n"
        "    for seed in range(9_000, 9_025):\n"
        "        network = made(seed)\n"
        "        got = TYPOLOGIES[code].compiled(network, told(code, seed), 1 + seed % 2)\n"
        "        assert list(got.shapes()) == list(meant(code, network, seed).shapes()), seed\n"
        "print('same')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "same\n", ran.stderr[-2_000:]


# Any order, any part


def named(network: Network, all_found: list[Found]) -> list[Named]:
    """Findings in references and ids, which do not depend on where they were searched for."""
    names = network.names
    return [
        (
            each.typology,
            tuple(names.transfers(shape.transfers)),
            *("" if who < 0 else names.accounts([who])[0] for who in (shape.centre, shape.other)),
            shape.measures,
        )
        for each in all_found
        for shape in each.shapes()
    ]


def small(seed: int) -> Catalogue:
    """The graph typologies with numbers for small ledgers."""
    return Catalogue(
        tuple(
            replace(each, parameters=told(each.code, seed))
            for each in shipped()
            if each.code in CODES
        )
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows = [
        Row(f"a{a}", f"a{b}", 100, HOUR * at, reference=f"r{place}")
        for place, (a, b, at) in enumerate(dice.integers(0, [6, 6, 40], (30, 3)).tolist())
    ]
    shuffled = [rows[place] for place in dice.permutation(len(rows))]
    one, other = (network_of(each) for each in (rows, shuffled))
    catalogue = small(seed)
    assert sorted(named(one, search(one, catalogue))) == sorted(
        named(other, search(other, catalogue))
    )


@pytest.mark.parametrize("seed", range(60))
def test_windows_one_by_one_give_what_the_whole_gives(seed: int) -> None:
    network = made(seed, accounts=10, transfers=120, days=20)
    catalogue = small(seed)
    if not network.size:
        return
    span = (int(network.at[0]), int(network.at[-1]) + 1)
    core = int(np.random.default_rng(seed).choice([5, 30, 200])) * HOUR
    parts = search_streamed(windows_of(network), span, catalogue, core=core, threads=1)
    streamed = [each for part in parts for each in named(part.network, part.found)]
    assert sorted(streamed) == sorted(named(network, search(network, catalogue)))


def test_streaming_reports_its_parts_and_covers_its_span_once() -> None:
    network = made(5)
    heard: list[tuple[int, int]] = []
    parts = list(
        search_streamed(
            windows_of(network), (START, START + 100), small(5), core=40,
            progress=lambda done, of: heard.append((done, of)),
        )
    )  # fmt: skip
    assert [(part.since - START, part.until - START) for part in parts] == [
        *((0, 40), (40, 80), (80, 100))
    ]
    assert heard == [(1, 3), (2, 3), (3, 3)]


# Per transfer


@pytest.mark.parametrize("seed", range(100))
def test_the_widest_fan_of_each_transfer(seed: int) -> None:
    network, window = made(seed), 12 * HOUR
    for per_transfer, centre, party in (
        (fan_in_per_transfer, network.target, network.source),
        (fan_out_per_transfer, network.source, network.target),
    ):
        most = np.zeros(network.size, np.int32)
        for own in of_accounts(network, centre).values():
            for opens in own:
                inside = [e for e in own if 0 <= network.at[e] - network.at[opens] <= window]
                most[inside] = np.maximum(most[inside], len({int(party[e]) for e in inside}))
        assert per_transfer(network, window, 1 + seed % 2).tolist() == most.tolist()


@pytest.mark.parametrize("seed", range(100))
def test_the_best_pivot_of_each_transfer(seed: int) -> None:
    network, window = made(seed), 12 * HOUR
    paid, pays = of_accounts(network, network.target), of_accounts(network, network.source)
    gathered, scattered = (np.zeros(network.size, np.int32) for _ in range(2))
    for account in paid.keys() & pays.keys():
        for pivot in (int(network.at[each]) for each in (*paid[account], *pays[account])):
            came = [e for e in paid[account] if 0 <= pivot - network.at[e] <= window]
            went = [e for e in pays[account] if 0 <= network.at[e] - pivot <= window]
            fewer = min(
                len({int(network.source[each]) for each in came}),
                len({int(network.target[each]) for each in went}),
            )
            gathered[came] = np.maximum(gathered[came], fewer)
            scattered[went] = np.maximum(scattered[went], fewer)
    got = gather_scatter_per_transfer(network, window, 1 + seed % 2)
    assert [each.tolist() for each in got] == [gathered.tolist(), scattered.tolist()]


@pytest.mark.parametrize("seed", range(50))
def test_what_a_finding_measures_is_said_of_its_transfers(seed: int) -> None:
    network = made(seed)
    for code, per_transfer, measure in (
        ("bipartite", bipartite_per_transfer, 2),
        ("stack", stack_per_transfer, 1),
    ):
        most = [0] * network.size
        for shape in meant(code, network, seed).shapes():
            for each in shape.transfers:
                most[each] = max(most[each], shape.measures[measure])
        assert per_transfer(network, told(code, seed)).tolist() == most


@pytest.mark.parametrize("seed", range(50))
def test_the_shortest_cycle_of_each_transfer_is_no_longer_than_its_finding(seed: int) -> None:
    network, p = made(seed), told("cycle", seed)
    shortest = cycle_per_transfer(network, p)
    for shape in meant("cycle", network, seed).shapes():
        for each in shape.transfers:
            assert 0 < shortest[each] <= len(shape.transfers)
    assert set(shortest.tolist()) <= {0, *range(p["least"], p["most"] + 1)}


# Nothing, and a great deal


@pytest.mark.parametrize("code", CODES)
def test_an_empty_ledger_holds_nothing(code: str) -> None:
    empty = network_of([])
    assert list(TYPOLOGIES[code].compiled(empty, told(code, 0), 2).shapes()) == []


def test_a_hub_of_many_transfers_is_searched_and_not_walked_through() -> None:
    """Everybody pays the hub and is paid by it: without bounds this would be quadratic."""
    count = 30_000
    rows = [Row(f"a{each}", "hub", 100, each) for each in range(count)]
    rows += [Row("hub", f"a{each}", 100, count + each) for each in range(count)]
    network = network_of_many(rows)
    results = {each.typology: each for each in search(network, only=CODES, threads=2)}
    assert [next(results[code].shapes()).measures[0] for code in ("fan_in", "fan_out")] == [
        *(count, count)
    ]
    assert len(next(results["gather_scatter"].shapes()).transfers) == 2 * count
    assert [len(results[code]) for code in ("scatter_gather", "cycle", "bipartite", "stack")] == [
        *(0, 0, 0, 0)
    ]


def network_of_many(rows: list[Row]) -> Network:
    """Like `network_of`, for ledgers whose names need no looking up."""
    return network_of(rows)


def test_transfers_to_oneself_take_no_part() -> None:
    rows = [Row("a", "a", 100, each) for each in range(2_000)]
    rows += [Row(each, "a", 100, 10) for each in "bcde"]
    results = {each.typology: each for each in search(network_of(rows), only=CODES)}
    assert [len(each.transfers) for each in results["fan_in"].shapes()] == [4]
    assert sum(map(len, results.values())) == 1


def test_a_draft_is_searched_for_only_by_name() -> None:
    network = made(1)
    drafts = Catalogue(tuple(replace(each, live=False) for each in small(1)))
    assert search(network, drafts) == []
    assert [each.typology for each in search(network, drafts, only=("cycle",))] == ["cycle"]


def test_progress_names_each_typology() -> None:
    heard: list[tuple[str, int, int]] = []
    search(made(1), small(1), progress=lambda *told: heard.append(told))
    assert heard[0] == ("fan_in", 0, len(CODES))
    assert heard[-1] == ("", len(CODES), len(CODES))


def test_a_variant_is_called_by_its_own_code() -> None:
    variant: Definition = replace(small(1)["fan_in"], code="quick_collectors")
    assert [each.typology for each in search(made(1), Catalogue((variant,)))] == [
        "quick_collectors"
    ]


def test_shapes_are_canonical() -> None:
    """Equal first transfers are told apart by the next, then by whom the finding is about."""
    shapes = [Shape((0, 2), 1), Shape((0, 1, 2), 1), Shape((0, 1), 2), Shape((0, 1), 1, 5)]
    ordered = list(found("x", shapes, 0).shapes())
    assert ordered == [Shape((0, 1), 1, 5), Shape((0, 1), 2), Shape((0, 1, 2), 1), Shape((0, 2), 1)]
