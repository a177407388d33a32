"""One site with pages in every state, served once for all browser tests that only look."""

from collections.abc import Iterator

import pytest
from support.gallery import Gallery, hung


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """The site; who changes something on it begins an application of their own."""
    with hung(tmp_path_factory.mktemp("gallery")) as made:
        yield made
