"""ExifTool: the metadata inside photos, read and written by a program that stays open."""
