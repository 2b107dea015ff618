"""The version of this package, which every run holds."""

__version__ = "0.1.0"
