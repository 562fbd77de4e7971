"""Files that are broken, hostile or not what they are said to be."""

from pathlib import Path

import pytest

from taawun.errors import InputError, NotFound, UsageError
from taawun.lists.read import read
from tests.lists.readers.case import FILES, LISTS, altered, by_id, codes

XML = [(source, name) for source, name in LISTS if name.endswith(".xml")]
BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
<{root}>&e;</{root}>"""
STEAL = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY secret SYSTEM "file://{path}">]>
<CONSOLIDATED_LIST dateGenerated="2026-01-01">&secret;</CONSOLIDATED_LIST>"""
ROOTS = {"un.xml": "CONSOLIDATED_LIST", "eu.xml": "export", "ofac_advanced.xml": "Sanctions"}


def refused(source: str, path: Path) -> InputError:
    with pytest.raises(InputError) as raised:
        read(source, path)
    assert raised.value.problems
    assert raised.value.problems[0].file == path.name
    return raised.value


@pytest.mark.parametrize(("source", "name"), XML)
def test_an_entity_bomb_is_refused(source: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(BOMB.replace("{root}", ROOTS[name]))
    assert "DOCTYPE" in str(refused(source, path))


def test_no_file_of_this_machine_is_read_into_a_list(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    path = tmp_path / "un.xml"
    path.write_text(STEAL.format(path=tmp_path / "secret"))
    assert "the secret" not in str(refused("un", path))


@pytest.mark.parametrize(("source", "name"), XML)
def test_half_a_file_is_refused_with_its_line(source: str, name: str, tmp_path: Path) -> None:
    raw = (FILES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(raw[: len(raw) // 2])
    assert refused(source, path).problems[0].line


@pytest.mark.parametrize(("source", "name"), LISTS)
@pytest.mark.parametrize("content", [b"", b"  \n\n ", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(source: str, name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes(content)
    refused(source, path)


@pytest.mark.parametrize(("source", "name"), LISTS)
@pytest.mark.parametrize("wanted", ["un", "eu", "uk", "ofac", "ftm"])
def test_a_list_in_the_wrong_place_is_recognised(source: str, name: str, wanted: str) -> None:
    if wanted == source:
        return
    assert f"({source})" in str(refused(wanted, FILES / name))


@pytest.mark.parametrize("source", ["un", "eu", "uk", "ofac", "ftm"])
@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\x03" * 50,
        b"hello",
        b"<html><body>Not found</body></html>",
        b"PK\x03\x04 no zip",
    ],
)
def test_what_is_no_list_at_all(source: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    refused(source, path)


def test_a_wrong_encoding_is_named(tmp_path: Path) -> None:
    text = (FILES / "un.xml").read_text(encoding="utf-8")
    path = tmp_path / "un.xml"
    path.write_bytes(text.encode("utf-8").replace("سمير".encode(), b"\xff\xfe\xff"))
    assert refused("un", path).problems[0].line


def test_windows_letters_in_a_utf8_list_are_read_and_reported(tmp_path: Path) -> None:
    raw = (FILES / "uk.csv").read_bytes().replace("سمير يوسف المديني".encode(), b"Jos\xe9")
    path = tmp_path / "uk.csv"
    path.write_bytes(raw)
    found = read("uk", path)
    assert [p.code for p in found.problems] == ["readers.encoding_wrong"]
    assert "José" in by_id(found)["SYR9001"].texts("alias")


def test_utf16_with_its_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "uk.csv"
    path.write_bytes((FILES / "uk.csv").read_text(encoding="utf-8").encode("utf-16"))
    assert codes(read("uk", path)) == []


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("SA\u202eMIR", "readers.direction_characters"),
        ("SAMIR\u2066\u2069", "readers.direction_characters"),
        ("SAM\ufffdIR", "readers.characters_lost"),
        ("SAM\x85IR", ""),
        ("SAM\u200bIR\u200e", ""),
    ],
)
def test_invisible_characters_leave_the_text_and_stay_in_the_original(
    inside: str, code: str, tmp_path: Path
) -> None:
    path = altered(tmp_path, "un.xml", ("<FIRST_NAME>SAMIR<", f"<FIRST_NAME>{inside}<"))
    found = read("un", path)
    name = by_id(found)["QDi.901"].properties["name"][0]
    assert not set(name.text) & set("\u202e\u2066\u2069\u200b\u200e\x85")
    if "\ufffd" not in inside and "\x85" not in inside:
        assert name.text.startswith("SAMIR")
        assert name.original.startswith(inside)
    assert not code or code in {p.code for p in found.problems}


def test_control_characters_in_a_table(tmp_path: Path) -> None:
    path = altered(tmp_path, "uk.csv", ("Sameer", "Sam\x07eer\x1b"))
    found = read("uk", path)
    assert "readers.control_characters" in {p.code for p in found.problems}
    assert "Sam eer MADEENI" in by_id(found)["SYR9001"].texts("alias")


@pytest.mark.parametrize(("source", "name"), [("un", "un.xml"), ("uk", "uk.csv")])
def test_a_megabyte_of_name_is_cut_and_reported(source: str, name: str, tmp_path: Path) -> None:
    before = "YUSUF<" if source == "un" else "Sameer"
    path = altered(tmp_path, name, (before, "A" * 1_000_000 + before))
    found = read(source, path)
    assert "readers.text_too_long" in {p.code for p in found.problems}
    longest = max(len(v.text) for e in found.entities for _, v in e.names())
    assert longest == 1_000


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_text("<CONSOLIDATED_LIST>" + "<a>" * 5_000 + "</a>" * 5_000 + "</CONSOLIDATED_LIST>")
    refused("un", path)


def test_no_file_and_no_such_source(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        read("un", tmp_path / "nowhere.xml")
    with pytest.raises(UsageError, match="atlantis"):
        read("atlantis", FILES / "un.xml")
