"""Who is known, whose key is whose, and what is signed."""
