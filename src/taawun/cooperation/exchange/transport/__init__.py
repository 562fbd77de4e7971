"""How bundles reach a partner's node: over HTTPS, or in memory for tests and rehearsals."""
