"""What an author is told about a plugin folder before it is used: every fault of one run, at its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from skolemerke_forms.checking import in_order
from skolemerke_forms.checking.texts import check_texts, missing_texts
from skolemerke_forms.located import Finding, Mark, place
from skolemerke_forms.translations import sources_of
from skolemerke_forms.values import Value

from skolemerke.contract.rounds import Form, ScoringPolicy
from skolemerke.contract.scoring import PolicyFlaw
from skolemerke.plugin_host.faults import Fault, PluginFault
from skolemerke.plugin_host.host import OwnRound, Plugin, PluginHost, RoundPaused
from skolemerke.plugin_host.parts import Parts, parts_of_values, stated_in
from skolemerke.plugin_host.pieces import RESERVED, Pieces, pieces_of

__all__ = ["CODES", "LANGUAGES", "RESERVED", "Checked", "check_folder", "read_folder"]

LANGUAGES = ("nb", "nn")
"""The languages in which a shipped round is complete, beside that of its inline texts."""

CODES = frozenset(
    (
        "missing_file",
        "round_and_overlay",
        "empty_plugin",
        "unknown_round",
        "unknown_kind",
        "unknown_part",
        "another_form",
        "wrong_parameter",
        "paused",
        "plugin_fault",
    )
)
"""The codes of a folder as a whole, beside those of the form library."""


@dataclass
class Checked:
    """A folder under the check: its pieces, its texts by id, those of the round that it extends or adjusts."""

    folder: Path
    language: str
    pieces: Pieces
    parts: Parts
    inherited: Parts
    plugin: Plugin
    trial: PluginHost
    parent: OwnRound | None

    def text_files(self) -> Iterator[tuple[str, str]]:
        """The files of translations that could be read: language and name."""
        for name in self.pieces.files:
            if name.startswith("texts/"):
                yield Path(name).stem, name

    def languages(self) -> list[str]:
        """The languages that are looked at: those of the files, and those in which a shipped round is complete."""
        found = {*LANGUAGES, *(language for language, _ in self.text_files())}
        return sorted(found - {self.language})


def check_folder(host: PluginHost, plugins: Path, folder: Path) -> list[Finding]:
    """Everything that is wrong with the plugin in `folder`, tried beside those installed in `plugins`."""
    checked = read_folder(host, plugins, folder)
    said = {_where(finding) for finding in checked.pieces.found}
    found = [*checked.pieces.found, *(one for one in _of_host(checked) if _where(one) not in said)]
    found += _of_another_form(checked)
    if not any(finding.severity == "error" for finding in found):
        found += _of_policy(checked)
    found += _of_texts(checked)
    return in_order(found)


def _where(finding: Finding) -> tuple[str, int, int, str]:
    """What makes two findings the same, however each is worded."""
    return finding.file, finding.line, finding.column, finding.code


def read_folder(host: PluginHost, plugins: Path, folder: Path) -> Checked:
    """Read a folder as far as it can be read, tried beside the plugins installed in `plugins`."""
    trial = host.trial(plugins, folder)
    plugin = next(p for p in trial.plugins if p.folder is not None and p.folder.resolve() == folder.resolve())
    return read_plugin(trial, plugin, folder)


def read_plugin(trial: PluginHost, plugin: Plugin, folder: Path) -> Checked:
    """Read the folder of a plugin of a host as far as it can be read."""
    parent = _parent(trial, plugin)
    pieces = pieces_of(trial, plugin.id, folder, parent)
    inherited = _parts(parent.form, parent.policy, *parent.criteria, *parent.round.page) if parent else {}
    parts = dict(inherited) if pieces.overlay or plugin.overlays else {}
    page = pieces.round.page if pieces.round else ()
    parts |= _parts(pieces.form, pieces.policy, *(pieces.criteria or ()), *page)
    if pieces.round:
        parts["round"] = pieces.round
    if pieces.overlay:
        parts[pieces.overlay.overlay] = pieces.overlay
    parts |= _of_code(trial, plugin)
    language = str(pieces.file("round.yaml", "overlay.yaml").get("language") or "en")
    return Checked(folder, language, pieces, parts, inherited, plugin, trial, parent)


def _parts(form: Form | None, policy: ScoringPolicy | None, *others: Value) -> Parts:
    found = parts_of_values(*others, *((form,) if form else ()))
    return found | ({"scoring": policy} if policy else {})


def _of_code(trial: PluginHost, plugin: Plugin) -> Parts:
    """The parts of rounds that a `plugin.py` answers for."""
    found: Parts = {}
    for round_id in plugin.rounds if plugin.folder and (plugin.folder / "plugin.py").is_file() else ():
        try:
            own = trial.own(round_id)
        except RoundPaused:
            continue
        found |= _parts(own.form, own.policy, *own.criteria, *own.round.page) | {"round": own.round}
    for overlay_id in plugin.overlays:
        found[overlay_id] = trial.overlays[overlay_id]
    return found


def _parent(trial: PluginHost, plugin: Plugin) -> OwnRound | None:
    named = [trial.rounds[name].extends for name in plugin.rounds if name in trial.rounds]
    named += [trial.overlays[name].round for name in plugin.overlays if name in trial.overlays]
    for name in named:
        try:
            return trial.own(name) if name else None
        except RoundPaused:
            return None
    return None


def _of_host(checked: Checked) -> Iterator[Finding]:
    """What only shows when the plugin is asked as an installed one is."""
    plugin = checked.plugin
    if plugin.fault:
        yield from _of_fault(plugin.fault)
        return
    try:
        for round_id in plugin.rounds:
            checked.trial.own(round_id)
        for overlay_id in plugin.overlays:
            checked.trial.own(checked.trial.overlays[overlay_id].round)
            yield from _asked(checked, overlay_id)
    except RoundPaused as reason:
        if plugin.fault:
            yield from _of_fault(plugin.fault)
        else:
            yield _paused(checked, str(reason))


def _asked(checked: Checked, overlay_id: str) -> Iterator[Finding]:
    """The faults of an overlay's hooks, each asked with the values of its round."""
    overlay, parent = checked.trial.overlays[overlay_id], checked.parent
    if parent is None:
        return
    facts = {"overlay": overlay, "round": parent.round}
    for hook, value in (
        ("adjust_eligibility_criteria", {"criteria": list(parent.criteria)}),
        ("adjust_self_assessment_form", {"form": parent.form}),
        ("adjust_scoring_policy", {"policy": parent.policy}),
    ):
        try:
            checked.trial.ask(checked.plugin.id, hook, lambda answer: answer, **facts, **value)
        except PluginFault as error:
            yield from _of_fault(error.fault)
            return


