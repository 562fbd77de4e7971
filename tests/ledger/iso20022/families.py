"""One message of each other family, in the words of its schema, and its transactions alone."""

from __future__ import annotations

SPACE = "urn:iso:std:iso:20022:tech:xsd"
UETR = "11111111-1111-4111-8111-{:012d}"
GROUP = (
    "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T08:00:00Z</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
    "<SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf>{more}</GrpHdr>"
)


def wrapped(kind: str, root: str, inside: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{SPACE}:{kind}">'
        f"<{root}>{inside}</{root}></Document>\n"
    )


def agent(element: str, bic: str) -> str:
    return f"<{element}><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></{element}>"


def valid(number: str) -> str:
    """An account number with the check digits that it should have."""
    moved = f"{number[4:]}{number[:2]}00"
    digits = "".join(str(int(sign, 36)) for sign in moved)
    return f"{number[:2]}{98 - int(digits) % 97:02}{number[4:]}"


def iban(element: str, number: str) -> str:
    return f"<{element}><Id><IBAN>{valid(number)}</IBAN></Id></{element}>"


def between_banks(number: int, parties: str, more: str = "") -> str:
    """A transaction of a pacs.009."""
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>I{number}</InstrId><EndToEndId>E{number}</EndToEndId>"
        f"<UETR>{UETR.format(number)}</UETR></PmtId>"
        '<IntrBkSttlmAmt Ccy="KWD">1500.250</IntrBkSttlmAmt>'
        "<IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>"
        "<SttlmTmIndctn><CdtDtTm>2026-03-02T12:30:00+03:00</CdtDtTm></SttlmTmIndctn>\n"
        f"{agent('InstgAgt', 'SENDXAXX')}{agent('InstdAgt', 'RECVXBXX')}{parties}{more}"
        "</CdtTrfTxInf>"
    )


BANKS = (
    agent("Dbtr", "DEBTXCXXXXX") + iban("DbtrAcct", "XC37DEBT0000000000000001")
    + agent("CdtrAgt", "CORRXDXX") + agent("Cdtr", "CREDXEXX001")
    + "<RmtInf><Ustrd>funding</Ustrd></RmtInf>"
)  # fmt: skip
CUSTOMERS = (
    "<UndrlygCstmrCdtTrf><Dbtr><Nm>Ola &amp; Co</Nm><PstlAdr><Ctry>XF</Ctry></PstlAdr>"
    "<Id><OrgId><LEI>529900T8BM49AURSDO55</LEI></OrgId></Id></Dbtr>"
    f"{iban('DbtrAcct', 'XF25OLAS0000000000000002')}{agent('DbtrAgt', 'OLASXFXX')}"
    f"{agent('CdtrAgt', 'NOURXGXX')}<Cdtr><Nm>نور</Nm></Cdtr>"
    "<CdtrAcct><Id><Othr><Id>778 9</Id></Othr></Id></CdtrAcct>"
    "<RmtInf><Ustrd>goods</Ustrd></RmtInf></UndrlygCstmrCdtTrf>"
)


def pacs009(*transactions: str, count: int | None = None) -> str:
    several = len(transactions) if count is None else count
    group = GROUP.format(count=several, more="")
    return wrapped("pacs.009.001.08", "FICdtTrf", group + "".join(transactions))


