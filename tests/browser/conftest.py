"""One site with pages in every state, served once for all browser tests that only look."""

from collections.abc import Iterator

import pytest
from flask.globals import app_ctx
from support.gallery import Gallery, hung


@pytest.fixture(scope="session")
def hung_gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """The site, in nobody's context: it outlives the tests of this folder, and a later test must not work on it."""
    with hung(tmp_path_factory.mktemp("gallery")) as made:
        context = app_ctx._get_current_object()
        context.pop()
        yield made
        context.push()


@pytest.fixture
def gallery(hung_gallery: Gallery) -> Iterator[Gallery]:
    """The site; who changes something on it begins an application of their own."""
    with hung_gallery.here.app.app_context():
        yield hung_gallery
