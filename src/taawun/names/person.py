"""A person's name taken apart: given, father's, family; kunya, titles and particles aside.

The parts stay in the order in which the name is said ("Family, Given" is turned round). What is
not a name (titles, particles, the article) is taken off and remembered in `notes`; a token that
is a title in one place and a name in another is taken off only where enough of a name remains.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from taawun.names.clean import clean
from taawun.names.fold import fold_latin
from taawun.names.lexicon import lexicon
from taawun.names.part import Part, part
from taawun.names.romanise import split
from taawun.names.slavic import masculine, patronymic_of
from taawun.names.tokens import BRACKETS, MOST_PARTS, Token, letters_of, tokens_of
from taawun.names.weights import Weigh, shipped
from taawun.names.words import PersonWords, person_words

GIVEN, FATHER, KUNYA, PATRONYMIC, SUFFIX, TITLE = (
    "given",
    "father",
    "kunya",
    "patronymic",
    "suffix",
    "title",
)
# where a part stands in its name: places below ASIDE are the name itself
FIRST, MIDDLE, LAST, ASIDE, BESIDE = 0, 1, 2, 3, 4
EAST_ASIAN = frozenset({"hani", "hang", "kana"})


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One part where it stands.

    `plain` is the word itself where `part` stands for its concept. `plainly`: nothing but the part
    decides how it meets another (no role, no ending, no tone, no Chinese or Korean family name).
    `of_a_house`: a family called after its ancestor, in one word (Benali).
    """

    part: Part
    text: str
    role: str = GIVEN
    article: bool = False
    weight: float = 1.0
    plain: Part | None = None
    plainly: bool = False
    of_a_house: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name taken apart. `ordered`: a comma or the script said where the family name is.

    `marked`: a nasab marker (bin, ibn, ould) says who is whose child. `loose`: the Latin spelling
    of such names varies. `layout` says for each part where it stands (FIRST … BESIDE), `core`
    counts those that make the name, a kunya included; `letters` are the letters in order, case
    folded; `shipped` what each part weighs without any list.
    """

    text: str
    kind: str
    parts: tuple[Said, ...]
    notes: tuple[str, ...] = ()
    gender: str = ""
    ordered: bool = False
    marked: bool = False
    loose: bool = False
    east: bool = False
    form: str = ""
    numbers: tuple[int, ...] = ()
    layout: tuple[int, ...] = ()
    core: int = 0
    letters: str = ""
    shipped: tuple[float, ...] = ()


_ARABIC_HEADS = ("abual", "abul", "abdul", "abdel", "abdal", "abdol", "abdur", "abder")
_GLUED_KUNYA = {"latn": ("abou", "aboo", "abu"), "arab": ("ابو", "ابي")}
_COMMA = re.compile(r"\s*[,،]\s*")


def _turned(text: str, words: PersonWords) -> tuple[str, bool]:
    """ "Family, Given" said in speaking order; and whether it was turned."""
    pieces = [piece for piece in _COMMA.split(text) if piece]
    if len(pieces) < 2:
        return text, False
    tail = pieces[-1]
    if words.is_suffix(fold_latin(tail)):
        turned, _ = _turned(", ".join(pieces[:-1]), words)
        return f"{turned} {tail}", False
    return " ".join([*pieces[1:], pieces[0]]), True


@lru_cache(maxsize=16_384)
def person(text: str) -> Name:
    """The name of a person taken apart. Raises InputError for text too long to be a name."""
    words = person_words()
    cleaned = clean(text)
    shown = BRACKETS.sub(" ", cleaned)
    turned, ordered = _turned(shown if shown.strip() else cleaned, words)
    tokens = tokens_of(turned, brackets=True)
    return _Reading(text, cleaned, words, tokens, ordered).name()


class _Reading:
    """One pass over the tokens, each step taking what it knows."""

    def __init__(
        self, text: str, cleaned: str, words: PersonWords, tokens: list[Token], ordered: bool
    ) -> None:
        self.text = text
        self.cleaned = cleaned
        self.words = words
        self.tokens = tokens
        self.ordered = ordered
        self.said: list[Said] = []
        self.notes: list[str] = []
        self.gender = ""
        self.marked = False
        self.at = 0
        self.arabic = any(self._arabic_world(at) for at in range(len(tokens)))

    def _arabic_world(self, at: int) -> bool:
        token = self.tokens[at]
        if token.script != "latn":
            key = f"{token.script}:{token.form}"
            around = key in self.words.kunya or (at > 0 and key in self.words.articles)
            return token.script == "arab" or around or part(token.script, token.text).muslim
        if len(token.form) > 6 and token.form.startswith(_ARABIC_HEADS):
            return True
        if at and token.form in ("al", "el", "ul", "bin", "bint", "ibn", "abu", "abd"):
            return True
        return part("latn", token.text).muslim

    def name(self) -> Name:
        role = GIVEN
        while self.at < len(self.tokens):
            role = self._step(role)
        said = tuple(self._kunya_first()[:MOST_PARTS])
        korean = any(_korean(s.part) for s in said)
        return Name(
            text=self.text,
            kind="person",
            parts=said,
            notes=tuple(self.notes),
            gender=self.gender,
            ordered=self.ordered,
            marked=self.marked,
            loose=self.arabic or korean or any(s.part.script != "latn" for s in said),
            east=korean or any(s.part.script in EAST_ASIAN for s in said),
            form=" ".join(f"{s.role[0]}{s.part.key}" for s in said),
            layout=_layout(said),
            core=sum(1 for s in said if s.role not in (SUFFIX, TITLE)),
            letters=letters_of(self.cleaned),
            shipped=tuple(weight(s, shipped) for s in said),
        )

    def _kunya_first(self) -> list[Said]:
        """A kunya that the lexicon knows as a name is a kunya where a name follows it."""
        if len(self.said) >= 3 and self.said[0].role == GIVEN and self.said[0].part.kunya:
            first = self.said[0]
            return [Said(first.part, first.text, KUNYA), *self.said[1:]]
        return self.said

    def _step(self, role: str) -> str:
        """Take the next token or tokens; returns the role of the part that follows."""
        token = self.tokens[self.at]
        key = f"{token.script}:{token.form}"
        left = len(self.tokens) - self.at - 1
        if self._title(left):
            return role
        if key in self.words.nasab and left and (self.said or token.script == "arab" or left > 1):
            if self.said:
                self.marked = True
                self.gender = self.gender or self.words.nasab[key]
                self.at += 1
                return FATHER
            # "Ibn Baz", "Ben Ali": a family that calls itself after an ancestor
            self.at += 1
            return role
        if self._lexical(role):
            return GIVEN
        heard = self.arabic or token.form not in ("um", "om")
        if key in self.words.kunya and left and heard:
            return self._kunya(self.words.kunya[key])
        if self._ruled(role):
            return GIVEN
        if key in self.words.articles and left and (self.arabic or token.glued):
            self.at += 1
            if not self._lexical(role):
                self._one(self.tokens[self.at], role, article=True)
            return GIVEN
        bare = len(token.text) == 1 and token.text.islower() and self.said and left
        short = len(token.form) < 5 and (len(token.form) > 1 or token.text.islower())
        apart = key in self.words.particles and left and short
        if bare or (apart and not (self.said and self.said[0].part.surnames)):
            self.notes.append(token.text)
            self.at += 1
            return role
        if self.said and self.words.is_suffix(token.form) and not left:
            self.notes.append(token.text)
            self._add(part(token.script, token.text), token.text, SUFFIX)
            self.at += 1
            return GIVEN
        self._one(token, role)
        return GIVEN

    def _title(self, left: int) -> bool:
        """Titles before or behind the name. One that may be a name stays, and may be missing."""
        for size in range(min(3, left + 1), 0, -1):
            run = self.tokens[self.at : self.at + size]
            title = self.words.titles.get(
                f"{run[0].script}:{' '.join(token.form for token in run)}"
            )
            if title is None or all(len(token.form) < 2 for token in run):
                continue
            if left + 1 - size + sum(1 for said in self.said if said.role != TITLE) < 1:
                continue
            if self._core() and not (title.after and self.arabic):
                continue
            if self._opens_a_compound(size):
                continue
            self.gender = self.gender or title.gender
            self.at += size
            text = " ".join(token.text for token in run)
            if title.may_be_name:
                self._add(part(run[0].script, text), text, TITLE)
            else:
                self.notes.append(text)
            return True
        return False

    def _opens_a_compound(self, size: int) -> bool:
        """Imam al-Din, Akhund Zada: what would be a title is half of a name."""
        for longer in range(size + 1, min(size + 2, self._one_script()) + 1):
            run = self.tokens[self.at : self.at + longer]
            last = f"{run[-1].script}:{run[-1].form}"
            closed = last in self.words.completions or last in self.words.tails
            forms = [token.form for token in run]
            book = lexicon()
            if closed and (book.of(run[0].script, " ".join(forms))
                           or book.of(run[0].script, "".join(forms))):  # fmt: skip
                return True
        return False

    def _core(self) -> int:
        return sum(1 for said in self.said if said.role != TITLE)

    def _kunya(self, head: str) -> str:
        """Abu and the name that follows it (and its article) are one part."""
        self.at += 1
        before = len(self.said)
        token = self.tokens[self.at]
        if f"{token.script}:{token.form}" in self.words.articles and self.at + 1 < len(self.tokens):
            self.at += 1
        if not (self._lexical(KUNYA) or self._ruled(KUNYA)):
            self._one(self.tokens[self.at], KUNYA)
        for number in range(before, len(self.said)):
            said = self.said[number]
            self.said[number] = Said(said.part, f"{head} {said.text}", KUNYA, said.article)
        self.gender = self.gender or ("female" if head == "umm" else "male")
        return GIVEN

    def _lexical(self, role: str) -> bool:
        """Several tokens that the lexicon knows as one name."""
        return self._merge(self._lexical_run(), role)

    def _ruled(self, role: str) -> bool:
        """Several tokens that a rule makes one name."""
        return self._merge(self._ruled_run(), role)

    def _merge(self, size: int, role: str) -> bool:
        if size < 2:
            return False
        run = self.tokens[self.at : self.at + size]
        text = " ".join(token.text for token in run)
        self._add(part(run[0].script, text), text, role)
        self.at += size
        return True

    def _lexical_run(self) -> int:
        book = lexicon()
        head = self.tokens[self.at]
        if part(head.script, head.text).muhammad:
            return 0  # Muhammad Ali may be one name or a son and his father: not for us to say
        most = book.longest.get(f"{head.script}:{head.form}", 1)
        least = 2  # Abd al-Baqi is more than Abd al
        if f"{head.script}:{head.form}" in self.words.servants:
            least = self._ruled_run()
        for size in range(min(most, self._one_script()), least - 1, -1):
            run = self.tokens[self.at : self.at + size]
            if book.of(head.script, " ".join(token.form for token in run)):
                return size
        return 0

    def _one_script(self) -> int:
        """How many tokens from here on are of one script."""
        script = self.tokens[self.at].script
        end = self.at
        while end < len(self.tokens) and self.tokens[end].script == script:
            end += 1
        return end - self.at

    def _ruled_run(self) -> int:
        """Abd + (article) + name; name + (article) + Din or Allah, where the lexicon is silent."""
        words = self.words
        run = self.tokens[self.at : self.at + min(3, self._one_script())]
        keys = [f"{token.script}:{token.form}" for token in run]
        if keys[0] in words.servants and len(keys) > 1:
            return 3 if keys[1] in words.articles and len(keys) > 2 else 2
        if len(keys) > 2 and {keys[1], keys[2]} <= words.tails:
            return 0  # Qoli Pur: a family of its own
        if len(keys) > 1 and (keys[1] in words.completions or keys[1] in words.tails):
            return 2
        if len(keys) > 2 and keys[1] in words.articles and keys[2] in words.completions:
            return 3
        return 0

    def _one(self, token: Token, role: str, article: bool = False) -> None:
        self.at += 1
        if token.script in EAST_ASIAN and not self.said:
            for piece in split(token.text, token.script):
                self._add(part(token.script, piece), piece, role)
            return
        if self._glued_kunya(token) or self._patronymic(token, role):
            return
        if article and token.script == "latn" and token.form.startswith(("al", "el")):
            text, stripped = token.text, False  # al-Alwani, of whom nothing more is taken off
        else:
            text, stripped = self._without_article(token)
        self._add(part(token.script, text), token.text, role, article or stripped)

    def _patronymic(self, token: Token, role: str) -> bool:
        made = part(token.script, token.text)
        if role != GIVEN or made.classes or not self.said or not made.latin:
            return False
        if made.latin[0].endswith("ic"):  # Petrović is a family
            return False
        if patronymic_of(_eastern(made.latin[0])):
            self._add(made, token.text, PATRONYMIC)
            return True
        return False

    def _glued_kunya(self, token: Token) -> bool:
        """Abubakar, أبوزيد: Abu and the name written as one."""
        form = token.form
        for head in _GLUED_KUNYA.get(token.script, ()):
            rest = form[len(head) :]
            if form.startswith(head) and len(rest) >= 3 and self.arabic:
                if lexicon().of(token.script, form):
                    return False
                for article in ("al", "el", "l", "ال"):
                    if rest.startswith(article) and len(rest) - len(article) >= 3:
                        rest = rest[len(article) :]
                        break
                self._add(part(token.script, rest), f"abu {rest}", KUNYA)
                return True
        return False

    def _without_article(self, token: Token) -> tuple[str, bool]:
        """The token without a glued article: الغامدي, Alghamdi."""
        form = token.form
        arab = token.script == "arab"
        if arab and form.startswith("ال") and len(form) > 4 and not lexicon().of("arab", form):
            return token.text[token.text.find("ل") + 1 :], True
        if arab and form.startswith("بن") and lexicon().of("arab", form[2:]):
            return form[2:], True
        if token.script != "latn" or not self.arabic:
            return token.text, False
        if form[:3] in ("ben", "bin") and lexicon().of("latn", form[3:]) and not _a_name(form):
            return form[3:], True
        if not lexicon().of("latn", form):
            for head in ("binal", "benal", "ben", "bin", "al", "el"):
                if form.startswith(head) and len(form) >= len(head) + 4:
                    return form[len(head) :], True
            return self._without_ending(form) or token.text, False
        return token.text, False

    def _without_ending(self, form: str) -> str:
        """Zakiur (Rahman) is Zaki, Saiful (Islam) is Saif: the article of what follows."""
        if self.at >= len(self.tokens) or len(form) < 5:
            return ""
        if form[-2:] not in ("ur", "ul", "us", "ud"):
            return ""
        follows = self.tokens[self.at].form
        if form[-1] == "l" or follows.startswith(form[-1]):
            return form[:-2] if form[-1] != "l" or lexicon().of("latn", form[:-2]) else ""
        return ""

    def _add(self, made: Part, text: str, role: str, article: bool = False) -> None:
        plainly = role in (GIVEN, FATHER) and not made.surnames and not _inflects(made, text)
        house = _of_a_house(made, text)
        self.said.append(
            Said(made, text, role, article, plainly=plainly and not house, of_a_house=house)
        )
        if role == GIVEN and not self.gender and len(self.said) == 1:
            self.gender = {"m": "male", "f": "female"}.get(made.gender, "")


def _a_name(form: str) -> bool:
    """Whether a Latin form that opens like Ben Ali is a name all the same: Bennani, Binali."""
    classes = lexicon().classes
    found = [classes[n].key for n in lexicon().of("latn", form)]
    return any(not key.startswith(("ben-", "bin-")) for key in found)


def _korean(made: Part) -> bool:
    classes = lexicon().classes
    return made.script == "latn" and any(classes[n].culture == "korean" for n in made.surnames)


def father_of(patronymic: Part) -> Part:
    """The father's name that a patronymic is made of."""
    father = patronymic_of(_eastern(patronymic.latin[0])) if patronymic.latin else ""
    return part("latn", father) if father else patronymic


