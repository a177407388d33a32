"""Bokmål and nynorsk are complete, word for word with the code."""

import pytest

from tools import catalogues


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_message_of_the_code_is_translated_and_none_is_stale(language):
    assert list(catalogues.faults(language)) == []
