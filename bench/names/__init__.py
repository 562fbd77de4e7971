"""Labelled name pairs and made-up customers: what the matching is measured with.

`pairs.csv` is built by `python -m bench.names.build` from two sources: `written.txt`, pairs
written from knowledge of the cultures, and `listed.tsv`, names as the UN, EU, UK and OFAC lists
print them, judged by hand. `split.py` says which half a pair belongs to; the half called
`held` is never tuned on.
"""
