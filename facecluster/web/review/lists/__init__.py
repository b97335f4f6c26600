"""Lists to go through and select from: people, groups, faces, photos that failed, history."""
