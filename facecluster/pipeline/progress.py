"""How far a library is settled, in faces."""
