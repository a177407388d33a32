"""The PostgreSQL server of a benchmark: the one that the tests bring."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database of a server of this run alone; nothing where the machine has none."""
    sys.path.append(os.fspath(ROOT / "tests"))
    support: Any = importlib.import_module("support.postgres")
    binaries = support.find_binaries()
    if binaries is None:
        print("PostgreSQL is not measured: no binaries", file=sys.stderr)
        yield ""
        return
    with support.running_server(binaries) as server, server.fresh_database() as url:
        yield url
