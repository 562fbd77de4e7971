"""`taawun typologies` as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taawun.cli import app
from taawun.detection.catalogue import read, shipped
from taawun.ledger.arrival import Order, bring
from taawun.store import open_store
from tests.conftest import AT

WHY = "{en: because, ar: لأن}"


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(["typologies", *args])
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def drafted(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.yml"
    path.write_text(text, "utf-8")
    return str(path)


STRICTER = f"fan_in:\n  version: 2\n  parameters:\n    total: {{value: 5, why: {WHY}}}\n"


def test_all_typologies_are_listed_in_both_languages(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capfd, "list")
    assert status == 0
    assert all(each.code in out for each in shipped())
    assert "تحويلات دائرية" in run(capfd, "list", "--lang", "ar")[1]
    listed = json.loads(run(capfd, "list", "--json")[1])["typologies"]
    assert [each["code"] for each in listed] == [each.code for each in shipped()]
    assert listed[0]["parameters"]["window"]["value"] == "P7D"


def test_what_is_exported_can_be_read_again(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert read(run(capfd, "export")[1], "x.yml").definitions == shipped().live()
    out = tmp_path / "one.yml"
    assert run(capfd, "export", "cycle", "--out", str(out))[0] == 0
    assert [each.code for each in read(out.read_text("utf-8"), "one.yml")] == ["cycle"]
    assert set(json.loads(run(capfd, "export", "--format", "json", "cycle")[1])) == {"cycle"}
    status, _, err = run(capfd, "export", "--format", "xml")
    assert (status, "expected yaml or json" in err) == (2, True)


def test_a_draft_comes_into_force(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(capfd, "draft", drafted(tmp_path, STRICTER))[0] == 0
    assert "draft" in run(capfd, "list")[1]
    assert run(capfd, "live", "fan_in")[1] == "fan_in version 2 is in force.\n"
    listed = json.loads(run(capfd, "list", "--json")[1])["typologies"]
    assert {each["version"] for each in listed if each["code"] == "fan_in"} == {2}


def test_a_wrong_definition_is_refused_with_its_line(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capfd, "draft", drafted(tmp_path, STRICTER + "  colour: red\n"))
    assert status == 1
    assert "own.yml:5: fan_in.colour: there is no such field" in err
    status, _, err = run(capfd, "draft", str(tmp_path / "absent.yml"))
    assert (status, "cannot be read" in err) == (1, True)


def test_a_trial_needs_a_draft_and_a_ledger(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capfd, "try", "fan_in")
    assert (status, "no typology" in err) == (1, True)
    run(capfd, "draft", drafted(tmp_path, STRICTER))
    assert run(capfd, "try", "fan_in")[0] == 1


def test_a_draft_is_tried_on_the_past_beside_what_is_in_force(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = ["transfer,at,source,target,amount,currency"]
    rows += [f"t{n},2026-01-0{n}T00:00:00Z,p{n},hub,100,EUR" for n in range(1, 6)]
    rows += [f"u{n},2026-01-0{n}T00:00:00Z,q{n},other,1,EUR" for n in range(1, 5)]
    (tmp_path / "ledger.csv").write_text("\n".join(rows), "utf-8")
    store = open_store(home)
    bring(Order(tmp_path / "ledger.csv", AT, "ana"), store, home)
    store.close()
    labels = tmp_path / "labels.parquet"
    pq.write_table(pa.table({"transfer": ["t1", "u1"], "label": [1, 0]}), labels)
    run(capfd, "draft", drafted(tmp_path, STRICTER.replace("value: 5", "value: 50000")))

    trial = json.loads(run(capfd, "try", "fan_in", "--labels", str(labels), "--json")[1])
    assert (trial["live"]["findings"], trial["draft"]["findings"]) == (2, 1)
    assert (trial["same"], trial["new"], trial["gone"]) == (1, 0, 1)
    assert (trial["known"], trial["draft"]["known"]) == (1, 1)
    out = run(capfd, "try", "fan_in", "--from", "2026-01-01", "--to", "2026-01-31")[1]
    assert "Places in both: 1; only in the draft: 0; only in what is in force: 1." in out
    assert "المواضع في كليهما" in run(capfd, "try", "fan_in", "--lang", "ar")[1]
    status, _, err = run(capfd, "try", "fan_in", "--labels", str(tmp_path / "ledger.csv"))
    assert (status, "expected Parquet" in err) == (1, True)
