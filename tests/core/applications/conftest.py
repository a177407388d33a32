import pytest
from support.applying import begin
from support.installation import SHIPPED, WAIVER, install, running


@pytest.fixture
def world(tmp_path, database_url):
    """The round under way, with its waiver, on each kind of database."""
    with running(install(tmp_path, *SHIPPED, WAIVER), database_url) as app:
        yield begin(app)


@pytest.fixture
def small_world(tmp_path):
    """The round under way without its waiver, on SQLite alone."""
    with running(install(tmp_path, *SHIPPED)) as app:
        yield begin(app)
