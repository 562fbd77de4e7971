"""`protocol/vectors/matching/`, read as a stranger would: our arithmetic against files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest

from taawun.cooperation.private import oprf, table
from taawun.cooperation.private import terms as rules
from taawun.cooperation.private.bodies import MatchAnswer, MatchQuestion, MatchTable, unpacked
from taawun.cooperation.private.sheet import check_sizes, stretches
from taawun.cooperation.private.table import Segment
from taawun.cooperation.private.terms import Terms
from taawun.errors import Refused
from tests.cooperation.private import rfc9497
from tests.protocol.read import schema

FOLDER = Path(__file__).parents[3] / "protocol" / "vectors" / "matching"


def vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


OPRF, TERMS, TABLE, QUESTION = map(vectors, ("oprf", "terms", "table", "question"))
SEED, INFO = bytes.fromhex(TERMS["seed"]), TERMS["info"].encode()


def halves(text: str, size: int) -> list[bytes]:
    data = unpacked(text)
    return [data[at : at + size] for at in range(0, len(data), size)]


def bytes_of(several: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in several]


@pytest.mark.parametrize("case", OPRF["batches"], ids=lambda case: case["name"])
def test_batches(case: dict[str, Any]) -> None:
    seed, info = bytes.fromhex(OPRF["seed"]), bytes.fromhex(OPRF["info_hex"])
    assert oprf.public_key(seed, info).hex() == OPRF["public_key"]
    assert oprf.known(seed, info, bytes_of(case["inputs_hex"])) == bytes_of(case["outputs"])
    answer = oprf.evaluate(seed, info, b"".join(bytes_of(case["blinded"])))
    assert answer[64:] == b"".join(bytes_of(case["evaluated"]))
    assert holds(case)


@pytest.mark.parametrize("case", OPRF["proofs_that_do_not_hold"], ids=lambda case: case["name"])
def test_proofs_that_do_not_hold(case: dict[str, Any]) -> None:
    assert not holds(case)


def holds(case: dict[str, Any]) -> bool:
    key, proof = bytes.fromhex(OPRF["public_key"]), bytes.fromhex(case["proof"])
    return rfc9497.proof_holds(key, bytes_of(case["blinded"]), bytes_of(case["evaluated"]), proof)


@pytest.mark.parametrize("case", OPRF["no_points"], ids=lambda case: case["name"])
def test_what_is_no_point(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        oprf.check_points(bytes.fromhex(case["point"]))
    assert refused.value.ground == case["ground"]


def test_terms_and_their_key() -> None:
    terms = Terms.read(bytes.fromhex(TERMS["canonical_hex"]))
    assert terms.plain() == TERMS["terms"]
    assert terms.digest() == TERMS["digest"]
    assert terms.binding.info == INFO
    assert oprf.public_key(SEED, INFO).hex() == TERMS["public_key"] == terms.public_key


@pytest.mark.parametrize("case", TERMS["differ"], ids=lambda case: case["field"])
def test_a_difference_is_refused_by_its_field(case: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"^match\.terms:") as refused:
        rules.same(Terms.of(case["terms"]), Terms.of(TERMS["terms"]))
    assert refused.value.params["field"] == case["field"]


@pytest.mark.parametrize("case", TERMS["refused"], ids=lambda case: case["name"])
def test_terms_with_one_thing_wrong_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        Terms.of(case["document"])
    assert refused.value.ground == case["ground"]
    fits = jsonschema_rs.is_valid(schema("terms"), case["document"])
    assert fits == (case["by"] == "rule")


def test_fingerprints() -> None:
    tokens = bytes_of([each["token_hex"] for each in TABLE["fingerprints"]])
    values = oprf.known(SEED, INFO, tokens)
    assert values == bytes_of([each["output"] for each in TABLE["fingerprints"]])
    numbers = oprf.fingerprints(values)
    assert [str(each) for each in numbers] == [row["fingerprint"] for row in TABLE["fingerprints"]]
    packed = b"".join(bytes_of([each["bytes_hex"] for each in TABLE["fingerprints"]]))
    assert np.array_equal(np.frombuffer(packed, "<u8"), numbers)


def test_the_table(tmp_path: Path) -> None:
    body = MatchTable.of({"v": 1, "terms": TERMS["digest"], **TABLE["segment"]})
    segment = Segment(body.segment, body.size, body.sha256)
    table.check_part(unpacked(body.content), segment, body.part)
    table.join([unpacked(body.content)], segment, tmp_path)
    kept = table.path_of(tmp_path, 1).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == TABLE["joined_sha256"]


@pytest.mark.parametrize("case", TABLE["refused"], ids=lambda case: case["name"])
def test_tables_that_are_refused(case: dict[str, Any]) -> None:
    terms, content = Terms.of(TERMS["terms"]), unpacked(case["content"])
    fits = case["size"] % terms.table_step == 0 and case["size"] <= terms.table_most
    assert fits is (case["ground"] == "match.table_order")
    if fits:
        with pytest.raises(Refused, match=r"match\.table_order"):
            table.check_part(content, Segment(1, case["size"], case["sha256"]), 1)


def test_the_question_and_its_answer() -> None:
    terms = Terms.of(TERMS["terms"])
    question, answer = MatchQuestion.of(QUESTION["question"]), MatchAnswer.of(QUESTION["answer"])
    points, done, proofs = (
        halves(text, size)
        for text, size in ((question.points, 32), (answer.points, 32), (answer.proofs, 64))
    )
    check_sizes(terms, question.lookups, b"".join(points), b"".join(proofs))
    cuts = list(stretches(len(points), terms))
    for cut, proof in zip(cuts, proofs, strict=True):
        assert oprf.evaluate(SEED, INFO, b"".join(points[cut]))[64:] == b"".join(done[cut])
        key = bytes.fromhex(terms.public_key)
        assert rfc9497.proof_holds(key, points[cut], done[cut], proof)
    tokens = bytes_of([each["token_hex"] for each in QUESTION["laid_out"]])
    outputs = bytes_of(QUESTION["outputs"])
    assert oprf.known(SEED, INFO, tokens) == outputs
    blinds = bytes_of(QUESTION["blinds"])
    assert [rfc9497.blinded(*each) for each in zip(tokens, blinds, strict=True)] == points
    there = {row["fingerprint"] for row in TABLE["fingerprints"]}
    found = zip(QUESTION["laid_out"], oprf.fingerprints(outputs), strict=True)
    assert sorted(each["is"] for each, number in found if str(number) in there) == QUESTION["hits"]
