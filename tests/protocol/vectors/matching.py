"""`matching/`: keys, points, proofs, fingerprints, terms and tables, all with fixed randomness.

Points are blinded and proofs made by the slow twin of the tests, which takes both random parts as
arguments; seeds and blinds are digests of sentences, so that they can be made again.
"""

from __future__ import annotations

import base64
import hashlib
from itertools import product
from typing import Any

from taawun.cooperation.private import oprf
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.terms import Terms
from taawun.cooperation.private.tokens import tokens_of_question, tokens_of_record
from taawun.cooperation.wire import digest
from tests.cooperation.private import rfc9497
from tests.protocol.vectors.wrong import GONE, cases

Json = dict[str, Any]
RFC_SEED, RFC_INFO = bytes.fromhex("a3" * 32), b"test key"
RFC_BLINDS = (
    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
)
RFC_RANDOM = (RFC_BLINDS[1], "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c")
SEED = hashlib.sha256(b"Taawun test vector: seed of matching").digest()
AGREEMENT = hashlib.sha256(b"Taawun test vector: agreement of matching").hexdigest()
TOKENS = ("taawun-tokens/1|number|iban|XB001", "taawun-tokens/1|number|iban|XB002", "محمد")


def draw(said: str) -> bytes:
    """A scalar that looks like nothing, and can be made again."""
    return rfc9497.scalar(said.encode(), b"Taawun test vector")


def terms() -> Terms:
    said: Json = {
        "v": 1,
        "agreement": AGREEMENT,
        "owner": "XB-FIU",
        "asker": "XA-FIU",
        "field": "aml_cft",
        "purpose": "intelligence",
        "period": 3,
        "valid_from": "2026-02-01T00:00:00.000000Z",
        "valid_until": "2026-05-01T00:00:00.000000Z",
        "suite": oprf.SUITE,
        "scheme": "taawun-tokens/1",
        "kinds": ["name_and_date", "name_and_year", "document", "iban"],
        "fingerprints": "sha256-8",
        "tokens_per_lookup": 4,
        "points_per_proof": 8,
        "lookups_per_day": 1000,
        "day": "UTC",
        "owner_learns": ["lookups", "purpose", "time"],
        "asker_learns": ["hit", "token_kind", "table_bound"],
        "public_key": "00" * 32,
        "control_hit": hashlib.sha256(b"Taawun test vector: control that hits").hexdigest(),
        "control_miss": hashlib.sha256(b"Taawun test vector: control that misses").hexdigest(),
        "table_step": 4,
        "table_most": 64,
        "records_most": 1_000_000,
        "made_at": "2026-02-01T00:00:00.000000Z",
    }
    info = Terms.of(said).binding.info
    return Terms.of(said | {"public_key": rfc9497.key_pair(SEED, info)[1].hex()})


def oprf_file() -> Json:
    """The key pair, single points, a batch; proofs that do not hold, bytes that are no points."""
    secret, public = rfc9497.key_pair(RFC_SEED, RFC_INFO)
    inputs = (b"\x00", b"\x5a" * 17)
    sets = (
        ("one point", inputs[:1], RFC_BLINDS[:1], RFC_RANDOM[0]),
        ("another", inputs[1:], RFC_BLINDS[:1], RFC_RANDOM[0]),
        ("a batch of two", inputs, RFC_BLINDS, RFC_RANDOM[1]),
    )
    batches = [batch(*each, secret) for each in sets]
    good = batches[2]
    turned = f"{int(good['proof'][:2], 16) ^ 1:02x}{good['proof'][2:]}"
    wrong = [
        {"name": "a bit of the proof turned over", **good, "proof": turned},
        {"name": "the proof of another batch", **batches[0], "proof": batches[1]["proof"]},
        {"name": "two points changed about", **good, "evaluated": good["evaluated"][::-1]},
        {"name": "a point that was not evaluated", **good, "evaluated": good["blinded"]},
    ]
    points = [
        {"name": "the identity", "point": "00" * 32, "ground": "match.point_identity"},
        {"name": "beyond the prime", "point": "ff" * 32, "ground": "match.point_invalid"},
        {"name": "a negative one", "point": "01" + "00" * 31, "ground": "match.point_invalid"},
        {"name": "a byte too few", "point": "01" * 31, "ground": "match.points_size"},
    ]
    return {
        "what": "VOPRF over ristretto255-SHA512: the vectors of RFC 9497, A.1.2, and what is wrong",
        "seed": RFC_SEED.hex(),
        "info_hex": RFC_INFO.hex(),
        "public_key": public.hex(),
        "batches": batches,
        "proofs_that_do_not_hold": [
            {k: v for k, v in each.items() if k not in ("blinds", "random", "outputs")}
            for each in wrong
        ],
        "no_points": points,
    }


