"""An entry of a statement as transfers between its account and the others.

direction       CRDT comes to the account of the statement, DBIT leaves it
several         each of an entry's details is a transfer; an entry without any is one itself
nobody named    the other side is the account's own unknown: `<account>/unknown`, one per
                account, so that no two accounts are joined by what nobody knows; cash paid in
                or taken out is `<account>/cash`
not booked      pending and announced entries are left out, and noted
reference       UETR; else, after the servicer of the account, TxId, the servicer's reference, or
                account, statement, entry (its place where it has none) and number
reversal        `RvslInd`: the UETR, TxId or EndToEndId is the original's, and so are the roles of
                debtor and creditor; a bank that swaps them is understood
"""

from __future__ import annotations

from collections.abc import Iterator

from taawun.ledger.readers.iso20022.channels import channel
from taawun.ledger.readers.iso20022.noted import Noted
from taawun.ledger.readers.iso20022.paths import PARTY, F
from taawun.ledger.readers.iso20022.strict import Told

_PATH = "BkToCstmrStmt/Stmt/Ntry"
_NAMED = ("iban", "other", "proxy", "name", "lei", "any_bic", "identity", "fi_member")


def transfers(told: Told, noted: Noted) -> Iterator[Told]:
    """The transfers of one entry of a statement."""
    entry = told.values
    left_out = Told({}, told.line, told.family, good=False)
    status = entry.get(F["status"], "")
    if status != "BOOK":
        noted.once("payments.entry_not_booked", told.line, f"{_PATH}/Sts", status, "BOOK")
        yield left_out
        return
    for at, details in enumerate(told.details or [{}]):
        if (values := _amounts(entry, details, len(told.details), told.line, noted)) is None:
            yield left_out
            continue
        _referenced(values, told, at)
        if not _directed(values, entry, told.line, noted):
            yield left_out
            continue
        yield Told(values, told.line, told.family, told.good)


def _amounts(
    entry: dict[int, str], details: dict[int, str], several: int, line: int, noted: Noted
) -> dict[int, str] | None:
    """Details over what the entry says; the entry's amount is one transfer's only if alone."""
    values = dict(details)
    for whole, part in (("amount", "tx_amount"), ("currency", "tx_currency")):
        if F[whole] not in values and F[part] in values:
            values[F[whole]] = values[F[part]]
    if several > 1 and F["amount"] not in values:
        path = f"{_PATH}/NtryDtls/TxDtls/Amt"
        noted.problem("payments.amount_missing", line, path, "", "an amount for each of several")
        return None
    if F["amount"] not in values:
        values.pop(F["currency"], None)
    return entry | values


def _directed(values: dict[int, str], entry: dict[int, str], line: int, noted: Noted) -> bool:
    """Put the statement's account on its side, and whoever is named on the other."""
    direction = values.get(F["direction"], entry.get(F["direction"], ""))
    if direction not in ("CRDT", "DBIT"):
        noted.problem("payments.direction", line, f"{_PATH}/CdtDbtInd", direction, "CRDT, DBIT")
        return False
    back = _reverses(entry)
    receives = (direction == "CRDT") != back
    mine, other = ("creditor", "debtor") if receives else ("debtor", "creditor")
    if back and not _names(values, other):
        _swap(values, mine, other)
    for name in PARTY:
        values.pop(F[f"{mine}_{name}"], None)
    for name in PARTY:
        if (said := values.pop(_OWN[name], None)) is not None:
            values[F[f"{mine}_{name}"]] = said
    if not _names(values, other):
        account = values.get(F[f"{mine}_iban"]) or values.get(F[f"{mine}_other"], "")
        cash = _channel(values) == "cash"
        values[F[f"{other}_account"]] = f"{account}/{'cash' if cash else 'unknown'}"
        if not cash:
            path = f"{_PATH}/NtryDtls/TxDtls/RltdPties"
            noted.problem("payments.counterparty_unknown", line, path, "", "a party or an account")
    return True


def _reverses(entry: dict[int, str]) -> bool:
    return entry.get(F["reversal"]) in ("true", "1")


def _names(values: dict[int, str], side: str) -> bool:
    return any(F[f"{side}_{name}"] in values for name in _NAMED)


def _swap(values: dict[int, str], one: str, other: str) -> None:
    for name in PARTY:
        if (said := values.pop(F[f"{one}_{name}"], None)) is not None:
            values[F[f"{other}_{name}"]] = said


def _channel(values: dict[int, str]) -> str:
    names = ("instrument", "clearing", "service", "domain", "family_code", "sub_family")
    return channel("", *(values.get(F[each], "") for each in names))


def _referenced(values: dict[int, str], told: Told, at: int) -> None:
    entry, several = told.values, len(told.details)
    account = values.get(F["own_iban"]) or values.get(F["own_other"], "")
    statement, reference = (
        entry.get(F["statement"], ""),
        entry.get(F["entry_ref"], str(told.number)),
    )
    number = f"/{at + 1}" if several > 1 else ""
    own = values.get(F["servicer_ref"], "")
    if own and own == entry.get(F["servicer_ref"]):
        own += number
    for place, servicer in _SERVICER.items():
        if named := values.get(servicer):
            values[place] = named
    if _reverses(entry):
        for name in ("uetr", "tx", "end_to_end"):
            if said := values.pop(F[name], None):
                values[F[f"original_{name}"]] = said
    if values.get(F["tx"], "NOTPROVIDED") == "NOTPROVIDED":
        position = "/".join(each for each in (account, statement, reference) if each)
        values[F["own"]] = own or position + number


_OWN = {name: F[f"own_{name}"] for name in PARTY}
_SERVICER = {
    F["instructing"]: F["own_bic"],
    F["instructing_system"]: F["own_system"],
    F["instructing_member"]: F["own_member"],
}
