"""`skolemerke plugins`: what is installed, and what is wrong with it."""

from __future__ import annotations

import click

from skolemerke.cli import frame
from skolemerke.plugin_host.host import Plugin
from skolemerke.rounds.composition import host

group = click.Group("plugins")


@frame.command(group, "list")
def list_plugins() -> frame.Report:
    """List all plugins with their state; a quarantined one makes the answer "no"."""
    host().examine()
    plugins = host().plugins
    rows: list[list[object]] = [
        [p.id, p.version, p.state, p.source, ", ".join(p.rounds), ", ".join(p.overlays)] for p in plugins
    ]
    text = frame.table(rows, ["id", "version", "state", "source", "rounds", "overlays"])
    text += "".join(f"\n{plugin.fault}" for plugin in plugins if plugin.fault)
    if not plugins:
        text = "No plugin is installed: put round plugins into the folder 'plugins'."
    answer = not any(plugin.state == "quarantined" for plugin in plugins)
    return frame.Report([_as_json(plugin) for plugin in plugins], text, answer)


def _as_json(plugin: Plugin) -> dict[str, object]:
    return {
        "id": plugin.id,
        "version": plugin.version,
        "state": plugin.state,
        "source": plugin.source,
        "rounds": plugin.rounds,
        "overlays": plugin.overlays,
        "fault": plugin.fault.as_json() if plugin.fault else None,
    }
