"""`canonical.json`: values and their one spelling; spellings that are refused."""

from __future__ import annotations

from typing import Any

from taawun.cooperation.wire import MOST_BYTES, MOST_DEPTH, canonical, digest

Json = dict[str, Any]

VALUES: list[tuple[str, Any]] = [
    ("nothing in an object", {}),
    ("nothing in a list", []),
    ("names in order of UTF-16 code units", {"b": 1, "a": 2, "é": 3, "ا": 4, "A": 5}),
    ("a name beyond the basic plane comes before U+FB33", {"\U0001f600": 1, "\ufb33": 2}),
    ("a name that begins another", {"ab": 1, "a": 2, "": 3}),
    ("Arabic, Cyrillic and Chinese letters stand as they are", ["محمد", "Мухаммед", "穆罕默德"]),
    ("line feed, tab and other controls", "\b\t\n\f\r\u0000\u001f\u007f"),
    ("quotes, reverse and plain slash", '"\\/'),
    ("composed and decomposed letters are two texts", ["\u00e9", "e\u0301"]),
    ("the largest and the smallest whole number", [2**53 - 1, -(2**53) + 1]),
    ("zero, true, false, null", [0, True, False, None]),
    ("lists keep their order", [3, 1, 2, [2, 1]]),
    ("objects in lists in objects", {"z": [{"y": 1, "x": {"b": [], "a": {}}}]}),
]

DEEP = MOST_DEPTH + 1
SPELT: list[tuple[str, bytes, str]] = [
    ("white space", b'{"a": 1}', "wire.not_canonical"),
    ("a line feed at the end", b'{"a":1}\n', "wire.not_canonical"),
    ("names out of order", b'{"b":1,"a":2}', "wire.not_canonical"),
    ("a name twice", b'{"a":1,"a":1}', "wire.not_canonical"),
    ("a name twice, once escaped", b'{"\\u0061":1,"a":1}', "wire.not_canonical"),
    ("a letter escaped without need", b'"\\u0061"', "wire.not_canonical"),
    ("a slash escaped", b'"\\/"', "wire.not_canonical"),
    ("a control escaped in capitals", b'"\\u001F"', "wire.not_canonical"),
    ("a line feed escaped by number", b'"\\u000a"', "wire.not_canonical"),
    ("a pair of surrogates escaped", b'"\\ud83d\\ude00"', "wire.not_canonical"),
    ("a lone surrogate", b'"\\ud83d"', "wire.not_json"),
    ("a whole number with a fraction", b"[1.0]", "wire.not_canonical"),
    ("a whole number with an exponent", b"[1e2]", "wire.not_canonical"),
    ("minus zero", b"[-0]", "wire.not_canonical"),
    ("a whole number beyond 2^53 - 1", b"[9007199254740992]", "wire.not_canonical"),
    ("a fraction, in its shortest spelling", b"[1.5]", "wire.not_canonical"),
    ("an exponent, in its shortest spelling", b"[1e+30]", "wire.not_canonical"),
    ("a leading zero", b"[01]", "wire.not_json"),
    ("a leading plus", b"[+1]", "wire.not_json"),
    ("not a number", b"[NaN]", "wire.not_json"),
    ("a comma too many", b"[1,]", "wire.not_json"),
    ("a comment", b"[1]/**/", "wire.not_json"),
    ("single quotes", b"['a']", "wire.not_json"),
    ("a byte order mark", b"\xef\xbb\xbf[]", "wire.not_json"),
    ("bytes that are no UTF-8", b'"\xff"', "wire.not_json"),
    ("an overlong encoding", b'"\xc0\x80"', "wire.not_json"),
    ("a control character as it is", b'"\x01"', "wire.not_json"),
    ("UTF-16", "[1]".encode("utf-16-le"), "wire.not_json"),
    ("nothing", b"", "wire.not_json"),
    ("two values", b"[][]", "wire.not_json"),
    ("an end missing", b'{"a":"', "wire.not_json"),
    ("deeper than allowed", b"[" * DEEP + b"]" * DEEP, "wire.too_deep"),
]


def files() -> dict[str, Json]:
    """`canonical.json`."""
    return {
        "canonical.json": {
            "what": "RFC 8785: a value and its only spelling; other spellings and their ground",
            "most_bytes": MOST_BYTES,
            "most_depth": MOST_DEPTH,
            "valid": [
                {
                    "name": name,
                    "value": value,
                    "canonical_hex": canonical(value).hex(),
                    "digest": digest(canonical(value)),
                }
                for name, value in VALUES
            ],
            "refused": [
                {"name": name, "bytes_hex": spelt.hex(), "ground": ground}
                for name, spelt, ground in SPELT
            ],
        }
    }
