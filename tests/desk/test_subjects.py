"""Whom a table is made of: a passport's number is a document, whatever its digits check as."""

from __future__ import annotations

from pathlib import Path

import pytest

from taawun.cooperation.private.tokens import tokens_of_question, tokens_of_record
from taawun.desk.subjects import given, of_file, of_lists, of_portfolio, usable
from taawun.errors import InputError, NotFound
from taawun.store import open_store

HEAD = "id,name,kind,birth_date,country,identifier\n"


def test_a_number_is_met_however_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"{HEAD}7,Layla Farouk,person,1980,AE,P1234567\n", "utf-8")
    [row] = of_file(tmp_path / "p.csv")
    assert row.subject is not None
    asked = tokens_of_question(given((), "person", (), ("AE",), (("document", "P1234567"),)))
    assert set(asked.tokens) <= set(tokens_of_record(row.subject))
    assert asked.tokens


def test_who_may_be_a_person_or_a_company_is_kept_as_both(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"{HEAD}7,Layla Farouk,,1980,AE,\n", "utf-8")
    kinds = [row.subject.kind.value for row in of_file(tmp_path / "p.csv") if row.subject]
    assert kinds == ["person", "company"]


def test_a_table_is_not_made_of_half_a_file(tmp_path: Path) -> None:
    lines = "1,Layla Farouk,person,1980,AE,\n2,,person,1980,AE,\n3,X Y,person,soon,AE,\n"
    (tmp_path / "p.csv").write_text(HEAD + lines, "utf-8")
    with pytest.raises(InputError) as raised:
        usable(tmp_path / "p.csv")
    assert {problem.line for problem in raised.value.problems} == {3, 4}


def test_nothing_is_made_of_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(NotFound, match="no list yet"):
        of_lists(store)
    with pytest.raises(NotFound, match="no portfolio"):
        of_portfolio(store, "retail")
    store.close()
