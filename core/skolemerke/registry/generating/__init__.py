"""Makes a registry of invented schools, for demonstrations, rehearsals and measurements."""

from .generator import generate
from .tables import Counts

__all__ = ["Counts", "generate"]
