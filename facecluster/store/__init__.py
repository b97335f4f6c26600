"""Files: the archive that is read, the library that is written, the settings files."""
