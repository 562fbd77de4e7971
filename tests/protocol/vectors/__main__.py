"""Writes `protocol/vectors/`: `make protocol`. The same code gives the same bytes."""

from __future__ import annotations

from tests.protocol.vectors.every import FOLDER, every, written

for name, content in every().items():
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(content), "utf-8")
    print(name)
