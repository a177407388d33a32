"""The check of a round or overlay in a folder, tried beside everything that is installed."""

from __future__ import annotations

from pathlib import Path

from skolemerke_forms.located import Finding

from skolemerke.config import current_config
from skolemerke.plugin_host.checking import Parts, check_folder, parts_of_values
from skolemerke.plugin_host.host import PluginHost
from skolemerke.rounds.composition import compose_with, host


def check(folder: Path) -> list[Finding]:
    """Every fault and warning of the plugin in a folder; empty is clean."""
    return check_folder(host(), current_config().plugins, folder, _adjusted)


def _adjusted(plugins: PluginHost, overlay_id: str) -> Parts:
    overlay = plugins.overlays[overlay_id]
    agency = overlay.agencies[0] if overlay.agencies else None
    composed = compose_with(plugins, overlay.round, [overlay_id], agency)
    return parts_of_values(*composed.content.criteria, composed.content.form) | {"scoring": composed.content.policy}
