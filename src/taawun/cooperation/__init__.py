"""Authorities exchange what an agreement in force permits, and nothing else.

    wire                        documents: written in one way, read strictly
    trust/                      who is known, whose key is whose, signatures
    bloc agreement act          what is agreed, and what a party does to it
    standing agreements         how it stands at a moment; how it is kept and told
    history                     all of that, as it is kept and read
    message permit              a message; may it pass, now, on what ground?
    exchange/                   sealed, numbered, receipted, taken once; transports
    requests/                   threads and bodies, caveats, the second officer
    clocks/                     business days, deadlines, what goes up when overdue
    private/                    hit or no hit, without showing whom
    node                        all of it together, with one authority's keys and store

Officers come in by the desk, other nodes by `exchange.gate`.
"""
