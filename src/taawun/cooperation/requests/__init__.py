"""How what officers exchange lives: threads, caveats, the second officer."""
