"""The version of this package, which every run holds."""

__version__ = "1.0.0"
