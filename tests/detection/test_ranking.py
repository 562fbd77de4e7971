"""Features, scores, labels: what ranks the transfers and accounts of a window."""

from __future__ import annotations

import numpy as np
import pytest

from taawun.detection import model, score
from taawun.detection.compiled.company import BEST, company
from taawun.detection.compiled.woods import walked
from taawun.detection.features import features
from taawun.detection.finding import Shape, found
from taawun.errors import InputError
from tests.detection.ledgers import DAY, Row, network, network_of


def random_rows(seed, count, accounts=30, days=60):
    random = np.random.default_rng(seed)
    return [
        Row(
            f"a{random.integers(accounts)}",
            f"a{random.integers(accounts)}",
            int(random.integers(1, 100_000)),
            int(random.integers(days) * DAY + random.integers(4) * 3_600),
        )
        for _ in range(count)
    ]


def ring(days, size=5, first=0):
    """`size` sources paying `size` targets crosswise, over some days."""
    return [
        Row(f"s{first}{one}", f"t{first}{other}", 50_000 + 7 * one, days * DAY + 3_600 * place)
        for place, (one, other) in enumerate((a, b) for a in range(size) for b in range(size))
    ]


def town(seed=1, people=120, weeks=12):
    """Ordinary life: everybody pays the same few others again and again."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for other in random.choice(people, 3, replace=False):
            if other != person:
                day = int(random.integers(7))
                rows += [
                    Row(f"p{person}", f"p{other}", int(random.integers(1_000, 90_000)),
                        (7 * week + day) * DAY + int(random.integers(80_000)))
                    for week in range(weeks)
                ]  # fmt: skip
    return rows


# Company


def company_plainly(net, scores, window):
    """The same, looked up transfer by transfer."""
    sides = ([], [])
    for position in range(net.size):
        tile = net.at[position] // window * window
        low, high = tile - window // 2, tile + window + window // 2
        ends = (net.source[position], net.target[position])
        for side, (account, own) in enumerate((ends, ends[::-1])):
            best = {}
            for each in range(net.size):
                pair = (net.source[each], net.target[each])
                if account in pair and pair[0] != pair[1] and low <= net.at[each] < high:
                    other = pair[1] if pair[0] == account else pair[0]
                    best[other] = max(best.get(other, 0.0), scores[each])
            best.pop(own, None)
            told = sorted(best.values(), reverse=True)[: BEST - 1]
            sides[side].append(sum(told) / (BEST - 1))
    return sides


@pytest.mark.parametrize("seed", range(12))
def test_company_is_the_three_best_others_of_each_account(seed):
    net = network_of(random_rows(seed, 80, accounts=8))
    scores = np.random.default_rng(seed).random(net.size).astype(np.float32)
    for threads in (1, 2):
        got = company(net, scores, 14 * DAY, threads)
        for one, plain in zip(got, company_plainly(net, scores, 14 * DAY), strict=True):
            real = net.source != net.target
            np.testing.assert_allclose(one[real], np.array(plain)[real], rtol=1e-5)


# Surprise and scores


def test_surprise_is_the_logarithm_of_the_share_that_reaches_a_value():
    told = score.surprise(np.array([0] * 90 + [1] * 9 + [7]))
    assert told[0] == pytest.approx(0)
    assert told[95] == pytest.approx(1)
    assert told[99] == pytest.approx(2)


def test_a_score_says_how_rare():
    told = score.one_in(np.arange(1_000))
    assert told[-1] == pytest.approx(0.5)
    assert told[0] == pytest.approx(0)


def test_the_rows_order_and_the_threads_change_no_feature_and_no_score():
    rows = town() + ring(20)
    one = network_of([Row(*_named(row, place)) for place, row in enumerate(rows)])
    other = network_of([Row(*_named(row, place)) for place, row in reversed([*enumerate(rows)])])
    assert one.names.transfers(range(one.size)) is not None
    first, second = features(one, 1), features(other, 2)
    for name in first.names:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
    np.testing.assert_allclose(
        score.unlabelled(one, first, threads=1).transfer,
        score.unlabelled(other, second, threads=2).transfer,
        atol=1e-6,
    )


def _named(row, place):
    return (row.source, row.target, row.value, row.at, row.currency, row.channel, f"r{place:06d}")


def test_a_ring_ranks_above_ordinary_life():
    net = network_of(town() + ring(20))
    ranking = score.unlabelled(net, features(net))
    inside = np.array([name.startswith("s0") for name in net.names.accounts(net.source)])
    assert np.median(ranking.transfer[inside]) > np.quantile(ranking.transfer[~inside], 0.99)
    accounts = score.of_accounts(net, ranking.transfer)
    ring_accounts = np.unique(np.concatenate([net.source[inside], net.target[inside]]))
    best = np.argsort(-accounts)[: len(ring_accounts)]
    assert len(np.intersect1d(best, ring_accounts)) >= 0.8 * len(ring_accounts)


def test_wanted_features_are_those_and_the_same():
    net = network_of(random_rows(3, 200))
    every = features(net)
    some = features(net, wanted=("rounds", "pair", "source_middle_28"))
    assert set(some.names) == {"rounds", "pair", "source_middle_28"}
    for name in some.names:
        np.testing.assert_array_equal(every[name], some[name])


def test_listed_accounts_raise_what_deals_with_them():
    net = network_of(town())
    told = features(net)
    seed = net.source[net.size // 2]
    without = score.unlabelled(net, told).transfer
    near = score.unlabelled(net, told, seeds=np.array([seed], np.int32))
    touches = (net.source == seed) | (net.target == seed)
    assert near.surprise[score.SEEDS][touches].min() > np.median(near.surprise[score.SEEDS])
    assert (near.transfer[touches].mean() - without[touches].mean()) > 0


def test_a_typology_that_hardly_fits_says_more_than_one_that_often_does():
    often = found("fan_in", [Shape((k,)) for k in range(50)], 0)
    rarely = found("cycle", [Shape((7, 8))], 0)
    told = score.rarest_shape((often, rarely, found("stack", [], 0)), 200)
    assert told[7] == pytest.approx(2)
    assert told[9] == pytest.approx(-np.log10(50 / 200))
    assert told[60] == 0


@pytest.mark.parametrize("rows", [2, 3, 50, 4_000])
def test_rows_walk_the_forest_as_its_maker_does(rows):
    from sklearn.ensemble import IsolationForest

    table = np.random.default_rng(rows).gamma(1.0, size=(rows, 5)).astype(np.float32).round(1)
    forest = IsolationForest(n_estimators=30, max_samples=min(256, rows), random_state=1).fit(table)
    for threads in (1, 2):
        np.testing.assert_allclose(
            walked(forest, table, threads), -forest.score_samples(table), rtol=1e-5
        )


@pytest.mark.parametrize("text", ["", "a > b 1 @0", "a > a 5 @1d"])
def test_hardly_any_transfers_are_no_trouble(text):
    net = network(text)
    ranking = score.unlabelled(net, features(net))
    assert len(ranking.transfer) == net.size
    assert len(score.of_accounts(net, ranking.transfer)) == net.accounts


def test_an_accounts_score_is_the_mean_of_its_three_best():
    net = network(
        """
        a > b 1 @1d
        a > c 1 @2d
        d > a 1 @3d
        a > e 1 @4d
        f > f 1 @5d
        """
    )
    told = score.of_accounts(net, np.array([0.9, 0.6, 0.3, 0.0, 1.0], np.float32))
    assert dict(zip(net.names.accounts(range(net.accounts)), told.round(3), strict=True)) == {
        "a": pytest.approx(0.6), "b": pytest.approx(0.3), "c": pytest.approx(0.2),
        "d": pytest.approx(0.1), "e": 0, "f": 0,
    }  # fmt: skip


# Labels


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Fewer trees than in earnest: these ledgers are small."""
    monkeypatch.setattr(model, "ROUNDS", 40)
    monkeypatch.setattr(score, "TREES", 100)


