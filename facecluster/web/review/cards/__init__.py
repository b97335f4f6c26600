"""One question at a time: Name, Same person?, Review more."""
