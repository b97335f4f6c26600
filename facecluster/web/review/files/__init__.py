"""The same screens as files, to be looked at without a server."""
