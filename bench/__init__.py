"""What Taawun measures of itself, and against the peers of its field.

`python -m bench` runs everything, prints tables and writes `bench/RESULTS.md`; each module runs
alone as `python -m bench.<name>`. Timings live here and nowhere in the tests.
"""
