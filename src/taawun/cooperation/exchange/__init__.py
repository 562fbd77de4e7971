"""How messages go from node to node: sealed, numbered, receipted, each taken once."""
