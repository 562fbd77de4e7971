"""`permit.json`: what may pass, and the ground on which something else may not.

The node is XA-FIU's. Each case changes something of one ordinary question: on 15 February 2026 at
noon XA-FIU sends XB-FIU a request under the agreement `pair`.
"""

from __future__ import annotations

from typing import Any

from taawun.cooperation.wire import moment_text
from tests.protocol.vectors.authorities import card
from tests.protocol.vectors.histories import BLOCS, agreement, blocs_told, history, moment, told

Json = dict[str, Any]

ME = "XA-FIU"
CONFIRMED = ("XA-FIU", "XA-CUSTOMS", "XB-FIU", "XB-POLICE-2", "XC-FIU")
BROUGHT = ("XD-FIU",)
"""Their cards came in; nobody compared the fingerprints."""

_WIDE: Json = {
    "fields": ("aml_cft", "terrorism", "sanctions"),
    "services": ("ask", "disclose", "match", "freeze"),
}
_SIGNED = """
2026-01-05T10:00 XA-FIU sign
2026-01-06T10:00 XB-FIU sign
"""
_OPEN: Json = {"valid_until": None}
AGREEMENTS = {
    "pair": agreement("XA-FIU", "XB-FIU", title="Between two", **_WIDE),
    "proposed": agreement("XA-FIU", "XB-FIU", title="Not signed by both", **_WIDE),
    "draft": agreement("XA-FIU", "XB-FIU", title="Signed by nobody", **_WIDE),
    "declined": agreement("XA-FIU", "XB-FIU", title="Declined", **_WIDE),
    "later": agreement(
        "XA-FIU", "XB-FIU", title="From autumn", valid_from="2026-09-01T00:00:00.000000Z"
    ),
    "ended": agreement("XA-FIU", "XB-FIU", title="Ended", **_WIDE),
    "others": agreement("XB-FIU", "XC-FIU", title="Between others", **_OPEN),
    "bloc": agreement("XA-FIU", "SOUTH", title="With a bloc", **_OPEN),
    "blocs": agreement("NORTH", "SOUTH", title="Between blocs", **_OPEN),
    "charlie": agreement("XA-FIU", "XC-FIU", title="Wider than competence", **(_OPEN | _WIDE)),
}
ACTS = {
    "pair": _SIGNED
    + """
    2026-03-01T09:00 XB-FIU suspend recorded=2026-03-01T09:00:30
    2026-03-10T09:00 XB-FIU resume lifts=2
    2026-04-01T09:00 XA-FIU suspend fields=terrorism
    2026-05-01T09:00 XB-FIU suspend services=match
    2026-06-01T09:00 XB-FIU resume lifts=4
    2026-07-01T09:00 XB-FIU suspend fields=sanctions services=freeze,ask
    2026-08-01T09:00 XA-FIU suspend effective=2026-08-15
    """,
    "proposed": "2026-01-05T10:00 XA-FIU sign",
    "draft": "",
    "declined": "2026-01-05T10:00 XA-FIU sign\n2026-01-06T10:00 XB-FIU decline",
    "later": _SIGNED,
    "ended": _SIGNED + "2026-02-01T09:00 XB-FIU end effective=2026-02-10",
    "others": "2026-01-05T10:00 XB-FIU sign\n2026-01-05T11:00 XC-FIU sign",
    "bloc": """
    2026-01-05T10:00 XA-FIU sign
    2026-01-06T10:00 XB-POLICE-2 sign
    2026-02-01T10:00 XB-POLICE-2 suspend
    2026-02-03T10:00 XB-POLICE-2 resume lifts=2
    2026-02-20T10:00 XA-FIU suspend partners=XB-POLICE-2
    """,
    "blocs": "2026-01-05T10:00 XA-FIU sign\n2026-01-05T11:00 XB-FIU sign",
    "charlie": "2026-01-05T10:00 XA-FIU sign\n2026-01-05T11:00 XC-FIU sign",
}

NOON = "2026-02-15T12:00"
ORDINARY: Json = {
    "at": NOON,
    "direction": "out",
    "partner": "XB-FIU",
    "kind": "request",
    "agreement": "pair",
    "service": "ask",
    "field": "aml_cft",
    "purpose": "intelligence",
    "categories": ["identity"],
    "caveats": [],
    "count": 1,
    "spent": 0,
}
MATCH: Json = {"kind": "match_question", "service": "match"}
FREEZE: Json = {"kind": "freeze_request", "service": "freeze"}
DISCLOSE: Json = {"kind": "disclosure", "service": "disclose"}
TERRORISM: Json = {"field": "terrorism"}


