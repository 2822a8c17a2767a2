"""Writes a board as one page."""
