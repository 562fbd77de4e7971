"""One part of a name, ready to be met with another; and how well two parts meet.

A `Part` knows how it is written, how it may sound, and of which names in the lexicon it is a
spelling. `meet` says how alike two parts are (0..1) and by which step: the same letters, the
lexicon, the sound, a typing error, an initial. Parts are cached by their letters, meetings by the
two parts: names repeat.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from taawun.names import sounds
from taawun.names.fold import fold_arabic, fold_latin, fold_letters, sound_latin, spell_arabic
from taawun.names.keys import NO_SKELETON, Skeleton, skeleton
from taawun.names.lexicon import MUSLIM_WORLD, lexicon
from taawun.names.romanise import bridged, readings, script_of
from taawun.names.sounds import BOTH_ABJAD, LONGEST, ONE_ABJAD, SPOKEN, Phones

ABJADS = frozenset({"arab", "hebr"})
MATCHES = 0.5  # below this two parts do not meet


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One token, or several that make one name (Abd al-Rahman).

    `form` is the folded spelling in its own script; `latin` its Latin readings, best first, each
    with its step in `steps`; `phones` rows of sounds, one per reading. `classes`, `kin`, `short`
    are lexicon class numbers. `common` 0..5 is what the lexicon says of its rarity (-1: not in it).
    """

    script: str
    form: str
    latin: tuple[str, ...]
    steps: tuple[str, ...]
    phones: tuple[Phones, ...]
    classes: frozenset[int] = frozenset()
    kin: frozenset[int] = frozenset()
    short: frozenset[int] = frozenset()
    surnames: frozenset[int] = frozenset()
    skeleton: Skeleton = NO_SKELETON
    common: int = -1
    gender: str = ""
    loose: bool = False
    muslim: bool = False
    prefix: bool = False
    kunya: bool = False
    muhammad: bool = False
    given: bool = False
    key: str = ""
    abjad: bool = False
    initial: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """How well two parts meet, 0..1, and the step that says so (a wording code)."""

    quality: float
    step: str


APART = Meeting(0.0, "names.apart")


@lru_cache(maxsize=24_576)
def part(script: str, token: str) -> Part:
    """The part that a token, or several tokens joined by spaces, of one script makes."""
    if script == "arab":
        return _arabic(token)
    if script == "latn" or token.isdigit():
        return _latin(token)
    # an apostrophe may tell how a word is read (Cyrillic); that it is written tells no names apart
    written = token.casefold()
    read = readings("".join(written.split()), script) if bridged(script) else ()
    form = " ".join(filter(None, map(fold_letters, written.split())))
    rows = tuple(sounds.latin_phones(r.latin) for r in read)
    found = _lexical(script, form)
    if not any(found):
        # the lexicon may know the Latin spelling: Сергей read as sergey
        found = next(filter(any, (_lexical("latn", r.latin) for r in read[:3])), found)
    latin, steps = tuple(r.latin for r in read), tuple(r.step for r in read)
    return _made(script, form, latin, steps, rows, found)


def _arabic(token: str) -> Part:
    words = token.split()
    form = " ".join(fold_arabic(t) for t in words)
    # inside a compound the article is an l at most: nur al-din, noureddine
    rows = [sounds.arabic_phones(spell_arabic(words[0]))]
    for word in words[1:]:
        spelled = spell_arabic(word)
        if spelled.startswith("ال") and len(spelled) > 3:
            rows += [sounds.article(), sounds.arabic_phones(spelled[2:])]
        elif spelled != "ال":
            rows.append(sounds.arabic_phones(spelled))
    row = np.concatenate(rows)
    # nothing may be left of a letter that the sounds do not have (ڛ)
    doubled = np.zeros(len(row), dtype=bool)
    doubled[1:] = row[1:] == row[:-1]
    row = row[~doubled][:LONGEST]
    return _made("arab", form, (), ("arab.consonants",), (row,), _lexical("arab", form))