@pytest.fixture(scope="module")
def judged():
    """Rings all through the year; those of the first two thirds are labelled."""
    rows = town(people=40, weeks=26)
    for place in range(12):
        rows += ring(14 * place + 3, size=4, first=place)
    net = network_of(rows)
    truth = np.array([name[0] == "s" for name in net.names.accounts(net.source)])
    labels = np.where(net.at < np.quantile(net.at, 0.66), truth, -1).astype(np.int8)
    told = features(net)
    names, table = model.rows(net, told, score.unlabelled(net, told), labels)
    return net, truth, labels, names, table


def test_what_was_labelled_early_is_found_late(judged):
    net, truth, labels, names, table = judged
    learned = model.learn(net, names, table, labels)
    told = learned(table)
    late = labels < 0
    assert learned.calibrated
    assert told[late & truth].min() > np.quantile(told[late & ~truth], 0.99)
    assert ((told >= 0) & (told <= 1)).all()


def test_learning_again_gives_the_same(judged):
    net, _, labels, names, table = judged
    once, again = (model.learn(net, names, table, labels)(table) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_too_few_cases_are_refused_with_their_number(judged):
    net, _, labels, names, table = judged
    few = np.where(labels == 1, np.int8(-1), labels)
    few[np.flatnonzero(labels == 1)[:3]] = 1
    with pytest.raises(InputError, match="3 cases of laundering"):
        model.learn(net, names, table, few)


def test_no_label_is_known_before_it_could_be():
    net = network(
        """
        a > b 1 @1d
        b > c 1 @10d
        c > d 1 @20d
        b > d 1 @30d
        """
    )
    labels = np.array([1, 1, 0, -1], np.int8)
    of_source, of_target = model.known(net, labels, delay=14 * DAY)
    assert of_source.tolist() == [0, 0, 0, 2]
    assert of_target.tolist() == [0, 0, 0, 0]
    of_source, of_target = model.known(net, labels, delay=5 * DAY)
    assert of_source.tolist() == [0, 1, 1, 2]
