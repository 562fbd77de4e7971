"""The command line as a whole: its options, its exit statuses, what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer import rich_utils

from taawun import __version__
from taawun.cli import app, show
from taawun.cli.helped import FRAME, level
from taawun.cli.options import start
from taawun.errors import InputError, NotFound, Problem, TaawunError, UsageError
from taawun.store import open_store
from taawun.wording.texts import room


@pytest.fixture
def home(home: Path) -> Path:
    """A home with nothing in it yet but a database."""
    open_store(home).close()
    return home


COMMON = {"home", "json", "lang"}


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(list(args))
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def taawun(home: Path, *args: str, **options: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TAAWUN_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "taawun.cli.app", *args],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )


def test_it_says_its_version(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "--version") == (0, f"taawun {__version__}\n", "")


@pytest.mark.parametrize("word", [word for word in app.COMMANDS if app.is_there(word)])
def test_every_command_loads_explains_itself_and_takes_the_common_options(word: str) -> None:
    start()

    def leaves(command: object, path: str) -> list[tuple[str, object]]:
        below = getattr(command, "commands", None)
        if not below:
            return [(path, command)]
        return [leaf for name, each in below.items() for leaf in leaves(each, f"{path} {name}")]

    for path, command in leaves(app.loaded(word), word):
        names = {param.name for param in command.params}  # type: ignore[attr-defined]
        assert names >= COMMON, path
        assert (command.help or "").strip(), path  # type: ignore[attr-defined]


def help_texts(command: object) -> Iterator[str]:
    for holder in (command, *command.params):  # type: ignore[attr-defined]
        if text := getattr(holder, "help", None):
            yield text
    for below in (getattr(command, "commands", None) or {}).values():
        if below is not None:
            yield from help_texts(below)


@pytest.mark.parametrize("word", ["", *(word for word in app.COMMANDS if app.is_there(word))])
def test_every_help_text_exists_in_arabic(word: str) -> None:
    start()
    command = app.loaded(word) if word else app.command()
    known = {level(str(text["en"])) for text in room("help").values()}
    assert [text for text in help_texts(command) if level(text) not in known] == []


def test_help_is_shown_in_arabic(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for args in (["--lang", "ar", "journal", "-h"], ["journal", "--help", "--lang=ar"]):
        status, out, _ = run(capfd, *args)
        assert status == 0
        assert "اعرض آخر الأسطر" in out
        assert "اعرض هذه الصفحة وانتهِ" in out
    assert "Show the last lines" in run(capfd, "journal", "-h")[1]


def test_the_frame_of_help_is_arabic_too(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*FRAME, "DEFAULT_STRING"):
        monkeypatch.setattr(rich_utils, name, getattr(rich_utils, name))
    monkeypatch.setattr(sys, "argv", ["taawun", "-h"])
    out = run(capfd, "--lang", "ar", "journal", "show", "-h")[1]
    assert ("الخيارات" in out, "[إن تُرك: 20]" in out) == (True, True)
    assert "لازم" in run(capfd, "--lang", "ar", "node", "resend", "-h")[1]


def test_the_home_may_stand_before_or_after_the_command(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = str(home.parent / "other")
    for args in (["--home", other, "journal", "head"], ["journal", "head", "--home", other]):
        status, _, err = run(capfd, *args)
        assert (status, other in err) == (1, True)
    open_store(Path(other)).close()
    assert run(capfd, "--home", other, "journal", "head")[0] == 0
    assert run(capfd, "journal", "head", "--home", other)[0] == 0


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["journal", "nonsense"],
        ["journal", "head", "--nonsense"],
        ["journal", "verify", "--anchor", "7"],
        ["journal", "show", "--last", "0"],
        ["--lang", "fr", "journal", "head"],
        ["journal", "head", "--home", "bad\udcffutf8"],
    ],
)
def test_wrong_use_ends_with_2_and_says_so_on_stderr(
    home: Path, capfd: pytest.CaptureFixture[str], args: list[str]
) -> None:
    status, out, err = run(capfd, *args)
    assert (status, out) == (2, "")
    assert "Error" in err


def test_a_setting_that_cannot_be_read_is_named(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAAWUN_PORT", "many")
    status, _, err = run(capfd, "journal", "head")
    assert status == 2
    assert "TAAWUN_PORT" in err


@pytest.mark.parametrize(
    ("raised", "status"),
    [(UsageError("so"), 2), (NotFound("so"), 1), (InputError("so"), 1), (TaawunError("so"), 1)],
)
def test_raised_errors_are_mapped_once(
    home: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    raised: TaawunError,
    status: int,
) -> None:
    def fail() -> None:
        raise raised

    monkeypatch.setattr(app, "command", fail)
    assert run(capfd) == (status, "", "Error: so\n")


def test_problems_are_listed_up_to_a_limit(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tuple(Problem("store.journal.removed", "journal", line) for line in range(1, 30))

    def fail() -> None:
        raise InputError("not a list", found)

    monkeypatch.setattr(app, "command", fail)
    status, _, err = run(capfd)
    assert status == 1
    lines = err.splitlines()
    assert lines[1] == "journal:1: lines are missing here"
    assert lines[-1] == "… and 9 more problems"
    assert len(lines) == 1 + show.SHOWN_PROBLEMS + 1


def test_a_bug_is_not_hidden(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "command", fail)
    with pytest.raises(ZeroDivisionError):
        app.main([])


def test_control_characters_never_reach_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    start()
    show.error(NotFound("file \x1b[31mred\x07\u202e"))
    assert capfd.readouterr().err == "Error: file \\x1b[31mred\\x07\n"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_whatever_is_typed_as_an_anchor_is_refused_cleanly(
    home: Path, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    status, out, _ = run(capfd, "journal", "verify", f"--anchor=7{text}")
    assert (status, out) == (2, "")


def test_a_closed_pipe_is_no_crash(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "taawun.cli.app", "journal", "head", "--home", str(home)],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert ended.stderr == ""


def test_a_command_imports_only_what_it_uses(home: Path) -> None:
    heavy = ["fastapi", "numba", "pyarrow", "alembic", "uvicorn", "httpx"]
    assert taawun(home, "journal", "head").returncode == 0
    script = (
        "import sys\nfrom taawun.cli.app import main\n"
        "try: main(['journal', 'head'])\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"TAAWUN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_json_is_one_document_and_nothing_else(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for args in (["journal", "head"], ["journal", "verify"], ["journal", "show"]):
        status, out, err = run(capfd, *args, "--json")
        assert (status, err) == (0, "")
        assert isinstance(json.loads(out), dict)
