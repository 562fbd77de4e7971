"""What is searched for, as data: definitions, read strictly from `catalogue.yml`.

    shipped()                      the catalogue that comes with Taawun
    laid_over(shipped(), text, f)  an authority's own laid over it: numbers changed, new variants

A definition is a kernel (`typologies.TYPOLOGIES`) with its numbers. A definition that is live is
searched for; a draft is only tried. Of one code there may be both: the draft is what may come next.
An own entry for a code that is there says only what differs; one with a new code names its `kernel`
and starts from that kernel's shipped numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from taawun.detection.parameters import Parameter, Parameters, parameters, value_of, written
from taawun.detection.strict import Entry, entries, refused
from taawun.detection.typologies import TYPOLOGIES, Typology
from taawun.errors import NotFound, Problem

Words = Mapping[str, str]
"""A sentence by language: `en`, `ar`."""

_FIELDS = ("kernel", "version", "live", "sources", "name", "what", "parameters", "compatible")
_LANGUAGES = ("en", "ar")


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry. `why` has the reason of each number, `compatible` of each name that also fits.

    `name` and `what` are worded here for an authority's own variants; those that are shipped have
    sentences in the wording catalogue (`detection.typology.<code>`, `….what`).
    """

    code: str
    kernel: str
    version: int
    live: bool
    parameters: Parameters
    why: Mapping[str, Words]
    sources: tuple[str, ...] = ()
    compatible: Mapping[str, Words] = field(default_factory=dict)
    name: Words = field(default_factory=dict)
    what: Words = field(default_factory=dict)

    @property
    def typology(self) -> Typology:
        return TYPOLOGIES[self.kernel]

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the whole numbers that its findings carry."""
        return self.typology.measures

    @property
    def reach(self) -> int:
        """Seconds around a finding's earliest transfer that it depends on."""
        return self.typology.reach(self.parameters)

    def exported(self) -> dict[str, object]:
        """As an entry of the catalogue says it; `entries` of it gives the same definition."""
        said: dict[str, object] = {"kernel": self.kernel, "version": self.version}
        said |= {"live": self.live, "sources": list(self.sources)}
        said |= {
            word: dict(text) for word, text in (("name", self.name), ("what", self.what)) if text
        }
        values = self.parameters.asdict()
        said["parameters"] = {
            each.name: {"value": written(each, values[each.name]), "why": dict(self.why[each.name])}
            for each in self.typology.parameters
        }
        said["compatible"] = {other: dict(why) for other, why in self.compatible.items()}
        return said


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All definitions: those in force and drafts, each in the order of the file."""

    definitions: tuple[Definition, ...]

    def live(self) -> tuple[Definition, ...]:
        """What is searched for."""
        return tuple(each for each in self.definitions if each.live)

    def drafts(self) -> tuple[Definition, ...]:
        """What is only tried."""
        return tuple(each for each in self.definitions if not each.live)

    def __getitem__(self, code: str) -> Definition:
        """The definition in force, else the draft. Raises NotFound."""
        return _first(code, (*self.live(), *self.drafts()))

    def draft(self, code: str) -> Definition:
        """The draft. Raises NotFound."""
        return _first(code, self.drafts())

    def __iter__(self) -> Iterator[Definition]:
        return iter(self.definitions)

    def exported(self) -> dict[str, object]:
        """What is in force, as plain values for YAML or JSON."""
        return {each.code: each.exported() for each in self.live()}

    def with_live(self, code: str) -> Catalogue:
        """The draft of this code put in force, in place of the one that was. Raises NotFound."""
        coming = replace(self.draft(code), live=True)
        kept = [each for each in self.definitions if each.code != code]
        return Catalogue((*kept, coming))


def _first(code: str, among: tuple[Definition, ...]) -> Definition:
    for each in among:
        if each.code == code:
            return each
    raise NotFound(f"no typology {code!r} in the catalogue")


@cache
def shipped() -> Catalogue:
    """The catalogue that comes with Taawun."""
    text = files("taawun.detection").joinpath("catalogue.yml").read_text("utf-8")
    return read(text, "catalogue.yml")


def read(text: str, name: str) -> Catalogue:
    """A whole catalogue. Raises InputError with a Problem, file and line for all that is wrong."""
    return Catalogue(_read(text, name, None))


def laid_over(base: Catalogue, text: str, name: str) -> Catalogue:
    """`base` with an authority's own entries over it. Raises InputError as `read` does.

    An own entry that is a draft stands beside the one in force; a live one takes its place, and
    must have a higher version where it changes a number.
    """
    own = read_over(base, text, name)
    taken = {(each.code, each.live) for each in own}
    kept = (each for each in base.definitions if (each.code, each.live) not in taken)
    return Catalogue((*kept, *own))


def read_over(
    base: Catalogue, text: str, name: str, *, drafts: bool = False
) -> tuple[Definition, ...]:
    """An authority's own entries alone, what they do not say taken from `base`.

    With `drafts` all are drafts, whatever they say. Raises InputError as `read` does.
    """
    own = _read(text, name, base)
    return tuple(replace(each, live=False) for each in own) if drafts else own


def _read(text: str, name: str, base: Catalogue | None) -> tuple[Definition, ...]:
    problems: list[Problem] = []
    own = [
        definition
        for entry in entries(text, name, problems)
        if (definition := _definition(entry, base, problems)) is not None
    ]
    if problems:
        raise refused(name, problems)
    return tuple(own)


def _definition(entry: Entry, base: Catalogue | None, problems: list[Problem]) -> Definition | None:
    """One entry as a definition; None, and problems, where it cannot be one."""
    before = len(problems)
    entry.only(_FIELDS, problems)
    model = _model(entry, base)
    kernel = model.kernel if model else entry.text("kernel", problems, entry.name)
    if kernel not in TYPOLOGIES:
        entry.wrong("kernel", kernel, "one of " + ", ".join(TYPOLOGIES), problems)
        return None
    if entry.has("kernel") and entry.said("kernel") != kernel:
        entry.wrong("kernel", entry.said("kernel"), kernel, problems)
        return None
    values, why = _parameters(entry, TYPOLOGIES[kernel], model, problems)
    if len(problems) > before:
        return None
    made = Definition(
        code=entry.name,
        kernel=kernel,
        version=entry.number("version", problems, model.version if model else None),
        live=entry.truth("live", problems, base is None),
        parameters=parameters(values),
        why=why,
        sources=entry.texts("sources", problems, model.sources if model else ()),
        compatible=_compatible(entry, model, problems),
        name=entry.words("name", _LANGUAGES, problems, model.name if model else {}),
        what=entry.words("what", _LANGUAGES, problems, model.what if model else {}),
    )
    _raised(entry, made, base, problems)
    return made if len(problems) == before else None


def _model(entry: Entry, base: Catalogue | None) -> Definition | None:
    """What an own entry starts from: the one of its code, else the shipped one of its kernel."""
    known = {each.code: each for each in base.live()} if base else {}
    return known.get(entry.name) or known.get(entry.said("kernel"))


def _parameters(
    entry: Entry, typology: Typology, model: Definition | None, problems: list[Problem]
) -> tuple[dict[str, int | tuple[str, ...]], Mapping[str, Words]]:
    """Values and their reasons; what an own entry does not say is its model's."""
    values = dict(model.parameters.asdict()) if model else {}
    why = dict(model.why) if model else {}
    said = entry.below("parameters", problems)
    for each in said:
        parameter = typology.parameter(each.name)
        if parameter is None:
            known = ", ".join(one.name for one in typology.parameters)
            entry.wrong(
                f"parameters.{each.name}", each.name, f"one of {known}", problems, each.line
            )
            continue
        each.only(("value", "why"), problems)
        value = value_of(parameter, each.value("value"))
        if value is None:
            each.wrong("value", str(each.value("value")), _wanted(parameter), problems)
            continue
        values[parameter.name] = value
        why[parameter.name] = each.words("why", _LANGUAGES, problems)
    if lacking := [one.name for one in typology.parameters if one.name not in values]:
        entry.wrong("parameters", "", "also " + ", ".join(lacking), problems)
    return values, MappingProxyType(why)


def _wanted(parameter: Parameter) -> str:
    if parameter.unit == "time":
        return "a duration such as P7D or PT36H"
    if parameter.unit == "words":
        return "a list of codes"
    return f"a whole number from {parameter.least} to {parameter.most}"


def _compatible(
    entry: Entry, model: Definition | None, problems: list[Problem]
) -> Mapping[str, Words]:
    if not entry.has("compatible"):
        return model.compatible if model else MappingProxyType({})
    said = entry.below("compatible", problems)
    return MappingProxyType({each.name: each.worded(_LANGUAGES, problems) for each in said})


def _raised(
    entry: Entry, made: Definition, base: Catalogue | None, problems: list[Problem]
) -> None:
    """An own version of what is in force has numbers of its own: it is called by a new version."""
    old = next((each for each in base.live() if each.code == made.code), None) if base else None
    if old and old.parameters != made.parameters and made.version <= old.version:
        entry.wrong("version", str(made.version), f"above {old.version}", problems)
