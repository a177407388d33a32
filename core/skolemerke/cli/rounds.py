"""`skolemerke rounds`: what a round says, who adjusted it, and opening and closing it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from skolemerke.agencies import queries as agencies
from skolemerke.cli import frame
from skolemerke.decisions import statistics
from skolemerke.people.actors import SYSTEM
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import authoring, changes, checking, operations, papers, queries
from skolemerke.rounds.composition import Composed, Content, host
from skolemerke.rounds.queries import RoundSummary

DATES = ("opens", "closes", "grace_minutes", "signatures_due", "results")


group = click.Group("rounds")


@frame.command(group, "list")
def list_rounds() -> frame.Report:
    """List all rounds that are installed or were run here."""
    operations.store_overlays()
    host().examine()
    summaries = [queries.summary(round_id) for round_id in queries.known_rounds()]
    rows: list[list[object]] = [[s.id, s.title, s.state, s.plugin, ", ".join(s.overlays)] for s in summaries]
    text = frame.table(rows, ["round", "title", "state", "plugin", "overlays"])
    text += "".join(f"\n{s.id}: {s.reason}" for s in summaries if s.reason)
    if not summaries:
        text = "No round is installed: put round plugins into the folder 'plugins'."
    return frame.Report([_summary_json(s) for s in summaries], text)


@frame.command(group, "show")
@click.argument("round_id", metavar="ROUND")
def show(round_id: str) -> frame.Report:
    """Show a round: dates, conditions, requirements, and who adjusted what and why."""
    operations.store_overlays()
    summary = queries.summary(round_id)
    try:
        composed = queries.composed(round_id)
    except RoundPaused:
        kept = queries.editions(round_id)
        if not kept:
            raise
        content = queries.content(kept[-1])
        return _shown(summary, None, content)
    return _shown(summary, composed, composed.content)


@frame.command(group, "check")
@click.argument("path_or_round", metavar="PATH-or-ROUND")
def check(path_or_round: str) -> frame.Report:
    """Check a round or overlay: every fault with its file and line. Errors make the answer "no"."""
    findings = checking.check(_folder_of(path_or_round))
    lines = [f"{f.file}:{f.line}:{f.column}: {f.severity} {f.code}: {f.message}" for f in findings]
    answer = not any(finding.severity == "error" for finding in findings)
    data = [finding.model_dump(mode="json") for finding in findings]
    return frame.Report(data, "\n".join(lines) or "Nothing to complain of.", answer)


@frame.command(group, "texts")
@click.argument("path_or_round", metavar="PATH-or-ROUND")
def texts(path_or_round: str) -> frame.Report:
    """Say for each language which texts are there, missing, or made of words that have changed since."""
    found = checking.texts(_folder_of(path_or_round))
    heads = ["language", "current", "missing", "stale", "unmarked"]
    rows: list[list[object]] = [
        [state.language, state.current, len(state.missing), len(state.stale), len(state.unmarked)] for state in found
    ]
    lines = [
        f"{state.language} {what}: {one}"
        for state in found
        for what, ids in (("missing", state.missing), ("stale", state.stale))
        for one in ids
    ]
    data = [state.model_dump(mode="json") for state in found]
    return frame.Report(data, "\n".join([frame.table(rows, heads), *lines]))


@frame.command(group, "translated")
@click.argument("path_or_round", metavar="PATH-or-ROUND")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--language", help="The language that was translated; without it, all.")
def translated(path_or_round: str, ids: tuple[str, ...], language: str | None) -> frame.Report:
    """Note that translations say what the definition says now. Rewrites only their block 'translates'."""
    files = checking.mark_translated(_folder_of(path_or_round), language, set(ids))
    said = "\n".join(f"{name}: marked" for name in files)
    return frame.Report({"files": files}, said or "Nothing to mark: every translation is marked already.")


@frame.command(group, "diff")
@click.argument("round_a", metavar="A")
@click.argument("round_b", metavar="B")
@click.option("--language", default="en", help="The language of the sentences.")
def diff(round_a: str, round_b: str, language: str) -> frame.Report:
    """Say in sentences what changes from A to B: each a round, or the folder of a round or overlay."""
    new = _composed(round_b)
    # An overlay that is installed already is compared with the round as it is without it.
    is_before = Path(round_b).is_dir() and not Path(round_a).is_dir()
    old = checking.composed_before(round_a, Path(round_b)) if is_before else _composed(round_a)
    found = [*changes.of_rounds(old.round, new.round), *changes.differences(old.content, new.content)]
    data = [_change_json(change, old.content, new.content, language) for change in found]
    text = "\n".join(f"[{change['class']}] {change['sentence']}" for change in data)
    return frame.Report(data, text or "Nothing differs.")


@frame.command(group, "print")
@click.argument("path_or_round", metavar="PATH-or-ROUND")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", default="en", help="The language of the form.")
def print_form(path_or_round: str, file: Path, language: str) -> frame.Report:
    """Write the blank form of a round into FILE, which ends in .pdf or .docx."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in papers.MAKERS:
        raise frame.BadInput(f"{file}: the name must end in .pdf or .docx")
    composed = _composed(path_or_round)
    title = composed.round.said(language, composed.round.language).title
    made = papers.document(papers.blank(composed.content, title, language), kind)
    try:
        file.write_bytes(made)
    except OSError as error:
        raise frame.BadInput(f"{file} can't be written: {error.strerror}") from error
    data = {"round": composed.content.round, "file": str(file), "language": language, "bytes": len(made)}
    return frame.Report(data, f"{file}: the form of {composed.content.round}, {len(made)} bytes.")


