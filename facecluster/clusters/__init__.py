"""Vectors to groups: arrays in, arrays out."""