def _latin(token: str) -> Part:
    form = " ".join(fold_latin(t) for t in token.split())
    joined = form.replace(" ", "")
    others = sound_latin(token.replace(" ", ""))
    rows = [sounds.latin_phones(r) for r in (joined, *others)]
    steps = ["latn.plain", *("latn.marks" for _ in others)]
    if (eastern := _BELARUSIAN.fullmatch(joined)) is not None:
        rows.append(sounds.latin_phones(eastern[1] + _AS_RUSSIAN[eastern[2]]))
        steps.append("latn.letters")
    apart = next((pair for pair in sounds.TWO_OR_ONE if pair in joined), "")
    if apart:
        rows.append(sounds.latin_phones(joined, apart))
        steps.append("latn.letters")
    return _made("latn", form, (joined, *others), tuple(steps), tuple(rows), _lexical("latn", form))


# surnames in -au, -ou, -eu are those that Russian has in -ov, -ev: Volkau, Bykau, Salauyou
_BELARUSIAN = re.compile(r"([a-z]{2,}[bcdfghjklmnprstvzy])(au|ou|eu)")
_AS_RUSSIAN = {"au": "ov", "ou": "ov", "eu": "ev"}
_Found = tuple[frozenset[int], frozenset[int], frozenset[int]]


def _lexical(script: str, form: str) -> _Found:
    book = lexicon()
    joined = form.replace(" ", "")
    sets = []
    for table in (book.spelled, book.kin, book.short):
        found = table.get(f"{script}:{form}", ())
        if not found and joined != form:
            found = table.get(f"{script}:{joined}", ())
        sets.append(frozenset(found))
    return sets[0], sets[1], sets[2]


def _made(
    script: str,
    form: str,
    latin: tuple[str, ...],
    steps: tuple[str, ...],
    phones: tuple[Phones, ...],
    found: _Found,
) -> Part:
    found_classes, kin, short = found
    surnames = frozenset(n for n in found_classes if lexicon().classes[n].kind == "surname")
    classes = found_classes - surnames
    known = [lexicon().classes[number] for number in found_classes]
    genders = {k.gender for k in known}
    keys = {k.key for k in known}
    muslim = any(k.culture in MUSLIM_WORLD for k in known)
    kept = tuple(row for row in phones if len(row))
    marked = latin[1:] if script == "latn" else ()  # Şahoz and Sahoz do not sound the same
    return Part(
        script=script,
        form=form,
        latin=latin,
        steps=steps,
        phones=kept,
        classes=classes,
        kin=kin,
        short=short,
        surnames=surnames,
        skeleton=skeleton(kept),
        common=max((k.common for k in known), default=-1),
        gender=genders.pop() if len(genders) == 1 else "",
        loose=script != "latn" or muslim,
        muslim=muslim,
        prefix=bool(keys & _PREFIXES),
        kunya=any(key.startswith(("abu", "umm")) for key in keys),
        muhammad="muhammad" in keys,
        given=bool(classes) and all(k.kind == "given" for k in known),
        key="~".join((f"{script}:{form}", *marked)),
        abjad=script in ABJADS,
        initial=len(form) == 1 and script not in ("hani", "hang", "kana"),
        numeric=form.isdigit(),
    )


_PREFIXES = frozenset({"muhammad", "nur", "siti", "maria", "sri"})


def joined(parts: tuple[Part, ...]) -> Part:
    """Several parts of one script written as one: one side splits what the other joins."""
    script = parts[0].script
    if script == "latn":
        return part("latn", "".join(p.latin[0] if p.latin else p.form for p in parts))
    return part(script, "".join(p.form for p in parts))


_OPENS_ALIKE, _LENGTHS_APART = 0.5, 4


def may_be_one(parts_a: tuple[Part, ...], parts_b: tuple[Part, ...]) -> bool:
    """Whether it is worth writing both sides as one: they open alike and are about as long."""
    first, other = parts_a[0].phones, parts_b[0].phones
    if not first or not other:
        return True
    length_a = sum(len(p.phones[0]) for p in parts_a if p.phones)
    length_b = sum(len(p.phones[0]) for p in parts_b if p.phones)
    if abs(length_a - length_b) > _LENGTHS_APART:
        return False
    near = sounds.tables().near
    return any(near[a[0], b[0]] <= _OPENS_ALIKE for a in first for b in other)