def batch(
    name: str, inputs: tuple[bytes, ...], blinds: tuple[str, ...], random: str, secret: bytes
) -> Json:
    """What both sides make of some tokens."""
    keys = [bytes.fromhex(each) for each in blinds]
    pairs = list(zip(inputs, keys, strict=True))
    blinded = [rfc9497.blinded(token, blind) for token, blind in pairs]
    evaluated = [rfc9497.evaluated(point, secret) for point in blinded]
    made = zip(pairs, evaluated, strict=True)
    outputs = [rfc9497.finalised(token, blind, element) for (token, blind), element in made]
    return {
        "name": name,
        "inputs_hex": [each.hex() for each in inputs],
        "blinds": list(blinds),
        "blinded": [each.hex() for each in blinded],
        "evaluated": [each.hex() for each in evaluated],
        "random": random,
        "proof": rfc9497.proved(secret, blinded, evaluated, bytes.fromhex(random)).hex(),
        "outputs": [each.hex() for each in outputs],
    }


WRONG_TERMS: list[tuple[str, str, Any, str]] = [
    ("a field that is not known", "unknown", "x", "schema"),
    ("no controls", "control_miss", GONE, "schema"),
    ("no kind", "kinds", [], "schema"),
    ("a public key in base64url", "public_key", "A" * 43, "schema"),
    ("nobody asks himself", "asker", "XB-FIU", "rule"),
    ("over before they begin", "valid_until", "2026-02-01T00:00:00.000000Z", "rule"),
    (
        "both controls the same",
        "control_miss",
        hashlib.sha256(b"Taawun test vector: control that hits").hexdigest(),
        "rule",
    ),
    ("a table that is no multiple of its step", "table_most", 66, "rule"),
    ("so many records that are no power of ten", "records_most", 5_000, "rule"),
]


def terms_file() -> Json:
    """Terms, what their key is bound to, and a difference in each field."""
    made = terms()
    other: Json = {
        "agreement": "ab" * 32,
        "owner": "XC-FIU",
        "asker": "XC-FIU",
        "field": "terrorism",
        "purpose": "prosecution",
        "period": 4,
        "valid_from": "2026-02-02T00:00:00.000000Z",
        "valid_until": "2026-05-02T00:00:00.000000Z",
        "suite": "P256-SHA256",
        "scheme": "taawun-tokens/0",
        "kinds": ["name"],
        "fingerprints": "sha256-4",
        "tokens_per_lookup": 5,
        "points_per_proof": 9,
        "lookups_per_day": 999,
        "day": "Asia/Riyadh",
        "owner_learns": ["lookups"],
        "asker_learns": ["hit", "record"],
        "public_key": RFC_BLINDS[0],
        "control_hit": "01" * 32,
        "control_miss": "02" * 32,
        "table_step": 8,
        "table_most": 128,
        "records_most": 10_000,
        "made_at": "2026-02-02T00:00:00.000000Z",
    }
    return {
        "what": "terms of matching, the key that is bound to them, terms that differ, and terms"
        " with one thing wrong",
        "terms": made.plain(),
        "canonical_hex": made.canonical().hex(),
        "digest": made.digest(),
        "info": made.binding.info.decode(),
        "seed": SEED.hex(),
        "public_key": made.public_key,
        "differ": [
            {"field": name, "terms": made.plain() | {name: value}} for name, value in other.items()
        ],
        "refused": cases(made.plain(), WRONG_TERMS),
    }


def table_file() -> Json:
    """Tokens to fingerprints to a segment; segments that are refused."""
    made = terms()
    secret, _ = rfc9497.key_pair(SEED, made.binding.info)
    tokens = [*(each.encode() for each in TOKENS), bytes.fromhex(made.control_hit)]
    rows = [row(token, secret) for token in tokens]
    numbers = sorted(int(each["fingerprint"]) for each in rows)
    packed = b"".join(number.to_bytes(8, "little") for number in numbers)
    refused = [
        ("two changed about", [*numbers[1::-1], *numbers[2:]], "match.table_order"),
        ("one twice", [numbers[0], *numbers[:3]], "match.table_order"),
        ("no multiple of the step", numbers[:3], "match.table_size"),
        ("larger than the terms allow", list(range(68)), "match.table_size"),
    ]
    return {
        "what": "fingerprints, and a table of them, by the key of `terms.json`",
        "fingerprints": rows,
        "segment": segment(1, numbers),
        "refused": [
            {"name": name, "ground": ground, **segment(1, some)} for name, some, ground in refused
        ],
        "joined_sha256": digest(packed),
    }


