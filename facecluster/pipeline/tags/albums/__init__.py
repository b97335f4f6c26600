"""A folder a person."""