def back(kind: str, number: int, more: str = "") -> str:
    """A transaction of a pacs.004 (`Rtr`) or pacs.007 (`Rvsl`)."""
    done = {"Rtr": "Rtrd", "Rvsl": "Rvsd"}[kind]
    sender, receiver = ("RECVXBXX", "SENDXAXX") if kind == "Rtr" else ("SENDXAXX", "RECVXBXX")
    return (
        f"<TxInf><{kind}Id>R{number}</{kind}Id><OrgnlEndToEndId>E{number}</OrgnlEndToEndId>"
        f"<OrgnlTxId>T{number}</OrgnlTxId>{more}"
        f'<OrgnlIntrBkSttlmAmt Ccy="USD">99.00</OrgnlIntrBkSttlmAmt>'
        f'<{done}IntrBkSttlmAmt Ccy="USD">98.50</{done}IntrBkSttlmAmt>'
        "<IntrBkSttlmDt>2026-03-05</IntrBkSttlmDt>\n"
        f"{agent('InstgAgt', sender)}{agent('InstdAgt', receiver)}"
        f"<{kind}RsnInf><Rsn><Cd>AC04</Cd></Rsn></{kind}RsnInf>"
        '<OrgnlTxRef><IntrBkSttlmAmt Ccy="USD">99.00</IntrBkSttlmAmt>'
        "<RmtInf><Ustrd>rent</Ustrd></RmtInf><Dbtr><Pty><Nm>Ali</Nm></Pty></Dbtr>"
        f"{iban('DbtrAcct', 'XA34SEND0000000000000003')}{agent('DbtrAgt', 'SENDXAXX')}"
        f"{agent('CdtrAgt', 'RECVXBXX')}<Cdtr><Pty><Nm>Badr</Nm></Pty></Cdtr>"
        f"{iban('CdtrAcct', 'XB84RECV0000000000000004')}</OrgnlTxRef></TxInf>"
    )


def pacs004(*transactions: str) -> str:
    group = GROUP.format(count=len(transactions), more="")
    return wrapped("pacs.004.001.09", "PmtRtr", group + "".join(transactions))


def pacs007(*transactions: str) -> str:
    group = GROUP.format(count=len(transactions), more="")
    return wrapped("pacs.007.001.09", "FIToFIPmtRvsl", group + "".join(transactions))


MINE = "XA55BANK0000000000000005"


def entry(
    details: str = "",
    direction: str = "CRDT",
    amount: str = "250.00",
    more: str = "",
    status: str = "BOOK",
    code: str = "PMNT RCDT ESCT",
    reference: str = "N1",
) -> str:
    """An entry of a statement; `more` stands behind its indicator."""
    domain, family, sub = code.split()
    inside = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return (
        f'<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy="USD">{amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd>{more}<Sts><Cd>{status}</Cd></Sts>"
        "<BookgDt><Dt>2026-03-03</Dt></BookgDt><ValDt><Dt>2026-03-04</Dt></ValDt>\n"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd>"
        f"</Fmly></Domn></BkTxCd>{inside}</Ntry>"
    )


def details(
    number: int,
    amount: str = "250.00",
    more: str = "",
    other: str = "Dbtr",
    direction: str = "CRDT",
) -> str:
    """One transaction of an entry, the named party being `other`."""
    return (
        f"<TxDtls><Refs><EndToEndId>E{number}</EndToEndId><UETR>{UETR.format(number)}</UETR></Refs>"
        f'<Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<RltdPties><{other}><Pty><Nm>Party {number}</Nm></Pty></{other}>"
        f"{iban(f'{other}Acct', f'XB85BNKB00000000000000{number:02}')}</RltdPties>"
        f"<RltdAgts>{agent(f'{other}Agt', 'BNKBXBXX')}</RltdAgts>"
        f"<RmtInf><Ustrd>invoice {number}</Ustrd></RmtInf>{more}</TxDtls>"
    )


def camt053(*entries: str) -> str:
    return wrapped(
        "camt.053.001.08",
        "BkToCstmrStmt",
        "<GrpHdr><MsgId>S</MsgId><CreDtTm>2026-03-04T00:00:00Z</CreDtTm></GrpHdr>"
        f"<Stmt><Id>ST7</Id><Acct><Id><IBAN>{MINE}</IBAN></Id><Ownr><Nm>Owner</Nm></Ownr>"
        f"{agent('Svcr', 'BANKXAXX')}</Acct>"
        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="USD">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-04</Dt></Dt></Bal>'
        f"{''.join(entries)}</Stmt>",
    )
