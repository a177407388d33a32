"""What is called saved is on the disk: seen from outside, by the calls that the process makes of the system."""

import re
import shutil
import subprocess
import sys

import pytest
from skolemerke import database, doctoring
from skolemerke.config import ConfigFault
from support import lacking
from support.house import ROOT
from support.installation import SHIPPED, WAIVER, install, running

SAVES = 40
WRITER = f"""
import os, sys
sys.path[:0] = {[str(ROOT), str(ROOT / "tests")]!r}
from pathlib import Path
from skolemerke import database
if sys.argv[2] == "NORMAL":
    database.SYNCHRONOUS, database._require_sync = "NORMAL", lambda cursor: None
from support.applicants import csrf, scene
with scene(Path(sys.argv[1])) as here:
    page = f"/applications/{{here.begun().public_id}}/teaching"
    client = here.client(here.kari)
    token = csrf(client.get(page))
    for number in range({SAVES}):
        fields = {{"csrf_token": token, "q_team_work": f"text {{number}}", "v_team_work": str(number), "page": "p"}}
        answer = client.post(f"{{page}}/autosave", data=fields)
        assert answer.json["versions"] == {{"team_work": number + 1}}, answer.text
        os.write(1, b"acknowledged")
"""


@pytest.fixture(scope="module")
def strace():
    found = shutil.which("strace")
    if found is None:
        lacking.lack("no strace (apt install strace)", "SKOLEMERKE_REQUIRE_STRACE")
    return found


def syncs_before(strace, home, synchronous):
    """How many syncs reached the system before each acknowledgement, counted from the one before it."""
    traced = home / "calls"
    command = [strace, "-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-o", str(traced)]
    program = [sys.executable, "-c", WRITER, str(home), synchronous]
    done = subprocess.run([*command, *program], check=False, capture_output=True, text=True)
    if "ptrace" in done.stderr:
        lacking.lack("no strace that may look at a process", "SKOLEMERKE_REQUIRE_STRACE")
    assert done.returncode == 0, done.stderr
    counts, syncs = [], 0
    for line in traced.read_text().splitlines():
        if re.search(r"\bwrite\(1, .acknowledged", line):
            counts.append(syncs)
            syncs = 0
        elif re.search(r"\bf(?:data)?sync\(.*= 0", line):
            syncs += 1
    assert len(counts) == SAVES
    return counts


def test_a_sync_reaches_the_disk_before_each_acknowledgement(strace, tmp_path):
    assert min(syncs_before(strace, tmp_path, "FULL")) >= 1


def test_under_a_weaker_setting_saves_are_acknowledged_without_one(strace, tmp_path):
    counts = syncs_before(strace, tmp_path, "NORMAL")
    assert counts.count(0) > SAVES // 2


def test_a_start_with_a_weaker_setting_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "SYNCHRONOUS", "NORMAL")
    with (
        pytest.raises(ConfigFault, match=r"synchronous is 1, below 2 \(FULL\): .* lost at a power cut"),
        running(install(tmp_path, *SHIPPED, WAIVER)),
    ):
        pass


def test_the_doctor_says_when_postgres_may_lose_what_it_acknowledged(tmp_path, postgres_url):
    with running(install(tmp_path, *SHIPPED, WAIVER), postgres_url):
        (said,) = [one for one in doctoring.examine() if "power cut" in one.message]
    assert (said.name, said.state) == ("database", "warning")
    assert said.message.endswith("turn on in PostgreSQL fsync, synchronous_commit, full_page_writes")
