"""The administration with something in it."""

import pytest
from support.installation import SHIPPED, WAIVER, install, running
from support.office import Office


@pytest.fixture
def office(tmp_path):
    """Two agencies with an application each; forms need no token, which a test of its own turns on again."""
    with running(install(tmp_path, *SHIPPED, WAIVER)) as app:
        made = Office(app)
        made.app.config["WTF_CSRF_ENABLED"] = False
        yield made
