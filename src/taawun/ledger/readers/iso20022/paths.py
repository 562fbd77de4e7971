"""Which element of a payment message goes where: the table that both parsers interpret.

A line of a table names an element by its path below the message's repeating part, and the field
it fills; `-` ignores the element and all below it by name; `Amt@` fills the amount and, from its
`Ccy`, the currency. What no line names is reported once per file (`payments.field_unknown`).
Fields are text as it stands in the file; `rows.py` gives them their meaning. Tables hold the names
of every version: ISO renamed elements over the years (`BIC` to `BICFI`), it did not reuse names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

PARTY = (
    "iban other proxy bic member system agent_name agent_country name country residence lei "
    "any_bic identity fi_member account"
).split()
FIELDS = (
    "uetr tx end_to_end instruction clearing_ref amount currency debited credited accepted settled "
    "created instrument service clearing category purpose_code purpose_own remittance reference "
    "instructing instructing_system instructing_member instructed instructed_system "
    "instructed_member count cover "
    # payment returns and reversals
    "own original_uetr original_tx original_end_to_end "
    # statements
    "entry_ref servicer_ref direction reversal status booked valued domain family_code "
    "sub_family statement tx_amount tx_currency"
).split() + [f"{side}_{each}" for side in ("debtor", "creditor", "own") for each in PARTY]
F = {name: at for at, name in enumerate(FIELDS)}
"""The number of a field."""
JOINED = frozenset({F["remittance"]})
"""Fields whose element may stand several times: their texts are joined by a space."""
FIRST = frozenset(
    F[name] for name in FIELDS if name.endswith(("_identity", "reference")) or name == "service"
)
"""Fields whose element may stand several times: the first one is taken."""

_ADDRESS = """
Ctry                    {s}country
AdrTp Dept SubDept StrtNm BldgNb BldgNm Flr PstBx Room PstCd TwnNm TwnLctnNm DstrctNm -
CtrySubDvsn AdrLine CareOf UnitNb -
"""
_AGENT = """
FinInstnId/BICFI                    {s}bic
FinInstnId/BIC                      {s}bic
FinInstnId/ClrSysMmbId/MmbId        {s}member
FinInstnId/ClrSysMmbId/Id           {s}member
FinInstnId/ClrSysMmbId/ClrSysId/Cd      {s}system
FinInstnId/ClrSysMmbId/ClrSysId/Prtry   {s}system
FinInstnId/Nm                       {s}agent_name
FinInstnId/PstlAdr/Ctry             {s}agent_country
FinInstnId/LEI FinInstnId/Othr BrnchId -
"""
_INSTITUTION = """
FinInstnId/BICFI                    {s}any_bic
FinInstnId/BIC                      {s}any_bic
FinInstnId/ClrSysMmbId/MmbId        {s}fi_member
FinInstnId/ClrSysMmbId/ClrSysId     -
FinInstnId/LEI                      {s}lei
FinInstnId/Nm                       {s}name
FinInstnId/PstlAdr/Ctry             {s}country
FinInstnId/Othr/Id                  {s}identity
FinInstnId/Othr/SchmeNm FinInstnId/Othr/Issr BrnchId -
"""
_PERSON = """
Nm                      {s}name
CtryOfRes               {s}residence
Id/OrgId/LEI            {s}lei
Id/OrgId/AnyBIC         {s}any_bic
Id/OrgId/BICOrBEI       {s}any_bic
Id/OrgId/Othr/Id        {s}identity
Id/PrvtId/Othr/Id       {s}identity
Id/OrgId/Othr/SchmeNm Id/OrgId/Othr/Issr Id/PrvtId/Othr/SchmeNm Id/PrvtId/Othr/Issr -
Id/PrvtId/DtAndPlcOfBirth CtctDtls -
"""
_ACCOUNT = """
Id/IBAN                 {s}iban
Id/Othr/Id              {s}other
Id/BBAN                 {s}other
Id/UPIC                 {s}other
Id/PrtryAcct/Id         {s}other
Prxy/Id                 {s}proxy
Id/Othr/SchmeNm Id/Othr/Issr Tp Ccy Nm Prxy/Tp -
"""
_ADDRESS_PARTS = [
    word
    for line in _ADDRESS.splitlines()
    if line.endswith("-")
    for word in line.split()
    if word != "-"
]


def _below(prefix: str, table: str, side: str = "") -> str:
    """A table under another element, for one side of the transfer."""
    lines = []
    for line in table.format(s=f"{side}_" if side else "").splitlines():
        *paths, fills = line.split() or [""]
        lines += [f"{prefix}/{path} {fills}" for path in paths]
    return "\n".join(lines)


def _party(element: str, side: str) -> str:
    return _below(element, _PERSON, side) + "\n" + _below(f"{element}/PstlAdr", _ADDRESS, side)


def _institution(element: str, side: str) -> str:
    parts = " ".join(f"{element}/FinInstnId/PstlAdr/{part}" for part in _ADDRESS_PARTS)
    return _below(element, _INSTITUTION, side) + f"\n{parts} -"


def _agent(element: str, side: str) -> str:
    parts = " ".join(f"{element}/FinInstnId/PstlAdr/{part}" for part in _ADDRESS_PARTS)
    return _below(element, _AGENT, side) + f"\n{parts} -"


def _sides(prefix: str = "") -> str:
    """Debtor and creditor with their accounts and agents, below an element."""
    lines = []
    for short, side in (("Dbtr", "debtor"), ("Cdtr", "creditor")):
        lines += [_agent(f"{prefix}{short}Agt", side)]
        lines += [_below(f"{prefix}{short}Acct", _ACCOUNT, side)]
    return "\n".join(lines)


_PAYMENT_TYPE = """
InstrPrty CtgyPurp SeqTp -
SvcLvl/Cd               service
SvcLvl/Prtry            service
LclInstrm/Cd            instrument
LclInstrm/Prtry         instrument
ClrChanl                clearing
"""
_INSTRUCTING = """
InstgAgt/FinInstnId/BICFI           instructing
InstgAgt/FinInstnId/BIC             instructing
InstgAgt/FinInstnId/ClrSysMmbId/MmbId           instructing_member
InstgAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd     instructing_system
InstgAgt/FinInstnId/ClrSysMmbId/ClrSysId/Prtry  instructing_system
InstdAgt/FinInstnId/BICFI           instructed
InstdAgt/FinInstnId/BIC             instructed
InstdAgt/FinInstnId/ClrSysMmbId/MmbId           instructed_member
InstdAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd     instructed_system
InstdAgt/FinInstnId/ClrSysMmbId/ClrSysId/Prtry  instructed_system
InstgAgt/FinInstnId/LEI InstgAgt/FinInstnId/Nm InstgAgt/FinInstnId/PstlAdr -
InstgAgt/FinInstnId/Othr InstgAgt/BrnchId -
InstdAgt/FinInstnId/LEI InstdAgt/FinInstnId/Nm InstdAgt/FinInstnId/PstlAdr -
InstdAgt/FinInstnId/Othr InstdAgt/BrnchId -
"""
_HEADER = (
    """
