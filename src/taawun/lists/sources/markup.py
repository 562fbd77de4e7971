"""XML from outside, read piece by piece and safely.

No document type is accepted at all, which rules out entity bombs and external entities; no network;
libxml2's own limits on depth (256) and text (10 MB) stay on. A file is read as a stream: only the
piece in hand is in memory. What goes wrong is an `InputError` with file and line.

`Node` is one element as a strict reader sees it: whatever is not taken from it is reported when it
is closed, or counted when the card ignores it by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from taawun.errors import InputError, Problem
from taawun.lists.sources.card import card, looks_like
from taawun.lists.sources.transcript import Transcript, empty

MOST_BYTES = 1 << 30
_BLANK = "\ufeff \t\r\n"


def pieces(
    transcript: Transcript,
    path: Path,
    root: str,
    tags: frozenset[str],
    around: frozenset[str] = frozenset(),
) -> Iterator[Node]:
    """The elements called `tags`, each complete, in the order of the file; the root first, bare.

    `root` is the local name that the outermost element must have, `around` the elements that only
    hold pieces. Any other element outside a piece is reported.
    """
    try:
        with path.open("rb") as file:
            yield from _pieces(transcript, path, file, root, tags, around | {root})
    except etree.XMLSyntaxError as error:
        _refuse(path, error)
    except (etree.LxmlError, UnicodeError, ValueError, OSError) as error:
        raise _unreadable(path, str(error), None) from error


def _pieces(
    transcript: Transcript,
    path: Path,
    file: IO[bytes],
    root: str,
    tags: frozenset[str],
    around: frozenset[str],
) -> Iterator[Node]:
    stream = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    stack: list[str] = []
    inside = 0
    for event, element in stream:
        name = local(element.tag)
        if event == "start":
            if not stack:
                _require_root(path, element, root)
                yield Node(transcript, element, f"/{name}", bare=True)
            stack.append(name)
            inside += name in tags
            continue
        stack.pop()
        inside -= name in tags
        if name in tags and not inside:
            yield Node(transcript, element, name)
        if not inside:
            if name not in tags and name not in around:
                got = (element.text or "").strip(_BLANK)
                transcript.leftover("/".join([*stack[1:], name]), got, element.sourceline)
            _forget(element)


def _forget(element: Any) -> None:
    """Free an element that has been read, and its place among its siblings."""
    element.clear(keep_tail=False)
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)


def _require_root(path: Path, element: Any, root: str) -> None:
    if element.getroottree().docinfo.doctype:
        raise _unreadable(path, "a document type (DOCTYPE) is not accepted", 1)
    name = local(element.tag)[:80]
    if name != root:
        problem = Problem(
            "readers.wrong_format", path.name, element.sourceline, name, got=name, expected=root
        )
        if like := recognised(path):
            said = f"{path.name}: the outermost element is <{name}>; it looks like {like}"
            raise InputError(said, (problem,))
        raise InputError(
            f"{path.name}: the outermost element is <{name}>, expected <{root}>", (problem,)
        )


def recognised(path: Path) -> str:
    """The list that a misplaced file looks like, as a person would name it, or ""."""
    with path.open("rb") as file:
        found = looks_like(file.read(65_536))
    return f"{card(found).title} ({found.partition('_')[0]})" if found else ""


def _refuse(path: Path, error: etree.XMLSyntaxError) -> None:
    line = error.lineno or None
    like = ""
    if path.is_file():
        with path.open("rb") as file:
            beginning = file.read(4096)
        if not beginning.strip():
            raise empty(path) from error
        if b"<" not in beginning:
            like = recognised(path)
    raise _unreadable(path, str(error.msg), line, like) from error


def _unreadable(path: Path, why: str, line: int | None, like: str = "") -> InputError:
    place = f"{path.name}:{line}" if line else path.name
    problem = Problem("readers.xml_unreadable", path.name, line, got=why[:200])
    if like:
        return InputError(f"{place}: not readable as XML; it looks like {like}", (problem,))
    return InputError(f"{place}: not readable as XML: {why}", (problem,))


def local(tag: Any) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


class Node:
    """One element being read strictly. Take what is used, then `close`.

    `path` names it in problems, below its piece: "INDIVIDUAL/NATIONALITY".
    """

    __slots__ = ("_attributes", "_children", "_element", "_text_taken", "_transcript", "path")

    def __init__(
        self, transcript: Transcript, element: Any, path: str, *, bare: bool = False
    ) -> None:
        self._transcript = transcript
        self._element = element
        self.path = path
        self._attributes = {local(name): str(value) for name, value in element.attrib.items()}
        self._children: dict[str, list[Any]] = {}
        # At the start of the outermost element its children are only partly there.
        for child in () if bare else element:
            self._children.setdefault(local(child.tag), []).append(child)
        self._text_taken = False

    @property
    def line(self) -> int | None:
        """Where the element begins in the file."""
        found: int | None = self._element.sourceline
        return found

    @property
    def name(self) -> str:
        """The element's name without its namespace."""
        return local(self._element.tag)

    def attribute(self, name: str) -> str:
        """The attribute of that name, taken; "" when there is none."""
        return self._attributes.pop(name, "").strip(_BLANK)

    def peek(self, name: str) -> str:
        """The attribute of that name, looked at but not taken."""
        return self._attributes.get(name, "").strip(_BLANK)

    def text(self) -> str:
        """The element's own text, taken."""
        self._text_taken = True
        return (self._element.text or "").strip(_BLANK)

    def take(self, name: str) -> str:
        """The text of the one child of that name; a second one is a problem, not lost."""
        children = self._children.pop(name, [])
        texts = [self._leaf(child) for child in children]
        if len(texts) > 1:
            self._transcript.problem(
                "readers.field_repeated",
                line=children[1].sourceline,
                field=f"{self.path}/{name}",
                got=texts[1],
                expected="1",
            )
        return "; ".join(text for text in texts if text)

    def texts(self, name: str) -> list[str]:
        """The texts of every child of that name that has one."""
        found = [self._leaf(child) for child in self._children.pop(name, [])]
        return [text for text in found if text]

    def each(self, name: str) -> Iterator[Node]:
        """Every child of that name as a node, each closed after its turn."""
        for child in self._children.pop(name, []):
            node = Node(self._transcript, child, f"{self.path}/{name}")
            yield node
            node.close()

    def all(self, name: str) -> list[Node]:
        """Every child of that name as a node; whoever asks closes them."""
        found = self._children.pop(name, [])
        return [Node(self._transcript, child, f"{self.path}/{name}") for child in found]

    def children(self) -> Iterator[Node]:
        """Every child that was not taken yet, whatever it is called, each closed after its turn."""
        for name in list(self._children):
            yield from self.each(name)

    def attributes(self) -> dict[str, str]:
        """Every attribute that was not taken yet."""
        found, self._attributes = self._attributes, {}
        return found

    def problem(self, code: str, got: str) -> None:
        """Write down a problem of this element."""
        self._transcript.problem(code, line=self.line, field=self.path, got=got)

    def close(self) -> None:
        """Report or count whatever was not taken."""
        text = (self._element.text or "").strip(_BLANK)
        if text and not self._text_taken:
            self._transcript.leftover(f"{self.path}#text", text, self.line)
        for name, value in self._attributes.items():
            self._transcript.leftover(f"{self.path}@{name}", value, self.line)
        for name, children in self._children.items():
            for child in children:
                got = " ".join("".join(child.itertext()).split())[:80]
                self._transcript.leftover(f"{self.path}/{name}", got, child.sourceline)

    def _leaf(self, child: Any) -> str:
        node = Node(self._transcript, child, f"{self.path}/{local(child.tag)}")
        text = node.text()
        node.close()
        return text
