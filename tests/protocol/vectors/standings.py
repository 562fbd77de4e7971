# ruff: noqa: E501  (a case is a line)
"""`standing.json`: how agreements stand between two authorities, at moments and as known then.

A case is a line: who, with whom, when, the state, and what else is told:

    XA-FIU XB-FIU 2026-03-01T09:01 suspended by=XB-FIU#2 since=2026-03-01T09:00
    XA-FIU XB-FIU 2026-03-01T09:01 in_force known=2026-03-01T09:00
    XA-FIU XB-FIU 2026-03-05 in_force by=XB-FIU#2 stops=terrorism/ask,terrorism/match

`by` are the suspensions between the two that are not lifted, `stops` the pairs of field and service
that they stop, of all pairs that the agreement has.
"""

from __future__ import annotations

from typing import Any

from taawun.cooperation.wire import moment_text
from tests.protocol.vectors.histories import BLOCS, agreement, blocs_told, history, moment, told

Json = dict[str, Any]

PAIR = agreement("XA-FIU", "XB-FIU", title="Between two")
OPEN = agreement("XA-FIU", "SOUTH", title="One with a bloc", valid_until=None)
BETWEEN = agreement("NORTH", "SOUTH", title="Between two blocs", valid_until=None)
WITHIN = agreement("SOUTH", title="Within a bloc", valid_until=None)
THREE = agreement("XA-FIU", "XB-FIU", "XC-FIU", title="Among three", valid_until=None)
LATER = agreement("XA-FIU", "XB-FIU", title="From spring", valid_from="2026-04-01T00:00:00.000000Z")
BOTH = agreement("XA-FIU", "XA-CUSTOMS", title="At home", valid_until=None)
AGREEMENTS = {
    "pair": PAIR,
    "open": OPEN,
    "between": BETWEEN,
    "within": WITHIN,
    "three": THREE,
    "later": LATER,
    "home": BOTH,
}

SIGNED = """
2026-01-05T10:00 XA-FIU sign
2026-01-06T10:00 XB-FIU sign
"""

