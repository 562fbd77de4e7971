"""A second implementation, written from the pages of `protocol/` alone: no import of Taawun's.

The standard library and `cryptography` are enough. It reads strictly, checks cards, signatures and
the chain of acts, works out what stands between two parties, and opens what was sealed. A stranger
may start from it; the product itself uses joserfc.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOST_BYTES = 3 * 1024 * 1024
MOST_DEPTH = 24
PRIME = 2**255 - 19
SMALL_ORDER = {
    0,
    1,
    PRIME - 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
}
OF_32_BYTES = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
MALFORMED = "signature.malformed"
CURVES = {"sign": "Ed25519", "seal": "X25519"}
Json = dict[str, Any]


class Refusal(Exception):
    """Something that the pages say must be refused; `ground` is the code they give it."""

    def __init__(self, ground: str) -> None:
        super().__init__(ground)
        self.ground = ground


def need(holds: object, ground: str) -> None:
    """Refuse on a ground unless something holds."""
    if not holds:
        raise Refusal(ground)


# canonical.md


def canonical(value: object) -> bytes:
    """RFC 8785 for what the protocol uses: there is no float in it."""
    if isinstance(value, Mapping):
        fields = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return b"{" + b",".join(canonical(k) + b":" + canonical(v) for k, v in fields) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, int) and not isinstance(value, bool):
        need(abs(value) < 2**53, "wire.not_canonical")
    need(not isinstance(value, float), "wire.not_canonical")
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Refusal("wire.not_canonical") from None


def read(data: bytes) -> Any:
    """JSON values of canonical bytes; anything else is refused."""
    need(len(data) <= MOST_BYTES, "wire.too_large")
    need(depth(data) <= MOST_DEPTH, "wire.too_deep")
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal("wire.not_json") from None
    need(canonical(value) == data, "wire.not_canonical")
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def depth(data: bytes) -> int:
    """How deep lists and objects lie in each other, before anything is read."""
    deep = most = 0
    for mark in re.findall(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[{]|[\]}]', data):
        deep += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(mark, 0)
        most = max(most, deep)
    return most


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def binary(text: str) -> bytes:
    """The bytes of base64url without padding, which have one spelling only."""
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, "signature.malformed")
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(letters(found) == text, "signature.malformed")
    return found


def letters(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def thumbprint(use: str, x: str) -> str:
    """RFC 7638 over an OKP key (RFC 8037): what a key is called by."""
    return letters(hashlib.sha256(canonical({"crv": CURVES[use], "kty": "OKP", "x": x})).digest())


def claimed(signed: str, typ: str) -> tuple[str, bytes]:
    """The thumbprint and the payload that a compact JWS claims, its shape and header checked."""
    need(re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}", signed), MALFORMED)
    head, payload, mark = (binary(part) for part in signed.split("."))
    need(len(mark) == 64, MALFORMED)
    try:
        header = json.loads(head)
    except ValueError:
        raise Refusal(MALFORMED) from None
    need(isinstance(header, dict), MALFORMED)
    need(set(header) == {"alg", "kid", "typ"}, "signature.header")
    need(header["alg"] == "Ed25519", "signature.algorithm")
    need(header["typ"] == typ, "signature.type")
    need(isinstance(header["kid"], str) and canonical(header) == head, "signature.header")
    return header["kid"], payload


def verify(signed: str, typ: str, keys: Mapping[str, Json], at: str) -> bytes:
    """The payload under a signature by one of `keys` (thumbprint to key) that counts at `at`.

    Times of the wire are compared as texts: they have one length and one spelling.
    """
    kid, payload = claimed(signed, typ)
    key = keys.get(kid, {"use": "none"})
    need(key["use"] == "sign", "key.unknown")
    need(key.get("confirmed", True), "key.unconfirmed")
    need(at < key.get("revoked_at", "9"), "key.revoked")
    need(key["valid_from"] <= at, "key.not_yet")
    need(at < key["valid_until"], "key.expired")
    covered, _, mark = signed.rpartition(".")
    try:
        Ed25519PublicKey.from_public_bytes(binary(key["x"])).verify(
            binary(mark), covered.encode("ascii")
        )
    except InvalidSignature:
        raise Refusal("signature.wrong") from None
    return payload


def ring(keys: Iterable[Json], authority: str) -> dict[str, Json]:
    """The keys of one authority by thumbprint."""
    return {key["kid"]: key for key in keys if key["authority"] == authority}


# agreement.md


def keys_of(card: Json) -> dict[str, Json]:
    """A card's keys by thumbprint, each of which must be what it says."""
    for key in card["keys"]:
        need(thumbprint(key["use"], key["x"]) == key["kid"], "wire.field")
    return {key["kid"]: key for key in card["keys"]}


