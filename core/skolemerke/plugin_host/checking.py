"""What an author is told about a plugin folder before it is used: every fault of one run, at its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from skolemerke_forms.located import Finding, LocatedMap, Mark
from skolemerke_forms.values import Value
from skolemerke_forms.wording import Worded

from skolemerke.plugin_host.faults import Fault, PluginFault
from skolemerke.plugin_host.folder import FolderPlugin
from skolemerke.plugin_host.host import Plugin, PluginHost, RoundPaused

LANGUAGES = ("nb", "nn")
"""The languages in which a shipped round is complete, beside that of its inline texts."""

RESERVED = frozenset(("changes", "check", "consent", "declaration", "evidence", "print", "receipt", "seen", "submit"))
"""Pages of an application; the address of a section's page is its id, so no section may be called so."""

Parts = dict[str, Worded]


def check_folder(
    host: PluginHost, plugins: Path, folder: Path, adjusted: Callable[[PluginHost, str], Parts]
) -> list[Finding]:
    """Everything that is wrong with the plugin in `folder`, tried beside those installed in `plugins`.

    `adjusted(host, overlay)` gives the parts of the overlay's round as the overlay leaves them.
    """
    trial = host.trial(plugins, folder)
    plugin = next(p for p in trial.plugins if p.folder is not None and p.folder.resolve() == folder.resolve())
    if plugin.fault:
        return _of_fault(plugin.fault)
    try:
        parts = _parts_of(trial, plugin, adjusted)
    except RoundPaused as reason:
        if plugin.fault:
            return _of_fault(plugin.fault)
        return [Finding.at(Mark(_main_file(folder)), "paused", str(reason))]
    except PluginFault as error:
        return _of_fault(error.fault)
    if not isinstance(plugin.object, FolderPlugin):
        return []
    found = [*_reserved_sections(plugin.object), *_unknown_texts(plugin.object, parts)]
    found += _missing_texts(plugin.object, parts, _stated_ids(plugin.object))
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.column))


def parts_of_values(*values: Value) -> Parts:
    """Every part that has an id and texts, by the id that texts name."""
    parts: Parts = {}
    for value in values:
        parts.update(_walk(value))
    return parts


def _parts_of(host: PluginHost, plugin: Plugin, adjusted: Callable[[PluginHost, str], Parts]) -> Parts:
    parts: Parts = {}
    for round_id in plugin.rounds:
        own = host.own(round_id)
        parts |= parts_of_values(*own.criteria, own.form, *own.round.page)
        parts |= {"round": own.round, "scoring": own.policy}
    for overlay_id in plugin.overlays:
        parts |= adjusted(host, overlay_id)
        parts[overlay_id] = host.overlays[overlay_id]
    return parts


def _walk(value: Value) -> Iterator[tuple[str, Worded]]:
    name = getattr(value, "id", None) or ("form" if hasattr(value, "form") else None)
    if isinstance(value, Worded) and name:
        yield name, value
    for field in type(value).model_fields:
        child = getattr(value, field)
        if field in {"declaration", "consent"} and isinstance(child, Worded):
            yield field, child
        elif isinstance(child, tuple):
            for item in child:
                if isinstance(item, Worded):
                    yield from _walk(item)


def _reserved_sections(plugin: FolderPlugin) -> Iterator[Finding]:
    form = plugin.read("form.yaml")
    if form is None:
        return
    for section in form.get("sections", ()):
        if section.get("id") in RESERVED:
            message = f"a section can't have the id '{section['id']}', which is the address of another page: rename it"
            yield Finding.at(section.key_marks["id"], "reserved_id", message)


def _unknown_texts(plugin: FolderPlugin, parts: Parts) -> Iterator[Finding]:
    for texts in plugin.texts.values():
        for name, fields in texts.items():
            mark = texts.key_marks[name]
            part = parts.get(name)
            if part is None:
                yield Finding.at(mark, "unknown_text_id", f"there is nothing with the id '{name}' in this round")
                continue
            known = {*part.worded, *part.worded_items}
            for field in fields if isinstance(fields, LocatedMap) else ():
                if field not in known:
                    message = f"'{name}' has no text '{field}'; it has {', '.join(sorted(known))}"
                    yield Finding.at(fields.key_marks[field], "unknown_text", message)


def _missing_texts(plugin: FolderPlugin, parts: Parts, stated: set[str]) -> Iterator[Finding]:
    for language in sorted({*LANGUAGES, *plugin.texts}):
        mark = Mark(f"texts/{language}.yaml")
        for name, part in parts.items():
            if name not in stated:
                continue
            for field in (*part.worded, *part.worded_items):
                if getattr(part, field) and not part.texts.get(language, {}).get(field):
                    message = f"'{name}' has no {field} in {language}"
                    yield Finding.at(mark, "missing_text", message).model_copy(update={"severity": "warning"})


def _stated_ids(plugin: FolderPlugin) -> set[str]:
    """The ids that this folder itself speaks of, so that what a parent lacks is not said of the child."""
    ids: set[str] = set()
    for name in ("round.yaml", "form.yaml", "page.yaml", "overlay.yaml"):
        data = plugin.read(name)
        if data is not None:
            _collect(data, ids)
            special = {"round.yaml": "round", "form.yaml": "form"}.get(name, str(data.get("overlay", "")))
            ids |= {special} if name != "page.yaml" else set()
            ids |= {"scoring"} if "scoring" in data else set()
            ids |= {key for key in ("declaration", "consent") if key in data}
    return ids


def _collect(data: object, ids: set[str]) -> None:
    if isinstance(data, dict):
        if "id" in data:
            ids.add(str(data["id"]))
        for value in data.values():
            _collect(value, ids)
    elif isinstance(data, list):
        for item in data:
            _collect(item, ids)


def _of_fault(fault: Fault) -> list[Finding]:
    if fault.findings:
        return list(fault.findings)
    mark = Mark(fault.file or "pyproject.toml", fault.line or 1)
    return [Finding.at(mark, "plugin_fault", fault.message)]


def _main_file(folder: Path) -> str:
    return next((name for name in ("round.yaml", "overlay.yaml") if (folder / name).is_file()), "pyproject.toml")
