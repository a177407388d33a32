"""The ground that other tests stand on: real databases, a real browser, and honesty where they are missing."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page
from skolemerke import database
from sqlalchemy import create_engine, make_url, text
from support import applied, postgres, schema
from support.installation import running

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent


def test_postgres_server_answers_with_its_version(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version()"))
    engine.dispose()
    assert version is not None
    assert version.startswith("PostgreSQL ")


def test_two_postgres_databases_do_not_see_each_other(postgres_server: postgres.Server) -> None:
    with postgres_server.fresh_database() as one, postgres_server.fresh_database() as other:
        for url, name in ((one, "only_in_one"), (other, "only_in_other")):
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text(f"CREATE TABLE {name} (id integer)"))
                tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            engine.dispose()
            assert tables == [name]


def test_a_postgres_database_is_gone_after_its_test_even_if_a_connection_is_left_open(
    postgres_server: postgres.Server,
) -> None:
    with postgres_server.fresh_database() as url:
        forgotten = postgres_server.connect(str(make_url(url).database))
    forgotten.close()
    with postgres_server.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall()
    assert rows == []


OWNER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support import postgres
with postgres.running_server(Path(sys.argv[2])) as server:
    print(server.host, flush=True)
    time.sleep(60)
"""


def test_postgres_ends_when_the_process_that_started_it_is_killed(postgres_binaries: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(TESTS), str(postgres_binaries)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        connection = postgres.Server(str(folder), postgres.SOCKET_NUMBER).connect()
        owner.kill()
    until = time.monotonic() + 30
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


@pytest.mark.parametrize("number", [1, 2])
def test_each_database_has_all_tables_and_no_row_of_another(
    tmp_path: Path, database_url: str, number: int, request: pytest.FixtureRequest
) -> None:
    with running(tmp_path, database_url):
        engine = database.current().engine
        with engine.connect() as connection:
            assert schema.differences(connection) == []
            names = database.Base.metadata.tables
            rows = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names}
            assert {name for name, count in rows.items() if count} == {"audit_head"}
        applied.agency(f"a{number}", "NO")
    kinds = {"sqlite": "sqlite", "postgres": "postgresql"}
    assert engine.dialect.name == kinds[request.node.callspec.params["database_url"]]


def test_chromium_opens_a_page_and_runs_its_script(page: Page) -> None:
    page.goto("data:text/html,<h1>label</h1><script>document.title = 1 + 1</script>")
    assert page.locator("h1").text_content() == "label"
    assert page.title() == "2"


@pytest.mark.parametrize("number", [1, 2])
def test_a_browser_profile_remembers_nothing_of_the_test_before(page: Page, number: int) -> None:
    page.route("**/*", lambda route: route.fulfill(body="<p>page</p>", content_type="text/html"))
    page.goto("http://school.invalid/")
    assert page.context.cookies() == []
    page.evaluate(f"document.cookie = 'seen={number}'")
    assert [cookie["value"] for cookie in page.context.cookies()] == [str(number)]


def _lacking_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        f"""
        import sys
        sys.path.insert(0, {str(TESTS)!r})
        from support import lacking

        def pytest_terminal_summary(terminalreporter):
            for sentence in lacking.sentences(terminalreporter.getreports("skipped")):
                terminalreporter.line(sentence)
        """
    )
    pytester.makepyfile(
        """
        import pytest
        from support import lacking

        @pytest.fixture
        def telescope():
            lacking.lack("no telescope", "SKOLEMERKE_REQUIRE_TELESCOPE")

        def test_moon(telescope): pass
        def test_mars(telescope): pass
        def test_other(): pytest.skip("another reason")
        """
    )


def test_a_lacking_part_skips_its_tests_and_the_summary_says_how_many(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SKOLEMERKE_REQUIRE_TELESCOPE", raising=False)
    _lacking_test(pytester)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["2 tests did not run: no telescope"])


def test_a_lacking_part_fails_its_tests_where_it_is_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKOLEMERKE_REQUIRE_TELESCOPE", "1")
    _lacking_test(pytester)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(skipped=1, errors=2)
    result.stdout.fnmatch_lines(["*no telescope (SKOLEMERKE_REQUIRE_TELESCOPE requires it)*"])
