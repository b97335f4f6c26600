"""Folders of links to photos, or of copies, that touch nothing that others put there."""