def _of_another_form(checked: Checked) -> Iterator[Finding]:
    """A form with a name of its own in a round that extends another: it would only be added to the other's form."""
    form, parent = checked.pieces.files.get("form.yaml"), checked.parent
    if form is None or parent is None or form.get("form") in {None, parent.form.form}:
        return
    message = f"the round extends {parent.round.round}, so that this file only changes its form '{parent.form.form}': "
    message += "leave 'extends' out of round.yaml for a form of its own, or 'form' out of this file"
    yield Finding.at(place(form, ("form",), "form.yaml"), "another_form", message)


def _paused(checked: Checked, reason: str) -> Finding:
    main = checked.pieces.file("round.yaml", "overlay.yaml")
    key = "extends" if "extends" in main else "round"
    named = str(main.get(key, ""))
    code = "cycle" if "in a circle" in reason else "paused" if named in checked.trial.rounds else "unknown_round"
    mark = place(main, (key,), _main_file(checked.folder))
    return Finding.at(mark, code, f"{reason}: mend it there, or name another round")


def _of_policy(checked: Checked) -> Iterator[Finding]:
    policy, form = checked.pieces.policy, checked.pieces.form
    if policy is None or form is None or policy.kind not in checked.trial.blocks.scoring_kinds:
        return
    kind = checked.trial.blocks.scoring_kinds[policy.kind]
    known: set[PolicyFlaw] = set()
    if checked.parent and checked.parent.policy.kind == policy.kind:
        parameters = kind.Parameters.model_validate(checked.parent.policy.parameters)
        known = set(kind.check(parameters, checked.parent.form))
    main = checked.pieces.file("round.yaml", "overlay.yaml")
    for flaw in kind.check(kind.Parameters.model_validate(policy.parameters), form):
        if flaw not in known:
            path = ("scoring", "parameters", *flaw.parameter.split("."))
            yield Finding.at(place(main, path, _main_file(checked.folder)), flaw.code, flaw.message)


def _of_texts(checked: Checked) -> Iterator[Finding]:
    pieces, parts = checked.pieces, checked.parts
    stated = stated_in((name, data) for name, data in pieces.files.items() if not name.startswith("texts/"))
    for language, name in checked.text_files():
        yield from check_texts(pieces.files[name], parts, language=language, whole=pieces.whole)
    for language in checked.languages():
        if pieces.whole:
            yield from _missing(checked, set(stated), language)
        yield from _stale_inherited(checked, stated, language)


def _missing(checked: Checked, stated: set[str], language: str) -> list[Finding]:
    """The texts that a language lacks; where it has none at all, that alone is said."""
    file = f"texts/{language}.yaml"
    found = list(missing_texts(checked.parts, stated, checked.inherited, language=language, file=file))
    if len(found) > 1 and not any(checked.parts[name].texts.get(language) for name in stated & set(checked.parts)):
        message = f"nothing is translated into {language} yet, {len(found)} texts are missing, and readers get another "
        message += "language: 'skolemerke rounds texts PATH' counts them"
        return [Finding.at(Mark(file), "missing_text", message)]
    return found


def _stale_inherited(checked: Checked, stated: dict[str, dict[str, Mark]], language: str) -> Iterator[Finding]:
    """Texts that the folder words anew, while their translation is still that of the parent's words."""
    own = checked.pieces.file(f"texts/{language}.yaml").get("texts") or {}
    for name, part in checked.parts.items():
        before = checked.inherited.get(name)
        if name not in stated or before is None:
            continue
        old = {(field, key): text for field, key, text in sources_of(before)}
        for field, key, text in sources_of(part):
            theirs = old.get((field, key))
            mine, kept = _said(own.get(name), field, key), _said(before.texts.get(language), field, key)
            if theirs is not None and theirs != text and kept and not mine:
                mark = stated[name].get(field) or next(iter(stated[name].values()), Mark(_main_file(checked.folder)))
                of = f"{field} of '{name}'" + (f" ({key})" if key else "")
                message = f"{of} is worded anew, and its {language} text still translates the words of the round before"
                yield Finding.at(mark, "stale_text", f"{message}: translate it in texts/{language}.yaml")


def _said(fields: object, field: str, key: str) -> str:
    found = fields.get(field) if isinstance(fields, dict) else None
    found = found.get(key) if key and isinstance(found, dict) else found
    return found if isinstance(found, str) else ""


def _of_fault(fault: Fault) -> list[Finding]:
    if fault.findings:
        return list(fault.findings)
    mark = Mark(fault.file or "pyproject.toml", fault.line or 1)
    return [Finding.at(mark, "plugin_fault", fault.message)]


def _main_file(folder: Path) -> str:
    return next((name for name in ("round.yaml", "overlay.yaml") if (folder / name).is_file()), "pyproject.toml")
