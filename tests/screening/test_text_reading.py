"""Documents as text: encodings found, what is no text refused."""

from __future__ import annotations

import io

import pytest

from taawun.errors import InputError, UsageError
from taawun.screening.text import reading
from taawun.screening.text.reading import pieces

ARABIC = "قال الوزير ظاهر الوزان إن الاجتماع تأجل إلى الأسبوع المقبل. " * 3
RUSSIAN = "Министр сообщил, что заседание перенесено на следующую неделю. " * 3


def read(raw: bytes, encoding: str = "") -> str:
    return "".join(pieces(io.BytesIO(raw), "news.txt", encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "windows-1256"])
def test_arabic_in_any_encoding(encoding: str) -> None:
    assert read(ARABIC.encode(encoding)) == ARABIC


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_russian_in_any_encoding(encoding: str) -> None:
    assert read(RUSSIAN.encode(encoding)) == RUSSIAN


def test_utf16_without_its_mark() -> None:
    text = "The ministry has not said when it will decide. "
    assert read(text.encode("utf-16-le")) == text
    assert read(text.encode("utf-16-be")) == text


def test_an_encoding_that_is_said_is_believed() -> None:
    assert read("naïve".encode("latin-1"), "latin-1") == "naïve"
    with pytest.raises(UsageError, match="--encoding"):
        read(b"x", "utf-9")


@pytest.mark.parametrize(
    ("raw", "format_"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"abc\0\1\2\0def" * 20, "binary"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, format_: str) -> None:
    with pytest.raises(InputError, match=f"news.txt: looks like .*{format_}"):
        read(raw)


def test_bytes_that_are_no_letters_later_on_are_said_with_their_place() -> None:
    with pytest.raises(InputError, match="byte 70,000 cannot be read as utf-8"):
        read(b"a" * 70_000 + b"\xff" + b"a" * 10)


def test_unknown_letters_ask_for_the_encoding() -> None:
    with pytest.raises(InputError, match="--encoding"):
        read(bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x20]) * 30)


def test_a_letter_cut_by_a_piece_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE", 3)
    monkeypatch.setattr(reading, "_LOOKED_AT", 4)
    assert read(ARABIC.encode()) == ARABIC


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 100_000)
    with pytest.raises(InputError, match="more than"):
        read(b"word " * 40_000)


def test_nothing_is_no_text_at_all() -> None:
    assert read(b"") == ""