def fingerprint(card: Json) -> str:
    """What two officers compare, without the spaces."""
    said = {"authority": card["authority"], "keys": sorted(keys_of(card))}
    return digest(canonical(said))[:40]


def member(blocs: Iterable[Json], bloc: str, country: str, at: str) -> bool:
    """Whether a state is a member of a bloc: days begin at midnight UTC."""
    return any(
        (each["bloc"], each["country"]) == (bloc, country)
        and each["since"] <= at[:10] < each.get("until", "9")
        for each in blocs
    )


def sides(agreement: Json, authority: str, blocs: list[Json], at: str) -> set[int]:
    """The places of the parties for which an authority may stand."""
    return {
        place
        for place, party in enumerate(agreement["parties"])
        if party.get("authority") == authority
        or ("bloc" in party and member(blocs, party["bloc"], authority[:2], at))
    }


def meet(agreement: Json, one: str, other: str, blocs: list[Json], at: str) -> bool:
    """Whether it is an agreement between these two: on different sides, or of its only bloc."""
    mine, theirs = (sides(agreement, code, blocs, at) for code in (one, other))
    if len(agreement["parties"]) == 1:
        return one != other and bool(mine and theirs)
    return one != other and any(a != b for a in mine for b in theirs)


ACT = "taawun-act+jws"


def take(case: Json, keys: Iterable[Json], blocs: list[Json]) -> None:
    """Refuse the next act of a party unless it may follow on those that are known of it."""
    agreement, signed = case["agreement"], case["act"]
    known = [read(claimed(each, ACT)[1]) for each in case["known"]]
    act = read(claimed(signed, ACT)[1])
    need(act["agreement"] == digest(canonical(agreement)), "act.agreement")
    verify(signed, ACT, ring(keys, act["party"]), case["at"])
    may_follow(act, known, agreement, blocs)


def may_follow(act: Json, known: list[Json], agreement: Json, blocs: list[Json]) -> None:
    """The rules of the table of acts, in its order."""
    opening = act["deed"] in ("sign", "decline")
    need(act["agreement"] == digest(canonical(agreement)), "act.agreement")
    need(act["number"] == len(known) + 1, "act.number")
    if opening or not known:
        need(sides(agreement, act["party"], blocs, act["at"]), "act.not_party")
    need(not known or known[-1]["at"] <= act["at"], "act.time")
    for each in known:
        need(each["deed"] != "decline", "act.ended")
        need(each["deed"] != "end" or act["at"] < each["effective_at"], "act.ended")
    need(not (opening and known), "act.already")
    need(opening or known, "act.unsigned")
    if act["deed"] == "resume":
        open_ = {each["number"]: each for each in known if each["deed"] == "suspend"}
        for each in known:
            open_.pop(each.get("lifts"), None)
        need(act["lifts"] in open_, "act.lifts")
        need(act["effective_at"] >= open_[act["lifts"]]["effective_at"], "act.time")


