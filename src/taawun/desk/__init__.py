"""The desk: one function for each thing an officer may do.

Each authorises the officer, opens one unit of work, acts, places what partners must hear in the
outbox and writes the journal: all of it, or nothing. Command line, pages and programs come in here
and nowhere else.

    desk.parties       who is known: own card and keys, partners' cards, blocs
    desk.agreements    draft, sign, decline, suspend, resume, end; what was in force when
    desk.requests      requests, answers, disclosures, consents, and the second officer
    desk.typologies    a definition shared with a partner, or taken from one
    desk.matching      "do you know this subject?" without naming anybody
"""
