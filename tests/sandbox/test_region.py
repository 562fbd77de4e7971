"""The made-up region: what is in it, that it repeats, and that the truth fits the ledger."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from stdnum.iso7064 import mod_97_10

from taawun.errors import UsageError
from taawun.ledger.rates import Worth, read_rates
from taawun.ledger.schema import ACCOUNTS, CHANNELS, KINDS, TRANSFERS
from taawun.sandbox import TYPOLOGIES, Made, Plan, make, region
from taawun.sandbox.region import COUNTRIES
from taawun.sandbox.register import check_digits

PLAN = Plan(seed=7, transfers=24_000, days=90, illicit=150)


def shapes() -> Any:
    place = Path(__file__).with_name("shapes.py")
    spec = importlib.util.spec_from_file_location("shapes", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made() -> Made:
    return region(PLAN)


def rows(table: pa.Table) -> list[dict[str, Any]]:
    return table.to_pylist()  # type: ignore[no-any-return]


def test_the_tables_are_those_of_the_ledger(made: Made) -> None:
    assert made.transfers.schema.equals(TRANSFERS)
    assert made.accounts.schema.equals(ACCOUNTS)
    assert set(made.transfers["channel"].unique().to_pylist()) <= set(CHANNELS)
    assert set(made.accounts["kind"].unique().to_pylist()) <= set(KINDS)


def test_there_are_about_as_many_transfers_as_were_asked_for(made: Made) -> None:
    assert 0.85 * PLAN.transfers < made.transfers.num_rows < 1.15 * PLAN.transfers


def test_transfers_are_in_order_of_time_and_within_the_days(made: Made) -> None:
    at = made.transfers["at"].cast(pa.int64()).to_numpy() // 1_000_000
    start = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    assert (np.diff(at) >= 0).all()
    assert at[0] >= start
    assert at[-1] < start + PLAN.days * 86_400


def test_references_are_unique_and_nobody_pays_themselves(made: Made) -> None:
    assert len(made.transfers["transfer"].unique()) == made.transfers.num_rows
    assert not pc.any(pc.equal(made.transfers["source"], made.transfers["target"])).as_py()


def test_values_are_what_the_ledger_makes_of_the_rates(tmp_path: Path) -> None:
    plan = replace(PLAN, transfers=4_000, countries=("XA", "XB", "XD", "XE"), days=40)
    make(plan, tmp_path / "out", views="none")
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "out" / "whole" / "transfers.parquet")
    worth = Worth("USD", read_rates(tmp_path / "out" / "rates.csv"))
    at = table["at"].cast(pa.int64()).to_numpy()
    value = worth.of(table["amount"].to_numpy(), table["currency"], at)
    assert value.to_pylist() == table["value"].to_pylist()


def test_account_numbers_have_valid_check_digits_and_belong_to_no_state(made: Made) -> None:
    for number in made.accounts["account"].to_pylist():
        assert mod_97_10.is_valid(number[4:] + number[:4])
        assert number[:2] in PLAN.countries


def test_check_digits_are_those_of_the_standard() -> None:
    assert check_digits("GB", "WEST12345698765432") == "82"


def test_countries_keep_their_own_weekend(made: Made) -> None:
    offices = {"SALA", "BENE", "PENS", "GDDS", "SUPP", "TRAD"}
    closed = set()
    for row in rows(made.transfers.filter(pc.is_in(made.transfers["purpose"], pa.array(offices)))):
        place = COUNTRIES.get(row["source_country"])
        if place is not None and row["purpose"] not in ("SUPP",):
            local = row["at"] + timedelta(hours=place.hours)
            closed.add(local.weekday() in place.weekend)
    # Money that launderers pass on in a hurry waits for a bank day too
    assert closed == {False}


def test_degrees_have_a_heavy_tail(made: Made) -> None:
    _, counts = np.unique(
        made.transfers["target"].to_numpy(zero_copy_only=False), return_counts=True
    )
    counts = np.sort(counts)[::-1]
    assert counts[: max(1, len(counts) // 50)].sum() > 0.25 * counts.sum()
    assert np.median(counts) < 0.1 * counts[0]


def test_shops_are_paid_in_prices_and_machines_give_round_sums(made: Made) -> None:
    """By kind, amounts are spread as people spend: skewed to the small, with a long tail."""
    truth = made.truth["role"].to_numpy(zero_copy_only=False)
    value = made.transfers["value"].to_numpy()
    spent = value[truth == "shopping"]
    assert np.mean(spent) > 1.2 * np.median(spent)
    drawn = made.transfers.filter(pc.equal(made.truth["role"], "withdrawal"))
    euros = drawn.filter(pc.equal(drawn["currency"], "EUR"))["amount"].to_numpy()
    assert (euros % 500 == 0).all()


def test_one_person_is_spelled_differently_in_two_countries(made: Made) -> None:
    names = dict(
        zip(*(made.accounts[each].to_pylist() for each in ("account", "holder")), strict=True)
    )
    held = defaultdict(set)
    for row in rows(made.holdings):
        if row["account"] in names and row["kind"] == "person":
            held[row["holder"]].add((row["account"][:2], names[row["account"]]))
    abroad = [each for each in held.values() if len({country for country, _ in each}) > 1]
    assert abroad
    assert sum(len({name for _, name in each}) > 1 for each in abroad) > 0.6 * len(abroad)


def test_names_are_in_several_scripts(made: Made) -> None:
    text = "".join(made.accounts["holder"].to_pylist())
    assert any("\u0621" <= char <= "\u064a" for char in text)
    assert any("\u0410" <= char <= "\u044f" for char in text)
    assert any("a" <= char <= "z" for char in text)


# The truth


def test_the_truth_is_about_every_transfer_in_its_order(made: Made) -> None:
    assert made.truth["transfer"].equals(made.transfers["transfer"])
    labels = np.array(made.truth["label"])
    assert 0 < labels.sum() < 0.05 * len(labels)
    laundering = made.truth.filter(pc.equal(made.truth["label"], 1))
    assert set(laundering["typology"].unique().to_pylist()) <= set(TYPOLOGIES)
    assert laundering["scheme"].null_count == 0


def test_every_typology_is_planted_and_has_its_shape(made: Made) -> None:
    known = shapes()
    assert {scheme["typology"] for scheme in made.schemes} == set(TYPOLOGIES)
    wrong = [
        (scheme["scheme"], scheme["typology"])
        for scheme in made.schemes
        if not known.SHAPES[scheme["typology"]](known.core(scheme))
    ]
    assert wrong == []


def test_the_legs_of_schemes_stand_in_the_ledger_as_the_truth_has_them(made: Made) -> None:
    ledger = {row["transfer"]: row for row in rows(made.transfers)}
    truth = {row["transfer"]: row for row in rows(made.truth)}
    booked = hidden = 0
    for scheme in made.schemes:
        for leg in scheme["legs"]:  # type: ignore[attr-defined]
            if leg["transfer"] is None:
                hidden += 1
                continue
            booked += 1
            row = ledger[leg["transfer"]]
            assert [row[name] for name in ("source", "target", "amount")] == [
                leg[name] for name in ("source", "target", "amount")
            ]
            assert int(row["at"].timestamp()) == leg["at"]
            assert truth[leg["transfer"]]["scheme"] == scheme["scheme"]
    assert booked > 10 * len(TYPOLOGIES)
    assert hidden  # rings have parts that no ledger shows


def test_balances_never_sink_below_nothing_and_openings_are_not_absurd(made: Made) -> None:
    known = {row["account"]: row for row in rows(made.holdings)}
    hubs = {"cash", "government", "exchange"}
    balance = {name: row["opening"] for name, row in known.items()}
    turnover: dict[str, int] = defaultdict(int)
    lowest: dict[str, int] = defaultdict(int)
    columns = [made.transfers[name].to_pylist() for name in ("source", "target", "value")]
    for source, target, value in zip(*columns, strict=True):
        balance[source] -= value
        balance[target] += value
        turnover[source] += value
        turnover[target] += value
        lowest[source] = min(lowest[source], balance[source])
    own = [
        name for name, row in known.items()
        if row["reporting"] and row["kind"] not in hubs and row["opening"] > 0
    ]  # fmt: skip
    assert min(lowest[name] for name in own) >= 0
    months = PLAN.days / 30.4
    ratio = np.array(
        [known[name]["opening"] / (turnover[name] / 2 / months + 50_000) for name in own]
    )
    assert np.quantile(ratio, 0.5) < 1.5
    assert ratio.max() < 40


def test_a_herd_shares_a_telephone_or_an_address(made: Made) -> None:
    known = {row["account"]: row for row in rows(made.accounts)}
    for scheme in made.schemes:
        if scheme["typology"] == "shared_identifiers":
            herd = [known[each] for each in scheme["accounts"] if each in known]  # type: ignore[attr-defined]
            most = max(
                sum(row[column] is not None and row[column] == other[column] for other in herd)
                for column in ("phone", "address")
                for row in herd
            )
            assert most >= 2


def test_the_list_names_people_whom_the_register_spells_otherwise(made: Made) -> None:
    people = [each for each in made.listed if each["schema"] == "Person"]
    plays = [scheme for scheme in made.schemes if scheme["typology"] == "listed"]
    assert len(people) > len(plays) >= 1
    assert {each["schema"] for each in made.listed} <= {"Person", "Company", "Family", "Ownership"}
    assert all(scheme["listed"] for scheme in plays)


# It repeats


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    plan = replace(PLAN, transfers=3_000, days=35)
    for name in ("one", "two"):
        make(plan, tmp_path / name, views="both")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) > 10
    for path in files:
        same = (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
        assert same, path


def test_another_seed_gives_another_region() -> None:
    plan = replace(PLAN, transfers=3_000, days=35)
    one, other = region(plan), region(replace(plan, seed=8))
    assert not set(one.accounts["account"].to_pylist()) & set(other.accounts["account"].to_pylist())


def test_what_is_planted_does_not_move_ordinary_life() -> None:
    """Only what launderers do differs: people's own draws come from streams of their own."""
    plan = replace(PLAN, transfers=3_000, days=28)
    without, within = region(replace(plan, illicit=0)), region(plan)
    assert without.schemes == []
    assert pc.sum(without.truth["label"]).as_py() == 0
    assert without.accounts["account"].equals(within.accounts["account"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": ("XA", "FR")},
        {"countries": ("XA", "XA")},
        {"countries": ()},
        {"only": ("fan",)},
        {"transfers": 3},
        {"days": 2},
        {"seed": -1},
        {"illicit": 5_000},
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Plan(**wrong)


@pytest.mark.parametrize("typology", TYPOLOGIES)
def test_one_typology_alone_can_be_planted(typology: str) -> None:
    made = region(Plan(seed=3, transfers=2_500, days=40, illicit=60, only=(typology,)))
    assert {scheme["typology"] for scheme in made.schemes} == {typology}


def test_one_country_is_a_region_too() -> None:
    made = region(Plan(transfers=2_500, days=40, countries=("XE",)))
    assert "XE" in made.transfers["source_country"].unique().to_pylist()


def test_money_has_the_decimals_of_its_currency() -> None:
    assert {COUNTRIES[code].decimals for code in ("XA", "XB", "XD")} == {0, 2, 3}
    assert all(Decimal(str(place.worth)) > 0 for place in COUNTRIES.values())
