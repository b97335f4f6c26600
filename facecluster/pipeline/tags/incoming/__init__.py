"""Names from where they already are: read, held against faces and people, decided as one."""
