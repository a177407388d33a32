"""What a plugin and the core agree on: the hooks (`hooks`) and the plain, frozen values that cross them."""

CONTRACT_VERSION = 1
"""Raised when a plugin that was written for the version before would no longer work."""