def standing(agreement: Json, kept: list[Json], blocs: list[Json], asked: Json) -> Json:
    """How an agreement stands: `asked` says between which two, at which moment, known when."""
    one, other, at = asked["one"], asked["other"], asked["at"]
    rows = played(kept, at, asked.get("known_at", "9"))
    signed = {code: row["sign"] for code, row in rows.items() if "sign" in row}
    found: Json = {"outside": False, "missing": [], "ended_by": "", "suspensions": [], "stops": []}
    if not meet(agreement, one, other, blocs, at):
        met = one in signed and other in signed
        met = met and meet(agreement, one, other, blocs, max(signed[one], signed[other]))
        return found | {"outside": True, "state": "ended" if met else "draft"}
    ends = [(rows[code]["end"], code) for code in (one, other) if "end" in rows.get(code, {})]
    if ends:
        return found | {"state": "ended", "ended_by": min(ends)[1], "since": min(ends)[0]}
    named = [party["authority"] for party in agreement["parties"] if "authority" in party]
    needed = dict.fromkeys((*named, one, other))
    if missing := [code for code in needed if code not in signed]:
        return found | {"state": "proposed" if signed else "draft", "missing": missing}
    since = max(agreement["valid_from"], *(signed[code] for code in needed))
    if at < since:
        return found | {"state": "signed", "since": since}
    if at >= agreement.get("valid_until", "9"):
        return found | {"state": "ended", "since": agreement["valid_until"]}
    return found | suspended(agreement, rows, one, other, since)


def played(kept: list[Json], at: str, known_at: str) -> dict[str, Json]:
    """What each party's acts amount to: when it signed, when it ended, what it suspended."""
    rows: dict[str, Json] = {}
    for each in kept:
        act, recorded = each["act"], each["recorded_at"]
        at_once = act["effective_at"] == act["at"]
        counts_from = min(act["at"], recorded) if at_once else act["effective_at"]
        if recorded > known_at or counts_from > at:
            continue
        row = rows.setdefault(act["party"], {"suspend": {}})
        if act["deed"] == "sign":
            row["sign"] = counts_from
        elif act["deed"] in ("end", "decline"):
            row["end"] = min(counts_from, row.get("end", counts_from))
        elif act["deed"] == "suspend":
            row["suspend"][act["number"]] = (act["scope"], counts_from)
        else:
            row["suspend"].pop(act["lifts"], None)
    return rows


def suspended(agreement: Json, rows: dict[str, Json], one: str, other: str, since: str) -> Json:
    """In force or suspended between two, and what is stopped."""
    between = [
        (by, number, scope, begun)
        for by, partner in ((one, other), (other, one))
        for number, (scope, begun) in rows[by]["suspend"].items()
        if not scope["partners"] or partner in scope["partners"]
    ]
    whole = [begun for _, _, scope, begun in between if not scope["fields"] + scope["services"]]
    return {
        "state": "suspended" if whole else "in_force",
        "since": min(whole) if whole else since,
        "suspensions": [{"by": by, "number": number} for by, number, _, _ in between],
        "stops": [
            [field, service]
            for field in agreement["fields"]
            for service in agreement["services"]
            if any(
                field in (scope["fields"] or [field])
                and service in (scope["services"] or [service])
                for _, _, scope, _ in between
            )
        ],
    }


THREAD = {"ask", "disclose", "freeze"}
KINDS = {
    "request": {"ask"},
    "acknowledgement": THREAD,
    "answer": {"ask", "freeze"},
    "refusal": THREAD,
    "disclosure": {"disclose"},
    "onward_request": {"ask", "disclose"},
    "onward_decision": {"ask", "disclose"},
    "feedback": THREAD,
    "freeze_request": {"freeze"},
    "typology": {"typology"},
    "match_terms": {"match"},
    "match_table": {"match"},
    "match_question": {"match"},
    "match_answer": {"match"},
}


