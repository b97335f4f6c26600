"""What a page asks to be decided, and what it is told of what others decided."""
