"""Pixels to vectors: arrays in, arrays out."""
