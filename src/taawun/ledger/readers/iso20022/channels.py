"""The way money moved, from the codes of a payment message.

    local instrument    INST is instant, CORE and B2B are direct debits; a word of its own stays
    clearing channel    BOOK is internal
    service level       BKTR is internal
    bank transaction    family and sub-family of a statement's entry: cards, cash, cheques, debits

What says nothing of these is a wire: all these messages are transfers between banks.

Source: ISO 20022 external code sets (local instrument, service level, bank transaction).
"""

from __future__ import annotations

INSTRUMENTS = {
    "INST": "instant",
    "RTP": "instant",
    "IP": "instant",
    "CORE": "direct_debit",
    "COR1": "direct_debit",
    "B2B": "direct_debit",
}
CLEARING = {"BOOK": "internal", "RTNS": "instant"}
SERVICES = {"BKTR": "internal"}
FAMILIES = {
    "RRCT": "instant",
    "IRCT": "instant",
    "CCRD": "card",
    "MCRD": "card",
    "CNTR": "cash",
    "RCHQ": "cheque",
    "ICHQ": "cheque",
    "IDDT": "direct_debit",
    "RDDT": "direct_debit",
}
SUB_FAMILIES = {"BOOK": "internal", "CDPT": "cash", "CWDL": "cash", "CHKD": "cash"}


def channel(
    family: str,
    instrument: str,
    clearing: str,
    service: str,
    domain: str = "",
    family_code: str = "",
    sub_family: str = "",
) -> str:
    """One of `schema.CHANNELS`, or the local instrument's own word in lower case."""
    if instrument:
        return INSTRUMENTS.get(instrument, instrument.lower())
    if clearing in CLEARING:
        return CLEARING[clearing]
    if service in SERVICES:
        return SERVICES[service]
    if domain == "PMNT":
        found = SUB_FAMILIES.get(sub_family) or FAMILIES.get(family_code)
        if found:
            return found
    return "wire"
