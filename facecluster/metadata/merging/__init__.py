"""Whom a photo shows, put into an XMP document and taken out again."""
