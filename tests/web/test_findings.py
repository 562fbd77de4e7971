"""The pages of findings: both languages, nothing from elsewhere, keys, hostile account ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from taawun.detection import archive
from taawun.store import keys, open_store
from taawun.web.app import serving_at
from tests.conftest import AT
from tests.detection.kept import keep
from tests.web.conftest import here


@pytest.fixture
def client(own_home: Path) -> Iterator[TestClient]:
    keep(own_home)
    with here(serving_at(own_home)) as opened:
        yield opened


def page(response: Any) -> Any:
    assert response.headers["content-type"].startswith("text/html")
    return html.fromstring(response.text)


ADDRESSES = ("/findings", "/findings/2")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("lang", "way"), [("en", "ltr"), ("ar", "rtl")])
def test_it_says_its_language_and_direction(
    client: TestClient, address: str, lang: str, way: str
) -> None:
    response = client.get(address, params={"lang": lang})
    assert response.status_code == 200
    found = page(response)
    assert (found.get("lang"), found.get("dir")) == (lang, way)
    assert "detection." not in found.text_content()
    assert "web." not in found.text_content()


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_it_runs_nothing_and_loads_nothing_from_elsewhere(
    client: TestClient, address: str, lang: str
) -> None:
    response = client.get(address, params={"lang": lang})
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    found = page(response)
    assert not found.xpath("//script | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")
    for where in found.xpath("//@href | //@src | //@action"):
        assert where.startswith(("/", "#")), where
    assert "url(" not in response.text
    assert "<script>alert" not in response.text
    assert "\u202e" not in response.text
    assert "\x07" not in response.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_can_be_used_without_seeing_it(client: TestClient, address: str) -> None:
    found = page(client.get(address))
    assert len(found.xpath("//h1")) == 1
    assert found.xpath("//main")
    assert all(found.xpath("//th/@scope"))
    assert all(each.text_content().strip() for each in found.xpath("//a | //button | //label"))
    named = found.xpath("//*/@aria-labelledby")
    ids = set(found.xpath("//*/@id"))
    assert {name for each in named for name in each.split()} <= ids


def test_the_list_leads_to_each_finding(client: TestClient) -> None:
    found = page(client.get("/findings"))
    links = found.xpath("//li//a/@href")
    assert len(links) == 3
    one = page(client.get(links[1]))
    assert "gathered" in one.text_content()
    assert "funnel account" in one.text_content()
    assert "Joined from 2" in one.text_content()
    assert "4 times the account's usual" in one.text_content()


def test_a_finding_has_its_picture_and_its_transfers(client: TestClient) -> None:
    found = page(client.get("/findings/1"))
    (drawing,) = found.xpath("//*[local-name()='svg']")
    assert drawing.get("role") == "img"
    assert len(found.xpath("//tbody/tr")) == 5
    assert "3,900.00 USD" in found.text_content()
    alone = client.get("/findings/1/network.svg", params={"lang": "ar"})
    assert alone.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in alone.headers["content-security-policy"]
    assert etree.fromstring(alone.content).get("lang") == "ar"


@pytest.mark.parametrize(
    "address",
    [
        "/findings/0",
        "/findings/4",
        "/findings/-1",
        "/findings/one",
        "/findings/99999999999999999999",
        "/findings/1?search=7",
        "/findings?search=x",
        "/findings/1?search=%3Cscript%3E",
    ],
)
def test_what_is_not_there_is_said(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert page(response).xpath("//*[@role='alert']")
    assert "<script>" not in response.text


def test_many_findings_are_shown_page_by_page(own_home: Path) -> None:
    keep(own_home, findings=120)
    with here(serving_at(own_home)) as opened:
        first = page(opened.get("/findings"))
        assert len(first.xpath("//ol/li")) == 50
        (onward,) = first.xpath("//a[contains(@href, 'from=')]/@href")
        assert page(opened.get(onward)).xpath("//ol/@start") == ["51"]
        assert len(page(opened.get("/findings?from=100")).xpath("//ol/li")) == 20
        assert len(page(opened.get("/findings?from=zzz")).xpath("//ol/li")) == 50


def test_nothing_searched_yet_is_said(own_home: Path) -> None:
    with here(serving_at(own_home)) as opened:
        response = opened.get("/findings", params={"lang": "ar"})
    assert response.status_code == 404
    assert "لم يُجرَ بحث بعد" in page(response).text_content()


def test_the_newest_search_is_shown_unless_another_is_asked_for(own_home: Path) -> None:
    keep(own_home, findings=1)
    keep(own_home, findings=2)
    with here(serving_at(own_home)) as opened:
        assert len(page(opened.get("/findings")).xpath("//ol/li")) == 2
        found = page(opened.get("/findings?search=1"))
        assert len(found.xpath("//ol/li")) == 1
        assert all("search=1" in each for each in found.xpath("//nav/a[@hreflang]/@href"))


def test_altered_findings_are_not_shown(own_home: Path) -> None:
    keep(own_home)
    (file,) = (own_home / archive.FOLDER).glob("*/" + archive.FINDINGS)
    file.write_bytes(file.read_bytes() + b"x")
    with here(serving_at(own_home)) as opened:
        response = opened.get("/findings")
    assert response.status_code == 500
    assert str(own_home) not in response.text


# Keys


@pytest.fixture
def kept_key(own_home: Path) -> str:
    keep(own_home)
    store = open_store(own_home)
    with store.begin() as unit:
        made = keys.add(unit, "clerk", at=AT, actor="t")
    store.close()
    return made


PATHS = ("/findings", "/findings/1", "/findings/1/network.svg")


@pytest.mark.parametrize("path", PATHS)
def test_a_key_is_needed_where_there_is_one(own_home: Path, kept_key: str, path: str) -> None:
    with here(serving_at(own_home)) as opened:
        refused = opened.get(path)
        assert refused.status_code == 401
        assert "gather" not in refused.text
        good = opened.get(path, headers={"authorization": f"ApiKey {kept_key}"})
        assert good.status_code == 200
        assert opened.get(path, headers={"authorization": "ApiKey nonsense"}).status_code == 401


@pytest.mark.parametrize("path", PATHS[:2])
def test_a_key_may_come_by_the_form(own_home: Path, kept_key: str, path: str) -> None:
    with here(serving_at(own_home)) as opened:
        form = page(opened.get(path))
        assert form.xpath("//form/@method") == ["post"]
        assert form.xpath("//input/@type") == ["password"]
        shown = opened.post(path, data={"key": kept_key})
        assert shown.status_code == 200
        assert kept_key not in shown.text
        assert opened.post(path, data={"key": "nonsense"}).status_code == 401
        assert opened.post(path, content=b"\xff&&=%").status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_without_keys_only_this_machine_is_served(own_home: Path, path: str) -> None:
    keep(own_home)
    with here(serving_at(own_home)) as opened:
        assert opened.get(path, headers={"x-forwarded-for": "10.0.0.1"}).status_code == 401
        assert opened.get(path, headers={"host": "evil.example"}).status_code == 401
