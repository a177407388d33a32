"""The import of registry files: read and validated whole, then merged under one import number."""