def row(token: bytes, secret: bytes) -> Json:
    one = draw("one")
    inverse = rfc9497.evaluated(rfc9497.blinded(token, one), secret)
    value = rfc9497.finalised(token, one, inverse)
    packed = hashlib.sha256(b"taawun/match/1" + value).digest()[:8]
    number = int.from_bytes(packed, "little")
    said = {"token_hex": token.hex(), "output": value.hex()}
    return {**said, "bytes_hex": packed.hex(), "fingerprint": str(number)}


def segment(number: int, numbers: list[int]) -> Json:
    packed = b"".join(each.to_bytes(8, "little") for each in numbers)
    size = {"segment": number, "size": len(numbers), "sha256": digest(packed)}
    return {**size, "part": 1, "content": letters(packed)}


def letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def question_file() -> Json:
    """Two lookups and the one of the controls, laid out in a fixed order, and the answer."""
    made = terms()
    secret, _ = rfc9497.key_pair(SEED, made.binding.info)
    controls = {"positive control": made.control_hit, "negative control": made.control_miss}
    known = {"known": TOKENS[0].encode().hex(), "unknown": b"nobody".hex(), **controls}
    laid = [*known.items(), *((f"dummy {n}", f"{n:064x}") for n in range(8))]
    order = sorted(laid, key=lambda each: hashlib.sha256(each[0].encode()).digest())
    tokens = [bytes.fromhex(token) for _, token in order]
    blinds = [draw(f"blind {n}") for n in range(len(tokens))]
    points = [rfc9497.blinded(t, b) for t, b in zip(tokens, blinds, strict=True)]
    done = [rfc9497.evaluated(point, secret) for point in points]
    cuts = [slice(0, 8), slice(8, 12)]
    proofs = [
        rfc9497.proved(secret, points[cut], done[cut], draw(f"proof {cut.start}")) for cut in cuts
    ]
    question = {"v": 1, "terms": made.digest(), "lookups": 3, "points": letters(b"".join(points))}
    id = "0b7f5d2c-1f2e-4a3b-8c4d-5e6f7a8b9c0d"
    answer = {"v": 1, "terms": made.digest(), "question": id}
    answer |= {"proofs": letters(b"".join(proofs)), "points": letters(b"".join(done))}
    values = zip(tokens, blinds, done, strict=True)
    return {
        "what": "a question of two lookups and the controls, its answer; the terms of `terms.json`",
        "laid_out": [{"is": name, "token_hex": token} for name, token in order],
        "blinds": [each.hex() for each in blinds],
        "question": question,
        "answer": answer,
        "outputs": [rfc9497.finalised(t, b, e).hex() for t, b, e in values],
        "hits": sorted(name for name in known if name in ("known", "positive control")),
    }


AMONG = (1_000_000, 10_000)
SUBJECTS: tuple[tuple[str, Subject], ...] = (
    ("by name and day", Subject(SubjectKind.PERSON, ("سليم حديد منصور",), ("1970-01-02",))),
    ("the same in Latin", Subject(SubjectKind.PERSON, ("Salim Hadid Mansour",), ("1970-01-02",))),
    (
        "by numbers alone",
        Subject(
            SubjectKind.PERSON,
            identifiers=(
                Identifier("document", "AB 1234567", "xb"),
                Identifier("iban", "GB82 WEST 1234 5698 7654 32"),
            ),
        ),
    ),
    ("by name and year", Subject(SubjectKind.PERSON, ("Salim Hadid Mansour",), ("1970",))),
    ("too little", Subject(SubjectKind.PERSON, ("Ali",))),
)


def tokens_file() -> Json:
    """What subjects are asked and kept by."""
    cases = []
    for (name, subject), records in product(SUBJECTS, AMONG):
        asked = tokens_of_question(subject, records)
        numbers = [[each.kind, each.text, each.country] for each in subject.identifiers]
        said = {
            "names": list(subject.names),
            "birth_dates": list(subject.birth_dates),
            "identifiers": numbers,
        }
        pairs = zip(asked.stands_for, asked.tokens, strict=True)
        cases.append(
            {
                "name": name,
                "records_most": records,
                "subject": {"kind": subject.kind.value, **said},
                "asked": [[what, token.decode()] for what, token in pairs],
                "refused": list(asked.refused),
                "kept": [token.decode() for token in tokens_of_record(subject, records)],
            }
        )
    return {"what": "subjects and their tokens by taawun-tokens/1", "cases": cases}


def files() -> dict[str, Json]:
    """By path under `protocol/vectors/`."""
    return {
        "matching/oprf.json": oprf_file(),
        "matching/terms.json": terms_file(),
        "matching/table.json": table_file(),
        "matching/question.json": question_file(),
        "matching/tokens.json": tokens_file(),
    }
