"""Random names for property tests: spellings the lexicon knows in every script, and junk."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from taawun.names.clean import clean
from taawun.names.lexicon import lexicon
from taawun.names.romanise import script_of

AROUND = (
    "al", "el", "al-", "bin", "ibn", "bint", "ould", "abu", "umm", "abd", "abdul", "din", "van",
    "de", "la", "e", "y", "Dr", "Dr.", "Sheikh", "Haji", "Jr", "III", "von", "O'", "J.", "K", "x",
    "ال", "بن", "بنت", "أبو", "ابي", "أم", "عبد", "آل", "الدين", "الله", "الشيخ", "د.", "و", "أ",
    "оглы", "кызы", "бин", "аль-", "И.", "г-н", "בן", "אבו", "ד״ר", "Δρ", "氏", "님", "さん",
)  # fmt: skip
BUSINESS = (
    "Ltd", "LLC", "GmbH", "Co.", "Company", "S.A.", "Trading", "General", "Bank", "of", "&", "and",
    "the", "International", "Intl", "ООО", "завод", "№", "банк", "شركة", "للتجارة", "ذ.م.م", "مصرف",
    "有限公司", "贸易", "주식회사", "Α.Ε.", "Victory", "M/V", "44", "44th", "Forty-fourth", "IV",
    "٤٤", "الرابع", "(DCB)", "3", "first",
)  # fmt: skip
INVISIBLE = (
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202e",
    "\u2066", "\u2067", "\u2068", "\u2069", "\u00ad", "\u034f", "\u061c", "\u2060", "\ufeff",
    "\ufe0f", "\U000e0100", "\x00", "\x1b",
)  # fmt: skip


@cache
def _spellings() -> dict[str, list[str]]:
    """The lexicon's spellings by script; a spread of them, the same at every run."""
    found: dict[str, list[str]] = {}
    for key in lexicon().spelled:
        script, _, form = key.partition(":")
        found.setdefault(script, []).append(form)
    return {script: sorted(forms)[:: max(1, len(forms) // 400)] for script, forms in found.items()}


junk = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcxyzABCÉñßıİşäöüłđžſﬁ'’-–.,()\"«»/&№ "),
        st.sampled_from("محمدعليأإآةىيئؤءـَُّٰگچپژکیۀەټښڼ٠٤٩،"),
        st.sampled_from("абвгдеёжйщъыьэюяіїєґўќѓђџАЯΓΔΣςάήϊאבגדםןףץაბგჩԱՖևկ"),
        st.sampled_from("王小明張国한국인김アあーกาชัिीाকখরামசி😀½²Ⅻ々"),
        st.characters(codec="utf-8"),
    ),
    max_size=12,
)


@st.composite
def words(draw: st.DrawFn, around: tuple[str, ...] = AROUND) -> str:
    """One word: mostly a spelling of a name in a script of its own."""
    choice = draw(st.integers(0, 9))
    if choice < 6:
        spellings = _spellings()
        script = draw(st.sampled_from(sorted(spellings)))
        word = draw(st.sampled_from(spellings[script]))
        return word.title() if choice < 3 and script in ("latn", "cyrl") else word
    return draw(st.sampled_from(around)) if choice < 8 else draw(junk)


separators = st.sampled_from([" ", " ", " ", " ", "-", ", ", "  ", "·", "\u00a0"])


@st.composite
def names(draw: st.DrawFn, around: tuple[str, ...] = AROUND) -> str:
    """A name of one to six words, put together anyhow."""
    chosen = draw(st.lists(words(around), min_size=1, max_size=6))
    text = chosen[0]
    for word in chosen[1:]:
        text += draw(separators) + word
    return text


persons = names()
businesses = names(AROUND[:8] + BUSINESS)


@st.composite
def kinds_and_names(draw: st.DrawFn) -> tuple[str, str]:
    """A kind and a name that may be of that kind."""
    kind = draw(st.sampled_from(("person", "person", "company", "vessel")))
    return kind, draw(persons if kind == "person" else businesses)


@st.composite
def noisy(draw: st.DrawFn, text: str) -> str:
    """The same text to the eye: invisible characters anywhere, more and other spaces."""
    pieces = []
    for character in text:
        if draw(st.integers(0, 3)) == 0:
            pieces.append(draw(st.sampled_from(INVISIBLE)))
        pieces.append(character)
        if character == " ":
            pieces.append(draw(st.sampled_from(["", " ", "\u00a0", "\u2003", "\t", "\u2028"])))
    noise = draw(st.sampled_from(["", " ", "\u200f", "\ufeff", "\u2069 "]))
    return noise + "".join(pieces) + draw(st.sampled_from(["", " ", "\u200e", "\u202c"]))


def plainly_cased(text: str) -> bool:
    """Whether capitals are the same letters when folded back (ı, ŉ and the like are not)."""
    return all(c.upper().casefold() == c.casefold() for c in clean(text))


def scripts_of(text: str) -> set[str]:
    """The scripts of the words of a text."""
    return {script_of(word) for word in text.split()}
