"""Ledgers written as others read them: pacs.008, and small camt.053 and MT103 files."""
