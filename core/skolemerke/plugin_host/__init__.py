"""Finds plugins, isolates them, and asks them: the only room that calls hooks. It knows no database."""
