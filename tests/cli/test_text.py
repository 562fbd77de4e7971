"""`taawun screen-text` as a person and a script use it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app
from taawun.screening.build import build
from tests.conftest import AT
from tests.screening.test_text import listed

NEWS = "عاجل\nقال الوزير السوري ظاهر الوزان إن الاجتماع تأجل."
KEYS = ["start", "end", "text", "entity", "list", "caption", "score", "match", "reasons"]


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    build(listed(), home, AT)
    return home


@pytest.fixture
def call(at_home: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*args: object, status: int = 0, where: Path = at_home) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            app.main(["screen-text", *map(str, args), "--home", str(where)])
        out, err = capsys.readouterr()
        assert ended.value.code == status, err
        return out, err

    return run


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text(NEWS, encoding="utf-8")
    return path


def test_json_is_one_document_of_mentions(call: Any, news: Path) -> None:
    out, _ = call(news, "--json")
    said = json.loads(out)
    assert list(said) == ["mentions"]
    (mention,) = said["mentions"]
    assert list(mention) == KEYS
    assert NEWS[mention["start"] : mention["end"]] == mention["text"] == "ظاهر الوزان"
    assert (mention["entity"], mention["list"], mention["match"]) == ("P.1", "made", True)
    codes = {reason["code"] for reason in mention["reasons"]}
    assert {"screening.text.country.shared", "screening.text.position.shared"} <= codes
    assert all(reason["text"] for reason in mention["reasons"])


@pytest.mark.parametrize(("lang", "line"), [("en", "line 2"), ("ar", "السطر")])
def test_a_table_says_where_who_and_why(call: Any, news: Path, lang: str, line: str) -> None:
    out, _ = call(news, "--lang", lang)
    assert line in out
    assert "P.1" in out
    assert "screening.text" not in out


def test_nobody_is_said_in_words(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "calm.txt"
    path.write_text("The harbour was closed.", encoding="utf-8")
    out, _ = call(path)
    assert "No listed name" in out
    assert json.loads(call(path, "--json")[0]) == {"mentions": []}


def test_standard_input_and_another_encoding(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(NEWS.encode("windows-1256"))

    monkeypatch.setattr(sys, "stdin", Stdin())
    (mention,) = json.loads(call("-", "--json")[0])["mentions"]
    assert mention["text"] == "ظاهر الوزان"


def test_what_is_no_text_ends_with_1_and_says_what_it_looks_like(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\n\0\0")
    _, err = call(path, status=1)
    assert "PDF" in err
    _, err = call(tmp_path / "absent.txt", status=1)
    assert "absent.txt" in err


def test_a_kind_that_does_not_exist_is_wrong_use(call: Any, news: Path) -> None:
    _, err = call(news, "--kind", "planet", status=2)
    assert "--kind" in err


def test_without_lists_it_says_so(call: Any, news: Path, tmp_path: Path) -> None:
    _, err = call(news, status=1, where=tmp_path / "empty")
    assert "lists add" in err
