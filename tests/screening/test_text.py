"""Documents read for listed names: made-up news of a made-up list, in many languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.screening.build import build
from taawun.screening.text import Mention, TextScreener, block
from tests.conftest import AT

CASES = Path(__file__).parent / "text_cases"


def listed() -> list[Entity]:
    """The made-up list in its own notation."""
    out = []
    for line in (CASES / "list.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        id_, schema, names, rest = (cell.strip() for cell in line.split("|"))
        properties = {"name": tuple(Value(name.strip(), "made") for name in names.split(";"))}
        for pair in rest.split(";"):
            prop, text = pair.strip().split("=", 1)
            properties[prop] = (Value(text, "made"),)
        out.append(Entity(id_, schema, properties, ("made",)))
    return out


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TextScreener:
    home = tmp_path_factory.mktemp("text")
    build(listed(), home, AT)
    return TextScreener.open(home)


def cases() -> list[Any]:
    raw = yaml.safe_load((CASES / "cases.yml").read_text("utf-8"))
    return [
        pytest.param(case, id=f"{lang}-{number}")
        for lang, some in raw.items()
        for number, case in enumerate(some)
    ]


def told(found: tuple[Mention, ...]) -> list[str]:
    return [f"{each.text}: {each.entity}" for each in found if each.match]


@pytest.mark.parametrize("case", cases())
def test_who_is_mentioned(reader: TextScreener, case: dict[str, Any]) -> None:
    assert told(reader.mentions(case["text"])) == case.get("who", [])


@pytest.mark.parametrize("case", cases())
def test_places_are_places_of_the_text(reader: TextScreener, case: dict[str, Any]) -> None:
    text = "\ufeffЁ 𝔄😀 " + case["text"]
    for each in reader.mentions(text, cutoff=0.0):
        assert text[each.start : each.end] == each.text
        assert each.text.strip() == each.text != ""


NAMES = {
    "مثنى صابر النقاش": "P.2",
    "Muthanna Sabir al-Naqqash": "P.2",
    "Евгений Аркадьевич Журавлёв": "P.3",
    "Farhad Nikpour Zarrinkelk": "P.6",
    "فرهاد نیک‌پور زرین‌کلک": "P.6",
}
ARABIC = [name for name in NAMES if "\u0600" < name[0] < "\u06ff"]
FILLER = ("", "قبل ذلك بيوم، ", "Yesterday the harbour was closed. ", "Вчера шёл дождь. ", "\n\n— ")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(NAMES)),
    before=st.sampled_from(FILLER),
    noise=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from("\u200b\u200f\u2060\ufeff\u00ad\u202c")),
        max_size=5,
    ),
)
def test_a_name_is_found_where_it_stands_whatever_is_invisible_in_it(
    reader: TextScreener, name: str, before: str, noise: list[tuple[int, str]]
) -> None:
    shown = name
    for at, char in noise:
        inside = 1 + at % (len(shown) - 1)
        shown = shown[:inside] + char + shown[inside:]
    text = f"{before}{shown}."
    found = [each for each in reader.mentions(text) if each.entity == NAMES[name]]
    assert found
    assert found[0].match
    assert found[0].start == len(before)
    assert name.replace("\u200c", "") in _visible(found[0].text)
    assert text[found[0].start : found[0].end] == found[0].text


def _visible(text: str) -> str:
    return "".join(
        char for char in text if char not in "\u200b\u200f\u2060\ufeff\u00ad\u202c\u200c"
    )


@pytest.mark.parametrize("name", ARABIC)
@pytest.mark.parametrize("clitic", ["و", "ف", "ب", "ل", "ك", "وب", "ول"])
def test_clitics_are_not_part_of_the_name(reader: TextScreener, name: str, clitic: str) -> None:
    text = f"قبل ذلك {clitic}{name} أمس"
    (found,) = (each for each in reader.mentions(text) if each.entity == NAMES[name])
    assert found.text == name


@pytest.mark.parametrize("case", ["Евгения Журавлёва", "Евгению Журавлёву", "Евгением Журавлёвым"])
def test_cases_of_russian_are_read_as_nominatives(reader: TextScreener, case: str) -> None:
    (found,) = reader.mentions(f"Суд допросил директора {case} в России.")
    assert (found.text, found.entity, found.match) == (case, "P.3", True)


def test_capitals_tell_nothing_where_everything_has_them(reader: TextScreener) -> None:
    text = (
        "THE MINISTRY HAS SAID THAT ZAHIR AL-WAZZAN OF SYRIA WAS NOT IN THE ROOM "
        "WHEN THE VOTE WAS TAKEN " * 2
    )
    assert {each.entity for each in reader.mentions(text)} == {"P.1"}


def test_a_namesake_with_another_country_and_trade_is_no_match(reader: TextScreener) -> None:
    found = reader.mentions("الجراح المغربي غسان زيتون كرم في الرباط", cutoff=0.0)
    codes = {feature.code for each in found for feature in each.features}
    assert not any(each.match for each in found)
    assert "screening.text.contradicted" in codes or "screening.text.country.apart" in codes


def test_namesakes_that_nothing_tells_apart_are_all_given_and_marked(reader: TextScreener) -> None:
    found = reader.mentions("قال سمير الدليمي إن الاجتماع تأجل", cutoff=0.3)
    assert {each.entity for each in found} == {"P.11", "P.12"}
    assert len({(each.start, each.end) for each in found}) == 1
    codes = [{feature.code for feature in each.features} for each in found]
    assert all("screening.text.ambiguous" in each for each in codes)


def test_being_named_again_weighs_less_and_says_where(reader: TextScreener) -> None:
    first, again = reader.mentions("الوزير السوري ظاهر الوزان. وقال الوزان ذلك.")
    assert again.score < first.score
    feature = next(each for each in again.features if each.code == "screening.text.again")
    assert feature.params["start"] == str(first.start)


def test_a_family_name_alone_is_nobody(reader: TextScreener) -> None:
    assert reader.mentions("وقال الوزان ذلك. Wazzan said so. Журавлёв молчит.") == ()


def test_kinds_can_be_asked_for(reader: TextScreener) -> None:
    text = "Zahir Qasim al-Wazzan owns the company Qandilmar and the vessel Horizon."
    assert [each.entity for each in reader.mentions(text, kind="person")] == ["P.1"]
    assert [each.entity for each in reader.mentions(text, kind="vessel")] == ["V.2"]


def test_long_documents_are_read_in_blocks_with_places_of_the_whole(
    reader: TextScreener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block, "BLOCK", 200)
    monkeypatch.setattr(block, "LOOK_BACK", 80)
    line = "The harbour was closed for a day. Zahir Qasim al-Wazzan of Syria was there. "
    text = line * 40
    found = reader.mentions(text)
    assert [each.start for each in found if each.text.startswith("Zahir")] == [
        at * len(line) + line.index("Zahir") for at in range(40)
    ]
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    assert tuple(reader.stream(pieces)) == found


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=300))
def test_no_text_breaks_the_reader(reader: TextScreener, text: str) -> None:
    for each in reader.mentions(text, cutoff=0.0):
        assert text[each.start : each.end] == each.text


def test_nothing_in_nothing(reader: TextScreener) -> None:
    assert reader.mentions("") == reader.mentions(" \n\u200b.,") == ()
