"""A file arrives whole or not at all, whatever the server does."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from taawun.errors import InputError, Unavailable, UsageError
from taawun.lists.fetch import Fetched, Limits, fetch, shown

from .server import Answer, Server, sends, serving

BODY = b"id,name\n1,Amina Example\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def redirects(to: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def trickles_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(200):
        handler.wfile.write(f"X-{n}: slow\r\n".encode())
        time.sleep(0.02)


def trickles_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(0.02)


def says_nothing(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)


def got(location: str, folder: Path, **bounds: float | int) -> Fetched:
    fetched = fetch(location, folder, limits=Limits(**bounds))  # type: ignore[arg-type]
    assert fetched is not None
    return fetched


def test_a_download_is_whole_and_keeps_what_the_server_said(server: Server, tmp_path: Path) -> None:
    modified = "Tue, 24 Nov 2026 05:00:00 GMT"
    server.answers["/lists/a%20b.csv"] = sends(BODY, ETag='"v1"', Last_Modified=modified)
    fetched = got(f"{server.url}/lists/a%20b.csv", tmp_path)
    assert fetched.path.read_bytes() == BODY
    assert fetched.path.name == "a_b.csv"
    assert (fetched.size, fetched.etag, fetched.last_modified) == (len(BODY), '"v1"', modified)


def test_compressed_in_transfer(server: Server, tmp_path: Path) -> None:
    server.answers["/un.xml"] = sends(gzip.compress(BODY), Content_Encoding="gzip")
    assert got(f"{server.url}/un.xml", tmp_path).path.read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["un.xml"]


def test_not_modified_is_none(server: Server, tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(304 if handler.headers["If-None-Match"] == '"v1"' else 500)
        handler.end_headers()

    server.answers["/un.xml"] = answer
    assert fetch(f"{server.url}/un.xml", tmp_path, etag='"v1"') is None
    with pytest.raises(Unavailable, match="500"):
        fetch(f"{server.url}/un.xml", tmp_path, etag='"v0"')


def test_redirects_are_followed_a_few_times(server: Server, tmp_path: Path) -> None:
    server.answers = {"/old": redirects("/new"), "/new": sends(BODY), "/loop": redirects("/loop")}
    assert got(f"{server.url}/old", tmp_path).path.read_bytes() == BODY
    with pytest.raises(Unavailable, match="more than 5 redirects"):
        fetch(f"{server.url}/loop", tmp_path)


@pytest.mark.parametrize("to", ["http://lists.example/un.xml", "file:///etc/passwd", "ftp://a/b"])
def test_a_redirect_away_from_https_is_refused(server: Server, tmp_path: Path, to: str) -> None:
    server.answers["/away"] = redirects(to)
    with pytest.raises(Unavailable, match="only https"):
        fetch(f"{server.url}/away", tmp_path)


@pytest.mark.parametrize("url", ["http://lists.example/a", "ftp://127.0.0.1/a", "https://"])
def test_other_than_https_is_not_asked_for(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="only https"):
        fetch(url, tmp_path)


@pytest.mark.parametrize(
    ("answer", "bounds", "said"),
    [
        (sends(BODY, Content_Length="9999"), {}, "complete|cut off"),
        (sends(gzip.compress(BODY)[:-9], Content_Encoding="gzip"), {}, "cannot be unpacked"),
        (sends(b"nonsense", Content_Encoding="gzip"), {}, "cannot be unpacked"),
        (sends(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip"), {}, "more than"),
        (sends(b"nonsense", Content_Encoding="br"), {}, "not asked for: br"),
        (sends(BODY), {"received": 5}, "more than 5 bytes"),
        (trickles_headers, {"seconds": 0.2}, "not complete in 0.2 s"),
        (trickles_body, {"seconds": 0.2}, "not complete in 0.2 s"),
        (says_nothing, {"silence": 0.1}, "silent for 0.1 s"),
    ],
    ids=[
        "cut off",
        "gzip cut off",
        "not gzip",
        "gzip bomb",
        "brotli",
        "too big",
        "headers",
        "body",
        "silence",
    ],
)
def test_a_failing_server_leaves_nothing(
    server: Server, tmp_path: Path, answer: Answer, bounds: dict[str, float], said: str
) -> None:
    server.answers["/un.xml"] = answer
    limits = Limits(unpacked=1_000_000, **bounds)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match=said):
        fetch(f"{server.url}/un.xml", tmp_path, limits=limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_status(server: Server, tmp_path: Path, status: int) -> None:
    server.answers["/un.xml"] = lambda handler: handler.send_error(status)
    with pytest.raises(Unavailable, match=str(status)):
        fetch(f"{server.url}/un.xml", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_mirror_on_this_machine_is_not_asked_through_a_proxy(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answers["/un.xml"] = sends(BODY)
    assert got(f"{server.url}/un.xml", tmp_path).path.read_bytes() == BODY


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        fetch("http://127.0.0.1:9/un.xml", tmp_path)


# Files and archives


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def placed(folder: Path, name: str, content: bytes) -> str:
    path = folder / "from" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return str(path)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", BODY),
        ("list.zip", zipped(dir__list_csv=BODY)),
        ("list.csv.gz", gzip.compress(BODY)),
        ("no-suffix", gzip.compress(BODY)),
        ("up.zip", zipped(**{"..__..__up.csv": BODY})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_or_its_archive(tmp_path: Path, into: Path, name: str, content: bytes) -> None:
    source = placed(tmp_path, name, content)
    fetched = got(source, into)
    assert fetched.path.read_bytes() == BODY
    assert fetched.path.parent == into
    assert [path.name for path in into.iterdir()] == [fetched.path.name]
    assert Path(source).read_bytes() == content


def test_a_zip_of_several_files(tmp_path: Path, into: Path) -> None:
    fetched = got(placed(tmp_path, "set.zip", zipped(sdn=BODY, in__alt=b"1")), into)
    assert fetched.path == into
    assert [path.name for path in fetched.files] == ["alt", "sdn"]
    other = tmp_path / "other"
    other.mkdir()
    assert (
        got(placed(tmp_path, "set.zip", zipped(sdn=BODY, alt=b"2")), other).sha256 != fetched.sha256
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("many.zip", zipped(**{f"f{n}": BODY for n in range(21)}), "21 files in the archive"),
        ("twins.zip", zipped(**{"a__x.csv": BODY, "b__x.csv": BODY}), "two files of one name"),
        ("book.xlsx", zipped(**{"[Content_Types].xml": b"<x/>", "a": b""}), "save it as CSV"),
        ("cut.zip", zipped(a=BODY)[:30], "cannot be unpacked"),
        ("cut.gz", gzip.compress(BODY)[:-9], "cannot be unpacked"),
        ("bomb.zip", zipped(a=bytes(5_000_000)), "unpacks to more than"),
        ("bomb.gz", gzip.compress(bytes(5_000_000)), "unpacks to more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_archive(tmp_path: Path, into: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fetch(placed(tmp_path, name, content), into, limits=Limits(unpacked=1_000_000))
    assert {path.name for path in into.iterdir()} <= {"x.csv"}


def test_no_such_file_and_too_big(tmp_path: Path, into: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        fetch(str(tmp_path / "absent.xml"), into)
    with pytest.raises(InputError, match="no such file"):
        fetch(str(tmp_path), into)
    with pytest.raises(InputError, match="at most 5"):
        fetch(placed(tmp_path, "list.csv", BODY), into, limits=Limits(received=5))


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/home/officer/lists/un.xml", "un.xml"),
        (
            "https://me:secret@lists.example:8443/a/un.xml?token=t#x",
            "https://lists.example:8443/a/un.xml",
        ),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
    ],
)
def test_what_is_journalled_of_a_location(location: str, said: str) -> None:
    assert shown(location) == said
