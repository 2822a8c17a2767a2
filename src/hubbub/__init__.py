"""Hubbub: hears what customers say, judges it, and tells the care team in time."""

__version__ = "0.1.0"
