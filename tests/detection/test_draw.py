"""Pictures: bounded, readable in both directions, nothing overlapping, hostile ids harmless."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from taawun.detection.draw import svg
from taawun.detection.layout import Box, Layout, laid_out
from taawun.detection.sketch import CENTRE, OTHER, REST, SEED, Moves, Sketch, moves_of, sketched
from tests.detection.ledgers import network

SHAPES = {
    "fan": "a, b, c, d, e > hub 100 @1d",
    "chain": "a > b 100 @1d\n b > c 99 @2d\n c > d 98 @3d",
    "cycle": "hub > b 100 @1d\n b > c 99 @2d\n c > d 98 @3d\n d > hub 97 @4d",
    "scatter_gather": "hub > b, c, d 100 @1d\n b, c, d > away 99 @2d",
    "bipartite": "a, b, c > x, y, z 100 @1d",
    "stack": "a, b > c, d, e 100 @1d\n c, d, e > f, g 60 @2d\n f, g > h 80 @3d",
    "both ways": "hub > a 10 @1d\n a > hub 9 @2d\n hub > a 8 @3d",
}
ELEMENTS = {"svg", "title", "desc", "rect", "path", "polygon", "text", "g"}
ATTRIBUTES = set(
    (
        "aria-labelledby class d direction fill font-family font-size font-weight height id lang "
        "points role rx stroke stroke-dasharray stroke-width text-anchor unicode-bidi viewBox "
        "width x y {http://www.w3.org/XML/1998/namespace}lang"
    ).split()
)


def picture(ledger_text: str, lang: str = "en", **more: str) -> etree._Element:
    ledger = network(ledger_text)
    roles = {"hub": CENTRE, "away": OTHER}
    sketch = sketched(moves_of(ledger, np.arange(ledger.size)), roles=roles)
    return parsed(svg(sketch, lang=lang, title="t", currency="EUR", **more))


def parsed(drawn: str) -> etree._Element:
    return etree.fromstring(drawn.encode(), etree.XMLParser(resolve_entities=False))


def tag(element: etree._Element) -> str:
    return etree.QName(element).localname


def texts(root: etree._Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter("{*}text")]


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_nothing_but_a_picture(shape: str, lang: str) -> None:
    root = picture(SHAPES[shape], lang, text="why")
    assert {tag(each) for each in root.iter()} <= ELEMENTS
    assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES
    assert not [value for each in root.iter() for value in each.attrib.values() if "url" in value]


@pytest.mark.parametrize(("lang", "way"), [("en", "ltr"), ("ar", "rtl")])
def test_who_cannot_see_it_hears_it(lang: str, way: str) -> None:
    root = picture(SHAPES["cycle"], lang, text="the reason")
    assert (root.get("role"), root.get("lang"), root.get("direction")) == ("img", lang, way)
    title, told = (root.find(f"{{*}}{name}") for name in ("title", "desc"))
    assert title is not None
    assert told is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert "the reason" in (told.text or "")
    links = [each.text or "" for each in root.iterfind(".//{*}g/{*}title")]
    assert any("hub" in each and "b" in each for each in links)


def test_two_pictures_on_one_page_have_their_own_names() -> None:
    names = [picture(SHAPES[shape]).get("aria-labelledby") for shape in SHAPES]
    assert len(set(names)) == len(names)


def test_transfers_between_a_pair_are_one_link() -> None:
    root = picture("a > hub 10 @1d\n a > hub 20.5 @3d\n b > hub ? @2d")
    assert {"2×: 30.50 EUR", "Jan 2 – 4, 2026", "amount unknown", "Jan 3, 2026"} <= set(texts(root))
    assert len(list(root.iter("{*}polygon"))) - 4 == 2  # hub and the legend have two each


def test_arabic_runs_from_the_right_and_ids_from_the_left() -> None:
    middles = {}
    for lang in ("en", "ar"):
        root = picture("a, b > hub 1000 @1d", lang)
        middles[lang] = {
            "".join(each.itertext()): float(each.get("x", "0"))
            for each in root.iter("{*}text")
            if each.get("unicode-bidi") == "isolate"
        }
        assert all(
            each.get("direction") == "ltr"
            for each in root.iter("{*}text")
            if each.get("unicode-bidi")
        )
    assert middles["en"]["a"] < middles["en"]["hub"]
    assert middles["ar"]["a"] > middles["ar"]["hub"]
    assert "١٬٠٠٠٫٠٠" in "".join(texts(picture("a, b > hub 1000 @1d", "ar")))


def test_whom_it_is_about_is_told_by_shape() -> None:
    ledger = network("s > hub 1 @1d\n hub > away 1 @2d")
    sketch = sketched(
        moves_of(ledger, np.arange(2)), roles={"hub": CENTRE, "away": OTHER, "s": SEED}
    )
    root = parsed(svg(sketch, lang="en", title="t"))
    kinds = {each.get("class"): tag(each) for each in root.iter() if "box" in each.get("class", "")}
    assert kinds == {"box centre": "polygon", "box other": "polygon", "box seed": "rect"}
    assert {"whom it is about", "where the money gathers", "where it starts"} <= set(texts(root))


# Hostile ids

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><image href='http://x/'/>",
    "]]><!--",
    "&amp;&lt;&#x0;",
    "\x00\x1f\x7f\ud800\ufffe",
    "\u202eSY12\u2066",
    "a" * 5_000,
    "漢字" * 40,
    "",
    " ",
)


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_id_is_text(hostile: str, lang: str) -> None:
    moves = Moves([hostile], ["b"], [0], [1], [1], ["EUR"])
    root = parsed(svg(sketched(moves), lang=lang, title=hostile, text=hostile, currency=hostile))
    plain = parsed(svg(sketched(Moves(["a"], ["b"], [0], [1], [1], ["EUR"])), lang=lang, title="t"))
    assert [tag(each) for each in root.iter()] == [tag(each) for each in plain.iter()]
    shown = [each for each in root.iter("{*}text") if each.get("unicode-bidi")]
    assert all(len("".join(each.itertext())) <= 30 for each in shown)
    assert not re.search("[\u202a-\u202e]", "".join(map(str, root.itertext())))


@given(st.text(), st.text(), st.sampled_from(["en", "ar"]))
def test_any_text_makes_a_picture(a: str, b: str, lang: str) -> None:
    parsed(svg(sketched(Moves([a], [b], [0], [1], [1], [b])), lang=lang, title=a, text=b))


# Bounds


def crowd(payers: int, payees: int) -> Sketch:
    rows = [(f"p{i}", "hub") for i in range(payers)] + [("hub", f"q{i}") for i in range(payees)]
    n = len(rows)
    sources, targets = zip(*rows, strict=True)
    moves = Moves(sources, targets, range(n), range(1, n + 1), range(1, n + 1), ["EUR"] * n)
    return sketched(moves, roles={"hub": CENTRE})


def test_more_accounts_than_can_be_read_are_summed_up() -> None:
    sketch = crowd(300, 50)
    assert len(sketch.nodes) <= 34
    assert sketch.accounts == 351
    assert sum(node.accounts for node in sketch.nodes) == 351
    others = {node.accounts for node in sketch.nodes if node.role == REST}
    assert others == {300, 21}
    said = texts(parsed(svg(sketch, lang="en", title="t")))
    assert "and 300 others" in said
    assert any(each.startswith("300×") for each in said)
    assert "hub" in said


def test_a_finding_of_a_hundred_thousand_transfers_is_drawn() -> None:
    sketch = crowd(99_000, 1_000)
    assert sketch.transfers == 100_000
    root = parsed(svg(sketch, lang="ar", title="t"))
    assert len(list(root.iter())) < 1_000


MOVES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 10**9), st.integers(0, 10**6)),
    max_size=120,
).map(
    lambda rows: Moves(
        [f"n{a}" for a, *_ in rows],
        [f"n{b}" for _, b, *_ in rows],
        [at for *_, at, _ in rows],
        [value for *_, value in rows],
        [value for *_, value in rows],
        ["EUR" if value % 3 else "USD" for *_, value in rows],
    )
)


@given(MOVES, st.integers(1, 40), st.integers(1, 50))
def test_what_is_not_shown_is_counted(moves: Moves, accounts: int, links: int) -> None:
    sketch = sketched(moves, roles={"n1": CENTRE}, accounts=accounts, links=links)
    drawn = [(a, b) for a, b in zip(moves.source, moves.target, strict=True) if a != b]
    assert sketch.transfers == len(drawn)
    assert sum(link.transfers for link in sketch.links) + sketch.hidden_transfers == len(drawn)
    assert sum(node.accounts for node in sketch.nodes) == sketch.accounts
    assert sketch.accounts == len({name for pair in drawn for name in pair})
    assert len(sketch.nodes) <= accounts + 4
    assert all(link.source != link.target for link in sketch.links)
    parsed(svg(sketch, lang="ar", title="t"))


def test_nothing_to_draw_is_said() -> None:
    sketch = sketched(Moves(["a"], ["a"], [0], [1], [1], ["EUR"]))
    assert "There is no transfer to draw." in texts(parsed(svg(sketch, lang="en", title="t")))


# Layout

GRAPHS = st.integers(2, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1]),
            max_size=30,
            unique=True,
        ),
    )
)


def rectangles(layout: Layout, node: Box, label: Box) -> list[tuple[float, float, float, float]]:
    middles = [(x, y, node) for x, y in layout.nodes]
    middles += [(*route.label, label) for route in layout.routes]
    return [
        (x - box.width / 2, y - box.height / 2, x + box.width / 2, y + box.height / 2)
        for x, y, box in middles
    ]


@given(GRAPHS)
def test_no_label_lies_on_a_box_or_another_label(graph: tuple[int, list[tuple[int, int]]]) -> None:
    n, links = graph
    node, label = Box(100, 40), Box(70, 30)
    layout = laid_out([node] * n, links, [label] * len(links))
    for a, b in combinations(rectangles(layout, node, label), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
        assert apart, (a, b)
    for left, top, right, bottom in rectangles(layout, node, label):
        assert left >= -1e-6
        assert top >= -1e-6
        assert right <= layout.width + 1e-6
        assert bottom <= layout.height + 1e-6


@given(GRAPHS)
def test_links_run_along_the_flow_unless_they_close_a_circle(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    n, links = graph
    layout = laid_out([Box(100, 40)] * n, links, [Box(70, 30)] * len(links))
    for (a, b), route in zip(links, layout.routes, strict=True):
        assert (layout.nodes[a][0] > layout.nodes[b][0]) is route.back
        across = [x for stretch in route.stretches for x in stretch[:2]]
        assert all(b >= a - 1e-6 for a, b in pairwise(across))


def test_a_chain_is_not_turned() -> None:
    links = [(0, 1), (1, 2), (2, 3)]
    layout = laid_out([Box(100, 40)] * 4, links, [Box(70, 30)] * 3)
    assert [route.back for route in layout.routes] == [False] * 3
    assert len({round(y) for _, y in layout.nodes}) == 1
