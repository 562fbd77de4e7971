"""Does a window of the ledger show a typology? Definitions, engines, findings, ranking."""
