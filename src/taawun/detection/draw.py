"""A finding or a trail as a small network: SVG, and nothing but SVG.

    svg(sketch, lang="ar", title="…", text="…", currency="EUR")

No script, no style sheet, no font and no address from elsewhere: what a picture looks like stands
in its attributes (a page may recolour it through the classes). It runs the way the language does,
left to right in English, right to left in Arabic; account ids stay left to right. Whom it is about
is told by shape and not by colour only. Account ids are somebody else's input: they are escaped,
and what cannot be printed is shown as its number.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from taawun.detection.layout import Box, Layout, Route, laid_out
from taawun.detection.reasons import day, money, seen
from taawun.detection.sketch import CENTRE, OTHER, PLAIN, REST, SEED, Link, Node, Sketch
from taawun.wording import Worded, direction, isolate, say
from taawun.wording.figures import days

INK, QUIET, LINE, GROUND = "#1c2321", "#55605c", "#7d8884", "#ffffff"
FILL = {PLAIN: "#eef1f0", CENTRE: "#0b5d4e", OTHER: "#7a3b00", SEED: "#1f3f7a", REST: "#ffffff"}
WORDS = "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"
IDS = "ui-monospace, 'DejaVu Sans Mono', 'Noto Sans Mono', monospace"
LETTER, ID_LETTER = 6.7, 7.3  # the widest usual advance at 11 and 12 pixels
ID_LENGTH = 22
NODE_HEIGHT, LABEL_HEIGHT, AIR = 36.0, 34.0, 12.0
MARGIN, TITLE, LEGEND = 24.0, 58.0, 34.0
LEAST_WIDTH = 520.0


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every part of a picture needs to know."""

    lang: str
    currency: str
    decimals: int
    width: float
    top: float

    @property
    def rtl(self) -> bool:
        return direction(self.lang) == "rtl"

    def x(self, across: float) -> float:
        return self.width - across if self.rtl else across

    def y(self, down: float) -> float:
        return self.top + down


def svg(
    sketch: Sketch,
    *,
    lang: str,
    title: str,
    text: str = "",
    currency: str = "",
    decimals: int = 2,
) -> str:
    """The picture as one SVG element, to be written as a file or put into a page.

    `title` stands above it; `text` (the reason) is for who hears it read. Values are minor units
    of `currency` with that many `decimals`.
    """
    said = [_said(link, lang, currency, decimals) for link in sketch.links]
    boxes = [Box(_node_width(node, lang), NODE_HEIGHT + AIR) for node in sketch.nodes]
    labels = [Box(max(map(_width, each)) + 10, LABEL_HEIGHT) for each in said]
    layout = laid_out(boxes, [(link.source, link.target) for link in sketch.links], labels)
    width = max(LEAST_WIDTH, layout.width + 2 * MARGIN, _width(title) * 1.4 + 2 * MARGIN)
    pen = _Pen(lang, currency, decimals, width, TITLE + MARGIN)
    parts = [*_heading(sketch, pen, title), *_body(sketch, layout, boxes, said, pen)]
    parts += _legend(sketch, layout, pen)
    height = TITLE + layout.height + 2 * MARGIN + LEGEND
    return _framed(parts, sketch, pen, height, title, text)


def _framed(
    parts: Sequence[str], sketch: Sketch, pen: _Pen, height: float, title: str, text: str
) -> str:
    """The element around it all, with what a screen reader says."""
    seed = "".join([title, text, *parts]).encode("utf-8", "replace")
    name = hashlib.sha256(seed).hexdigest()[:12]
    told = say("detection.picture.of", pen.lang, title=title, size=_size(sketch, pen), text=text)
    way, lang = direction(pen.lang), pen.lang.split("-", 1)[0]
    size = f'width="{width_of(pen.width)}" height="{width_of(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="network" role="img" lang="{lang}" '
        f'xml:lang="{lang}" direction="{way}" viewBox="0 0 {_n(pen.width)} {_n(height)}" {size} '
        f'aria-labelledby="t{name} d{name}">'
        f'<title id="t{name}">{_text(title)}</title><desc id="d{name}">{_text(told)}</desc>'
        f'<rect class="ground" width="100%" height="100%" fill="{GROUND}"/>'
        f"{''.join(parts)}</svg>\n"
    )


