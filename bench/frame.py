"""What every benchmark gives back, and how it measures.

A benchmark is a module of this package with `run(*, full: bool) -> list[Row]`. It first asserts that the project
and its peer give the same result. Figures are CPU seconds of this process, unless a row says otherwise: they mean
the same on a busy machine, where seconds on the wall do not.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Row:
    """One figure and its bound; a row without a bound only informs. `unit` says what the figure counts."""

    name: str
    figure: float
    unit: str
    bound: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    peer: str = ""
    peer_figure: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its bound."""
        if self.bound is None:
            return True
        return self.figure <= self.bound if self.sense == "at most" else self.figure >= self.bound


def cpu_of(act: Callable[[], object]) -> float:
    """The CPU seconds, user and system, that one call takes in this process."""
    gc.collect()
    before = time.process_time()
    act()
    return time.process_time() - before


def paired(
    ours: Callable[[], object], peers: Callable[[], object], *, times: int = 5, warm: bool = True
) -> tuple[float, float]:
    """The median CPU seconds of two calls that take turns, so that a busy machine troubles both alike."""
    if warm:
        ours()
        peers()
    mine, theirs = [], []
    for _ in range(times):
        mine.append(cpu_of(ours))
        theirs.append(cpu_of(peers))
    return median(mine), median(theirs)


def peak_megabytes() -> float:
    """The most memory that this process has held, in MB; never falls, so measure in a process of its own."""
    status = Path("/proc/self/status")
    if status.is_file():
        # What `getrusage` tells on Linux outlives `exec`: it may be the peak of the process that started this one.
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)
