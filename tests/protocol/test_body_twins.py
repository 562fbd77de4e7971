"""Messages and bodies by another reading of their page: over its vectors, and changed at random."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taawun.cooperation.message import KINDS
from taawun.cooperation.schemas import DOCUMENTS
from taawun.cooperation.wire import canonical
from taawun.errors import Refused
from tests.protocol import independent_bodies
from tests.protocol.independent import Refusal
from tests.protocol.test_schema_twins import change
from tests.protocol.test_shape_vectors import REFUSED, VALID, VALIDATORS

Json = dict[str, Any]
KINDS_READ = {"message", *(f"body.{kind}" for kind in independent_bodies.RULES)}
KINDS_READ |= {"body.acknowledgement", "body.refusal"}
GOOD = [each for each in VALID if each.values[0] in KINDS_READ]
ON_A_REGISTER = {"with an IBAN of somebody", "with an IBAN among other letters"}
"""How long a country's IBANs are stands on no page."""
WRONG = [
    each
    for each in REFUSED
    if each.values[0] in KINDS_READ
    and each.values[1]["by"] == "rule"
    and each.values[1]["name"] not in ON_A_REGISTER
]


def read(name: str, document: Json) -> None:
    """By the page. Raises Refusal."""
    if name == "message":
        independent_bodies.message(document, KINDS)
    else:
        independent_bodies.body(name.removeprefix("body."), document)


@pytest.mark.parametrize(("name", "case"), GOOD)
def test_what_is_good_is_taken(name: str, case: Json) -> None:
    read(name, case["document"])


@pytest.mark.parametrize(("name", "case"), WRONG)
def test_what_the_page_alone_refuses_is_refused(name: str, case: Json) -> None:
    with pytest.raises(Refusal):
        read(name, case["document"])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([each.values for each in GOOD]), st.data())
@example(GOOD[0].values, None)
def test_both_take_the_same(good: Any, data: Any) -> None:
    name, document = str(good[0]), copy.deepcopy(good[1]["document"])
    if data is not None:
        change(document, data)
    if not VALIDATORS[name].is_valid(document):
        return
    taken = True
    try:
        read(name, document)
    except Refusal:
        taken = False
    try:
        DOCUMENTS[name].read(canonical(document))
        ours = True
    except Refused:
        ours = False
    assert ours == taken, orjson.dumps(document).decode()
