"""Kills the sender again and again in the middle of its work, and counts who got which mail how often.

The senders are processes of their own, ended by SIGKILL: nothing of theirs can clean up. They are forked from a
process that has loaded everything, so that a death costs little time.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.sink import Sink, running_sink

PATIENCE = 600
"""Seconds without a mail after which something is wrong."""

NURSERY = """
import os, sys
from pathlib import Path
from skolemerke import database, outbox
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.outbox import Letter
from skolemerke.worker import sending

if sys.argv[2] == "forgetful":
    sending._take_up_lost = lambda: 0
app = create_app(load_config(Path(sys.argv[1])), distributions=False)
outbox.of(app).register("news", lambda mail: Letter("News", f"Dear {mail.name},\\n\\nnews."))
# A child makes connections of its own: none is carried over a fork.
app.extensions[database.EXTENSION].close()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with app.app_context():
            sending.send_due()
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """What the mail server got: how many different people, how many second copies, and how many of these had another
    Message-ID than the first."""

    kills: int
    people: int
    copies: int
    strangers: int


def kill_senders(
    home: Path, mails: int, kills: int, *, settings: Mapping[str, str], seed: int = 1, forgetful: bool = False
) -> Outcome:
    """Send what lies in the outbox of an installation, killing the sender at random places, until nothing is left.

    `forgetful` lets the senders leave what others left behind. The settings name everything but the mail server.
    """
    chance = random.Random(seed)
    goals = sorted(chance.sample(range(1, mails), kills))
    with running_sink() as sink:
        server = {"SERVER": "127.0.0.1", "PORT": str(sink.port), "SECURITY": "none", "PER_MINUTE": "10000000"}
        mail = {f"SKOLEMERKE_MAIL__{name}": value for name, value in server.items()}
        command = [sys.executable, "-c", NURSERY, str(home), "forgetful" if forgetful else "careful"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings, **mail}
        ) as nursery:
            for goal in goals:
                _let_one_send(nursery, sink, goal)
            _let_one_send(nursery, sink, None)
            assert nursery.stdin is not None
            nursery.stdin.close()
        return _outcome(kills, sink)


def _let_one_send(nursery: subprocess.Popen[str], sink: Sink, goal: int | None) -> None:
    """Start a sender; kill it when so many mails have come, or let it end."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write("\n")
    nursery.stdin.flush()
    sender = int(nursery.stdout.readline())
    if goal is not None:
        # Counted anew from here: a second copy is a mail that comes as well.
        with sink.came:
            if not sink.came.wait_for(lambda: len(sink.taken) >= goal, PATIENCE):
                raise TimeoutError("no mail came")
        os.kill(sender, signal.SIGKILL)
    nursery.stdout.readline()


def _outcome(kills: int, sink: Sink) -> Outcome:
    copies = Counter(recipient for recipient, _ in sink.taken)
    numbers = len(set(sink.taken))
    return Outcome(kills, len(copies), len(sink.taken) - len(copies), numbers - len(copies))
