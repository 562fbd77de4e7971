"""What may pass, once more: slow, over plain JSON values, written from `protocol/` alone.

Nothing of `taawun.cooperation` is imported here. A `View` is what one node knows by what it did and
what it took; `grants` says whether a message may pass there at a moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

Json = dict[str, Any]
CODES = ("XA-FIU", "XB-FIU", "XC-FIU")


class Broken(AssertionError):
    """A promise that was broken."""


SERVICES = {
    "request": "ask",
    "acknowledgement": "ask disclose freeze",
    "answer": "ask freeze",
    "refusal": "ask disclose freeze",
    "disclosure": "disclose",
    "onward_request": "ask disclose",
    "onward_decision": "ask disclose",
    "feedback": "ask disclose freeze",
    "freeze_request": "freeze",
    "typology": "typology",
    "match_terms": "match",
    "match_table": "match",
    "match_question": "match",
    "match_answer": "match",
}
CONTROL = ("card", "proposal", "act")
UNREVIEWED = ("acknowledgement", "match_terms", "match_table", "match_answer", *CONTROL)
"""Kinds that never need a second officer."""
FIELDS = ("aml_cft", "terrorism", "organised_crime", "sanctions", "judicial", "security")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Seen:
    """An act as a node came to know of it."""

    said: Json
    known_at: datetime

    @property
    def counts_from(self) -> datetime:
        at, effective = moment(self.said["at"]), moment(self.said["effective_at"])
        return min(at, self.known_at) if at == effective else effective


@dataclass
class Policy:
    """Of which services and kinds an authority wants a second officer besides; approvals count for
    `hours`."""

    services: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hours: int = 72


@dataclass
class Piece:
    """An item that came in: who gave it, what its owners say, until when it may be kept."""

    message: str
    number: int
    giver: str
    agreement: str
    claims: list[Json]
    until: date
    consents: list[Json] = field(default_factory=list)
    gone: bool = False


@dataclass
class View:
    """What `me` knows."""

    me: str
    texts: dict[str, Json] = field(default_factory=dict)
    acts: dict[str, list[Seen]] = field(default_factory=dict)
    pieces: dict[tuple[str, int], Piece] = field(default_factory=dict)
    members: dict[tuple[str, str, date], date | None] = field(default_factory=dict)
    policy: Policy = field(default_factory=lambda: Policy())

    def learn_member(self, bloc: str, country: str, since: date, until: date | None) -> None:
        """A membership; one that is said again has another end now."""
        self.members[bloc, country, since] = until

    def sides(self, text: Json, code: str, at: datetime) -> set[int]:
        """The parties, by their place, for which an authority stands at a moment."""
        return {
            place
            for place, party in enumerate(text["parties"])
            if party.get("authority") == code or self._member(party.get("bloc"), code[:2], at)
        }

    def _member(self, bloc: str | None, country: str, at: datetime) -> bool:
        return any(
            (in_, state) == (bloc, country)
            and midnight(since) <= at
            and (until is None or at < midnight(until))
            for (in_, state, since), until in self.members.items()
        )

    def meet(self, text: Json, one: str, other: str, at: datetime) -> bool:
        """Whether two stand for different parties, or both for the bloc that is the only one."""
        mine, theirs = self.sides(text, one, at), self.sides(text, other, at)
        alone = len(text["parties"]) == 1
        return one != other and any(a != b or alone for a in mine for b in theirs)

    def needs_second(self, message: Json) -> bool:
        """Whether a second officer has to approve a message before it goes."""
        if message["kind"] in UNREVIEWED:
            return False
        text = self.texts.get(message["agreement"], {})
        service = message["service"]
        return (
            service in text.get("four_eyes", [])
            or service in self.policy.services
            or message["kind"] in self.policy.kinds
        )

    def learn_text(self, id: str, text: Json) -> None:
        self.texts.setdefault(id, text)

    def learn_acts(self, acts: Iterable[Json], at: datetime) -> int:
        """Those that are new, party by party in their order. Returns how many."""
        new = 0
        for said in acts:
            row = self.acts.setdefault(said["agreement"], [])
            have = [each.said["number"] for each in row if each.said["party"] == said["party"]]
            if said["number"] == len(have) + 1:
                row.append(Seen(said, at))
                new += 1
        return new

    def knows(self, id: str) -> dict[str, int]:
        """How many acts of whom on an agreement."""
        found: dict[str, int] = {}
        for each in self.acts.get(id, ()):
            found[each.said["party"]] = found.get(each.said["party"], 0) + 1
        return found

    def state(self, id: str, other: str, at: datetime) -> str:
        """How an agreement stands with another; its narrow suspensions apart."""
        text = self.texts.get(id)
        if text is None:
            return "unknown"
        named = {party["authority"] for party in text["parties"] if "authority" in party}
        live = [each for each in self.acts.get(id, ()) if each.counts_from <= at]
        if not self.meet(text, self.me, other, at):
            return "outside"
        both = {self.me, other}
        if any(e.said["deed"] in ("decline", "end") and e.said["party"] in both for e in live):
            return "ended"
        if (named | both) - {e.said["party"] for e in live if e.said["deed"] == "sign"}:
            return "unsigned"
        if at < moment(text["valid_from"]):
            return "early"
        if "valid_until" in text and at >= moment(text["valid_until"]):
            return "over"
        if any(not s["fields"] and not s["services"] for s in self.suspended(id, other, at)):
            return "suspended"
        return "in force"

    def matching_stopped(self, id: str, other: str, area: str, at: datetime) -> bool:
        """Whether an agreement was suspended or ended at a moment, wholly or for matching in a
        field: no key may be left."""
        state = self.state(id, other, at)
        if state != "in force":
            return state in ("suspended", "ended", "over", "outside")
        return any(
            (not scope["fields"] or area in scope["fields"])
            and (not scope["services"] or "match" in scope["services"])
            for scope in self.suspended(id, other, at)
        )

    def moments(self, id: str, since: datetime, until: datetime) -> list[datetime]:
        """When acts on an agreement began to count, after one moment and up to another."""
        found = {each.counts_from for each in self.acts.get(id, ())}
        return sorted(each for each in found if since < each <= until)

    def suspended(self, id: str, other: str, at: datetime) -> list[Json]:
        """The scopes of suspensions of either that reach the other and are not lifted."""
        live = [each.said for each in self.acts.get(id, ()) if each.counts_from <= at]
        found = []
        for said in live:
            if said["deed"] != "suspend" or said["party"] not in (self.me, other):
                continue
            lifted = any(
                each["deed"] == "resume"
                and each["party"] == said["party"]
                and each["lifts"] == said["number"]
                for each in live
            )
            partner = other if said["party"] == self.me else self.me
            scope = said["scope"]
            if not lifted and (not scope["partners"] or partner in scope["partners"]):
                found.append(scope)
        return found

    def grants(self, message: Json, at: datetime) -> bool:
        """Whether a message may pass at this node now, going out or coming in."""
        sender, recipient = message["sender"], message["recipient"]
        other = recipient if sender == self.me else sender
        if self.me not in (sender, recipient):
            return False
        if message["kind"] in CONTROL:
            return True
        id, service, area = message["agreement"], message["service"], message["field"]
        if service not in SERVICES.get(message["kind"], "").split():
            return False
        if self.state(id, other, at) != "in force":
            return False
        text = self.texts[id]
        if service not in text["services"] or area not in text["fields"]:
            return False
        if message["purpose"] not in text["purposes"]:
            return False
        if any(each not in text["categories"] for each in message.get("categories", [])):
            return False
        for scope in self.suspended(id, other, at):
            if (not scope["fields"] or area in scope["fields"]) and (
                not scope["services"] or service in scope["services"]
            ):
                return False
        return all(
            message["purpose"] in each["purposes"]
            and at.date() <= last_day(each)
            and (
                each["origin"] in (sender, recipient)
                or (each["onward"] != "none" and recipient in each["consented"])
            )
            for each in message.get("caveats", [])
        )

    # Information

    def keeps(self, message: Json, at: datetime) -> None:
        """What an informing message brings: item 0 is its own text."""
        if message["kind"] == "typology":
            return
        body, text = message["body"], self.texts[message["agreement"]]
        caveats = message.get("caveats") or [
            {
                "origin": message["sender"],
                "purposes": [message["purpose"]],
                "onward": text["onward"],
                "consented": [],
            }
        ]
        said = {each["origin"]: each for each in caveats}
        numbered = [(0, body.get("origins", []))]
        if message["kind"] in ("answer", "disclosure"):
            numbered += [(each["number"], each["origins"]) for each in body["items"]]
        for number, origins in numbered:
            whose = {message["sender"], *(each["authority"] for each in origins)} - {self.me}
            claims = [said[code] for code in said if code in whose]
            until = min(
                [at.date() + timedelta(days=text["retention_days"]), *map(last_day, claims)]
            )
            self.pieces[message["id"], number] = Piece(
                message["id"], number, message["sender"], message["agreement"], claims, until
            )

    def consents(self, message: Json) -> None:
        """What a decision that came in allows."""
        body = message["body"]
        if message["kind"] != "onward_decision" or body["decision"] != "given":
            return
        for each in body["items"]:
            piece = self.pieces.get((each["message"], each["item"]))
            if piece is not None:
                for origin in {message["sender"], *body["speaks_for"]}:
                    piece.consents.append(
                        {
                            "origin": origin,
                            "to": body["recipient"],
                            "purposes": body["purposes"],
                            "until": body.get("until"),
                        }
                    )

    def may_use(self, piece: Piece, purpose: str, at: datetime) -> bool:
        return (
            not piece.gone
            and at.date() <= piece.until
            and all(purpose in claim["purposes"] for claim in piece.claims)
        )

    def may_pass_on(self, piece: Piece, to: str, purpose: str, at: datetime) -> bool:
        """Every owner allows it: for the purpose, to this recipient, today."""
        return self.may_use(piece, purpose, at) and all(
            to in (claim["origin"], piece.giver)
            or (
                claim["onward"] != "none"
                and (to in claim["consented"] or purpose in consented(piece, claim, to, at))
            )
            for claim in piece.claims
        )

    def goes_with(self, piece: Piece, to: str, at: datetime) -> list[Json]:
        """The caveats that must go with a piece: those of its owners, no looser than here."""
        found = []
        for claim in piece.claims:
            going = {**claim, "delete_by": min(last_day(claim), piece.until).isoformat()}
            if to == piece.giver:
                going["consented"] = sorted({*claim["consented"], to} - {claim["origin"]})
            elif to != claim["origin"] and to not in claim["consented"]:
                allowed = consented(piece, claim, to, at)
                going["purposes"] = [each for each in claim["purposes"] if each in allowed]
                going["consented"] = sorted({*claim["consented"], to})
            found.append(going)
        return found


def consented(piece: Piece, claim: Json, to: str, at: datetime) -> set[str]:
    """The purposes for which an owner consented to a recipient, as of today."""
    return {
        purpose
        for each in piece.consents
        if each["origin"] == claim["origin"] and each["to"] == to
        if each["until"] is None or at.date() <= date.fromisoformat(each["until"])
        for purpose in each["purposes"]
    }


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def last_day(claim: Json) -> date:
    return date.fromisoformat(claim["delete_by"]) if claim.get("delete_by") else date.max