STORIES: dict[str, tuple[str, str, str]] = {
    "both sign": (
        "pair",
        SIGNED,
        """
        XA-FIU XB-FIU 2026-01-05T09:59 draft missing=XA-FIU,XB-FIU
        XA-FIU XB-FIU 2026-01-05T10:00 proposed missing=XB-FIU
        XB-FIU XA-FIU 2026-01-06T09:59:59.999999 proposed missing=XB-FIU
        XA-FIU XB-FIU 2026-01-06T10:00 in_force since=2026-01-06T10:00
        XB-FIU XA-FIU 2026-01-06T10:00 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-12-31T23:59:59.999999 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2027-01-01 ended since=2027-01-01
        XA-FIU XB-FIU 2026-01-06T10:00:00.500 proposed missing=XB-FIU known=2026-01-06T10:00:00.500
        XA-FIU XC-FIU 2026-02-01 draft outside
        XA-FIU XA-FIU 2026-02-01 draft outside
        """,
    ),
    "signed before it is valid": (
        "later",
        SIGNED,
        """
        XA-FIU XB-FIU 2026-03-31T23:59:59.999999 signed since=2026-04-01
        XA-FIU XB-FIU 2026-04-01 in_force since=2026-04-01
        """,
    ),
    "declined": (
        "pair",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-06T10:00 XB-FIU decline
        """,
        """
        XA-FIU XB-FIU 2026-01-06T09:59 proposed missing=XB-FIU
        XA-FIU XB-FIU 2026-01-06T10:00 ended ended_by=XB-FIU since=2026-01-06T10:00
        """,
    ),
    "suspended at once, then resumed": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XB-FIU suspend recorded=2026-03-01T09:05
        2026-03-10T09:00 XB-FIU resume lifts=2 recorded=2026-03-10T09:05
        """,
        """
        XA-FIU XB-FIU 2026-03-01T08:59:59.999999 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-01T09:00 suspended by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        XB-FIU XA-FIU 2026-03-01T09:00 suspended by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        XA-FIU XB-FIU 2026-03-01T09:03 in_force known=2026-03-01T09:03 since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-01T09:03 suspended known=2026-03-01T09:05 by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        XA-FIU XB-FIU 2026-03-10T08:59 suspended by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        XA-FIU XB-FIU 2026-03-10T09:00 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-10T09:03 suspended known=2026-03-10T09:03 by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        """,
    ),
    "suspended by a partner whose clock is ahead": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:04 XB-FIU suspend recorded=2026-03-01T09:00
        """,
        """
        XA-FIU XB-FIU 2026-03-01T08:59:59 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-01T09:00 suspended by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        """,
    ),
    "suspended by a partner whose clock is a year ahead": (
        "pair",
        SIGNED
        + """
        2027-03-01T09:00 XB-FIU suspend recorded=2026-03-01T09:00
        """,
        """
        XA-FIU XB-FIU 2026-03-01T08:59:59 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-01T09:00 suspended by=XB-FIU#2 since=2026-03-01T09:00 stops=all
        """,
    ),
    "suspended from a later day": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XB-FIU suspend effective=2026-03-15
        2026-03-02T09:00 XB-FIU resume lifts=2 effective=2026-03-20
        """,
        """
        XA-FIU XB-FIU 2026-03-14T23:59:59.999999 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-15 suspended by=XB-FIU#2 since=2026-03-15 stops=all
        XA-FIU XB-FIU 2026-03-19T23:59:59 suspended by=XB-FIU#2 since=2026-03-15 stops=all
        XA-FIU XB-FIU 2026-03-20 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-21 suspended known=2026-03-01T10:00 by=XB-FIU#2 since=2026-03-15 stops=all
        """,
    ),
    "one field suspended": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XB-FIU suspend fields=terrorism
        """,
        """
        XA-FIU XB-FIU 2026-03-05 in_force by=XB-FIU#2 stops=terrorism/ask,terrorism/disclose,terrorism/match since=2026-01-06T10:00
        """,
    ),
    "one service suspended": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU suspend services=match
        """,
        """
        XA-FIU XB-FIU 2026-03-05 in_force by=XA-FIU#2 stops=aml_cft/match,terrorism/match since=2026-01-06T10:00
        XB-FIU XA-FIU 2026-03-05 in_force by=XA-FIU#2 stops=aml_cft/match,terrorism/match since=2026-01-06T10:00
        """,
    ),
    "one service in one field suspended": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU suspend fields=terrorism services=match,ask
        """,
        """
        XA-FIU XB-FIU 2026-03-05 in_force by=XA-FIU#2 stops=terrorism/ask,terrorism/match since=2026-01-06T10:00
        """,
    ),
    "several suspensions, each lifted by its number": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU suspend services=match
        2026-03-02T09:00 XB-FIU suspend fields=terrorism
        2026-03-03T09:00 XA-FIU suspend
        2026-03-04T09:00 XA-FIU resume lifts=3
        2026-03-05T09:00 XB-FIU resume lifts=2
        2026-03-06T09:00 XA-FIU resume lifts=2
        """,
        """
        XA-FIU XB-FIU 2026-03-02T10:00 in_force by=XA-FIU#2,XB-FIU#2 stops=aml_cft/match,terrorism/ask,terrorism/disclose,terrorism/match since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-03T09:00 suspended by=XA-FIU#2,XA-FIU#3,XB-FIU#2 since=2026-03-03T09:00 stops=all
        XA-FIU XB-FIU 2026-03-04T09:00 in_force by=XA-FIU#2,XB-FIU#2 stops=aml_cft/match,terrorism/ask,terrorism/disclose,terrorism/match since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-05T09:00 in_force by=XA-FIU#2 stops=aml_cft/match,terrorism/match since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-06T09:00 in_force since=2026-01-06T10:00
        """,
    ),
    "both suspend, one resumes": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU suspend
        2026-03-02T09:00 XB-FIU suspend
        2026-03-03T09:00 XA-FIU resume lifts=2
        """,
        """
        XA-FIU XB-FIU 2026-03-02T10:00 suspended by=XA-FIU#2,XB-FIU#2 since=2026-03-01T09:00 stops=all
        XA-FIU XB-FIU 2026-03-03T10:00 suspended by=XB-FIU#2 since=2026-03-02T09:00 stops=all
        """,
    ),
    "ended, and no act changes that": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU suspend
        2026-03-02T09:00 XB-FIU end
        2026-03-03T09:00 XA-FIU resume lifts=2
        """,
        """
        XA-FIU XB-FIU 2026-03-02T08:59 suspended by=XA-FIU#2 since=2026-03-01T09:00 stops=all
        XA-FIU XB-FIU 2026-03-02T09:00 ended ended_by=XB-FIU since=2026-03-02T09:00
        XA-FIU XB-FIU 2026-03-04 ended ended_by=XB-FIU since=2026-03-02T09:00
        """,
    ),
    "ended with notice; suspended, resumed and ended sooner meanwhile": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XB-FIU end effective=2026-06-01
        2026-03-10T09:00 XB-FIU suspend
        2026-03-12T09:00 XB-FIU resume lifts=3
        2026-03-20T09:00 XB-FIU end effective=2026-05-01
        """,
        """
        XA-FIU XB-FIU 2026-03-05 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-03-10T09:00 suspended by=XB-FIU#3 since=2026-03-10T09:00 stops=all
        XA-FIU XB-FIU 2026-03-12T09:00 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-04-30T23:59:59 in_force since=2026-01-06T10:00
        XA-FIU XB-FIU 2026-05-01 ended ended_by=XB-FIU since=2026-05-01
        XA-FIU XB-FIU 2026-07-01 ended ended_by=XB-FIU since=2026-05-01
        XA-FIU XB-FIU 2026-07-01 ended ended_by=XB-FIU since=2026-06-01 known=2026-03-15
        """,
    ),
    "both end it: the first is who did": (
        "pair",
        SIGNED
        + """
        2026-03-01T09:00 XA-FIU end effective=2026-06-01
        2026-03-02T09:00 XB-FIU end effective=2026-05-01
        """,
        """
        XA-FIU XB-FIU 2026-05-02 ended ended_by=XB-FIU since=2026-05-01
        XA-FIU XB-FIU 2026-07-01 ended ended_by=XB-FIU since=2026-05-01
        XB-FIU XA-FIU 2026-07-01 ended ended_by=XB-FIU since=2026-05-01
        """,
    ),
    "one with a bloc: each member for itself": (
        "open",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-06T10:00 XB-FIU sign
        2026-01-07T10:00 XB-POLICE-2 sign
        2026-02-01T10:00 XB-POLICE-2 suspend
        2026-02-02T10:00 XB-POLICE-2 end effective=2026-05-01
        2026-03-02T10:00 XD-FIU sign
        """,
        """
        XA-FIU XB-FIU 2026-01-08 in_force since=2026-01-06T10:00
        XA-FIU XB-POLICE-2 2026-01-08 in_force since=2026-01-07T10:00
        XB-FIU XB-POLICE-2 2026-01-08 draft outside
        XA-FIU XD-FIU 2026-02-28T23:59:59 draft outside
        XA-FIU XD-FIU 2026-03-01 proposed missing=XD-FIU
        XA-FIU XD-FIU 2026-03-02T10:00 in_force since=2026-03-02T10:00
        XA-FIU XB-FIU 2026-02-03 in_force since=2026-01-06T10:00
        XA-FIU XB-POLICE-2 2026-02-03 suspended by=XB-POLICE-2#2 since=2026-02-01T10:00 stops=all
        XA-FIU XB-POLICE-2 2026-05-01 ended ended_by=XB-POLICE-2 since=2026-05-01
        XA-FIU XB-FIU 2026-05-01 in_force since=2026-01-06T10:00
        """,
    ),
    "one with a bloc: the party by name suspends one member": (
        "open",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-06T10:00 XB-FIU sign
        2026-01-07T10:00 XB-POLICE-2 sign
        2026-02-01T10:00 XA-FIU suspend partners=XB-POLICE-2
        2026-02-05T10:00 XA-FIU suspend partners=XB-FIU services=ask
        """,
        """
        XA-FIU XB-FIU 2026-02-02 in_force since=2026-01-06T10:00
        XA-FIU XB-POLICE-2 2026-02-02 suspended by=XA-FIU#2 since=2026-02-01T10:00 stops=all
        XA-FIU XB-FIU 2026-02-06 in_force by=XA-FIU#3 stops=aml_cft/ask,terrorism/ask since=2026-01-06T10:00
        XA-FIU XB-POLICE-2 2026-02-06 suspended by=XA-FIU#2 since=2026-02-01T10:00 stops=all
        """,
    ),
    "between two blocs: who leaves is out": (
        "between",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-05T11:00 XB-FIU sign
        2026-01-05T12:00 XC-FIU sign
        """,
        """
        XA-FIU XB-FIU 2026-01-06 in_force since=2026-01-05T11:00
        XC-FIU XB-FIU 2026-01-06 in_force since=2026-01-05T12:00
        XA-FIU XC-FIU 2026-01-06 draft outside signed
        XA-FIU XA-CUSTOMS 2026-01-06 draft outside
        XC-FIU XB-FIU 2026-05-31T23:59:59.999999 in_force since=2026-01-05T12:00
        XC-FIU XB-FIU 2026-06-01 ended outside
        XA-FIU XB-FIU 2026-06-01 in_force since=2026-01-05T11:00
        """,
    ),
    "within a bloc": (
        "within",
        """
        2026-01-05T10:00 XB-FIU sign
        2026-01-05T11:00 XB-POLICE-2 sign
        2026-03-02T12:00 XD-FIU sign
        2026-03-03T12:00 XD-FIU suspend
        """,
        """
        XB-FIU XB-POLICE-2 2026-01-06 in_force since=2026-01-05T11:00
        XB-FIU XD-FIU 2026-02-01 draft outside
        XB-FIU XD-FIU 2026-03-02T12:00 in_force since=2026-03-02T12:00
        XB-FIU XD-FIU 2026-03-04 suspended by=XD-FIU#2 since=2026-03-03T12:00 stops=all
        XB-FIU XB-POLICE-2 2026-03-04 in_force since=2026-01-05T11:00
        XA-FIU XB-FIU 2026-03-04 draft outside
        """,
    ),
    "among three: all must have signed, then each pair for itself": (
        "three",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-05T11:00 XB-FIU sign
        2026-01-10T12:00 XC-FIU sign
        2026-02-01T12:00 XC-FIU suspend
        2026-03-01T12:00 XC-FIU end
        """,
        """
        XA-FIU XB-FIU 2026-01-06 proposed missing=XC-FIU
        XA-FIU XB-FIU 2026-01-10T12:00 in_force since=2026-01-10T12:00
        XA-FIU XC-FIU 2026-02-02 suspended by=XC-FIU#2 since=2026-02-01T12:00 stops=all
        XA-FIU XB-FIU 2026-02-02 in_force since=2026-01-10T12:00
        XA-FIU XC-FIU 2026-03-02 ended ended_by=XC-FIU since=2026-03-01T12:00
        XA-FIU XB-FIU 2026-03-02 in_force since=2026-01-10T12:00
        """,
    ),
    "among three: one declines": (
        "three",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-05T11:00 XB-FIU sign
        2026-01-10T12:00 XC-FIU decline
        """,
        """
        XA-FIU XB-FIU 2026-02-01 proposed missing=XC-FIU
        XA-FIU XC-FIU 2026-02-01 ended ended_by=XC-FIU since=2026-01-10T12:00
        """,
    ),
    "two authorities of one state": (
        "home",
        """
        2026-01-05T10:00 XA-FIU sign
        2026-01-05T11:00 XA-CUSTOMS sign
        """,
        """
        XA-CUSTOMS XA-FIU 2026-02-01 in_force since=2026-01-05T11:00
        """,
    ),
}


