"""What is written comes back, and is valid under the schema of its version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from taawun.errors import UsageError
from taawun.ledger.readers.iso20022 import read
from taawun.ledger.schema import ACCOUNTS, TRANSFERS
from taawun.ledger.writers.pacs008 import VERSIONS, write_pacs008

NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60)
ROWS = st.fixed_dictionaries(
    {
        "transfer": st.uuids(version=4).map(str),
        "at": st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
        "source": st.sampled_from(["XA80BANK00001", "BANKXAXX-12"]),
        "target": st.sampled_from(["XB40BNKB00002", "BNKBXBXX-34"]),
        "source_bank": st.just("BANKXAXX"),
        "target_bank": st.just("BNKBXBXX"),
        "source_country": st.just("XA"),
        "target_country": st.just("XB"),
        "amount": st.integers(1, 10**14),
        "currency": st.sampled_from(["KWD", "USD", "JPY"]),
        "channel": st.sampled_from(["wire", "instant", "cash", "internal", "cheque"]),
        "purpose": st.one_of(st.none(), st.just("SALA"), NAMES),
    }
)


def ledger(rows: list[dict[str, object]], name: str) -> tuple[pa.Table, pa.Table]:
    transfers = pa.Table.from_pylist([{"value": None, **row} for row in rows], schema=TRANSFERS)
    holders = [{"account": row["source"], "holder": name, "kind": "person"} for row in rows[:1]]
    return transfers, pa.Table.from_pylist(holders, schema=ACCOUNTS)


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=5), NAMES, st.sampled_from(VERSIONS), st.integers(1, 3))
def test_what_is_written_comes_back(
    rows: list[dict[str, object]], name: str, version: str, together: int
) -> None:
    transfers, accounts = ledger(rows, name)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "p.xml"
        write_pacs008(file, transfers, accounts, version=version, per_message=together)
        batches = list(read(str(file)))
    assert [problem for each in batches for problem in each.problems] == []
    table = pa.concat_tables([each.table for each in batches])
    kept = [each for each in TRANSFERS.names if each != "value"]
    assert table.select(kept).to_pylist() == transfers.select(kept).to_pylist()
    assert table["source_holder"][0].as_py() == name


@pytest.mark.parametrize("version", VERSIONS)
def test_valid_under_its_schema(version: str, tmp_path: Path, real_data: Path) -> None:
    schema = etree.XMLSchema(file=str(real_data / "iso20022" / f"pacs.008.001.{version}.xsd"))
    row = {
        "transfer": "R/1 & more",
        "at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        "source": "ACC <1>",
        "target": "XB40BNKB00002",
        "source_bank": "USABA:021000021",
        "target_country": "XB",
        "amount": 5,
        "currency": "KWD",
        "channel": "cash",
        "purpose": "دفعة",
    }
    transfers, accounts = ledger([row], "محمد & أولاده")
    file = tmp_path / "p.xml"
    write_pacs008(file, transfers, accounts, version=version)
    schema.assertValid(etree.parse(str(file)))


def test_another_version_is_refused(tmp_path: Path) -> None:
    transfers, _ = ledger([], "")
    with pytest.raises(UsageError, match="version '99'"):
        write_pacs008(tmp_path / "p.xml", transfers, version="99")
