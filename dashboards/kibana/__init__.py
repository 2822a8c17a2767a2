"""Compiles the boards for Kibana and imports them there."""