def decide(asked: Json, facts: Json, spent: int) -> str:
    """The ground on which something may pass; refuses on the first that stands against it."""
    cards = {card["authority"]: card for card in facts["cards"]}
    me, partner = facts["me"], asked["partner"]
    need(partner != me and partner in cards, "permit.partner_unknown")
    need(partner in facts["confirmed"], "permit.partner_unconfirmed")
    if asked["kind"] in ("card", "proposal", "act"):
        return "control"
    need(asked.get("service") in KINDS.get(asked["kind"], ()), "permit.kind")
    known = facts["agreements"].get(asked.get("agreement"))
    need(known is not None, "permit.no_agreement")
    agreement = known["document"]
    between = {"one": me, "other": partner, "at": asked["at"]}
    stands = standing(agreement, known["acts"], facts["blocs"], between)
    in_force(stands)
    within(asked, agreement, [cards[me], cards[partner]])
    stopped = [asked["field"], asked["service"]] in stands["stops"]
    need(not stopped, "permit.suspended_in_part")
    sender, recipient = (me, partner) if asked["direction"] == "out" else (partner, me)
    for caveat in asked["caveats"]:
        allowed(caveat, asked, sender, recipient)
    if asked["kind"] == "match_question":
        day = budget(agreement, asked["service"], asked["purpose"])
        need(spent + asked["count"] <= day, "permit.budget")
    return "agreement"


def in_force(stands: Json) -> None:
    """Refuse whatever stands otherwise than in force."""
    need(not stands["outside"], "permit.not_party")
    need(stands["state"] not in ("draft", "proposed"), "permit.unsigned")
    need(stands["state"] != "signed", "permit.not_yet")
    need(not stands["ended_by"], "permit.ended")
    need(stands["state"] != "ended", "permit.expired")
    need(stands["state"] != "suspended", "permit.suspended")


def within(asked: Json, agreement: Json, cards: list[Json]) -> None:
    """Refuse what was not agreed."""
    need(asked["service"] in agreement["services"], "permit.service")
    need(asked.get("field") in agreement["fields"], "permit.field")
    for card in cards:
        need(asked["field"] in card["competences"], "permit.competence")
    need(asked.get("purpose") in agreement["purposes"], "permit.purpose")
    for category in asked["categories"]:
        need(category in agreement["categories"], "permit.category")


def allowed(caveat: Json, asked: Json, sender: str, recipient: str) -> None:
    """Refuse what an origin does not allow."""
    need(asked["purpose"] in caveat["purposes"], "permit.caveat_purpose")
    need(asked["at"][:10] <= caveat.get("delete_by", "9"), "permit.caveat_retention")
    if caveat["origin"] not in (sender, recipient):
        free = caveat["onward"] != "none" and recipient in caveat["consented"]
        need(free, "permit.caveat_onward")


def budget(agreement: Json, service: str, purpose: str) -> int:
    """Questions a day; none where the agreement names no budget."""
    for each in agreement["budgets"]:
        if (each["service"], each["purpose"]) == (service, purpose):
            return int(each["a_day"])
    return 0


# envelope.md


MEMBERS = {"alg", "enc", "kid", "typ", "epk"}
PARTS = re.compile(r"[A-Za-z0-9_-]{1,1024}\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}")


def unseal(envelope: str, own: Mapping[str, Json], at: str) -> str:
    """The JWS in a compact JWE (ECDH-ES, A256GCM). `own` has this node's keys to be sealed to, by
    thumbprint, each with its private half `d`."""
    need(PARTS.fullmatch(envelope), "envelope.malformed")
    head, _, *sealed = envelope.split(".")
    header = envelope_header(head)
    key = own.get(header["kid"])
    need(key is not None, "key.not_ours")
    assert key is not None
    need(at < key["valid_until"], "key.expired")
    private = X25519PrivateKey.from_private_bytes(binary(key["d"]))
    shared = private.exchange(X25519PublicKey.from_public_bytes(binary(header["epk"]["x"])))
    try:
        nonce, cipher, tag = map(binary, sealed)
        opened = AESGCM(concat_kdf(shared)).decrypt(nonce, cipher + tag, head.encode("ascii"))
        return opened.decode("ascii")
    except (InvalidTag, Refusal, UnicodeDecodeError):
        raise Refusal("envelope.sealed") from None


