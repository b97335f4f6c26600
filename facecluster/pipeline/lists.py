"""What a reviewer can go through and select from: faces, or people and groups, each in a fixed order."""
