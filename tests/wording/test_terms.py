"""One term for one thing in Arabic, in the catalogue, the glossary and the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taawun.wording.texts import FOLDER, read

ROOT = Path(__file__).parents[2]
OTHERWISE = {
    r"شريك|(?<!لهم )شركا[ءئؤ]": "الجهة النظيرة",
    r"جزاءات": "العقوبات",
    r"مواجهة غسل": "مكافحة غسل الأموال",
    r"المستترة": "المطابقة دون كشف الأسماء",
}
"""What is not written, and the term that is. (An importer has business partners: `لهم شركاء`.)"""
PAGES = [ROOT / "README.ar.md", ROOT / "GLOSSARY.md", *sorted((ROOT / "docs").glob("*.ar.md"))]


def arabic(path: Path) -> str:
    if path.suffix != ".yml":
        return path.read_text("utf-8")
    forms = (text["ar"] for text in read(path).values())
    return "\n".join(each if isinstance(each, str) else "\n".join(each.values()) for each in forms)


@pytest.mark.parametrize(
    "path", [*sorted(FOLDER.glob("*.yml")), *PAGES], ids=lambda path: str(path.name)
)
def test_a_thing_has_one_name_in_arabic(path: Path) -> None:
    text = arabic(path)
    found = {term: met[0] for said, term in OTHERWISE.items() if (met := re.search(said, text))}
    assert found == {}
