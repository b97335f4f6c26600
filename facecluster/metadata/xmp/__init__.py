"""XMP: bytes to a tree, and what it says of people."""