def width_of(length: float) -> int:
    """A length as whole pixels."""
    return int(length + 0.999)


def _size(sketch: Sketch, pen: _Pen) -> Worded:
    counts = {
        name: say(f"detection.count.{name}", pen.lang, count=count)
        for name, count in (("accounts", sketch.accounts), ("transfers", sketch.transfers))
    }
    return say("detection.picture.size", pen.lang, **counts)


# Above and below


def _heading(sketch: Sketch, pen: _Pen, title: str) -> Iterator[str]:
    start = pen.x(MARGIN)
    yield _words(title, start, 30, pen, size=15, weight=600)
    line = str(_size(sketch, pen))
    if sketch.hidden_transfers:
        hidden = say("detection.count.transfers", pen.lang, count=sketch.hidden_transfers)
        line += " · " + say("detection.picture.hidden", pen.lang, transfers=hidden)
    yield _words(line, start, 50, pen, size=12, fill=QUIET)


def _legend(sketch: Sketch, layout: Layout, pen: _Pen) -> Iterator[str]:
    """What the shapes mean: those that are there."""
    if not sketch.nodes:
        yield _words(say("detection.picture.nothing", pen.lang), pen.x(MARGIN), pen.top, pen)
    across, y = MARGIN, pen.y(layout.height) + MARGIN + 8
    there = {node.role for node in sketch.nodes}
    for role in (CENTRE, OTHER, SEED, REST):
        if role in there:
            yield _shape(role, pen.x(across + 11), y, 22, 14)
            said = say(f"detection.picture.legend.{role}", pen.lang)
            yield _words(said, pen.x(across + 28), y + 4, pen, size=11, fill=QUIET)
            across += 28 + _width(said) + 22
    if any(route.back for route in layout.routes):
        said = say("detection.picture.legend.back", pen.lang)
        yield _words(said, pen.x(across), y + 4, pen, size=11, fill=QUIET)


def _words(
    text: str, x: float, y: float, pen: _Pen, *, size: int = 12, weight: int = 400, fill: str = INK
) -> str:
    return (
        f'<text class="{"quiet" if fill == QUIET else "ink"}" x="{_n(x)}" y="{_n(y)}" '
        f'font-family="{WORDS}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="start" direction="{direction(pen.lang)}">{_text(text)}</text>'
    )


# Links


def _body(
    sketch: Sketch, layout: Layout, boxes: Sequence[Box], said: Sequence[tuple[str, str]], pen: _Pen
) -> Iterator[str]:
    shift = (pen.width - layout.width) / 2
    most = max((link.value for link in sketch.links), default=0)
    for link, route, label in zip(sketch.links, layout.routes, said, strict=True):
        yield "<g>"
        yield f"<title>{_text(_told(sketch, link, pen))}</title>"
        yield _line(route, link.value, most, shift, pen)
        yield from _label(route, label, shift, pen)
        yield "</g>"
    for node, box, (x, y) in zip(sketch.nodes, boxes, layout.nodes, strict=True):
        yield _account(node, pen.x(x + shift), pen.y(y), box.width, pen)


def _line(route: Route, value: int, most: int, shift: float, pen: _Pen) -> str:
    """The way from box to box, thicker where more moved, with an arrow at its end."""
    thick = 1.1 + 1.9 * (value / most) ** 0.5 if most else 1.1
    stretches = _shortened(route, 6 + thick)
    way, at, level = [], 0.0, ""
    for number, (start, end, y) in enumerate(stretches):
        a, b, down = pen.x(start + shift), pen.x(end + shift), _n(pen.y(y))
        if number:
            half = (at + a) / 2
            way.append(f"C{_n(half)} {level} {_n(half)} {down} {_n(a)} {down}")
        else:
            way.append(f"M{_n(a)} {down}")
        if abs(a - b) > 0.05:
            way.append(f"H{_n(b)}")
        at, level = b, down
    dashed = ' stroke-dasharray="7 4"' if route.back else ""
    return (
        f'<path class="way" d="{"".join(way)}" fill="none" stroke="{LINE}" '
        f'stroke-width="{_n(thick)}"{dashed}/>{_arrow(route, thick, shift, pen)}'
    )


