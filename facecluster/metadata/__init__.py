"""NAMES IN METADATA: what files say of the people on a photo, bytes in and bytes out."""
