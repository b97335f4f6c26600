"""How right the result is, and how fast this machine."""
