"""`signatures.json`: signed texts, by whom, when they come in, and what must be said of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from joserfc.util import to_str, urlsafe_b64decode, urlsafe_b64encode

from taawun.cooperation.act import ACT
from taawun.cooperation.trust.party import CARD, KeyUse, PublicKey
from taawun.cooperation.wire import canonical, moment_text
from tests.protocol.vectors.authorities import FROM, UNTIL, key, public, signed
from tests.protocol.vectors.histories import moment

Json = dict[str, Any]

SECOND = moment("2026-06-01")
TEXT = b'{"said":"anything"}'
NOON = "2026-02-15T12:00"


def known(
    authority: str,
    number: int = 1,
    *,
    confirmed: bool = True,
    revoked_at: str = "",
    valid_from: datetime = FROM,
    valid_until: datetime = UNTIL,
) -> list[Json]:
    """An authority's two keys as the node that checks knows them."""
    told = []
    for use in KeyUse:
        each: PublicKey = public(authority, use, number, valid_from, valid_until)
        said = {"authority": authority, "confirmed": confirmed, **each.plain()}
        told.append(said | ({"revoked_at": moment_text(moment(revoked_at))} if revoked_at else {}))
    return told


RING = [
    *known("XA-FIU"),
    *known("XA-FIU", 2, valid_from=SECOND, valid_until=moment("2027-06-01")),
    *known("XB-FIU", revoked_at="2026-03-01T09:00"),
    *known("XC-FIU"),
    *known("XD-FIU", confirmed=False),
]

KID = key("XA-FIU", KeyUse.SIGN).thumbprint()
GOOD = signed(TEXT, "XA-FIU", ACT)
HEAD, BODY, MARK = GOOD.split(".")


def letters(data: bytes) -> str:
    """base64url without padding."""
    return to_str(urlsafe_b64encode(data))


def by_hand(header: bytes | Json, payload: bytes = TEXT, authority: str = "XA-FIU") -> str:
    """A signature over a header of any kind: it holds, whatever the header says."""
    head = header if isinstance(header, bytes) else canonical(header)
    covered = f"{letters(head)}.{letters(payload)}"
    private = key(authority, KeyUse.SIGN).private_key
    return f"{covered}.{letters(private.sign(covered.encode()))}"  # type: ignore[union-attr]


def header(**other: Any) -> Json:
    """The header that is expected, or one that says something else."""
    return {"alg": "Ed25519", "kid": KID, "typ": ACT} | other


def flipped(text: str) -> str:
    """A signature with one bit of it changed."""
    return f"{'B' if text[0] == 'A' else 'A'}{text[1:]}"


ORDER = 2**252 + 27742317777372353535851937790883648493
WRONG = "signature.wrong"
TIMES_EIGHT = (
    "AIFshZkf2cn5Wfebq7UbaoK-ynCZWMiFLGjTsulZcwIqipq12VSCB8mxnjXPEAgNEnkgwobr3KJUgykHqTG0Cw"
)
"""Over GOOD's text by GOOD's key, with the point of order 2 added to R: whoever multiplies both
sides by the cofactor takes it."""


def _beyond() -> str:
    mark = urlsafe_b64decode(MARK.encode())
    s = int.from_bytes(mark[32:], "little") + ORDER
    return letters(mark[:32] + s.to_bytes(32, "little"))


LOOSE = f"{HEAD}.{BODY}.{MARK[:-1]}{'B' if MARK[-1] == 'A' else 'h' if MARK[-1] == 'g' else 'x'}"
GENERAL = {"payload": BODY, "signatures": [{"protected": HEAD, "signature": MARK}]}
SPACED = json.dumps(header()).encode()
TURNED = b'{"kid":"%s","alg":"Ed25519","typ":"%s"}' % (KID.encode(), ACT.encode())
TWICE = b'{"alg":"none","alg":"Ed25519","kid":"%s","typ":"%s"}' % (KID.encode(), ACT.encode())

