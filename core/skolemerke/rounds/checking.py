"""The check of a round or overlay in a folder and of its translations, beside everything that is installed."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from skolemerke_forms.located import Finding

from skolemerke.config import current_config
from skolemerke.plugin_host.checking import check_folder, read_folder, read_plugin
from skolemerke.plugin_host.translating import LanguageState, mark_files, states
from skolemerke.rounds.composition import host

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