@frame.command(group, "new")
@click.argument("name")
@click.option("--from", "parent", required=True, metavar="ROUND", help="The round that the new one extends.")
def new(name: str, parent: str) -> frame.Report:
    """Begin a round plugin in the folder 'plugins' that extends an installed round."""
    folder = authoring.begin_round(name, parent)
    return frame.Report({"round": name, "folder": str(folder)}, f"{folder}: edit round.yaml, then run 'rounds check'.")


@frame.command(group, "open")
@click.argument("round_id", metavar="ROUND")
def open_round(round_id: str) -> frame.Report:
    """Open a round: freezes its editions; within its dates it then takes applications."""
    operations.open_round(round_id)
    return _state(round_id)


@frame.command(group, "close")
@click.argument("round_id", metavar="ROUND")
def close_round(round_id: str) -> frame.Report:
    """Close a round now, before the date of its calendar."""
    operations.close_round(round_id)
    return _state(round_id)


@frame.command(group, "move-dates")
@click.argument("round_id", metavar="ROUND")
@click.option("--agency", "code", required=True, metavar="CODE", help="Whose dates are moved; all others keep theirs.")
@click.option("--opens", metavar="INSTANT", help="With its offset, such as 2024-02-06T09:00:00+01:00.")
@click.option("--closes", metavar="INSTANT")
@click.option("--signatures-due", metavar="INSTANT")
@click.option("--results", metavar="INSTANT")
@click.option("--grace-minutes", metavar="NUMBER", help="For so long after the end what arrives is still taken.")
@click.option(
    "--take-back",
    "back",
    multiple=True,
    type=click.Choice([name.replace("_", "-") for name in DATES]),
    help="Let this date be the round's again; may be repeated.",
)
@click.option("--reason", required=True, metavar="WORDS", help="Why; it is kept with the change.")
def move_dates(round_id: str, code: str, back: tuple[str, ...], reason: str, **dates: str | None) -> frame.Report:
    """Move dates of a round for one agency. What was moved before and is not named again stays moved."""
    agency = agencies.by_code(code)
    if agency is None:
        raise frame.BadInput(f"there is no agency {code}: 'agencies list' shows those that are there")
    moved: dict[str, str | None] = {name: instant for name, instant in dates.items() if instant}
    taken_back = [name.replace("-", "_") for name in back]
    if twice := sorted(moved.keys() & set(taken_back)):
        raise frame.BadInput(f"{twice[0]} is both moved and taken back: name it once")
    moved |= dict.fromkeys(taken_back)
    if not moved:
        raise frame.BadInput(
            "no date is named: use --opens, --closes, --signatures-due, --results, --grace-minutes or --take-back"
        )
    operations.move_dates(round_id, agency.id, moved, reason)
    calendar = queries.calendar_of(round_id, agency.id).model_dump(mode="json")
    text = "\n".join(f"{name}: {calendar[name]}" for name in DATES)
    return frame.Report({"round": round_id, "agency": agency.code, **{name: calendar[name] for name in DATES}}, text)


