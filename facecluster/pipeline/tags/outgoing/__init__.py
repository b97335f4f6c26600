"""Names to where other software reads them, and out of there again."""
