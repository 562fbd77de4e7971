"""Detection from end to end on small ledgers: alerts, reasons, factors, labels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from taawun.detection import model
from taawun.detection.detect import detect, labels_of
from taawun.errors import InputError, NotFound
from tests.detection.ledgers import network, network_of
from tests.detection.test_ranking import ring, town


@pytest.fixture(scope="module")
def searched():
    net = network_of(town() + ring(20))
    return net, detect(net, currency="EUR")


def test_the_ring_is_the_first_alert_with_its_reason(searched):
    net, found = searched
    first = found.alerts[0]
    names = net.names.accounts(first.accounts)
    assert {name[:2] for name in names} == {"s0", "t0"}
    assert len(first.transfers) == 25
    assert first.typology == "bipartite"
    assert first.reason.code == first.typology
    assert first.reason.currency == "EUR"
    assert first.value == int(net.value[first.transfers].sum())
    assert first.first_at <= first.last_at
    assert first.factors
    assert first.factors[0].points >= first.factors[-1].points


def test_all_is_scored_and_ranked(searched):
    net, found = searched
    assert found.transfer_score.shape == (net.size,)
    assert found.account_score.shape == (net.accounts,)
    scores = [alert.score for alert in found.alerts]
    assert scores == sorted(scores, reverse=True)
    assert not found.learned


def test_again_and_with_more_threads_it_is_the_same(searched):
    net, found = searched
    again = detect(net, currency="EUR", threads=2)
    assert [a.finding for a in again.alerts] == [a.finding for a in found.alerts]
    np.testing.assert_allclose(again.transfer_score, found.transfer_score, atol=1e-6)


def test_references_of_findings_differ(searched):
    _, found = searched
    assert len({alert.finding for alert in found.alerts}) == len(found.alerts)


def test_an_empty_window_finds_nothing():
    found = detect(network(""))
    assert found.alerts == ()
    assert found.findings == 0


def test_an_unknown_typology_is_refused():
    with pytest.raises(NotFound, match="no typology 'smurf'"):
        detect(network("a > b 1 @0"), only=("smurf",))


# Labels


def labels(**columns):
    return pa.table(columns)


def test_labels_are_matched_by_reference():
    net = network("a > b 1 @2d\nb > c 1 @1d\nc > d 1 @3d")
    told = labels_of(net, labels(transfer=["t1", "t3", "elsewhere"], label=[1, 0, 1]))
    assert dict(zip(net.names.transfers(range(3)), told.tolist(), strict=True)) == {
        "t2": -1, "t1": 1, "t3": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (labels(transfer=["t1"]), "no column 'label'"),
        (labels(label=[1]), "no column 'transfer'"),
        (labels(transfer=["t1"], label=[2]), "a label is 2"),
        (labels(transfer=["t1"], label=["yes"]), "label holds string"),
        (labels(transfer=["t1"], label=[[1]]), "label holds list"),
        (labels(transfer=[b"\xff"], label=[1]), "transfer holds binary"),
        (labels(transfer=["t1", "t1"], label=[0, 1]), "'t1' is labelled 0 and 1"),
        (labels(transfer=["x"], label=[1]), "none of the 1 labelled transfers"),
        (labels(transfer=["t1"], label=[1]), "1 cases of laundering among 1"),
    ],
)
def test_labels_that_teach_nothing_are_refused(table, message):
    with pytest.raises(InputError, match=message):
        detect(network("a > b 1 @1d\nb > c 1 @2d"), labels=table)


def test_a_label_that_is_missing_is_named():
    table = pa.table({"transfer": ["t1"], "label": pa.array([None], pa.int8())})
    with pytest.raises(InputError, match="a label is -1"):
        detect(network("a > b 1 @1d"), labels=table)


def test_labels_teach(monkeypatch):
    monkeypatch.setattr(model, "ROUNDS", 40)
    rows = town(people=40, weeks=26)
    for place in range(12):
        rows += ring(14 * place + 3, size=4, first=place)
    net = network_of(rows)
    names = net.names.transfers(range(net.size))
    truth = [int(name[0] == "s") for name in net.names.accounts(net.source)]
    known = int(0.66 * net.size)
    found = detect(net, labels=labels(transfer=names[:known], label=truth[:known]))
    assert found.learned
    best = np.argsort(-found.transfer_score[known:])[: sum(truth[known:])] + known
    assert np.mean([truth[each] for each in best]) > 0.9