@frame.command(group, "stats")
@click.argument("round_id", metavar="ROUND")
def stats(round_id: str) -> frame.Report:
    """Count schools by agency and country, from checked to awarded; rows of several installations add up."""
    data = [{"round": round_id, **asdict(row)} for row in statistics.by_country(round_id, SYSTEM)]
    heads = ["agency", "country", *statistics.STEPS]
    return frame.Report(data, frame.table([[row[head] for head in heads] for row in data], heads))


def _state(round_id: str) -> frame.Report:
    summary = queries.summary(round_id)
    return frame.Report(_summary_json(summary), f"{summary.id} is {summary.state}.")


def _composed(path_or_round: str) -> Composed:
    """A round as it stands for the base, or as the folder of a plugin would make it."""
    path = Path(path_or_round)
    return checking.composed_in(path) if path.is_dir() else queries.composed(path_or_round)


def _folder_of(path_or_round: str) -> Path:
    path = Path(path_or_round)
    if path.is_dir():
        return path
    owner = host().owner_of_round(path_or_round) or host().owner_of_overlay(path_or_round) or path_or_round
    plugin = host().plugin(owner)
    if plugin is None or plugin.folder is None:
        raise frame.BadInput(
            f"there is no folder, round or overlay {path_or_round}: name the folder that holds its pyproject.toml"
        )
    return plugin.folder


def _summary_json(summary: RoundSummary) -> dict[str, Any]:
    base = [edition for edition in queries.editions(summary.id) if edition.agency_id is None]
    return {
        "id": summary.id,
        "title": summary.title,
        "state": summary.state,
        "plugin": summary.plugin,
        "overlays": list(summary.overlays),
        "edition": base[-1].hash if base else None,
    }


def _shown(summary: RoundSummary, composed: Composed | None, content: Content) -> frame.Report:
    data = _summary_json(summary)
    data["calendar"] = composed.round.calendar.model_dump(mode="json") if composed else None
    data["decision"] = list(composed.round.decision) if composed else None
    data["release"] = composed.round.release if composed else None
    data["criteria"] = [{"id": c.id, "kind": c.kind, "parameters": c.parameters} for c in content.criteria]
    data["requirements"] = [_requirement_json(content, requirement.id) for requirement in content.form.requirements]
    data["editions"] = [
        {
            "agency": edition.agency.code if edition.agency else None,
            "hash": edition.hash,
            "overlays": [overlay.overlay for overlay in queries.content(edition).overlays],
        }
        for edition in queries.editions(summary.id)
    ]
    data["sources"] = [source.model_dump(mode="json") for source in composed.round.sources] if composed else []
    return frame.Report(data, _shown_text(data, summary))


def _requirement_json(content: Content, requirement_id: str) -> dict[str, Any]:
    requirement = content.form.requirement(requirement_id)
    overlay = content.adjusted_by(requirement_id)
    return {
        "id": requirement_id,
        "state": requirement.state if requirement else None,
        "points": str(requirement.points) if requirement else None,
        "adjusted_by": overlay.overlay if overlay else None,
        "reason": overlay.reason if overlay else None,
    }


def _shown_text(data: dict[str, Any], summary: RoundSummary) -> str:
    lines = [f"{summary.id}  {summary.title}  ({summary.state})", f"plugin: {summary.plugin}"]
    if summary.reason:
        lines.append(f"paused: {summary.reason}")
    lines += [f"{name}: {value}" for name, value in (data["calendar"] or {}).items()]
    if data["decision"]:
        lines += [f"decision: {', '.join(data['decision'])}", f"release: {data['release']}"]
    lines += [f"condition {c['id']}: {c['kind']} {c['parameters']}" for c in data["criteria"]]
    for requirement in data["requirements"]:
        adjusted = f"  (by {requirement['adjusted_by']}: {requirement['reason']})" if requirement["adjusted_by"] else ""
        lines.append(f"requirement {requirement['id']}: {requirement['state']}, {requirement['points']}{adjusted}")
    return "\n".join(lines)


def _change_json(change: changes.Change, old: Content, new: Content, language: str) -> dict[str, str]:
    return {
        "part": change.part,
        "id": change.id,
        "change": change.change,
        "class": change.kind,
        "sentence": changes.in_words(change, old, new, language),
    }
