"""A round or overlay in a folder, tried beside everything that is installed: its check, its translations, and what it
would freeze."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from skolemerke_forms.located import Finding

from skolemerke import database
from skolemerke.config import current_config
from skolemerke.plugin_host.checking import check_folder, read_folder, read_plugin
from skolemerke.plugin_host.host import Plugin, PluginHost, RoundPaused
from skolemerke.plugin_host.translating import LanguageState, mark_files, states
from skolemerke.rounds.composition import Composed, compose_with, host
from skolemerke.rounds.queries import overlay_order, require_round

STATES = "skolemerke.languages"


def check(folder: Path) -> list[Finding]:
    """Every fault and warning of the plugin in a folder; empty is clean."""
    return check_folder(host(), current_config().plugins, folder)


def texts(folder: Path) -> list[LanguageState]:
    """How complete the plugin in a folder is in each language beside its own."""
    return states(read_folder(host(), current_config().plugins, folder))


def texts_of(plugin_id: str) -> list[LanguageState]:
    """How complete an installed plugin is in each language; remembered while its files are those that were loaded."""
    plugin = host().plugin(plugin_id)
    if plugin is None or plugin.folder is None or plugin.state != "active":
        return []
    kept: dict[tuple[str, str], list[LanguageState]] = current_app.extensions.setdefault(STATES, {})
    key = (plugin.id, plugin.hash)
    if key not in kept:
        kept[key] = states(read_plugin(host(), plugin, plugin.folder))
    return kept[key]


def mark_translated(folder: Path, language: str | None, ids: set[str]) -> list[str]:
    """Note that translations say what the definition says now; gives the names of the files that were rewritten.

    `ids` limits it to those parts. Raises `DefinitionFault` for a file that can't be read.
    """
    return mark_files(read_folder(host(), current_config().plugins, folder), language, ids)


def composed_in(folder: Path) -> Composed:
    """The round of a folder, or the round that the overlay in it adjusts, as it would be with this folder installed:
    for the base, with the overlays in their stored order and new ones last.

    Raises `RoundPaused` where it can't be had.
    """
    trial, plugin = _tried(folder)
    if plugin.fault:
        raise RoundPaused(f"{folder}: {plugin.fault}")
    rounds = [*plugin.rounds, *(trial.overlays[name].round for name in plugin.overlays)]
    if not rounds:
        raise RoundPaused(f"{folder} holds neither a round nor an overlay")
    order = overlay_order(database.read(), rounds[0])
    installed = sorted(name for name, overlay in trial.overlays.items() if overlay.round == rounds[0])
    there = [name for name in order if name in trial.overlays]
    return compose_with(trial, rounds[0], [*there, *(name for name in installed if name not in there)], None)


def composed_before(round_id: str, folder: Path) -> Composed:
    """An installed round as it is without the overlays of a folder, whether they are installed or not: what the folder
    is compared with. Raises `UnknownRound`, `RoundPaused`."""
    require_round(round_id)
    _trial, plugin = _tried(folder)
    order = [name for name in overlay_order(database.read(), round_id) if name not in plugin.overlays]
    return compose_with(host(), round_id, order, None)


def _tried(folder: Path) -> tuple[PluginHost, Plugin]:
    trial = host().trial(current_config().plugins, folder)
    return trial, next(p for p in trial.plugins if p.folder is not None and p.folder.resolve() == folder.resolve())
