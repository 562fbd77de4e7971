"""Countries by name, adjective and code, in the languages of the lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.countries import country_code, says_unknown

KNOWN = """
sy  SY | syr | Syria | SYRIAN ARAB REPUBLIC | سوريا | سورية | Сирия | Syrie | Syrian | سوري | سورية
iq  Iraq | Iraqi | العراق | عراقي | عراقية | العراقية | Ирак | irakien | عراق
ir  Iran (Islamic Republic of) | Islamic Republic of Iran | ایران | Иран | Iranian | ИРАН
ru  Russian Federation | Россия | РОССИЯ | روسيا | Russian | Russie
kp  Democratic People's Republic of Korea | Korea, North | DPRK | North Korean
kr  Republic of Korea | Korea, South | 대한민국
cd  Congo (Democratic Republic) | Congo, Democratic Republic of the | DRC | Zaire
cg  Congo, Republic of the | Republic of the Congo
tr  Turkey | Türkiye | TURKEY | تركيا
ps  State of Palestine | West Bank | Region: Gaza | Palestinian | Occupied Palestinian Territories
gb  United Kingdom of Great Britain and Northern Ireland | UK | U.K. | Scotland | المملكة المتحدة
us  United States of America | U.S.A. | America | США | الولايات المتحدة
ae  United Arab Emirates | UAE | الإمارات العربية المتحدة | الإمارات
sa  Saudi Arabia | Saudi | السعودية | المملكة العربية السعودية | KSA
mm  Burma | Myanmar | Burmese
ci  Ivory Coast | Cote d Ivoire | Côte d’Ivoire
hk  Hong Kong | China, Hong Kong Special Administrative Region
gm  The Gambia | Gambia
vg  Virgin Islands, British | British Virgin Islands
im  Man, Isle of | Isle of Man
by  Belarus | Беларусь | Belarusian | белорусский
af  Afghanistan | Afghan | افغانستان | افغان
suhh  Soviet Union | former Soviet Union | USSR | СССР
yucs  Yugoslavia | former Yugoslavia
"""
UNKNOWN = ("", " ", "Atlantis", "Congolese", "Jalisco", "possibly somewhere", "zz", "x" * 500)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (line.split()[0], name.strip())
        for line in KNOWN.strip().splitlines()
        for name in line.split(None, 1)[1].split("|")
    ],
)
def test_known_by_many_names(code: str, name: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_never_guessed(name: str) -> None:
    assert country_code(name) == ""


def test_a_list_that_does_not_know_says_so() -> None:
    assert all(says_unknown(said) for said in ("na", "UNKNOWN", "00", "None Identified", ""))
    assert not says_unknown("Namibia")


@given(st.text(max_size=130))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    code = country_code(text)
    assert code == code.lower()
    assert code == "" or country_code(code) == code
