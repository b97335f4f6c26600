"""Who gets in: address, login, guard, and the server that listens."""
