"""Read an official list, strictly: every field used, ignored by name on the card, or a problem.

    reading = read("un", Path("consolidated.xml"))
    reading.entities, reading.problems, reading.published, reading.ignored

A file that cannot be read as what it is said to be raises `InputError` with file and line, and
with what it looks like instead. A field that cannot be used is a `Problem` among the others, and
its text stays in the notes of the entity.
"""

from __future__ import annotations

import gc
import importlib
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from taawun.errors import InputError, NotFound, Problem, UsageError
from taawun.lists.sources.card import SOURCES, Card, card, looks_like
from taawun.lists.sources.table import wrong_format
from taawun.lists.sources.transcript import Reading

__all__ = ["SOURCES", "Card", "Reading", "card", "looks_like", "read"]

MOST_BYTES = 2 << 30
# The module that reads a source, where it is not called like the source.
_MODULES = {"csv": "national"}
_MAIN = ("sdn.csv", "sdn_advanced.xml", "cons_prim.csv", "cons_advanced.xml")


def read(source: str, path: Path, dataset: str = "") -> Reading:
    """The list of `source` (un, eu, uk, ofac, ftm, csv) in the file at `path`.

    OFAC's legacy list is three files: `path` is sdn.csv with alt.csv and add.csv beside it, or the
    folder or zip that holds them; SDN_ADVANCED.XML is recognised by its content. `dataset` names
    who is said to say it all; the source's name by default.
    """
    if source not in SOURCES:
        raise UsageError(f"unknown source {source!r}; known: {', '.join(SOURCES)}")
    if not path.exists():
        raise NotFound(f"{path}: no such file")
    with _file(path) as file:
        if file.stat().st_size > MOST_BYTES:
            problem = Problem(
                "readers.file_too_large",
                file.name,
                got=str(file.stat().st_size),
                expected=f"<={MOST_BYTES}",
            )
            raise InputError(f"{file.name}: larger than {MOST_BYTES} bytes", (problem,))
        module = importlib.import_module(f"taawun.lists.sources.{_module(source, file)}")
        with _collector_at_rest():
            return cast(Reading, module.read(file, dataset))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without the cycle collector: reading makes a million objects and hardly a cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _module(source: str, file: Path) -> str:
    """The reader for this file; a file that plainly belongs to another source is refused."""
    with file.open("rb") as opened:
        beginning = opened.read(65_536)
    found = looks_like(beginning)
    if found and found.partition("_")[0] != source:
        raise wrong_format(file, beginning[:60].decode("utf-8", "replace"), card(source).title)
    if source == "ofac" and (found == "ofac_advanced" or beginning.lstrip()[:1] == b"<"):
        return "ofac_advanced"
    return _MODULES.get(source, source)


@contextmanager
def _file(path: Path) -> Iterator[Path]:
    """The main file of what is at `path`: itself, inside a folder, or unpacked from a zip."""
    if path.is_dir():
        yield _main(path, path)
    elif zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="taawun-") as folder:
            _unpack(path, Path(folder))
            yield _main(Path(folder), path)
    else:
        yield path


def _main(folder: Path, said: Path) -> Path:
    files = sorted(file for file in folder.iterdir() if file.is_file())
    for ending in _MAIN:
        for file in files:
            if file.name.lower().endswith(ending):
                return file
    if len(files) == 1:
        return files[0]
    names = ", ".join(file.name for file in files)[:80]
    problem = Problem("readers.file_missing", said.name, got=names, expected=_MAIN[0])
    raise InputError(f"{said.name}: holds {names or 'nothing'}, expected {_MAIN[0]}", (problem,))


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a zip flat (no paths from inside it are followed), counting bytes as they come."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist()[:100]:
                if member.is_dir():
                    continue
                with (
                    packed.open(member) as source,
                    (folder / Path(member.filename).name).open("wb") as target,
                ):
                    while block := source.read(1 << 20):
                        left -= len(block)
                        if left < 0:
                            raise InputError(
                                f"{path.name}: unpacks to more than {MOST_BYTES} bytes"
                            )
                        target.write(block)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        problem = Problem("readers.zip_unreadable", path.name, got=str(error)[:80])
        raise InputError(f"{path.name}: not readable as zip: {error}", (problem,)) from error
