"""What every test may ask for."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# No timing is a test, and the same examples each time: what fails in one place fails in another.
# `--hypothesis-profile explore` looks for new ones.
settings.register_profile("same", settings.get_profile("ci"))
settings.register_profile(
    "explore",
    settings.get_profile("default"),
    derandomize=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same")

ROOT = Path(__file__).parent.parent
LONG = ("cooperation/proof/", "demo/", "detection/", "ledger/", "screening/")
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def pytest_sessionstart() -> None:
    """In the profile `same`, no example is drawn from our modules' constants.

    A seed is not enough: Hypothesis draws one value in twenty from the constants of whichever
    modules happen to be imported, and has no setting against it. So the examples hung on which
    files shared a process, and a test failed on one machine alone. `test_conftest.py` fails when
    this no longer bites.
    """
    if settings.get_current_profile_name() == "same":
        providers.is_local_module_file = lambda path: False  # type: ignore[assignment]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rooms whose files take long come first, so that at the end no process waits for one file.

    pytest-xdist would begin with the files that have most tests, and the longest have few.
    """
    tests = ROOT / "tests"
    items.sort(key=lambda item: not item.path.relative_to(tests).as_posix().startswith(LONG))


@pytest.fixture(scope="session", autouse=True)
def _a_width_of_our_own() -> None:
    """Tables are as wide as without a terminal, whoever runs the tests."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture
def at() -> datetime:
    """The time at which things happen in a test."""
    return AT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no settings from the outside."""
    for name in [name for name in os.environ if name.startswith("TAAWUN_")]:
        if name != "TAAWUN_TEST_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TAAWUN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real lists, ledgers and schemas; the test is skipped where it is absent."""
    folder = Path(os.environ.get("TAAWUN_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data is not here (set TAAWUN_TEST_DATA to its folder)")
    return folder
