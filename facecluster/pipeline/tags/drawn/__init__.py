"""Faces that other software drew and no detector found."""
