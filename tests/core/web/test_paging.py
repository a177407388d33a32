"""Pages of a long list."""

import pytest
from skolemerke.web.paging import Pager


@pytest.mark.parametrize(
    ("asked", "total", "rows"),
    [
        (1, 0, (1, 1, 0, 0)),
        (1, 50, (1, 1, 1, 50)),
        (2, 51, (2, 2, 51, 51)),
        (9, 51, (2, 2, 51, 51)),
        (0, 120, (1, 3, 1, 50)),
    ],
)
def test_a_page_names_its_rows(asked, total, rows):
    pager = Pager(asked, total)
    assert (pager.page, pager.pages, pager.first, pager.last) == rows


def test_far_pages_are_left_out_in_the_middle():
    assert list(Pager(1, 50).near()) == [1]
    assert list(Pager(5, 500).near()) == [1, None, 4, 5, 6, None, 10]
    assert list(Pager(2, 200).near()) == [1, 2, 3, 4]