def run_together(one: Part, other: Part) -> Part:
    """Two neighbours of one script written as one, as an index keeps them: by letters and sound."""
    if one.latin and other.latin:
        form = one.latin[0] + other.latin[0]
        row, script = sounds.latin_phones(form), "latn"
    else:
        form, script = one.form + other.form, one.script
        row = np.concatenate([one.phones[0], other.phones[0]])[:LONGEST]
    return Part(
        script=script,
        form=form,
        latin=(form,) if script == "latn" else (),
        steps=("names.joined",),
        phones=(row,),
        skeleton=skeleton((row,)),
        loose=script != "latn",
        key=f"{script}:{form}",
        abjad=script in ABJADS,
    )


_meetings: dict[tuple[str, str, bool], Meeting] = {}
_MOST_MEETINGS = 100_000


def meet(a: Part, b: Part, loose: bool) -> Meeting:
    """How well two parts meet. `loose`: both names come from cultures whose Latin spellings vary.

    Symmetric.
    """
    if a.form == b.form and a.script == b.script:
        return _SAME
    key = (a.key, b.key, loose)
    found = _meetings.get(key)
    if found is None:
        if len(_meetings) > _MOST_MEETINGS:
            _meetings.clear()
        found = _meet(a, b, loose)
        _meetings[key] = found
        _meetings[b.key, a.key, loose] = found
    return found


_SAME = Meeting(1.0, "names.same")
_KIN = Meeting(0.84, "names.kin")
_COUSIN = Meeting(0.62, "names.kin")  # John and Juan: translated in books, not in passports
SURNAME = Meeting(0.95, "names.surname")


def _meet(a: Part, b: Part, loose: bool) -> Meeting:
    if a.numeric or b.numeric:
        return APART
    if a.initial or b.initial:
        return _initial(a, b)
    if a.classes & b.classes:
        return Meeting(0.96, "names.lexicon")
    if a.kin & b.classes or a.classes & b.kin or a.kin & b.kin:
        return _KIN if a.loose or b.loose else _COUSIN
    if a.short & b.classes or a.classes & b.short:
        return Meeting(0.74, "names.short")
    if _piece_of(a, b) or _piece_of(b, a):
        return Meeting(0.76, "names.piece")
    typed = _typed(a, b, loose)
    if typed.step == _ENDING:
        return typed
    if not a.skeleton.near(b.skeleton):
        return typed
    found = max(_sound(a, b, loose), typed, key=lambda m: m.quality)
    if a.classes and b.classes and found.quality > 0.3:
        # both are names the lexicon knows, and they are not the same one
        return Meeting(0.3, "names.known_apart")
    return found


def _piece_of(whole: Part, piece: Part) -> bool:
    """Salah for Salah al-Din, Samad for Abd al-Samad: half of a compound, often used alone."""
    words = whole.form.split()
    if len(words) < 2 or whole.script != piece.script or " " in piece.form:
        return False
    return piece.form in (words[0], words[-1].removeprefix("ال")) and len(piece.form) > 3


def _initial(a: Part, b: Part) -> Meeting:
    short, full = (a, b) if a.initial else (b, a)
    if short.initial and full.initial and short.script == full.script:
        return APART  # equal ones were met before
    heads = {reading[:1] for reading in full.latin} | {full.form[:1]}
    own = {reading[:1] for reading in short.latin} | {short.form}
    if heads & own or (short.script != full.script and _opens_alike(short, full)):
        return Meeting(0.8, "names.initial")
    return APART


def _opens_alike(one: Part, other: Part) -> bool:
    near = sounds.tables().near
    return any(near[a[0], b[0]] <= 0.2 for a in one.phones for b in other.phones)