def _shortened(route: Route, by: float) -> list[tuple[float, float, float]]:
    """The stretches without the room of the arrow."""
    stretches = list(route.stretches)
    if route.back:
        start, end, y = stretches[0]
        stretches[0] = (start + by, max(end, start + by), y)
    else:
        start, end, y = stretches[-1]
        stretches[-1] = (min(start, end - by), end - by, y)
    return stretches


def _arrow(route: Route, thick: float, shift: float, pen: _Pen) -> str:
    (start, _, first), (_, end, last) = route.stretches[0], route.stretches[-1]
    x, y = (start, first) if route.back else (end, last)
    onward = -1.0 if route.back != pen.rtl else 1.0
    tip, long, wide = pen.x(x + shift), 7 + 1.2 * thick, 3 + 0.7 * thick
    back = tip - onward * long
    corners = ((tip, 0.0), (back, -wide), (back, wide))
    points = " ".join(f"{_n(across)},{_n(pen.y(y) + down)}" for across, down in corners)
    return f'<polygon class="tip" points="{points}" fill="{QUIET}"/>'


def _label(route: Route, label: tuple[str, str], shift: float, pen: _Pen) -> Iterator[str]:
    """The sum above the line, the days below it."""
    x, y = pen.x(route.label[0] + shift), pen.y(route.label[1])
    for text, down, kind, fill in ((label[0], -5, "ink", INK), (label[1], 13, "quiet", QUIET)):
        yield (
            f'<text class="{kind}" x="{_n(x)}" y="{_n(y + down)}" font-family="{WORDS}" '
            f'font-size="11" fill="{fill}" text-anchor="middle" '
            f'direction="{direction(pen.lang)}">{_text(text)}</text>'
        )


def _said(link: Link, lang: str, currency: str, decimals: int) -> tuple[str, str]:
    """What stands on a link: how much, and when."""
    sum_ = _sum(link, lang, currency, decimals)
    if link.transfers > 1:
        sum_ = say("detection.picture.several", lang, count=link.transfers, money=sum_)
    return str(sum_), days(day(link.first).date(), day(link.last).date(), lang)


def _sum(link: Link, lang: str, currency: str, decimals: int) -> Worded:
    if not link.value:
        return say("detection.picture.unknown", lang)
    return money(link.value, currency, decimals, lang)


def _told(sketch: Sketch, link: Link, pen: _Pen) -> Worded:
    """A link as a sentence, with the whole ids."""
    ends = [_name(sketch.nodes[end], pen.lang) for end in (link.source, link.target)]
    counted = say("detection.count.transfers", pen.lang, count=link.transfers)
    sum_ = _sum(link, pen.lang, pen.currency, pen.decimals)
    when = Worded(_said(link, pen.lang, pen.currency, pen.decimals)[1])
    told = {"transfers": counted, "money": sum_, "days": when}
    return say("detection.picture.link", pen.lang, source=ends[0], target=ends[1], **told)


# Accounts


