"""Twenty teachers save while the server is killed again and again: what was acknowledged is there.

Thirty kills here; 200 of a server that is started anew each time in `python -m bench autosave --full`, which
`python3 dev.py test --long` runs too.
"""

import os

import pytest
from support.installation import SHIPPED, install

from bench.autosave import killed, twenty_pens
from bench.victims import forked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL and no fork")


def outcome(tmp_path, kills, *, hasty=False):
    home = install(tmp_path, *SHIPPED)
    pens = twenty_pens(home)
    with forked(home, pens[0].address, pens[0].cookie, hasty=hasty) as victim:
        return killed(home, pens, victim, kills=kills)


def test_of_twenty_who_save_nobody_loses_what_was_acknowledged_though_the_server_is_killed_thirty_times(tmp_path):
    found = outcome(tmp_path, 30)
    assert (found.lost, found.refusals, found.is_sound) == (0, (), True)
    # It did not die in peace: a kill may fall between two saves of everybody, most fall within some.
    assert (found.cut_off >= 15, found.acknowledged > 30) == (True, True)


def test_a_server_that_acknowledges_before_it_commits_loses_saves(tmp_path):
    """The twin."""
    assert outcome(tmp_path, 5, hasty=True).lost > 0
