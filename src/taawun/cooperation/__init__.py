"""Authorities exchange what an agreement in force permits, and nothing else."""
