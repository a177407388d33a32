"""Rounds as they are run: the stored order of overlays, composition, editions and the calendar."""
