"""Is this subject on a list? Candidates, evidence, the officer's judgement, and keeping watch."""
