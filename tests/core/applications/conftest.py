import pytest
from skolemerke import database
from support.applying import begin, newcomers, open_up
from support.installation import SHIPPED, install, running
from support.tables import database_with_tables


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def under_way(request, tmp_path_factory):
    """The round under way, without its waiver: one installation of each kind for all tests of a module."""
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED)
    if request.param == "sqlite":
        with running(home) as app:
            yield app, open_up(app)
        return
    server = request.getfixturevalue("postgres_server")
    with database_with_tables(server) as url, running(home, url) as app:
        yield app, open_up(app)


@pytest.fixture
def world(under_way):
    """Two schools of their own for each test; the clock and the round must be left as they are."""
    yield newcomers(*under_way)
    database.read().rollback()


@pytest.fixture
def own_world(tmp_path):
    """An installation of this test alone, without the waiver: its clock may be moved, its round closed."""
    with running(install(tmp_path, *SHIPPED)) as app:
        yield begin(app)
