"""The scanner takes what the strict parser takes, and says the same of the rest."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ledger.readers.iso20022 import read as read_file
from tests.ledger.iso20022.messages import NAMESPACE, document, read, transaction

MANGLED = transaction(2).replace("</Dbtr>", "</Dbxr>")
CASES = {
    "plain": (document(transaction(1), transaction(2)), 2, set()),
    "two documents": (document(transaction(1)) + document(transaction(2)), 2, set()),
    "a comment": (document(transaction(1, "<!-- c -->"), transaction(2)), 2, set()),
    "an unknown element": (
        document(transaction(1, "<Foo>x</Foo>"), transaction(2, "<Foo>y</Foo>")),
        2,
        {"payments.field_unknown"},
    ),
    "a wrong count": (document(transaction(1), count=3), 1, {"payments.count_differs"}),
    "mangled": (
        document(transaction(1), MANGLED, transaction(3)),
        2,
        {"payments.xml_broken"},
    ),
    "not closed": (
        document(transaction(1), transaction(2).replace("</CdtTrfTxInf>", ""), transaction(3)),
        2,
        {"payments.xml_broken"},
    ),
    "cut": (document(transaction(1), transaction(2))[:-400], 1, {"payments.file_cut"}),
    "a wrong namespace": (
        document(transaction(1)).replace("pacs.008.001", "pain.001.001") + document(transaction(2)),
        1,
        {"payments.namespace_unknown"},
    ),
    "a document type": (
        '<!DOCTYPE a [<!ENTITY x "y">]>'
        + document(transaction(1, name="&x;")).partition("?>")[2]
        + document(transaction(2)),
        1,
        {"payments.xml_broken"},
    ),
    "an entity nobody declared": (
        document(transaction(1, name="&x;"), transaction(2)),
        1,
        {"payments.xml_broken"},
    ),
    "said twice": (
        document(transaction(1, "<IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>"), transaction(2)),
        1,
        {"payments.field_repeated"},
    ),
    "negative": (document(transaction(1, amount="-5")), 0, {"ledger.amount.negative"}),
    "nothing": (document(transaction(1, amount="0")), 0, {"ledger.amount.zero"}),
    "huge": (document(transaction(1, amount="9" * 20)), 0, {"ledger.amount.too_large"}),
    "no such currency": (
        document(transaction(1).replace('"USD"', '"QQQ"')),
        0,
        {"payments.currency_unknown"},
    ),
    "no such day": (
        document(transaction(1).replace("2026-03-01", "2026-02-30")),
        0,
        {"payments.time_impossible"},
    ),
    "an application header and envelopes": (
        '<Env a="1"><Msg><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">'
        "<BizMsgIdr>B</BizMsgIdr></AppHdr>"
        + document(transaction(1)).partition("?>")[2]
        + "</Msg></Env>",
        1,
        set(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_both_ways_agree(case: str) -> None:
    file, rows, codes = CASES[case]
    fast, strict = read(file), read(file, fast=False)
    narrow = read(file, buffer=2000, rows=2)
    assert (fast[0].num_rows, {each.code for each in fast[1]}) == (rows, codes)
    for other in (strict, narrow):
        assert other[0] == fast[0]
        assert sorted(map(str, other[1])) == sorted(map(str, fast[1]))
        assert other[2] == fast[2]


def test_a_transfer_in_columns() -> None:
    table, problems, _ = read(document(transaction(1)))
    row = table.to_pylist()[0]
    assert problems == []
    assert row["transfer"] == "00000000-0000-4000-8000-000000000001"
    assert (row["source"], row["target"]) == ("XA11BANK0000000001", "BNKBXBXX-12345")
    assert (row["source_country"], row["target_country"]) == ("XA", "XB")
    assert (row["amount"], row["currency"], row["line"]) == (1250, "USD", 2)
    assert (row["source_holder"], row["target_holder"]) == ("A & B", "محمد علي")


def test_bytes_that_are_no_utf8_cost_one_transfer() -> None:
    file = document(*(transaction(each) for each in (1, 2, 3))).encode()
    file = file.replace(b"E2<", b"E\xff2<")
    fast, strict = read(file), read(file, fast=False)
    assert fast[0].num_rows == 2
    assert fast[0] == strict[0]
    assert [each.code for each in fast[1]] == ["payments.xml_broken"]


def test_other_encodings_are_read() -> None:
    text = document(transaction(1))
    for encoding in ("utf-16", "windows-1256"):
        said = text.replace("UTF-8", encoding)
        assert read(said.encode(encoding)) == read(text)


def prefixed(text: str) -> str:
    names = text.replace("<", "<p:").replace("<p:/", "</p:").replace("<p:?", "<?")
    return names.replace("<p:!", "<!").replace("xmlns=", "xmlns:p=")


@pytest.mark.parametrize("case", [each for each in CASES if "envelopes" not in each])
def test_prefixes_change_nothing(case: str) -> None:
    file = CASES[case][0]
    plain, fast = read(file), read(prefixed(file))
    assert fast[0] == plain[0]
    assert fast[2] == plain[2]
    assert [each.code for each in fast[1]] == [each.code for each in plain[1]]
    for other in (read(prefixed(file), fast=False), read(prefixed(file), buffer=2000, rows=2)):
        assert other[0] == fast[0]
        assert sorted(map(str, other[1])) == sorted(map(str, fast[1]))


def test_a_header_and_a_document_with_prefixes_of_their_own() -> None:
    header = (
        '<Env><h:AppHdr xmlns:h="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">'
        "<h:BizMsgIdr>B</h:BizMsgIdr></h:AppHdr>"
    )
    file = header + prefixed(document(transaction(1))).partition("?>")[2] + "</Env>"
    for found in (read(file), read(file, fast=False)):
        assert (found[0].num_rows, found[1]) == (1, [])


ALIEN = {
    "no prefix": ("<p:Nm>A &amp; B</p:Nm>", "<Nm>A &amp; B</Nm>"),
    "another prefix": ("<p:Nm>A &amp; B</p:Nm>", "<q:Nm>A &amp; B</q:Nm>"),
    "another prefix of the same space": (
        "<p:Nm>A &amp; B</p:Nm>",
        f'<q:Nm xmlns:q="{NAMESPACE}">A &amp; B</q:Nm>',
    ),
    "its end without prefix": ("<p:ChrgBr>SHAR</p:ChrgBr>", "<p:ChrgBr>SHAR</ChrgBr>"),
    "a prefix alone": ("<p:ChrgBr>SHAR</p:ChrgBr>", "<p:>SHAR</p:>"),
    "two prefixes": ("<p:ChrgBr>SHAR</p:ChrgBr>", "<p:p:ChrgBr>SHAR</p:p:ChrgBr>"),
    "a transaction without prefix": ("<p:CdtTrfTxInf>", "<CdtTrfTxInf>"),
    "a header without prefix": ("<p:GrpHdr>", "<GrpHdr>"),
    "a message closed without prefix": ("</p:FIToFICstmrCdtTrf>", "</FIToFICstmrCdtTrf>"),
    "a default space too": ("xmlns:p=", 'xmlns="urn:other" xmlns:p='),
}


@pytest.mark.parametrize("case", ALIEN)
def test_what_has_another_prefix_is_read_the_same_both_ways(case: str) -> None:
    old, new = ALIEN[case]
    text = prefixed(document(transaction(1), transaction(2)))
    assert old in text
    file = text.replace(old, new, 1) + document(transaction(3))
    fast, strict = read(file), read(file, fast=False)
    assert fast[0] == strict[0]
    assert sorted(map(str, fast[1])) == sorted(map(str, strict[1]))
    assert fast[0].num_rows >= 1


def test_files_in_a_zip(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("../a.xml", document(transaction(1)))
        archive.writestr("b.xml", document(transaction(2))[:-300])
        archive.writestr("c.xml", document(transaction(3)))
    batches = list(read_file(str(tmp_path / "z.zip")))
    assert sum(each.table.num_rows for each in batches) == 2
    assert [each.file for batch in batches for each in batch.problems] == ["z.zip/b.xml"]
    assert list(tmp_path.iterdir()) == [tmp_path / "z.zip"]


PIECES = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "</Dbtr>",
            "<Dbtr>",
            "</p:Dbtr>",
            "<p:",
            ":",
            "&amp;",
            "&",
            "<!--",
            "-->",
            "]]>",
            "\r",
            "\n",
            "é",
            "\x00",
            "<Nm>",
            "</Nm>",
            "<X/>",
            '<X a=">">',
            "</X>",
            "<?p?>",
            "<![CDATA[x]]>",
            "&#65;",
            "  ",
        ]
    ),
    max_size=3,
)


@settings(max_examples=150)
@given(PIECES, st.integers(0, 2000), st.booleans())
def test_whatever_is_put_in_is_read_the_same(
    pieces: list[str], place: int, with_prefix: bool
) -> None:
    text = document(transaction(1), transaction(2), transaction(3))
    if with_prefix:
        text = prefixed(text)
    low, high = text.index("CdtTrfTxInf>") + 12, text.rindex("CdtTrfTxInf>") - 4
    at = low + place % (high - low)
    file = text[:at] + "".join(pieces) + text[at:]
    fast, strict = read(file), read(file, fast=False)
    assert fast[0] == strict[0]