def files() -> dict[str, Json]:
    """`standing.json`."""
    what = "histories of agreements, and how each stands between two authorities at moments"
    return {
        "standing.json": {
            "what": what,
            "blocs": blocs_told(BLOCS),
            "agreements": {name: each.plain() for name, each in AGREEMENTS.items()},
            "histories": [_story(name, *story) for name, story in STORIES.items()],
        }
    }


def _story(name: str, under: str, acts: str, cases: str) -> Json:
    lines = [line for line in map(str.strip, cases.splitlines()) if line]
    return {
        "name": name,
        "agreement": under,
        "acts": told(history(AGREEMENTS[under], acts)),
        "cases": [_case(under, line) for line in lines],
    }


def _case(under: str, line: str) -> Json:
    one, other, at, state, *more = line.split()
    said = dict(each.partition("=")[::2] for each in more)
    made: Json = {"one": one, "other": other, "at": moment_text(moment(at)), "state": state}
    if "known" in said:
        made["known_at"] = moment_text(moment(said["known"]))
    made["outside"] = "outside" in said
    made["missing"] = said["missing"].split(",") if "missing" in said else []
    made["ended_by"] = said.get("ended_by", "")
    made["suspensions"] = [
        {"by": by.split("#")[0], "number": int(by.split("#")[1])}
        for by in (said["by"].split(",") if "by" in said else [])
    ]
    made["stops"] = _stops(under, said.get("stops", ""))
    if "since" in said:
        made["since"] = moment_text(moment(said["since"]))
    return made


def _stops(under: str, said: str) -> list[list[str]]:
    document = AGREEMENTS[under]
    if said != "all":
        return [pair.split("/") for pair in said.split(",") if pair]
    return [[field.value, each.value] for field in document.fields for each in document.services]
