"""Faces of an open library -> their pictures and vectors, read where they lie."""
