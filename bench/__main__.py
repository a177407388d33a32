"""`python -m bench NAME [--full] [--json]`: one row for each figure; exit 1 where a bound is missed."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from bench.frame import Row


def names() -> list[str]:
    """The benchmarks that there are: the modules of `bench` with a `run`."""
    frame = {"__init__", "__main__", "frame"}
    found = (path for path in Path(__file__).parent.glob("*.py") if path.stem not in frame)
    return sorted(path.stem for path in found if "\ndef run(" in path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Run one benchmark and print its rows; 0 when every bound holds."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=names())
    parser.add_argument("--full", action="store_true", help="the real size instead of one that ends within a minute")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    asked = parser.parse_args(arguments)
    rows: list[Row] = importlib.import_module(f"bench.{asked.name}").run(full=asked.full)
    print(json.dumps([_fields(row) for row in rows], indent=1) if asked.json else _table(rows))
    return 0 if all(row.holds for row in rows) else 1


def _fields(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "figure": row.figure,
        "unit": row.unit,
        "bound": row.bound,
        "sense": row.sense,
        "holds": row.holds,
        "peer": row.peer,
        "peer_figure": row.peer_figure,
    }


def _table(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        bound = "" if row.bound is None else f"{row.sense} {row.bound:g}: {'holds' if row.holds else 'MISSED'}"
        peer = "" if row.peer_figure is None else f"{row.peer}: {row.peer_figure:.4g}"
        lines.append(f"{row.name:<58} {row.figure:>10.4g} {row.unit:<12} {bound:<28} {peer}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
