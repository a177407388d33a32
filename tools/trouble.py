"""The one exception that dev.py shows to the person at the terminal."""


class Trouble(Exception):
    """Something that the person at the terminal must mend; the message says what and how."""
