"""The panels of the dashboard "Social care overview", one a file; each file holds `PANEL`."""