MsgId BtchBookg XpryDtTm CtrlSum TtlIntrBkSttlmAmt SttlmInf Authstn -
NbOfTxs                 count
CreDtTm                 created
IntrBkSttlmDt           settled
"""
    + _INSTRUCTING
)
_REMITTANCE = """
Ustrd                   remittance
Strd/CdtrRefInf/Ref     reference
Strd/CdtrRefInf/Tp Strd/RfrdDocInf Strd/RfrdDocAmt Strd/Invcr Strd/Invcee Strd/TaxRmt -
Strd/GrnshmtRmt Strd/AddtlRmtInf -
"""
_PURPOSE = """
Purp/Cd                 purpose_code
Purp/Prtry              purpose_own
"""
_IDENTIFICATION = """
PmtId/UETR              uetr
PmtId/TxId              tx
PmtId/EndToEndId        end_to_end
PmtId/InstrId           instruction
PmtId/ClrSysRef         clearing_ref
"""
_UNUSED_AGENTS = "\n".join(
    f"{agent}{at} {agent}{at}Acct -"
    for agent in ("PrvsInstgAgt", "IntrmyAgt")
    for at in ("", *"123")
)
_CREDIT_TRANSFER = f"""
{_IDENTIFICATION}
{_below("PmtTpInf", _PAYMENT_TYPE)}
IntrBkSttlmAmt@         amount
IntrBkSttlmDt           settled
SttlmTmIndctn/DbtDtTm   debited
SttlmTmIndctn/CdtDtTm   credited
AccptncDtTm             accepted
AddtlDtTm/AccptncDtTm   accepted
AddtlDtTm/PoolgAdjstmntDt AddtlDtTm/XpryDtTm -
SttlmPrty SttlmTmReq PoolgAdjstmntDt InstdAmt XchgRate AgrdRate ChrgBr ChrgsInf MndtRltdInf -
PmtSgntr -
{_INSTRUCTING}
{_UNUSED_AGENTS}
{_sides()}
DbtrAgtAcct CdtrAgtAcct UltmtDbtr UltmtCdtr InitgPty InstrForCdtrAgt InstrForNxtAgt -
RgltryRptg Tax RltdRmtInf SplmtryData -
{_PURPOSE}
{_below("RmtInf", _REMITTANCE)}
"""
_CUSTOMER = f"{_CREDIT_TRANSFER}\n{_party('Dbtr', 'debtor')}\n{_party('Cdtr', 'creditor')}"
_FINANCIAL = f"""
{_CREDIT_TRANSFER}
{_institution("Dbtr", "debtor")}
{_institution("Cdtr", "creditor")}
"""
_UNDERLYING = f"""
{_sides()}
{_party("Dbtr", "debtor")}
{_party("Cdtr", "creditor")}
{_UNUSED_AGENTS}
DbtrAgtAcct CdtrAgtAcct UltmtDbtr UltmtCdtr InitgPty InstrForCdtrAgt InstrForNxtAgt Tax -
InstdAmt -
{_below("RmtInf", _REMITTANCE)}
"""
_RETURNED = f"""
OrgnlUETR               original_uetr
OrgnlTxId               original_tx
OrgnlEndToEndId         original_end_to_end
OrgnlGrpInf OrgnlInstrId OrgnlClrSysRef OrgnlIntrBkSttlmAmt OrgnlIntrBkSttlmDt InstdAmt -
RtrdInstdAmt RvsdInstdAmt XchgRate CompstnAmt ChrgBr ChrgsInf ClrSysRef RtrRsnInf RvslRsnInf -
SttlmPrty SttlmTmReq RtrChain SplmtryData PmtTpInf -
IntrBkSttlmDt           settled
SttlmTmIndctn/DbtDtTm   debited
SttlmTmIndctn/CdtDtTm   credited
{_INSTRUCTING}
{_sides("OrgnlTxRef/")}
{_party("OrgnlTxRef/Dbtr", "debtor")}
{_party("OrgnlTxRef/Cdtr", "creditor")}
{_party("OrgnlTxRef/Dbtr/Pty", "debtor")}
{_party("OrgnlTxRef/Cdtr/Pty", "creditor")}
{_institution("OrgnlTxRef/Dbtr/Agt", "debtor")}
{_institution("OrgnlTxRef/Cdtr/Agt", "creditor")}
{_below("OrgnlTxRef/RmtInf", _REMITTANCE)}
{_below("OrgnlTxRef", _PURPOSE)}
{_below("OrgnlTxRef/PmtTpInf", _PAYMENT_TYPE)}
OrgnlTxRef/IntrBkSttlmAmt OrgnlTxRef/Amt OrgnlTxRef/IntrBkSttlmDt OrgnlTxRef/ReqdColltnDt -
OrgnlTxRef/ReqdExctnDt OrgnlTxRef/CdtrSchmeId OrgnlTxRef/SttlmInf OrgnlTxRef/PmtMtd -
OrgnlTxRef/MndtRltdInf OrgnlTxRef/UltmtDbtr OrgnlTxRef/UltmtCdtr OrgnlTxRef/DbtrAgtAcct -
OrgnlTxRef/CdtrAgtAcct OrgnlTxRef/UndrlygCstmrCdtTrf -
"""
_RETURN = f"{_RETURNED}\nRtrId own\nRtrdIntrBkSttlmAmt@ amount"
_REVERSAL = f"{_RETURNED}\nRvslId own\nRvsdIntrBkSttlmAmt@ amount"
_CODE = """
Domn/Cd                 domain
Domn/Fmly/Cd            family_code
Domn/Fmly/SubFmlyCd     sub_family
Prtry -
"""
_ENTRY_SIDES = "\n".join(
    _party(f"{where}", side)
    for where, side in (
        ("RltdPties/Dbtr", "debtor"),
        ("RltdPties/Cdtr", "creditor"),
        ("RltdPties/Dbtr/Pty", "debtor"),
        ("RltdPties/Cdtr/Pty", "creditor"),
    )
)
_DETAILS = f"""
Refs/UETR               uetr
Refs/TxId               tx
Refs/EndToEndId         end_to_end
Refs/InstrId            instruction
Refs/AcctSvcrRef        servicer_ref
Refs/MsgId Refs/PmtInfId Refs/MndtId Refs/ChqNb Refs/ClrSysRef Refs/AcctOwnrTxId -
Refs/AcctSvcrTxId Refs/MktInfrstrctrTxId Refs/PrcgId Refs/Prtry -
Amt@                    amount
AmtDtls/TxAmt/Amt@      tx_amount
AmtDtls/InstdAmt AmtDtls/TxAmt/CcyXchg AmtDtls/CntrValAmt AmtDtls/AnncdPstngAmt AmtDtls/PrtryAmt -
CdtDbtInd               direction
{_below("BkTxCd", _CODE)}
{_ENTRY_SIDES}
{_institution("RltdPties/Dbtr/Agt", "debtor")}
{_institution("RltdPties/Cdtr/Agt", "creditor")}
{_below("RltdPties/DbtrAcct", _ACCOUNT, "debtor")}
{_below("RltdPties/CdtrAcct", _ACCOUNT, "creditor")}
{_agent("RltdAgts/DbtrAgt", "debtor")}
{_agent("RltdAgts/CdtrAgt", "creditor")}
RltdPties/InitgPty RltdPties/UltmtDbtr RltdPties/UltmtCdtr RltdPties/TradgPty RltdPties/Prtry -
RltdAgts/InstgAgt RltdAgts/InstdAgt RltdAgts/IntrmyAgt1 RltdAgts/IntrmyAgt2 RltdAgts/IntrmyAgt3 -
RltdAgts/RcvgAgt RltdAgts/DlvrgAgt RltdAgts/IssgAgt RltdAgts/SttlmPlc RltdAgts/Prtry -
LclInstrm/Cd            instrument
LclInstrm/Prtry         instrument
{_PURPOSE}
{_below("RmtInf", _REMITTANCE)}
RltdDts/AccptncDtTm     accepted
RltdDts/TxDtTm          debited
RltdDts/IntrBkSttlmDt   settled
RltdDts/TradActvtyCtrctlSttlmDt RltdDts/TradDt RltdDts/StartDt RltdDts/EndDt RltdDts/Prtry -
Avlbty Chrgs Intrst RltdRmtInf RltdPric RltdQties FinInstrmId Tax RtrInf CorpActn SfkpgAcct -
CshDpst CardTx AddtlTxInf SplmtryData PmtTpInf -
"""
_ENTRY = f"""
NtryRef                 entry_ref
Amt@                    amount
CdtDbtInd               direction
RvslInd                 reversal
Sts                     status
Sts/Cd                  status
Sts/Prtry               status
BookgDt/Dt              booked
BookgDt/DtTm            booked
ValDt/Dt                valued
ValDt/DtTm              valued
AcctSvcrRef             servicer_ref
{_below("BkTxCd", _CODE)}
Avlbty ComssnWvrInd AddtlInfInd AmtDtls Chrgs TechInptChanl Intrst CardTx AddtlNtryInf -
NtryDtls/Btch -
"""
_STATEMENT = f"""
Id                      statement
{_below("Acct", _ACCOUNT, "own")}
{_agent("Acct/Svcr", "own")}
{_party("Acct/Ownr", "own")}
StmtPgntn ElctrncSeqNb RptgSeq LglSeqNb CreDtTm FrToDt CpyDplctInd RptgSrc RltdAcct Intrst Bal -
TxsSummry AddtlStmtInf -
"""


@dataclass(slots=True)
class Step:
    """An element as a reader meets it: what it fills and what may stand below it.

    `fills` is the number of its field, -1 for none; `money` the field its `Ccy` goes to; `ignored`
    leaves out all that is below. `part` says what an element is besides: a header whose fields
    hold for what follows, a transaction, or the details of one inside an entry; `leads` that
    transactions are further down.
    """

    name: str
    fills: int = -1
    money: int = -1
    ignored: bool = False
    part: str = ""
    leads: bool = False
    below: dict[str, Step] = field(default_factory=dict)

    def at(self, path: str) -> Step:
        """The step at a path below this one, made where it is not there."""
        step = self
        for name in path.split("/"):
            step = step.below.setdefault(name, Step(name))
        return step

    def walk(self, path: str = "") -> Iterator[tuple[str, Step]]:
        """Every step below this one, with its path."""
        for name, step in self.below.items():
            here = f"{path}/{name}".lstrip("/")
            yield here, step
            yield from step.walk(here)


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of message: its name, its outermost elements in all versions, and its tables.

    `around` holds for the transactions that follow it; `details` are those of one transaction
    inside an entry, `underlying` those of a customer's transfer inside a bank's.
    """

    code: str
    roots: tuple[str, ...]
    around: dict[str, str]
    repeated: str
    table: str
    inner: dict[str, tuple[str, str]] = field(default_factory=dict)


