"""A round or overlay in a folder, tried beside everything that is installed: its check, and what it would freeze."""

from __future__ import annotations

from pathlib import Path

from skolemerke_forms.located import Finding

from skolemerke.config import current_config
from skolemerke.plugin_host.checking import Parts, check_folder, parts_of_values
from skolemerke.plugin_host.host import PluginHost, RoundPaused
from skolemerke.rounds.composition import Composed, compose_with, host


def check(folder: Path) -> list[Finding]:
    """Every fault and warning of the plugin in a folder; empty is clean."""
    return check_folder(host(), current_config().plugins, folder, _adjusted)


def composed_in(folder: Path) -> Composed:
    """The round of a folder, or the round that the overlay in it adjusts, as it would be with this folder installed:
    for the base, with the overlays of all agencies in the order of their names.

    Raises `RoundPaused` where it can't be had.
    """
    trial = host().trial(current_config().plugins, folder)
    plugin = next(p for p in trial.plugins if p.folder is not None and p.folder.resolve() == folder.resolve())
    if plugin.fault:
        raise RoundPaused(f"{folder}: {plugin.fault}")
    rounds = [*plugin.rounds, *(trial.overlays[name].round for name in plugin.overlays)]
    if not rounds:
        raise RoundPaused(f"{folder} holds neither a round nor an overlay")
    order = sorted(name for name, overlay in trial.overlays.items() if overlay.round == rounds[0])
    return compose_with(trial, rounds[0], order, None)


def _adjusted(plugins: PluginHost, overlay_id: str) -> Parts:
    overlay = plugins.overlays[overlay_id]
    agency = overlay.agencies[0] if overlay.agencies else None
    composed = compose_with(plugins, overlay.round, [overlay_id], agency)
    return parts_of_values(*composed.content.criteria, composed.content.form) | {"scoring": composed.content.policy}
