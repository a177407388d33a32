"""Whoever dies while a file is added leaves neither a row without its file nor a file without its row."""

import json
import os
import subprocess
import sys

import pytest
from support.house import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system can't")


def killed(home, times):
    command = [sys.executable, "-m", "support.killed_uploads", str(home), str(times)]
    paths = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    told = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def test_no_death_loses_what_was_acknowledged_or_leaves_half_of_a_file(tmp_path):
    told = killed(tmp_path, 16)
    assert (told["died"], told["gone"], told["without_file"], told["without_row"]) == (16, [], [], [])
    # Sent again, each that was under way stands there once.
    assert told["once"] == 16
    # The twin: a row that is written before its file has its place shows.
    assert told["hasty"]