_GROUP = {"GrpHdr": _HEADER + _below("PmtTpInf", _PAYMENT_TYPE), "SplmtryData": ""}
_COVER = {"UndrlygCstmrCdtTrf": ("cover", _UNDERLYING)}
FAMILIES = {
    each.code: each
    for each in (
        Family(
            "pacs.008", ("FIToFICstmrCdtTrf", "pacs.008.001.01"), _GROUP, "CdtTrfTxInf", _CUSTOMER
        ),
        Family(
            "pacs.009",
            ("FICdtTrf", "FinInstnCdtTrf", "pacs.009.001.01"),
            _GROUP,
            "CdtTrfTxInf",
            _FINANCIAL,
            _COVER,
        ),
        Family("pacs.004", ("PmtRtr",), _GROUP | {"OrgnlGrpInf": ""}, "TxInf", _RETURN),
        Family("pacs.007", ("FIToFIPmtRvsl",), _GROUP | {"OrgnlGrpInf": ""}, "TxInf", _REVERSAL),
        Family(
            "camt.053",
            ("BkToCstmrStmt",),
            {"Stmt": _STATEMENT, "GrpHdr": "", "SplmtryData": ""},
            "Stmt/Ntry",
            _ENTRY,
            {"NtryDtls/TxDtls": ("details", _DETAILS)},
        ),
    )
}
NAMESPACE = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:(pacs\.00[4789]|camt\.053)\.001\.(\d\d)", re.ASCII
)
HEADER_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:head\.001\.001\.\d\d", re.ASCII)


@cache
def document(code: str) -> Step:
    """The steps below `Document` for a family of messages."""
    family, top = FAMILIES[code], Step("Document", leads=True)
    for root in family.roots:
        for name, table in family.around.items():
            step = top.at(f"{root}/{name}")
            step.ignored = not table
            step.part = "around" if table else ""
            _fill(step, table)
        step = top.at(f"{root}/{family.repeated}")
        step.part = "transaction"
        way = top
        for name in (root, *family.repeated.split("/")[:-1]):
            way = way.below[name]
            way.leads = True
        _fill(step, family.table)
        for path, (part, table) in family.inner.items():
            step.at(path).part = part
            _fill(step.at(path), table)
    return top


def _fill(step: Step, table: str) -> None:
    for line in table.splitlines():
        *paths, what = line.split() or [""]
        for path in paths:
            target = step.at(path.rstrip("@"))
            target.ignored = what == "-"
            target.fills = -1 if target.ignored else F[what]
            if path.endswith("@"):
                target.money = F["tx_currency" if what == "tx_amount" else "currency"]
