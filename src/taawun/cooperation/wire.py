"""What crosses the wire: documents read strictly and written in one way only.

A document's bytes are canonical JSON (RFC 8785). Reading refuses bytes that are not: so doubled
names, white space, floats with several spellings and anything else that two readers might take
differently never get further. A field that is not known is refused, not dropped.

    read(bytes) -> document          document.canonical() -> bytes          document.digest()

Fields that are absent are left out, never `null`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Self

import orjson
import rfc8785
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from taawun.errors import Refused

MOST_BYTES = 3 * 1024 * 1024
MOST_DEPTH = 24
"""How deep lists and objects may lie in each other."""
_SORTED = orjson.OPT_SORT_KEYS
CLOCKS_APART = timedelta(seconds=300)
"""How far the clocks of two nodes may be apart."""

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def moment_text(at: datetime) -> str:
    """A time as it stands on the wire: UTC, six digits of a second, `Z`."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The time that a text of the wire means. Raises ValueError for any other spelling."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("expected a time as 2026-03-14T12:00:00.000000Z")
    return datetime.fromisoformat(text)


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        return moment_of(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    raise ValueError("expected a time as 2026-03-14T12:00:00.000000Z")


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("expected a day as 2026-03-14")


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(moment_text),
    WithJsonSchema({"type": "string", "pattern": f"^{_MOMENT.pattern}$"}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(lambda day: day.isoformat()),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAY.pattern}$"}),
]


def _shaped(pattern: str) -> Any:
    return StringConstraints(pattern=f"^{pattern}$", strict=True)


AuthorityCode = Annotated[str, _shaped(r"[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}")]
"""An authority: its country, then what tells it apart there: `AE-FIU`, `XB-POLICE-2`."""
BlocCode = Annotated[str, _shaped(r"[A-Z]{2,12}")]
CountryCode = Annotated[str, _shaped(r"[A-Z]{2}")]
"""ISO 3166-1 alpha-2, or a user-assigned code (AA, QM to QZ, XA to XZ, ZZ)."""
Language = Annotated[str, _shaped(r"[a-z]{2,3}")]
Digest = Annotated[str, _shaped(r"[0-9a-f]{64}")]
MessageId = Annotated[
    str, _shaped(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
]
_OF_32_BYTES = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"  # two bits are left over: always zero
Thumbprint = Annotated[str, _shaped(_OF_32_BYTES)]
RawKey = Annotated[str, _shaped(_OF_32_BYTES)]
"""A public key of 32 bytes, base64url."""
Base64url = Annotated[str, _shaped(r"[A-Za-z0-9_-]*")]
Word = Annotated[str, _shaped(r"[a-z][a-z0-9_]{0,63}")]
"""A code of ours: lower case."""
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=400, strict=True, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""A text in one line, without control characters."""
MOST_TEXT = 20_000
Text = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=MOST_TEXT, strict=True, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
    ),
]
"""A text without control characters; line feeds and tabs may stay."""


class Document(BaseModel):
    """The parent of everything that crosses the wire."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", ser_json_inf_nan="strings")

    def plain(self) -> dict[str, Any]:
        """The document as JSON values; what is absent is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def canonical(self) -> bytes:
        """The one way to write this document."""
        return canonical(self.plain())

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal: what others call it by."""
        return digest(self.canonical())

    @classmethod
    def read(cls, data: bytes, *, most: int = MOST_BYTES) -> Self:
        """The document that `data` is. Raises Refused, its ground one of `wire.…`."""
        return cls.of(read_json(data, most=most), json=data)

    @classmethod
    def of(cls, value: object, *, json: bytes | None = None) -> Self:
        """The document that JSON values are; from `json`, their bytes, where they are at hand."""
        try:
            made = cls.model_validate_json(orjson.dumps(value) if json is None else json)
        except ValidationError as error:
            raise _refused(cls.__name__, error) from None
        if not _same(plain := made.plain(), value):
            raise _otherwise(cls.__name__, plain, value)
        return made


def _refused(what: str, error: ValidationError) -> Refused:
    """The first thing that is wrong, said so that the sender can mend it. The value is not."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "(all)"
    ground = {"extra_forbidden": "wire.unknown_field", "missing": "wire.missing_field"}
    return Refused(
        ground.get(first["type"], "wire.field"),
        document=what,
        field=field[:200],
        expected=first["msg"].removeprefix("Value error, ")[:200],
    )


def _same(one: Any, other: Any) -> bool:
    """Whether JSON values are the same: `true` is not 1."""
    return orjson.dumps(one, option=_SORTED) == orjson.dumps(other, option=_SORTED)


def _otherwise(what: str, made: Any, given: Any, at: str = "") -> Refused:
    """Where a document was written in another way than ours: a field that was left to its default,
    a `null` for one that is absent, `true` for 1."""
    if isinstance(made, list) and isinstance(given, list):
        made, given = dict(enumerate(made)), dict(enumerate(given))
    if isinstance(made, dict) and isinstance(given, dict):
        for name in (*made, *given):
            inside = f"{at}.{name}".lstrip(".")[:200]
            if name not in given:
                missing = {"field": inside, "expected": "Field required"}
                return Refused("wire.missing_field", document=what, **missing)
            if name not in made:
                return Refused("wire.field", document=what, field=inside, expected="left out")
            if not _same(made[name], given[name]):
                return _otherwise(what, made[name], given[name], inside)
    expected = orjson.dumps(made).decode()[:200]
    return Refused("wire.field", document=what, field=at or "(all)", expected=expected)


def canonical(value: object) -> bytes:
    """RFC 8785 of JSON values. Raises Refused where there is no such form (NaN, huge integers)."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):
        raise Refused("wire.not_canonical") from None


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_json(data: bytes, *, most: int = MOST_BYTES) -> Any:
    """The JSON values of canonical bytes. Raises Refused for any other bytes."""
    if len(data) > most:
        raise Refused("wire.too_large", got=str(len(data)), expected=f"at most {most} bytes")
    _bounded(data)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Refused("wire.not_json") from None
    if canonical(value) != data:
        raise Refused("wire.not_canonical")
    return value


# A text that never ends is taken whole too: what begins again at each of its quotes takes hours
_INSIDE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[{]|[\]}]|[0-9][.eE]', re.DOTALL)
_QUOTE = ord('"')


def _bounded(data: bytes) -> None:
    deep = 0
    for found in _INSIDE.finditer(data):
        mark = found[0]
        if mark in (b"[", b"{"):
            deep += 1
            if deep > MOST_DEPTH:
                raise Refused("wire.too_deep", expected=f"at most {MOST_DEPTH}")
        elif mark in (b"]", b"}"):
            deep -= 1
        elif mark[0] != _QUOTE:  # a fraction, or an exponent: there is none on the wire
            raise Refused("wire.not_canonical")
