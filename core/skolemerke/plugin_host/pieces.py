"""The pieces of a plugin folder, each made as far as its files allow, with everything that is wrong on the way.

A plugin that is installed is refused at its first fault; an author wants to hear of all of them in one run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from skolemerke_forms.checking import Examined, check_form, examine, is_cut
from skolemerke_forms.located import DefinitionFault, Finding, LocatedMap, read_leniently, read_list, text_of
from skolemerke_forms.merging import merge_value
from skolemerke_forms.values import content_of

from skolemerke.contract.rounds import Criterion, Form, Overlay, Round, ScoringPolicy
from skolemerke.plugin_host.folder import FolderPlugin, OverlayFolder, RoundFolder
from skolemerke.plugin_host.host import OwnRound, PluginHost
from skolemerke.plugin_host.inheritance import inherit

RESERVED = frozenset(("changes", "check", "consent", "declaration", "evidence", "print", "receipt", "seen", "submit"))
"""Pages of an application; the address of a section's page is its id, so no section may be called so."""

DATA_FILES = ("round.yaml", "overlay.yaml", "form.yaml", "page.yaml")

T = TypeVar("T")


@dataclass
class Pieces:
    """What could be made of a folder. `files` are those that could be read, `whole` says that nothing is missing."""

    files: dict[str, LocatedMap] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    whole: bool = True
    round: Round | None = None
    overlay: Overlay | None = None
    criteria: list[Criterion] | None = None
    form: Form | None = None
    policy: ScoringPolicy | None = None

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Make one piece; what is wrong with it is noted."""
        try:
            return action()
        except DefinitionFault as fault:
            self.found += fault.findings
            self.whole = False
            return None

    def file(self, *names: str) -> LocatedMap:
        """The first of these files that is there."""
        return next((self.files[name] for name in names if name in self.files), LocatedMap())


def pieces_of(host: PluginHost, plugin_id: str, folder: Path, parent: OwnRound | None) -> Pieces:
    """Make every piece of a folder beside the plugins of a host. `parent` is the round that it extends or adjusts."""
    pieces = Pieces()
    _read(pieces, folder)
    if (folder / "round.yaml").is_file():
        by_code = (folder / "plugin.py").is_file()
        _of_round(pieces, RoundFolder(plugin_id, folder, host.blocks, pieces.files), parent, by_code=by_code)
    elif (folder / "overlay.yaml").is_file():
        _of_overlay(pieces, OverlayFolder(plugin_id, folder, host.blocks, pieces.files), parent)
    return pieces


def _read(pieces: Pieces, folder: Path) -> None:
    for path in [*(folder / name for name in DATA_FILES), *sorted((folder / "texts").glob("*.yaml"))]:
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            text = pieces.attempt(lambda path=path, name=name: text_of(path, name))  # type: ignore[misc] # bound at once
            if text is not None:
                data, found = read_leniently(text, name)
                pieces.found += found
                pieces.whole = pieces.whole and not found
                if not is_cut(found):
                    pieces.files[name] = data
    if (folder / "examples.yaml").is_file():
        pieces.attempt(lambda: read_list(folder / "examples.yaml", "examples.yaml"))


def _of_round(pieces: Pieces, plugin: FolderPlugin, parent: OwnRound | None, *, by_code: bool) -> None:
    data: Any = plugin
    made = pieces.attempt(data.rounds) if "round.yaml" in pieces.files else None
    stated = made[0] if made else None
    pieces.round = inherit(parent.round, stated) if parent and stated else stated
    if stated is not None:
        inherited = list(parent.criteria) if parent else None
        pieces.criteria = pieces.attempt(lambda: data.eligibility_criteria(pieces.round, inherited))
        if not by_code or "scoring" in pieces.file("round.yaml"):
            pieces.policy = pieces.attempt(lambda: data.scoring_policy(parent.policy if parent else None))
    if "form.yaml" in pieces.files:
        _examine(pieces, plugin, parent.form if parent else None, pieces.files["form.yaml"], "form.yaml")
    elif parent is not None:
        pieces.form = parent.form
    elif not by_code and not any(finding.file == "form.yaml" for finding in pieces.found):
        pieces.attempt(lambda: data.self_assessment_form(None))


def _of_overlay(pieces: Pieces, plugin: FolderPlugin, parent: OwnRound | None) -> None:
    data: Any = plugin
    made = pieces.attempt(data.overlays) if "overlay.yaml" in pieces.files else None
    pieces.overlay = made[0] if made else None
    if parent is None:
        pieces.whole = False
        return
    pieces.criteria = pieces.attempt(lambda: data.adjust_eligibility_criteria(list(parent.criteria)))
    pieces.policy = pieces.attempt(lambda: data.adjust_scoring_policy(parent.policy))
    pieces.form = parent.form
    change = pieces.file("overlay.yaml").get("form")
    if isinstance(change, LocatedMap):
        _examine(pieces, plugin, parent.form, change, "overlay.yaml")


def _examine(pieces: Pieces, plugin: FolderPlugin, base: Form | None, change: LocatedMap, file: str) -> None:
    """Check the form of a folder; what its parent's form has already is the parent's."""
    stated = content_of(base) if base else {}
    types = plugin.known_types
    faults: list[Finding] = []
    merged = merge_value(stated, change, faults)
    if faults:
        # What stands where it should not, or is still there, would only give faults that follow.
        pieces.found += faults
        pieces.whole = False
    examined: Examined = examine(merged, question_types=types, reserved_sections=RESERVED, file=file)
    known = {(one.code, one.message) for one in check_form(stated, question_types=types)} if stated else set()
    pieces.found += [one for one in examined.findings if (one.code, one.message) not in known]
    pieces.whole = pieces.whole and examined.whole and examined.form is not None
    form = examined.form
    if form is not None:
        pieces.form = pieces.attempt(lambda: plugin.worded_form(form))
