"""Why a round is paused, in the reader's language."""

from __future__ import annotations

from skolemerke import speech
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.web.languages import current_language


def why_paused(pause: RoundPaused) -> str:
    """Why a round is paused, in the reader's language; what a plugin said itself as it said it."""
    figures = {
        name: why_paused(figure) if isinstance(figure, RoundPaused) else figure
        for name, figure in pause.figures.items()
    }
    with speech.speaking(current_language()):
        return speech.say(pause.message, **figures)
