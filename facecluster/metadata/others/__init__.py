"""What other programs keep beside photos, in forms of their own."""
