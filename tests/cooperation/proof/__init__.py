"""Proofs of the whole: random sequences, real nodes, kills and hostile partners."""