def _account(node: Node, x: float, y: float, width: float, pen: _Pen) -> str:
    role = node.role if node.role in FILL else PLAIN
    dark = role in (CENTRE, OTHER, SEED)
    ink = "#ffffff" if dark else INK
    text, isolated = _name(node, pen.lang, short=True), role != REST
    way = "ltr" if isolated else direction(pen.lang)
    font = f'font-family="{IDS if isolated else WORDS}" font-size="12"'
    bidi = ' unicode-bidi="isolate"' if isolated else ""
    down = y - 2 if node.note else y + 4
    note = ""
    if node.note:
        note = (
            f'<text class="{"on-dark" if dark else "quiet"}" x="{_n(x)}" y="{_n(y + 12)}" '
            f'font-family="{WORDS}" font-size="10" fill="{ink if dark else QUIET}" '
            f'text-anchor="middle" direction="{direction(pen.lang)}">{_text(node.note)}</text>'
        )
    return (
        f"<g><title>{_text(_name(node, pen.lang))}</title>"
        f"{_shape(role, x, y, width, NODE_HEIGHT)}"
        f'<text class="{"on-dark" if dark else "ink"}" x="{_n(x)}" y="{_n(down)}" {font} '
        f'fill="{ink}" text-anchor="middle" direction="{way}"{bidi}>{_text(text)}</text>{note}</g>'
    )


def _shape(role: str, x: float, y: float, width: float, height: float) -> str:
    """Told apart without colour: cut corners and a second border, points, a pill, dashes."""
    half, tall = width / 2, height / 2
    look = f'class="box {role}" fill="{FILL[role]}" stroke="{INK}"'
    if role in (CENTRE, OTHER):
        cut = tall * 0.6
        outer = _cornered(x, y, half, tall, cut)
        inner = _cornered(x, y, half - 3, tall - 3, cut - 1.2)
        second = f'<polygon points="{inner}" fill="none" stroke="#ffffff" stroke-width="1"/>'
        return f'<polygon points="{outer}" {look} stroke-width="1.5"/>{second}'
    corner = tall if role == SEED else 5
    dashes = ' stroke-dasharray="4 3"' if role == REST else ""
    stroke = 2.2 if role == SEED else 1
    return (
        f'<rect x="{_n(x - half)}" y="{_n(y - tall)}" width="{_n(width)}" height="{_n(height)}" '
        f'rx="{_n(corner)}" {look} stroke-width="{stroke}"{dashes}/>'
    )


def _cornered(x: float, y: float, half: float, tall: float, cut: float) -> str:
    corners = [
        *((-half + cut, -tall), (half - cut, -tall), (half, -tall + cut), (half, tall - cut)),
        *((half - cut, tall), (-half + cut, tall), (-half, tall - cut), (-half, -tall + cut)),
    ]
    return " ".join(f"{_n(x + dx)},{_n(y + dy)}" for dx, dy in corners)


def _name(node: Node, lang: str, *, short: bool = False) -> Worded:
    """The id, cut in its middle for the box; or how many accounts the box stands for."""
    if node.role == REST:
        return say("detection.picture.others", lang, count=node.accounts)
    plain = seen(node.id)
    if not short:
        return Worded(isolate(plain, lang))
    return Worded(plain if _cells(plain) <= ID_LENGTH else _cut(plain))


def _cut(plain: str) -> str:
    """The beginning and the end of a long id: banks write the country first, the number last."""
    head, tail = "", ""
    while plain and _cells(head + tail) < ID_LENGTH - 2:
        if len(tail) < len(head):
            tail, plain = plain[-1] + tail, plain[:-1]
        else:
            head, plain = head + plain[0], plain[1:]
    return f"{head}…{tail}"


def _node_width(node: Node, lang: str) -> float:
    letters = _cells(_name(node, lang, short=True)) * ID_LETTER
    return max(84.0, letters + 26, _width(node.note) * 0.95 + 26)


def _width(text: str) -> float:
    return _cells(text) * LETTER


def _cells(text: str) -> int:
    """How many letters wide: Chinese and the like count twice, marks not at all."""
    return sum(
        0 if unicodedata.combining(each) or unicodedata.category(each) == "Cf"
        else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )  # fmt: skip


_KEPT = frozenset("\u2066\u2067\u2068\u2069\u200e\u200f")


def _text(text: str) -> str:
    """Text as XML may hold it; direction isolates stay, other controls are shown."""
    shown = "".join(each if each in _KEPT else seen(each) for each in text)
    return escape(shown, quote=True)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
