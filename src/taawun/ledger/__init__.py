"""What moved, between whom, when: schema, money, readers, book, a window of it as arrays."""