CASES: list[tuple[str, Json, str]] = [
    ("a good signature", {}, ""),
    (
        "by a new key beside the old",
        {"signed": signed(TEXT, "XA-FIU", ACT, 2), "at": "2026-07-01"},
        "",
    ),
    ("by the old key, while it counts", {"at": "2026-07-01"}, ""),
    ("in the key's first moment", {"at": "2026-01-01"}, ""),
    (
        "before a key is revoked",
        {
            "signed": signed(TEXT, "XB-FIU", ACT),
            "sender": "XB-FIU",
            "at": "2026-03-01T08:59:59.999999",
        },
        "",
    ),
    (
        "of another type, where that is expected",
        {"signed": signed(TEXT, "XA-FIU", CARD), "typ": CARD},
        "",
    ),
    (
        "over bytes that are no JSON: the signature holds all the same",
        {"signed": signed(b"\x00\xff", "XA-FIU", ACT)},
        "",
    ),
    # the key
    ("by somebody else's key", {"sender": "XC-FIU"}, "key.unknown"),
    ("by one who is not known", {"sender": "XE-FIU"}, "key.unknown"),
    (
        "by a key that was never on a card",
        {"signed": signed(TEXT, "XA-CUSTOMS", ACT)},
        "key.unknown",
    ),
    (
        "naming a key to seal to",
        {"signed": by_hand(header(kid=key("XA-FIU", KeyUse.SEAL).thumbprint()))},
        "key.unknown",
    ),
    (
        "by one whose fingerprint nobody compared",
        {"signed": signed(TEXT, "XD-FIU", ACT), "sender": "XD-FIU"},
        "key.unconfirmed",
    ),
    (
        "by a revoked key, in the moment of its revocation",
        {"signed": signed(TEXT, "XB-FIU", ACT), "sender": "XB-FIU", "at": "2026-03-01T09:00"},
        "key.revoked",
    ),
    (
        "by a key that does not count yet",
        {"signed": signed(TEXT, "XA-FIU", ACT, 2), "at": "2026-05-31T23:59:59.999999"},
        "key.not_yet",
    ),
    ("by a key that has run out", {"at": "2027-02-05"}, "key.expired"),
    # the signature
    ("over another text", {"signed": f"{HEAD}.{letters(b'{}')}.{MARK}"}, "signature.wrong"),
    ("with one bit changed", {"signed": f"{HEAD}.{BODY}.{flipped(MARK)}"}, "signature.wrong"),
    (
        "by another, under this one's name",
        {"signed": by_hand(header(), authority="XC-FIU")},
        "signature.wrong",
    ),
    ("all zero", {"signed": f"{HEAD}.{BODY}.{'A' * 86}"}, "signature.wrong"),
    ("its s written as s and the order", {"signed": f"{HEAD}.{BODY}.{_beyond()}"}, WRONG),
    ("that holds times eight alone", {"signed": f"{HEAD}.{BODY}.{TIMES_EIGHT}"}, WRONG),
    # its type, its algorithm, its header
    ("a card where an act is expected", {"signed": signed(TEXT, "XA-FIU", CARD)}, "signature.type"),
    ("no type", {"signed": by_hand({"alg": "Ed25519", "kid": KID})}, "signature.header"),
    ("the algorithm's older name", {"signed": by_hand(header(alg="EdDSA"))}, "signature.algorithm"),
    ("no algorithm", {"signed": by_hand(header(alg="none"))}, "signature.algorithm"),
    ("a shared secret", {"signed": by_hand(header(alg="HS256"))}, "signature.algorithm"),
    (
        "its own key in the header",
        {"signed": by_hand(header(jwk={"kty": "OKP"}))},
        "signature.header",
    ),
    (
        "something critical",
        {"signed": by_hand(header(crit=["b64"], b64=False))},
        "signature.header",
    ),
    ("no name of a key", {"signed": by_hand({"alg": "Ed25519", "typ": ACT})}, "signature.header"),
    ("a number for a key", {"signed": by_hand(header(kid=1))}, "signature.header"),
    ("a header with spaces", {"signed": by_hand(SPACED)}, "signature.header"),
    ("a header in another order", {"signed": by_hand(TURNED)}, "signature.header"),
    ("a name twice in the header", {"signed": by_hand(TWICE)}, "signature.header"),
    # its shape
    ("nothing", {"signed": ""}, "signature.malformed"),
    ("two parts", {"signed": f"{HEAD}.{BODY}"}, "signature.malformed"),
    ("four parts", {"signed": f"{GOOD}.{MARK}"}, "signature.malformed"),
    ("no payload", {"signed": f"{HEAD}..{MARK}"}, "signature.malformed"),
    ("padding", {"signed": f"{HEAD}=.{BODY}.{MARK}"}, "signature.malformed"),
    ("a line feed at the end", {"signed": f"{GOOD}\n"}, "signature.malformed"),
    (
        "letters of the other alphabet",
        {"signed": f"{HEAD}.{BODY}.+{MARK[1:]}"},
        "signature.malformed",
    ),
    ("63 bytes of signature", {"signed": f"{HEAD}.{BODY}.{MARK[:84]}"}, "signature.malformed"),
    ("bits left over in the signature", {"signed": LOOSE}, "signature.malformed"),
    (
        "bits left over in the payload",
        {"signed": f"{HEAD}.{letters(b'x')[:-1]}B.{MARK}"},
        "signature.malformed",
    ),
    ("a header that is no JSON", {"signed": by_hand(b"alg")}, "signature.malformed"),
    ("a header that is a list", {"signed": by_hand(b"[]")}, "signature.malformed"),
    ("the JSON serialisation", {"signed": json.dumps(GENERAL)}, "signature.malformed"),
]


def files() -> dict[str, Json]:
    """`signatures.json`."""
    return {
        "signatures.json": {
            "what": "compact JWS: from whom it says to come, which type is expected, when it comes"
            " in; and its payload or the ground on which it is refused",
            "ring": RING,
            "cases": [_case(*said) for said in CASES],
        }
    }


def _case(name: str, other: Json, ground: str) -> Json:
    said: Json = {"signed": GOOD, "sender": "XA-FIU", "typ": ACT, "at": NOON} | other
    said["at"] = moment_text(moment(said["at"]))
    if ground:
        return {"name": name, **said, "refused": ground}
    payload = said["signed"].split(".")[1]
    return {"name": name, **said, "payload": payload}
