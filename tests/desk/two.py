"""Two authorities with their officers, as the command line has them, and the post in between.

two = Two.met(tmp_path, capfd)      XA-FIU and XB-FIU, who know and trust each other
two.run(A, "agreement", "list")     one command line: status, stdout, stderr
two.post()                          everything that waits is delivered, both ways
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app
from taawun.cooperation.exchange.courier import run_once
from taawun.cooperation.exchange.gate import receive
from taawun.cooperation.exchange.transport.memory import Post
from taawun.cooperation.node import Node, open_node
from taawun.desk.drafts import template

A, B = "XA-FIU", "XB-FIU"
Said = tuple[int, str, str]


_made: dict[str, Path] = {}
"""What was made once in this process, to be copied: homes of two who were founded, met, agreed."""


def receiving(node: Node) -> Callable[[bytes], bytes]:
    """What the post gives a node's letters to."""
    return lambda raw: receive(node, raw, now())


class Two:
    """Two homes below `folder`, called by their authorities' codes."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd

    @classmethod
    def founded(cls, folder: Path, capfd: pytest.CaptureFixture[str]) -> Two:
        """Two who do not know each other."""
        return cls._copied("founded", folder, capfd)

    @classmethod
    def met(cls, folder: Path, capfd: pytest.CaptureFixture[str]) -> Two:
        """Two who know and trust each other."""
        return cls._copied("met", folder, capfd)

    @classmethod
    def agreed(cls, folder: Path, capfd: pytest.CaptureFixture[str], **changed: str) -> Two:
        """Two with an agreement in force: that of the template, with some lines changed."""
        return cls._copied("agreed", folder, capfd, **changed)

    @classmethod
    def _copied(
        cls, kind: str, folder: Path, capfd: pytest.CaptureFixture[str], **changed: str
    ) -> Two:
        how = " ".join([kind, *sorted(f"{name}={value}" for name, value in changed.items())])
        if how not in _made:
            kept = Path(tempfile.mkdtemp(prefix="taawun-two-"))
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
            if kind == "founded":
                cls(kept, capfd).found(A, B)
            elif kind == "met":
                cls.founded(kept, capfd).meet()
            else:
                cls.met(kept, capfd).agree(**changed)
            _made[how] = kept
        shutil.copytree(_made[how], folder, dirs_exist_ok=True)
        return cls(folder, capfd)

    def home(self, code: str) -> Path:
        return self.folder / code

    def run(self, code: str, *args: str, who: str = "salma") -> Said:
        self.capfd.readouterr()
        with pytest.raises(SystemExit) as ending:
            app.main([*args, "--home", str(self.home(code)), "--as", who])
        out, err = self.capfd.readouterr()
        return int(ending.value.code or 0), out, err

    def json(self, code: str, *args: str, who: str = "salma") -> dict[str, Any]:
        """The one document that a command prints; it must have ended well."""
        status, out, err = self.run(code, *args, "--json", who=who)
        assert status == 0, err
        said: dict[str, Any] = json.loads(out)
        return said

    def found(self, *codes: str) -> None:
        for code in codes:
            name = f"en=FIU of {code[:2]}"
            fields = "aml_cft,terrorism"
            said = ("--code", code, "--kind", "fiu", "--name", name, "--competence", fields)
            assert self.run(code, "authority", "init", *said)[0] == 0

    def meet(self) -> None:
        for me, other in ((A, B), (B, A)):
            card = self.json(other, "authority", "card")
            file = self.file("partner.card", card["signed"])
            assert self.run(me, "authority", "add", file)[0] == 0
            assert self.run(me, "authority", "confirm", other, card["fingerprint"])[0] == 0

    def agree(self, **changed: str) -> str:
        """An agreement in force, by the template with some lines changed; its id."""
        id = str(self.json(A, "agreement", "new", self.mou(**changed))["id"])
        self.json(A, "agreement", "sign", id)
        self.post()
        self.json(B, "agreement", "sign", id)
        self.post()
        return id

    def mou(self, **changed: str) -> str:
        return self.file("mou.yml", changed_lines(template(), **changed))

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def post(self) -> int:
        """Deliver what waits, until nothing moves; how many messages were settled."""
        nodes = {code: open_node(self.home(code)) for code in (A, B)}
        post = Post()
        for code, node in nodes.items():
            post.at(code, receiving(node))
        try:
            settled = still = 0
            while still < 3:  # who does not know a new key yet is tried with the older one
                moved = sum(run_once(node, post, now) for node in nodes.values())
                settled, still = settled + moved, 0 if moved else still + 1
            return settled
        finally:
            for node in nodes.values():
                node.close()


def now() -> datetime:
    return datetime.now(UTC)


def changed_lines(text: str, **changed: str) -> str:
    """The text with the value of some top fields changed; "" leaves the line out."""
    lines = []
    for line in text.splitlines():
        name = line.partition(":")[0]
        if changed.get(name):
            lines.append(f"{name}: {changed[name]}")
        elif name not in changed:
            lines.append(line)
    return "\n".join(lines) + "\n"
