"""The reference engine: what every typology means, in plain Python, slow and obviously right."""
