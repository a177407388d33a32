"""`skolemerke audit`: proof that nothing in the chain of changes was altered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from skolemerke import audit, database
from skolemerke.audit import AuditHead, AuditLine
from skolemerke.cli import frame

group = click.Group("audit")


@frame.command(group, "verify")
@click.option(
    "--anchor",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What 'audit verify --json' printed earlier and was kept elsewhere: the chain must still contain it.",
)
def verify(anchor: Path | None) -> frame.Report:
    """Prove that no line was altered, removed or put in; a break makes the answer "no".

    Keep the JSON of this command outside the machine: only with such an anchor it shows whether the end of the
    chain was cut off or the whole was written anew.
    """
    kept = _read_anchor(anchor) if anchor else None
    session = database.read()
    broken = next(audit.breaks(session), None)
    head = session.get(AuditHead, 1)
    data: dict[str, Any] = {
        "whole": broken is None,
        "lines": head.number if head else 0,
        "head": {"number": head.number, "hash": head.hash} if head else None,
        "break": {"number": broken.number, "reason": broken.reason} if broken else None,
    }
    lines = [f"{data['lines']} lines: the chain is whole."] if broken is None else [f"Broken: {broken.reason}."]
    if kept is not None:
        data["anchor"] = {**kept, "holds": _holds(kept)}
        lines.append("The anchor holds." if data["anchor"]["holds"] else "The anchor is not in the chain any more.")
    return frame.Report(data, "\n".join(lines), broken is None and (kept is None or data["anchor"]["holds"]))


def _holds(kept: dict[str, Any]) -> bool:
    if kept["number"] == 0:
        return bool(kept["hash"] == audit.GENESIS)
    line = database.read().get(AuditLine, kept["number"])
    return line is not None and line.hash == kept["hash"]


def _read_anchor(file: Path) -> dict[str, Any]:
    mend = "give a file with what 'skolemerke audit verify --json' printed"
    try:
        head = json.loads(file.read_text(encoding="utf-8"))["head"]
        kept = {"number": int(head["number"]), "hash": str(head["hash"])}
    except OSError as error:
        raise frame.BadInput(f"{file}: can't be read: {error.strerror}; {mend}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise frame.BadInput(f"{file}: is no anchor: {mend}") from error
    return kept
