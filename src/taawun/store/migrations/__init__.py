"""What brings an older database up to date, in numbered steps. Steps are never edited."""
