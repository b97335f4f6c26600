"""Sheets of faces, and photos."""