def envelope_header(part: str) -> Json:
    """The header of an envelope: five members, each of which is pinned."""
    try:
        header = json.loads(binary(part), object_pairs_hook=_once)
    except (ValueError, Refusal):
        raise Refusal("envelope.malformed") from None
    need(isinstance(header, dict), "envelope.malformed")
    need(set(header) == MEMBERS, "envelope.header")
    need((header["alg"], header["enc"]) == ("ECDH-ES", "A256GCM"), "envelope.algorithm")
    need(header["typ"] == "taawun-envelope+jwe", "envelope.type")
    epk = header["epk"]
    need(isinstance(epk, dict) and set(epk) == {"kty", "crv", "x"}, "envelope.header")
    need((epk["kty"], epk["crv"]) == ("OKP", "X25519"), "envelope.header")
    for each in (epk["x"], header["kid"]):
        need(isinstance(each, str) and re.fullmatch(OF_32_BYTES, each), "envelope.header")
    number = int.from_bytes(binary(epk["x"]), "little")
    need(number < PRIME and number not in SMALL_ORDER, "envelope.point")
    return dict(header)


def _once(pairs: list[tuple[str, Any]]) -> Json:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def delivery(signed: str, me: str, keys: Iterable[Json], at: str) -> Json:
    """The delivery under a signature: a carrier, and a message or a void."""
    _, payload = claimed(signed, "taawun-message+jws")
    try:
        sender = json.loads(payload)["carrier"]["sender"]
    except (ValueError, KeyError, TypeError):
        raise Refusal("wire.not_json") from None
    value = read(verify(signed, "taawun-message+jws", ring(keys, sender), at))
    need(set(value) in ({"carrier", "message"}, {"carrier", "void"}), "wire.field")
    carrier = value["carrier"]
    need(carrier["v"] >= 1, "exchange.downgrade")
    need(carrier["v"] <= 1, "exchange.version")
    fits(carrier, "v sender recipient channel sequence sent_at")
    need(carrier["sequence"] >= 1, "wire.field")
    need(re.fullmatch("control|[0-9a-f]{64}", carrier["channel"]), "wire.field")
    need(carrier["recipient"] == me, "exchange.recipient")
    return dict(value)


def fits(document: Json, wanted: str, optional: str = "") -> None:
    """Refuse a field that is not known, and one that is missing."""
    need(set(document) <= {*wanted.split(), *optional.split()}, "wire.unknown_field")
    need(set(document) >= {*wanted.split()}, "wire.missing_field")


def receipt(signed: str, sender: str, me: str, keys: Iterable[Json], at: str) -> Json:
    """A receipt that `sender` gave to `me`."""
    said = read(verify(signed, "taawun-receipt+jws", ring(keys, sender), at))
    fits(
        said,
        "v sender recipient channel sequence sha256 outcome at",
        "message ground params",
    )
    need(said["outcome"] in ("accepted", "refused", "void"), "wire.field")
    need(
        re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", said.get("ground", "a.b")),
        "wire.field",
    )
    need((said["sender"], said["recipient"]) == (sender, me), "exchange.receipt")
    return dict(said)


def concat_kdf(shared: bytes) -> bytes:
    """The key of RFC 7518 section 4.6.2 for A256GCM: one round of SHA-256, empty party infos."""
    algorithm = b"A256GCM"
    other = len(algorithm).to_bytes(4, "big") + algorithm  # AlgorithmID
    other += bytes(4) + bytes(4)  # PartyUInfo, PartyVInfo: no apu, no apv
    other += (256).to_bytes(4, "big")  # SuppPubInfo: bits of key
    return hashlib.sha256((1).to_bytes(4, "big") + shared + other).digest()
