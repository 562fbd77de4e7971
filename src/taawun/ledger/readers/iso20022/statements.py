"""An entry of a statement as transfers between its account and the others.

direction       CRDT comes to the account of the statement, DBIT leaves it
several         each of an entry's details is a transfer; an entry without any is one itself
nobody named    the other side is the account's own unknown: `<account>/unknown`, one per
                account, so that no two accounts are joined by what nobody knows; cash paid in
                or taken out is `<account>/cash`
not booked      pending and announced entries are left out, and noted
reference       UETR; else the servicer's reference; else statement, entry and number
reversal        `RvslInd`: the UETR, TxId or EndToEndId is the original's
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
    status = entry.get(F["status"], "")
    if status != "BOOK":
        noted.once("payments.entry_not_booked", told.line, f"{_PATH}/Sts", status, "BOOK")
        return
    for at, details in enumerate(told.details or [{}]):
        if (values := _amounts(entry, details, len(told.details), told.line, noted)) is None:
            continue
        _referenced(values, entry, at, len(told.details))
        if not _directed(values, entry, told.line, noted):
            continue
        _timed(values)
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
    mine, other = ("creditor", "debtor") if direction == "CRDT" else ("debtor", "creditor")
    for name in PARTY:
        values.pop(F[f"{mine}_{name}"], None)
    for name in PARTY:
        if (said := values.pop(_OWN[name], None)) is not None:
            values[F[f"{mine}_{name}"]] = said
    if not any(F[f"{other}_{name}"] in values for name in _NAMED):
        account = values.get(F[f"{mine}_iban"]) or values.get(F[f"{mine}_other"], "")
        cash = _channel(values) == "cash"
        values[F[f"{other}_account"]] = f"{account}/{'cash' if cash else 'unknown'}"
        if not cash:
            path = f"{_PATH}/NtryDtls/TxDtls/RltdPties"
            noted.problem("payments.counterparty_unknown", line, path, "", "a party or an account")
    return True


def _channel(values: dict[int, str]) -> str:
    names = ("instrument", "clearing", "service", "domain", "family_code", "sub_family")
    return channel("", *(values.get(F[each], "") for each in names))


def _referenced(values: dict[int, str], entry: dict[int, str], at: int, several: int) -> None:
    account = values.get(F["own_iban"]) or values.get(F["own_other"], "")
    statement, reference = entry.get(F["statement"], ""), entry.get(F["entry_ref"], "")
    number = f"/{at + 1}" if several > 1 else ""
    own = values.get(F["servicer_ref"], "")
    if own and own == entry.get(F["servicer_ref"]):
        own += number
    values[F["own"]] = (
        own or "/".join(each for each in (account, statement, reference) if each) + number
    )
    if entry.get(F["reversal"]) in ("true", "1"):
        for name in ("uetr", "tx", "end_to_end"):
            if said := values.pop(F[name], None):
                values[F[f"original_{name}"]] = said


def _timed(values: dict[int, str]) -> None:
    """When it was booked stands before when it was to count; what the details say, before both."""
    for name in ("booked", "valued"):
        if F["settled"] not in values and F[name] in values:
            values[F["settled"]] = values[F[name]]


_OWN = {name: F[f"own_{name}"] for name in PARTY}
