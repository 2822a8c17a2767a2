"""The panels, one a file: each file holds `PANEL`, and shows on the boards that list it."""
