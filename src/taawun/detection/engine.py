"""Searching: every live definition over a window of the ledger, by the compiled engine.

search(network)                      findings of all live definitions, one `Found` each
search(network, only=("cycle",))     of some
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from taawun.detection.catalogue import Catalogue, Definition, shipped
from taawun.detection.finding import Found
from taawun.errors import NotFound
from taawun.jit import I32
from taawun.ledger.network import Network

Progress = Callable[[str, int, int], None]
"""Hears the code of a definition that is searched for now, how many are done, of how many."""


def search(
    network: Network,
    catalogue: Catalogue | None = None,
    *,
    only: Iterable[str] = (),
    threads: int = 1,
    seeds: I32 | None = None,
    progress: Progress | None = None,
) -> list[Found]:
    """One `Found` for each definition that is searched for, in the order of the catalogue.

    `only` are codes; a draft is searched for where its code is named and nothing of it is live.
    `seeds` are numbers of listed or reported accounts: without any, what starts from them finds
    nothing. Raises NotFound for a code that the catalogue has not.
    """
    wanted = chosen(catalogue if catalogue is not None else shipped(), tuple(only))
    found = []
    for done, definition in enumerate(wanted):
        if progress is not None:
            progress(definition.code, done, len(wanted))
        found.append(one(network, definition, threads=threads, seeds=seeds))
    if progress is not None:
        progress("", len(wanted), len(wanted))
    return found


def chosen(catalogue: Catalogue, only: Sequence[str]) -> tuple[Definition, ...]:
    """The definitions that are meant: all live ones, or those named. Raises NotFound."""
    if not only:
        return catalogue.live()
    known = {each.code for each in catalogue}
    if unknown := [code for code in only if code not in known]:
        raise NotFound(f"no typology {unknown[0]!r} in the catalogue")
    named = dict.fromkeys(only)
    return tuple(catalogue[code] for code in named)


def one(
    network: Network, definition: Definition, *, threads: int = 1, seeds: I32 | None = None
) -> Found:
    """The findings of one definition, called by its code."""
    typology = definition.typology
    if typology.seeded:
        found = typology.compiled(network, definition.parameters, threads, seeds=seeds)
    else:
        found = typology.compiled(network, definition.parameters, threads)
    return replace(found, typology=definition.code)
