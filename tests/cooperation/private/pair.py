"""Two authorities who match: XB-FIU owns records, XA-FIU asks, with the real exchange in between.

pair = Pair(tmp_path, a_day=100)
pair.ready([person("Salim Hadid", "1970-01-02")])     terms signed, table made and handed over
lookup = pair.ask(person("سليم حديد", "1970-01-02"))
pair.go()                                              everything moves until nothing does
pair.states()                                          ["hit"]
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from taawun.cooperation.agreement import Agreement, Budget, Purpose, Service
from taawun.cooperation.exchange import outbox
from taawun.cooperation.exchange.courier import run_once
from taawun.cooperation.exchange.gate import receive
from taawun.cooperation.exchange.outbox import OutboxState, Placed
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.node import Node, furnish
from taawun.cooperation.private import handover, lookups, matching, offers, watch
from taawun.cooperation.private.asking import Blinds
from taawun.cooperation.private.handover import KeptSegment
from taawun.cooperation.private.lookups import Lookup, Under
from taawun.cooperation.private.offers import KeptTerms, Offer
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.tokens import tokens_of_record
from taawun.cooperation.private.vocabulary import vocabulary
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.trust.keys import open_keys
from taawun.cooperation.trust.party import CooperationField
from taawun.store import journal, open_store
from tests.cooperation.authorities import NOON, Office, Region, terms

ASKER, OWNER = "XA-FIU", "XB-FIU"
STEP = 64
EACH = vocabulary().tokens_per_lookup
"""Points of a lookup."""


def person(name: str, born: str = "", number: str = "", country: str = "xb") -> Subject:
    numbers = (Identifier("document", number, country),) if number else ()
    return Subject(SubjectKind.PERSON, (name,), (born,) if born else (), numbers)


def document(number: str) -> Subject:
    """Somebody of whom only a document is known: one token, made quickly."""
    return Subject(SubjectKind.PERSON, identifiers=(Identifier("document", number, "xb"),))


_prepared: dict[str, TemporaryDirectory[str]] = {}
"""Homes of both authorities with an agreement in force, by its id: made once, then copied."""


def prepared(mou: Agreement) -> Path:
    """Where such homes are."""
    if mou.id not in _prepared:
        folder = _prepared[mou.id] = TemporaryDirectory(prefix="pair-")
        region = Region(Path(folder.name), ASKER, OWNER)
        region.in_force(mou)
        region.close()
    return Path(_prepared[mou.id].name)


def copied(source: Path, folder: Path) -> Region:
    """The authorities whose homes are under `source`, with homes of their own."""
    region = Region(folder)
    for code in (ASKER, OWNER):
        home = folder / code
        shutil.copytree(source / code, home)
        office = Office.__new__(Office)
        office.home, office.code = home, code
        office.keys, office.store = open_keys(home), open_store(home)
        region.offices[code] = office
    return region


class Pair:
    """An owner and an asker, an agreement in force, and the post."""

    def __init__(self, folder: Path, a_day: int = 100, **agreed: Any) -> None:
        self.now = NOON
        budget = Budget(service=Service.MATCH, purpose=Purpose.INTELLIGENCE, a_day=a_day)
        self.mou: Agreement = terms(
            f"{ASKER}, {OWNER}: ask, match; aml_cft, terrorism; intelligence; *",
            budgets=(budget,),
            **agreed,
        )
        self.region = copied(prepared(self.mou), folder)
        self.post = Post()
        self.nodes: dict[str, Node] = {}
        self.blinds: dict[str, Blinds] = {}
        for code in (ASKER, OWNER):
            self.restart(code)
            self.post.at(code, self._address(code))

    def _address(self, code: str) -> Callable[[bytes], bytes]:
        return lambda raw: receive(self.nodes[code], raw, self.now)

    def restart(self, code: str) -> None:
        """The process of a node ends, whatever it was doing, and another takes its place."""
        office = self.region[code]
        node = Node(office.store, office.keys, handlers={"request": lambda *_: None})
        furnish(node, "taawun.cooperation.agreements")
        furnish(node, "taawun.cooperation.private")
        node.duties.clear()
        self.nodes[code], self.blinds[code] = node, Blinds(Workers(0))

    @property
    def under(self) -> Under:
        return Under(OWNER, self.mou.id, CooperationField.AML_CFT, Purpose.INTELLIGENCE)

    def clock(self) -> datetime:
        return self.now

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    def does(self, code: str, deed: str, **said: Any) -> None:
        """An act on the agreement; the other side hears of it."""
        self.region[code].does(self.mou, deed, at=self.now, **said)
        self.region.post(self.mou, code, self.now)

    # The steps

    def offer(self, **more: Any) -> KeptTerms:
        wanted: dict[str, Any] = {
            "partner": ASKER,
            "agreement": self.mou.id,
            "field": CooperationField.AML_CFT,
            "purpose": Purpose.INTELLIGENCE,
            "valid_until": self.now + timedelta(days=90),
            "step": STEP,
            "most": STEP * 64,
        }
        owner = self.region[OWNER]
        with owner.begin() as unit:
            return offers.offer(
                unit,
                owner.home,
                owner.keys,
                Offer(**{**wanted, **more}),
                vocabulary(),
                at=self.now,
                actor="owner",
            )

    def accept(self, kept: KeptTerms) -> KeptTerms:
        asker = self.region[ASKER]
        with asker.begin() as unit:
            return offers.accept(unit, asker.keys, kept.digest, at=self.now, actor="asker")

    def agree(self, **more: Any) -> KeptTerms:
        """Terms offered, and signed by both."""
        kept = self.offer(**more)
        self.go()
        self.accept(kept)
        self.go()
        return self.terms(OWNER, kept.digest)

    def make(
        self,
        kept: KeptTerms,
        records: Sequence[Subject],
        canaries: Sequence[tuple[str, Subject]] = (),
    ) -> KeptSegment | None:
        return handover.make(
            self.region[OWNER].store,
            kept,
            records,
            tokens_of_record,
            Workers(0),
            at=self.now,
            actor="owner",
            canaries=canaries,
        )

    def ready(self, records: Sequence[Subject], **more: Any) -> KeptTerms:
        """Terms agreed, a table of records made and handed over."""
        kept = self.agree(**more)
        self.make(kept, records)
        self.go()
        return kept

    def ask(self, subject: Subject, **more: Any) -> Lookup:
        said = {"reference": "case 7", "actor": "asker", **more}
        with self.region[ASKER].begin() as unit:
            return lookups.ask(unit, self.under, subject, at=self.now, **said)

    def step(self, code: str) -> int:
        """What one node does between deliveries, once."""
        return matching.do(self.region[code].store, self.blinds[code], self.now)

    def carry(self, code: str) -> int:
        return run_once(self.nodes[code], self.post, self.clock)

    def go(self) -> None:
        """Both nodes work and deliver until nothing moves."""
        for _ in range(50):
            moved = [self.step(code) + self.carry(code) for code in (ASKER, OWNER)]
            if not any(moved):
                return
        raise AssertionError("never still")

    # What is there

    def terms(self, code: str, digest: str) -> KeptTerms:
        with self.region[code].store.reading() as connection:
            return offers.terms_of(connection, digest)

    def lookups(self) -> list[Lookup]:
        with self.region[ASKER].store.reading() as connection:
            return lookups.shown(connection, most=10_000)[::-1]

    def states(self) -> list[str]:
        return [each.state.value for each in self.lookups()]

    def alarms(self, code: str) -> list[str]:
        with self.region[code].store.reading() as connection:
            return [each.code for each in watch.alarms(connection)][::-1]

    def outbox(self, code: str, kind: str = "") -> list[Placed]:
        with self.region[code].store.reading() as connection:
            shown = outbox.shown(connection, most=10_000)[::-1]
        return [each for each in shown if kind in ("", each.kind)]

    def refused(self, code: str) -> list[str]:
        """The grounds on which a node's messages were refused."""
        return [each.ground for each in self.outbox(code) if each.state is OutboxState.REFUSED]

    def journal(self, code: str) -> list[journal.Line]:
        with self.region[code].store.reading() as connection:
            return list(journal.lines(connection))

    def actions(self, code: str) -> list[str]:
        return [line.action for line in self.journal(code)]

    def close(self) -> None:
        self.region.close()


@contextmanager
def pair(folder: Path, **more: Any) -> Iterator[Pair]:
    made = Pair(folder, **more)
    try:
        yield made
    finally:
        made.close()