def _eastern(latin: str) -> str:
    """Scandinavian spellings of Slavic endings as everyone else has them: -vitj is -vich."""
    return latin.replace("tj", "ch").replace("sj", "sh")


def _layout(said: tuple[Said, ...]) -> tuple[int, ...]:
    """Where each part stands: the first of the name, its middle, its last, or beside it."""
    out: list[int] = []
    first = True
    for number, one in enumerate(said):
        if one.role in (KUNYA, SUFFIX):
            out.append(ASIDE)
        elif one.role == TITLE:
            out.append(BESIDE)
        else:
            out.append(FIRST if first else LAST if number == len(said) - 1 else MIDDLE)
            first = False
    return tuple(out)


@lru_cache(maxsize=65_536)
def _man_of(latin: str) -> str:
    return masculine(latin)


def _of_a_house(made: Part, text: str) -> bool:
    """A family called after its ancestor in one word: Benali, Binladin, بنحسين."""
    low = text.casefold()
    return low.startswith(("ben", "bin", "بن")) and len(made.form) < len(low) - 1


def _inflects(made: Part, text: str) -> bool:
    """A woman's surname may end otherwise than her father's; Vietnamese tones tell names apart."""
    if not text.isascii() and made.script == "latn":
        return True
    return bool(made.latin) and made.script in ("latn", "cyrl") and made.latin[0][-1:] == "a"


def weight(said: Said, weigh: Weigh) -> float:
    """What a part of a person's name weighs in its place."""
    if said.part.initial or said.role in (SUFFIX, TITLE):
        return 0.3
    if said.role in (KUNYA, PATRONYMIC):
        return 0.8
    return weigh(said.part)


def weights(name: Name, weigh: Weigh) -> Sequence[float]:
    """What each part weighs; worked out beforehand for the weights that ship."""
    return name.shipped if weigh is shipped else [weight(said, weigh) for said in name.parts]


def family_of(said: Said) -> Part:
    """The part with a feminine surname ending folded to the masculine one."""
    made = said.part
    if not made.latin or made.latin[0][-1:] != "a":
        return made
    turned = _man_of(made.latin[0])
    return made if turned == made.latin[0] else part("latn", turned)
