"""Names under which an application keeps its parts, for modules that can't import each other."""

CONFIG = "skolemerke.config"
