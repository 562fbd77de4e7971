"""How money behaves, in small ledgers and near misses, with the numbers that are shipped."""

from __future__ import annotations

import pytest

from taawun.detection.catalogue import shipped
from taawun.detection.finding import NOBODY, Shape
from taawun.detection.parameters import Parameters
from taawun.detection.thresholds import thresholds
from taawun.detection.typologies import TYPOLOGIES
from taawun.errors import InputError
from tests.detection.ledgers import DAY, network


def told(code: str, **changes: int | tuple[str, ...]) -> Parameters:
    return shipped()[code].parameters.but(**changes)


def search(code: str, text: str, **changes: int | tuple[str, ...]) -> list[Shape]:
    """Findings of the compiled engine, which the reference engine has too."""
    window, p, typology = network(text), told(code, **changes), TYPOLOGIES[code]
    shapes = list(typology.compiled(window, p).shapes())
    assert shapes == sorted(typology.reference(window, p))
    return shapes


def measured(code: str, text: str, **changes: int | tuple[str, ...]) -> list[dict[str, int]]:
    names = TYPOLOGIES[code].measures
    return [dict(zip(names, each.measures, strict=True)) for each in search(code, text, **changes)]


def about(code: str, text: str, **changes: int | tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Whom each finding is about, where the money gathers again, and its transfers."""
    window = network(text)
    found = []
    for each in search(code, text, **changes):
        ids = [
            window.names.accounts([who])[0] if who != NOBODY else ""
            for who in (each.centre, each.other)
        ]
        found.append((*ids, " ".join(window.names.transfers(each.transfers))))
    return found


CONDUIT = "a > mule 3000 @1d\nmule > b 2700 @2d\nmule > shop 40 @2d"


def test_what_comes_goes_on_less_a_cut() -> None:
    assert about("pass_through", CONDUIT) == [("mule", "", "t1 t2 t3")]
    assert measured("pass_through", CONDUIT) == [
        {
            "received_value": 300_000,
            "passed_value": 274_000,
            "passed_per_mille": 913,
            "dwell_seconds": DAY,
        }
    ]


@pytest.mark.parametrize(
    ("miss", "why"),
    [
        ("a > mule 3000 @1d\nmule > b 2700 @3d1s", "a second after two days"),
        ("a > mule 3000 @1d\nmule > b 2540 @2d", "more than the cut is kept"),
        ("a > mule 3000 @1d\nmule > b 3100 @2d", "more goes than came"),
        ("a > mule 3000 @2d\nmule > b 2700 @1d", "it goes before it comes"),
        ("a > mule 3000 @1d\nmule > a 2700 @2d", "it goes back to the payer"),
        ("a > mule 3000 @1d\nmule > mule 2700 @2d", "it stays in the account"),
        ("a > mule 900 @1d\nmule > b 850 @2d", "too little"),
        ("a > mule ? @1d\nmule > b 2700 @2d", "the value is not known"),
    ],
)
def test_what_is_not_passed_on(miss: str, why: str) -> None:
    assert search("pass_through", miss) == [], why


def test_several_in_may_go_out_as_one_and_one_as_several() -> None:
    many = "a, b, c > mule 1000 @1d\nmule > x 2900 @2d"
    assert about("pass_through", many) == [("mule", "", "t1 t2 t3 t4")]
    parts = "a > mule 3000 @1d\nmule > x, y, z 950 @2d"
    assert about("pass_through", parts) == [("mule", "", "t1 t2 t3 t4")]


def test_of_two_windows_that_overlap_the_one_that_passes_more_is_found() -> None:
    text = "a > m 2000 @0\nm > b 1900 @1d\nc > m 5000 @3d\nm > d 4900 @4d\ne > m 2000 @9d"
    assert about("pass_through", text) == [("m", "", "t3 t4")]


SMURFS = """
    s1 > boss 9500 USD @1d via cash
    s2 > boss 9800 USD @2d via cash
    s3 > boss 9000 USD @4d via cash
    x > boss 2000 USD @3d
"""


def test_several_just_below_the_threshold() -> None:
    assert about("structuring", SMURFS) == [("boss", "", "t1 t2 t3")]
    [found] = measured("structuring", SMURFS)
    assert found["total_per_mille"] == 950 + 980 + 900
    assert (found["inward"], found["counterparties"], found["above_transfers"]) == (1, 3, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("@4d", "@8d1s"), "the third comes a second after a week"),
        (("9000", "6900"), "the third is not just below"),
        (("9000", "10000"), "the threshold itself is reported"),
        (("x > boss 2000", "x > boss 11000"), "as many just above for three below: at a third"),
        (("USD", "JPY"), "no threshold is known for the currency"),
    ],
)
def test_what_is_not_structured(change: tuple[str, str], why: str) -> None:
    allowed = {"above": 0} if "11000" in change[1] else {}
    assert search("structuring", SMURFS.replace(*change), **allowed) == [], why


def test_accounts_of_one_holder_are_one_and_money_among_them_is_not_counted() -> None:
    text = """
        s > a1 9500 USD @1d
        s > a2 9500 USD @2d
        s > a3 9500 USD @3d
        a1 > a2 9500 USD @3d
        a1: shared 1
        a2: shared 1
        a3: shared 1
    """
    inward = [each for each in about("structuring", text) if each[0] != "s"]
    assert inward == [("a1", "", "t1 t2 t3")]


def test_a_country_may_have_a_threshold_of_its_own() -> None:
    text = "s1, s2, s3 > a 950 USD @1d\na: country XA"
    assert search("structuring", text) == []
    here = ("XA:USD=100000", "USD=1000000")
    assert about("structuring", text, thresholds=here) == [("a", "", "t1 t2 t3")]


@pytest.mark.parametrize("word", ["USD", "USD=0", "usd=5", "USD=10.5", "XAX:USD=5"])
def test_a_threshold_is_said_strictly(word: str) -> None:
    with pytest.raises(InputError, match="minor units"):
        thresholds([word])


FUNNEL = """
    a1, a2 > hub 900 @1d
    b1, b2 > hub 800 @3d
    c1, c2 > hub 700 @5d
    hub > far 4500 @6d
    a1: country XA, bank A
    a2: country XA, bank A
    b1: country XA, bank B
    b2: country XA, bank B
    c1: country XB, bank C
    c2: country XB, bank C
    hub: country XA, bank D
    far: country XB, bank C
"""


def test_small_sums_from_many_places_emptied_elsewhere() -> None:
    assert about("funnel", FUNNEL) == [("hub", "", "t1 t2 t3 t4 t5 t6 t7")]
    assert measured("funnel", FUNNEL) == [
        {
            "small_transfers": 6,
            "places": 3,
            "passed_value": 450_000,
            "passed_per_mille": 937,
        }
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("far: country XB, bank C", "far: country XA, bank D"), "it stays in the place"),
        (("far: country XB, bank C", "far: kind person"), "where it goes is not known"),
        (("hub > far 4500 @6d", "hub > far 4500 @13d"), "it lies for more than a week"),
        (("hub > far 4500 @6d", "hub > far 2800 @6d"), "most of it stays"),
        (
            ("country XB, bank C\n    c2: country XB, bank C", "bank B\n    c2: bank B"),
            "two places",
        ),
        (("c1, c2 > hub 700", "c1, c2 > hub 10001"), "two payments are not small"),
    ],
)
def test_what_is_no_funnel(change: tuple[str, str], why: str) -> None:
    text = FUNNEL.replace(*change)
    assert text != FUNNEL
    few = {"places": 4} if why == "two places" else {}
    assert search("funnel", text, **few) == [], why


ASLEEP = "x > old 50 @0\na, b > old 2000 @100d\nold > c, d, e 1200 @102d"


def test_long_silent_then_busy() -> None:
    assert about("dormant", ASLEEP) == [("old", "", "t2 t3 t4 t5 t6")]
    [found] = measured("dormant", ASLEEP)
    assert found["silent_seconds"] == 100 * DAY
    assert found["woken_value"] == 760_000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("x > old 50 @0", "x > old 50 @10d"), "ninety days are not long"),
        (("x > old 50 @0\n", ""), "an account without a past is new"),
        (("@102d", "@115d"), "two weeks later"),
        (("x > old 50 @0", "x > old 90000 @0"), "no more than is usual for it"),
        (("c, d, e 1200", "c 1200"), "three transfers"),
    ],
)
def test_what_is_not_dormant(change: tuple[str, str], why: str) -> None:
    assert search("dormant", ASLEEP.replace(*change)) == [], why


CORRIDOR = """
    me > a, b, c, d, e 10 @0
    me > far 800 @100d
    far > me 600 @101d
    me: country XA
    far: country IR
"""


def test_sudden_dealings_with_a_country_of_high_risk() -> None:
    assert about("corridor", CORRIDOR) == [("me", "", "t6 t7")]
    [found] = measured("corridor", CORRIDOR)
    assert bytes(divmod(found["country_letters"], 256)).decode() == "IR"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("me > a, b", "me > far, b"), "it dealt with the country before"),
        (("c, d, e 10", "c, d 10"), "four transfers are no past"),
        (("far > me 600 @101d", "far > me 600 @131d"), "one in a month"),
        (("country IR", "country XB"), "no country of high risk"),
        (("me: country XA", "me: country IR"), "its own country"),
        (("800", "300"), "too little"),
    ],
)
def test_what_is_no_sudden_corridor(change: tuple[str, str], why: str) -> None:
    assert search("corridor", CORRIDOR.replace(*change)) == [], why


OUT_AND_IN = """
    me > desk 5000 @1d via cash
    desk > x 4800 @2d via cash
    x > y 4700 @3d
    y > me2 4600 @4d
    desk: kind cash
    me: shared 1
    me2: shared 1
"""
IN_AND_OUT = """
    desk > me 5000 @1d
    me > x 4800 @2d
    x > me 4700 @3d
    me > desk 4500 @4d
    desk: kind cash
"""


def test_out_as_cash_and_in_again_to_a_linked_account() -> None:
    assert about("cash_round_trip", OUT_AND_IN) == [("me", "me2", "t1 t2 t3 t4")]
    [found] = measured("cash_round_trip", OUT_AND_IN)
    assert (found["cash_out"], found["between_transfers"]) == (1, 2)


def test_in_as_cash_through_another_and_out_again() -> None:
    assert about("cash_round_trip", IN_AND_OUT) == [("me", "", "t1 t2 t3 t4")]
    [found] = measured("cash_round_trip", IN_AND_OUT)
    assert (found["cash_out"], found["between_transfers"]) == (0, 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OUT_AND_IN.replace("me2: shared 1", "me2: shared 2"), "not linked"),
        (OUT_AND_IN.replace("@2d via cash", "@6d1s via cash"), "the cash is kept too long"),
        (OUT_AND_IN.replace("4600", "4000"), "too much is missing"),
        (OUT_AND_IN.replace("4600 @4d", "4600 @9d"), "it waits too long on its way"),
        (IN_AND_OUT.replace("4500 @4d", "4500 @2d"), "it is drawn before it comes"),
        ("me > desk 500 @1d\ndesk > me 500 @2d\ndesk: kind cash", "one account, nothing between"),
        ("a > b 5 @1d\nb > a 5 @2d", "no cash"),
    ],
)
def test_what_is_no_round_trip(text: str, why: str) -> None:
    assert search("cash_round_trip", text) == [], why


POOL = """
    firm > desk 6000 @1d
    firm > desk 4000 @1d
    desk > h1 2000 @3d
    desk > h1 2000 @3d1h
    desk > h2 5000 @4d
    h1 > firm 3900 @5d
    h2 > firm 4800 @8d
    desk: kind cash
"""


def test_cash_split_among_helpers_and_gathered_again() -> None:
    assert about("cash_pool", POOL) == [("firm", "", "t1 t2 t3 t4 t5 t6 t7")]
    assert measured("cash_pool", POOL) == [
        {
            "withdrawn_value": 1_000_000,
            "returned_value": 870_000,
            "returned_per_mille": 870,
            "payer_accounts": 2,
        }
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("h2 > firm 4800 @8d", "h2 > firm 4800 @11d1s"), "the cash lay too long with a helper"),
        (("desk > h2 5000 @4d", "x > h2 5000 @4d"), "it was not paid in as cash"),
        (("h2 > firm 4800", "h2 > other 4800"), "it is not sent back"),
        (("desk > h2 5000 @4d", "desk > h2 5000 @23h"), "it was paid in before it was drawn"),
        (("desk > h2 5000", "desk > h2 3000"), "most of what is sent is other money"),
    ],
)
def test_what_is_no_pool_of_cash(change: tuple[str, str], why: str) -> None:
    text = POOL.replace(*change)
    assert text != POOL
    assert search("cash_pool", text) == [], why


def test_two_that_deal_with_the_same_three() -> None:
    text = "a, b > x, y, z 100 @1d\nc > x 100 @2d"
    assert about("shared_counterparties", text) == [("a", "b", "t1 t2 t3 t4 t5 t6")]
    assert measured("shared_counterparties", text) == [
        {"common_accounts": 3, "common_per_mille": 1_000, "common_transfers": 6}
    ]
    assert search("shared_counterparties", text.replace(", z", "")) == []


def test_a_shop_is_no_counterparty_in_common() -> None:
    crowd = ", ".join(f"p{number}" for number in range(26))
    text = f"{crowd} > s1, s2, s3 10 @1d"
    assert search("shared_counterparties", text) == []


TOGETHER = """
    a > out 600 @1d
    b > out 700 @3d
    a: shared 5
    b: shared 5
"""


def test_accounts_with_one_phone_that_pay_the_same_one() -> None:
    assert about("shared_identifiers", TOGETHER) == [("a", "out", "t1 t2")]
    assert measured("shared_identifiers", TOGETHER) == [
        {"inward": 0, "member_accounts": 2, "group_transfers": 2, "group_value": 130_000}
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("b: shared 5", "b: shared 6"), "another phone"),
        (("@3d", "@15d1s"), "a second after two weeks"),
        (("b > out", "a > out"), "one of them alone"),
        (("700", "300"), "too little"),
    ],
)
def test_what_does_not_act_as_one(change: tuple[str, str], why: str) -> None:
    assert search("shared_identifiers", TOGETHER.replace(*change)) == [], why


DONORS = ", ".join(f"d{number}" for number in range(10))
CAMPAIGN = f"{DONORS} > relief 50 @1d\nrelief > far 400 @20d\nrelief: country XA\nfar: country XB"


def test_many_small_gifts_that_go_abroad() -> None:
    [found] = measured("donations", CAMPAIGN)
    assert found == {
        "donor_accounts": 10,
        "collected_value": 50_000,
        "abroad_value": 40_000,
        "abroad_per_mille": 800,
    }
    assert [each[0] for each in about("donations", CAMPAIGN)] == ["relief"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("d9 > relief 50", "d8 > relief 50"), "nine donors"),
        (("far: country XB", "far: country XA"), "it stays in the country"),
        (("400 @20d", "400 @0"), "it leaves before they give"),
        (("400 @20d", "400 @46d"), "it leaves much later"),
        (("400 @20d", "290 @20d"), "most of it stays"),
        (("relief 50", "relief 1001"), "the gifts are not small"),
    ],
)
def test_what_is_no_campaign(change: tuple[str, str], why: str) -> None:
    text = CAMPAIGN.replace(*change)
    assert text != CAMPAIGN
    assert search("donations", text) == [], why


NEAR = """
    seed > a 500 @1d
    a > b 480 @3d
    b > c 470 @4d
    d > e 300 @5d
    e > seed 290 @6d
"""


def near(text: str, **changes: int) -> list[tuple[str, tuple[int, ...], str]]:
    """Whom, measures, transfers; the seed is the first account."""
    window, p = network(text), told("nearness", **changes)
    seeds = [window.names.accounts(range(window.accounts)).index("seed")]
    typology = TYPOLOGIES["nearness"]
    shapes = list(typology.compiled(window, p, seeds=seeds).shapes())
    assert shapes == sorted(typology.reference(window, p, seeds))
    return sorted(
        (
            window.names.accounts([each.centre])[0],
            each.measures,
            " ".join(window.names.transfers(each.transfers)),
        )
        for each in shapes
    )


def test_who_deals_with_a_listed_account_and_who_through_one_other() -> None:
    assert near(NEAR) == [
        ("a", (1, 0, 50_000), "t1"),
        ("b", (0, 1, 48_000), "t1 t2"),
        ("d", (0, 1, 30_000), "t4 t5"),
        ("e", (1, 0, 29_000), "t5"),
    ]


def test_through_another_only_in_time_and_not_through_a_hub() -> None:
    late = NEAR.replace("a > b 480 @3d", "a > b 480 @8d1s")
    assert [each[0] for each in near(late)] == ["a", "d", "e"]
    crowd = ", ".join(f"p{number}" for number in range(50))
    assert "b" not in [each[0] for each in near(f"{NEAR}\na > {crowd} 5 @2d")]


def test_without_seeds_nobody_is_near() -> None:
    assert search("nearness", NEAR) == []
