"""What an overlay changes: compared with the round without it, also when it is installed already."""

import pytest
from skolemerke.rounds import checking
from skolemerke.rounds.changes import differences
from skolemerke.rounds.queries import composed
from support.installation import WAIVER, install, running

ROUND = "2021-2022"


@pytest.fixture
def folder(tmp_path):
    """The folder of the waiver, which stands among the installed plugins."""
    home = install(
        tmp_path, "etwinning-2018-2019", "etwinning-2019-2020", "etwinning-2020-2021", "etwinning-2021-2022", WAIVER
    )
    with running(home):
        yield home / "plugins" / WAIVER


def _changed(old, new):
    return [(change.part, change.id, change.kind) for change in differences(old.content, new.content)]


def test_an_installed_overlay_is_compared_with_the_round_without_it(folder):
    found = _changed(checking.composed_before(ROUND, folder), checking.composed_in(folder))
    assert ("requirement", "promotion", "widening") in found


def test_twin_beside_the_round_as_it_is_nothing_would_differ(folder):
    assert _changed(composed(ROUND), checking.composed_in(folder)) == []
