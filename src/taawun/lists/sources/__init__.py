"""One module and one card per official list; each turns the publisher's file into entities.

| source | module | the publisher's format |
|---|---|---|
| un | `un` | Security Council Consolidated List, XML |
| eu | `eu` | Financial Sanctions Files, XML 1.1 |
| uk | `uk` | UK Sanctions List, CSV of 58 columns |
| ofac | `ofac`, `ofac_advanced` | SDN legacy CSV (sdn, alt, add), SDN_ADVANCED XML |
| ftm | `ftm` | FollowTheMoney entities, one JSON object a line |

All of them read strictly: a field is used, ignored by name on the card with the reason, or reported
as a `Problem` with file, line and field.
"""