# similarity of sound to quality, for names whose spelling varies and for names whose does not
_LOOSE = (
    np.array([0.70, 0.80, 0.86, 0.92, 0.97, 1.0]),
    np.array([0.0, 0.4, 0.68, 0.85, 0.94, 0.95]),
)
_STRICT = (np.array([0.80, 0.85, 0.90, 0.95, 1.0]), np.array([0.0, 0.2, 0.5, 0.76, 0.92]))


_DEAF = 0.7  # below this two sounds are as far apart as can be
_local = threading.local()


def _scratch() -> npt.NDArray[np.float32]:
    held: npt.NDArray[np.float32] | None = getattr(_local, "scratch", None)
    if held is None:
        held = _local.scratch = np.empty((2, LONGEST + 1), dtype=np.float32)
    return held


def _sound(a: Part, b: Part, loose: bool) -> Meeting:
    if a.script != b.script and not (a.abjad or b.abjad):
        for number, reading in enumerate(a.latin):
            if reading in b.latin:
                read = a.steps[number] if a.script != "latn" else b.steps[b.latin.index(reading)]
                return Meeting(0.95, read)
    best, step = 0.0, ""
    if (a.abjad and not b.abjad) or (a.abjad == b.abjad and a.key > b.key):
        first, second = a, b
    else:
        first, second = b, a
    mode = BOTH_ABJAD if second.abjad else ONE_ABJAD if first.abjad else SPOKEN
    t = sounds.tables()
    for i, row in enumerate(first.phones):
        for j, other in enumerate(second.phones):
            alike = sounds.similarity(
                row, other, mode, t.near, t.gap, t.edge, t.weight, _DEAF, _scratch()
            )
            alike -= 0.01 * (i + j)
            if alike > best:
                best = alike
                step = first.steps[i] if first.script != "latn" else second.steps[j]
    loose = loose or a.script != b.script
    curve = _LOOSE if loose else _STRICT
    quality = float(np.interp(best, *curve))
    if min(len(a.form), len(b.form)) <= 2:
        quality *= 0.8
    return Meeting(quality, step if a.script != b.script else "names.sound")


_ENDINGS = "aeio"


_ENDING = "names.ending"


def _ends(a: Part, b: Part, loose: bool) -> bool:
    """Two tokens that differ in a final vowel alone: Alejandro, Alejandra; Salim, Salima.

    Where Latin spellings vary, a is as good as e (Fatima, Fatime) and i as e.
    """
    shorter, longer = sorted((a.form, b.form), key=len)
    if len(shorter) < len(longer):
        return longer[:-1] == shorter and longer[-1] in ("a" if loose else _ENDINGS)
    if shorter[:-1] != longer[:-1] or not {shorter[-1], longer[-1]} <= set(_ENDINGS):
        return False
    return not loose or {shorter[-1], longer[-1]} == {"a", "o"}


_ONE_ERROR = {4: 0.66, 5: 0.82, 6: 0.87, 7: 0.9}


def _typed(a: Part, b: Part, loose: bool) -> Meeting:
    """One or two slips of the keyboard between two tokens of one script."""
    if a.script != b.script:
        return APART
    longer = max(len(a.form), len(b.form))
    if longer < 4:
        return APART
    slips = OSA.distance(a.form, b.form, score_cutoff=2)
    if slips > 2 or (slips == 2 and longer < 8):
        return APART
    if slips == 1 and _ends(a, b, loose):
        return Meeting(0.6, _ENDING)
    quality = _ONE_ERROR.get(longer, 0.92) if slips == 1 else (0.66 if longer < 10 else 0.78)
    if a.form[0] != b.form[0]:
        quality -= 0.18
    if a.script == "arab":
        quality -= 0.2  # a letter more is another name: حسني, حسيني
    return Meeting(quality, "names.typing")


def of_token(token: str) -> Part:
    """The part of a token whose script is not known yet."""
    return part(script_of(token), token)


__all__ = ["APART", "LONGEST", "MATCHES", "Meeting", "Part", "joined", "meet", "of_token", "part"]