def caveat(origin: str = "XB-FIU", **other: Any) -> Json:
    """What an origin says of its information."""
    said: Json = {
        "origin": origin,
        "purposes": ["intelligence"],
        "onward": "none",
        "consented": [],
    }
    return {"caveats": [said | other]}


CHARLIES: Json = {"origin": "XC-FIU", "onward": "consent", "consented": ["XB-FIU"]}

CASES: list[tuple[str, Json, str]] = [
    ("an ordinary request", {}, "agreement"),
    ("the same, arriving", {"direction": "in"}, "agreement"),
    (
        "every category that was agreed",
        {"categories": ["identity", "accounts", "transactions"]},
        "agreement",
    ),
    ("no category", {"categories": []}, "agreement"),
    ("another purpose that was agreed", {"purpose": "investigation"}, "agreement"),
    ("a disclosure", DISCLOSE, "agreement"),
    (
        "an acknowledgement in a disclosure's thread",
        {"kind": "acknowledgement", "service": "disclose"},
        "agreement",
    ),
    ("an answer to a request to freeze", {"kind": "answer", "service": "freeze"}, "agreement"),
    ("feedback", {"kind": "feedback"}, "agreement"),
    # the partner
    ("a partner nobody knows", {"partner": "XE-FIU"}, "permit.partner_unknown"),
    ("oneself", {"partner": "XA-FIU"}, "permit.partner_unknown"),
    (
        "a partner whose fingerprint nobody compared",
        {"partner": "XD-FIU"},
        "permit.partner_unconfirmed",
    ),
    (
        "a control message to one nobody knows",
        {"partner": "XE-FIU", "kind": "act"},
        "permit.partner_unknown",
    ),
    (
        "a control message to one not confirmed",
        {"partner": "XD-FIU", "kind": "card"},
        "permit.partner_unconfirmed",
    ),
    # control
    ("a card, with no agreement at all", {"kind": "card", "agreement": None}, "control"),
    ("a proposal", {"kind": "proposal", "agreement": None}, "control"),
    (
        "an act while the agreement is suspended",
        {"kind": "act", "agreement": None, "at": "2026-03-05"},
        "control",
    ),
    (
        "an act to a partner with whom nothing is agreed",
        {"kind": "act", "agreement": None, "partner": "XA-CUSTOMS"},
        "control",
    ),
    # the kind
    ("a kind nobody knows", {"kind": "gossip"}, "permit.kind"),
    ("a request under another service", {"service": "match"}, "permit.kind"),
    ("a request to freeze under ask", {"kind": "freeze_request"}, "permit.kind"),
    ("an answer under disclose", {"kind": "answer", "service": "disclose"}, "permit.kind"),
    ("a typology under ask", {"kind": "typology"}, "permit.kind"),
    ("a question to match under ask", {"kind": "match_question"}, "permit.kind"),
    ("no service", {"service": None}, "permit.kind"),
    # the agreement
    ("no agreement", {"agreement": None}, "permit.no_agreement"),
    ("an agreement nobody knows", {"agreement": "0" * 64}, "permit.no_agreement"),
    ("an agreement between others", {"agreement": "others"}, "permit.not_party"),
    ("an agreement with another", {"agreement": "charlie"}, "permit.not_party"),
    (
        "an agreement with another, arriving",
        {"agreement": "charlie", "direction": "in"},
        "permit.not_party",
    ),
    ("an agreement that only we signed", {"agreement": "proposed"}, "permit.unsigned"),
    ("an agreement that nobody signed", {"agreement": "draft"}, "permit.unsigned"),
    ("an agreement that the partner declined", {"agreement": "declined"}, "permit.ended"),
    ("before the second signature", {"at": "2026-01-06T09:59:59"}, "permit.unsigned"),
    ("at the second signature", {"at": "2026-01-06T10:00"}, "agreement"),
    ("an agreement that is valid from autumn", {"agreement": "later"}, "permit.not_yet"),
    ("the same in autumn", {"agreement": "later", "at": "2026-09-01"}, "agreement"),
    ("after its last day", {"agreement": "later", "at": "2027-01-01"}, "permit.expired"),
    ("its last moment", {"agreement": "later", "at": "2026-12-31T23:59:59.999999"}, "agreement"),
    ("while the notice to end runs", {"agreement": "ended", "at": "2026-02-05"}, "agreement"),
    ("after its end", {"agreement": "ended"}, "permit.ended"),
    # suspension
    ("suspended by the partner", {"at": "2026-03-05"}, "permit.suspended"),
    ("suspended, arriving", {"at": "2026-03-05", "direction": "in"}, "permit.suspended"),
    ("the moment of the suspension", {"at": "2026-03-01T09:00"}, "permit.suspended"),
    ("the moment before", {"at": "2026-03-01T08:59:59.999999"}, "agreement"),
    ("the moment of the resumption", {"at": "2026-03-10T09:00"}, "agreement"),
    (
        "an acknowledgement while suspended",
        {"at": "2026-03-05", "kind": "acknowledgement"},
        "permit.suspended",
    ),
    (
        "a suspended agreement leaves another untouched",
        {"at": "2026-03-05", "agreement": "blocs"},
        "agreement",
    ),
    ("a field that is suspended", TERRORISM | {"at": "2026-04-02"}, "permit.suspended_in_part"),
    ("the same field before", TERRORISM | {"at": "2026-03-31"}, "agreement"),
    ("another field meanwhile", {"at": "2026-04-02"}, "agreement"),
    ("a service that is suspended", MATCH | {"at": "2026-05-02"}, "permit.suspended_in_part"),
    ("another service meanwhile", {"at": "2026-05-02"}, "agreement"),
    ("the service after its resumption", MATCH | {"at": "2026-06-02"}, "agreement"),
    (
        "a field and service suspended together",
        FREEZE | {"at": "2026-07-02", "field": "sanctions"},
        "permit.suspended_in_part",
    ),
    ("that service in another field", FREEZE | {"at": "2026-07-02"}, "agreement"),
    (
        "another service in that field",
        MATCH | {"at": "2026-07-02", "field": "sanctions"},
        "agreement",
    ),
    ("suspended from a later day, before it", {"at": "2026-08-14T23:59:59"}, "agreement"),
    ("suspended from a later day, on it", {"at": "2026-08-15"}, "permit.suspended"),
    # blocs
    (
        "with a member of the bloc that signed",
        {"agreement": "bloc", "partner": "XB-POLICE-2"},
        "agreement",
    ),
    ("with a member that did not sign", {"agreement": "bloc"}, "permit.unsigned"),
    ("with one that is no member", {"agreement": "bloc", "partner": "XC-FIU"}, "permit.not_party"),
    (
        "with a member that we suspended",
        {"agreement": "bloc", "partner": "XB-POLICE-2", "at": "2026-02-21"},
        "permit.suspended",
    ),
    (
        "with a member that suspended",
        {"agreement": "bloc", "partner": "XB-POLICE-2", "at": "2026-02-02"},
        "permit.suspended",
    ),
    ("with one of our own side", {"agreement": "blocs", "partner": "XC-FIU"}, "permit.not_party"),
    # the scope
    (
        "a service that was not agreed",
        {"kind": "typology", "service": "typology"},
        "permit.service",
    ),
    ("a field that was not agreed", {"field": "judicial"}, "permit.field"),
    ("no field", {"field": None}, "permit.field"),
    (
        "a field beyond the partner's competence",
        {"agreement": "charlie", "partner": "XC-FIU", "field": "sanctions"},
        "permit.competence",
    ),
    (
        "a field within it",
        {"agreement": "charlie", "partner": "XC-FIU", "field": "terrorism"},
        "agreement",
    ),
    ("a purpose that was not agreed", {"purpose": "prosecution"}, "permit.purpose"),
    ("no purpose", {"purpose": None}, "permit.purpose"),
    ("a category that was not agreed", {"categories": ["identity", "court"]}, "permit.category"),
    # caveats
    ("information of our own", caveat("XA-FIU"), "agreement"),
    ("information given back to its origin", caveat("XB-FIU"), "agreement"),
    (
        "a purpose that the origin does not allow",
        caveat("XA-FIU", purposes=["investigation"]),
        "permit.caveat_purpose",
    ),
    ("information of another, not to be passed on", caveat("XC-FIU"), "permit.caveat_onward"),
    (
        "of another, who consented to somebody else",
        caveat("XC-FIU", onward="consent", consented=["XB-POLICE-2"]),
        "permit.caveat_onward",
    ),
    ("of another, who consented", caveat(**CHARLIES), "agreement"),
    (
        "of another, assumed for the recipient that was named",
        caveat(**(CHARLIES | {"onward": "named"})),
        "agreement",
    ),
    (
        "of another, never, although somebody is listed",
        caveat(**(CHARLIES | {"onward": "none"})),
        "permit.caveat_onward",
    ),
    (
        "arriving: of another, who consented to us",
        caveat("XC-FIU", onward="consent", consented=["XA-FIU"]) | {"direction": "in"},
        "agreement",
    ),
    (
        "arriving: of another, who consented to the sender only",
        caveat(**CHARLIES) | {"direction": "in"},
        "permit.caveat_onward",
    ),
    ("on the last day of keeping", caveat("XA-FIU", delete_by="2026-02-15"), "agreement"),
    (
        "after the last day of keeping",
        caveat("XA-FIU", delete_by="2026-02-14"),
        "permit.caveat_retention",
    ),
    (
        "of two origins, one not to be passed on",
        {"caveats": caveat("XA-FIU")["caveats"] + caveat("XC-FIU")["caveats"]},
        "permit.caveat_onward",
    ),
    # budgets
    ("a question within the budget", MATCH, "agreement"),
    ("the last questions of the day", MATCH | {"count": 24, "spent": 976}, "agreement"),
    ("one question too many", MATCH | {"count": 25, "spent": 976}, "permit.budget"),
    ("a purpose without a budget", MATCH | {"purpose": "investigation"}, "permit.budget"),
    (
        "a match message that asks nothing, with the budget spent",
        MATCH | {"kind": "match_answer", "spent": 1000},
        "agreement",
    ),
    # the order: the first ground that stands against it is the one that is said
    (
        "unknown partner before unknown kind",
        {"partner": "XE-FIU", "kind": "gossip"},
        "permit.partner_unknown",
    ),
    ("kind before agreement", {"kind": "gossip", "agreement": None}, "permit.kind"),
    ("suspension before scope", {"at": "2026-03-05", "field": "judicial"}, "permit.suspended"),
    (
        "service before field",
        {"kind": "typology", "service": "typology", "field": "judicial"},
        "permit.service",
    ),
    ("field before purpose", {"field": "judicial", "purpose": "prosecution"}, "permit.field"),
    (
        "purpose before category",
        {"purpose": "prosecution", "categories": ["court"]},
        "permit.purpose",
    ),
    (
        "scope before suspension in part",
        TERRORISM | {"at": "2026-04-02", "purpose": "prosecution"},
        "permit.purpose",
    ),
    (
        "suspension in part before caveats",
        TERRORISM | caveat("XC-FIU") | {"at": "2026-04-02"},
        "permit.suspended_in_part",
    ),
    ("caveats before budget", MATCH | caveat("XC-FIU") | {"spent": 1000}, "permit.caveat_onward"),
]


def files() -> dict[str, Json]:
    """`permit.json`."""
    facts = {
        "me": ME,
        "cards": [card(code).plain() for code in (*CONFIRMED, *BROUGHT)],
        "confirmed": list(CONFIRMED),
        "blocs": blocs_told(BLOCS),
        "agreements": {
            under.id: {
                "name": name,
                "document": under.plain(),
                "acts": told(history(under, ACTS[name])),
            }
            for name, under in AGREEMENTS.items()
        },
    }
    return {
        "permit.json": {
            "what": "questions, and the permit's ground or that of the refusal; `spent` are the"
            " questions asked already on this day for this purpose",
            "facts": facts,
            "cases": [_case(*said) for said in CASES],
        }
    }


def _case(name: str, other: Json, ground: str) -> Json:
    said = ORDINARY | other
    spent = said.pop("spent")
    named = AGREEMENTS.get(said["agreement"])
    said["at"] = moment_text(moment(said["at"]))
    said["agreement"] = named.id if named else said["agreement"]
    asked = {key: value for key, value in said.items() if value is not None}
    outcome = {"refused": ground} if ground.startswith("permit.") else {"permit": ground}
    return {"name": name, "question": asked, "spent": spent, **outcome}
