"""The page at /: in both languages, without anything from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient


def page(response: Any) -> Any:
    assert response.headers["content-type"].startswith("text/html")
    return html.fromstring(response.text)


@pytest.mark.parametrize(("lang", "way"), [("en", "ltr"), ("ar", "rtl")])
def test_it_says_its_language_and_direction(client: TestClient, lang: str, way: str) -> None:
    for response in (
        client.get("/", params={"lang": lang}),
        client.get("/", headers={"accept-language": f"{lang}-SY,fr;q=0.3"}),
    ):
        found = page(response)
        assert (found.get("lang"), found.get("dir")) == (lang, way)
        assert response.headers["content-language"] == lang


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_runs_nothing_and_loads_nothing_from_elsewhere(client: TestClient, lang: str) -> None:
    response = client.post("/", params={"lang": lang}, data={"name": "Ziyad Qamhani"})
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    found = page(response)
    assert not found.xpath("//script | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")
    for address in found.xpath("//@href | //@src | //@action"):
        assert address.startswith(("/", "#")), address
    assert client.get("/static/taawun.css").headers["content-type"].startswith("text/css")
    assert "url(" not in client.get("/static/taawun.css").text


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_can_be_used_without_seeing_it(client: TestClient, lang: str) -> None:
    found = page(client.post("/", params={"lang": lang}, data={"name": "Ziyad Qamhani"}))
    labelled = set(found.xpath("//label/@for"))
    assert labelled == set(found.xpath("//input/@id | //select/@id"))
    assert len(found.xpath("//h1")) == 1
    assert found.xpath("//main")
    assert all(found.xpath("//th/@scope"))
    assert all(each.text_content().strip() for each in found.xpath("//a | //button | //label"))


def test_it_lists_what_is_served(client: TestClient) -> None:
    rows = page(client.get("/")).xpath("//tbody/tr")
    assert [row.xpath("td/code/text()")[0] for row in rows] == ["made", "peps"]


def test_a_hit_is_shown_with_reasons(client: TestClient) -> None:
    form = {"name": "زياد منصور القمحاني", "kind": "person", "born": "1971", "country": "Syria"}
    found = page(client.post("/", params={"lang": "ar"}, data=form))
    (hit,) = found.xpath("//li[contains(@class, 'hit')]")
    assert hit.xpath(".//h3")[0].text_content().strip() == "Ziyad Mansur Qamhani"
    signs = hit.xpath(".//ul[@class='reasons']/li/@class")
    assert signs[0] == "names"
    assert "for" in signs
    assert "screening." not in hit.text_content()
    assert hit.xpath(".//a/@href") == ["/entities/MD.1"]
    assert found.xpath("//input[@id='name']/@value") == [form["name"]]


def test_no_hit_is_said_in_words(client: TestClient) -> None:
    found = page(client.post("/", data={"name": "Nobody Of That Name At All"}))
    assert "nothing listed comes near" in found.text_content()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": ""},
        {"name": "<script>alert(1)</script>"},
        {"name": '"><img src=x onerror=alert(1)>'},
        {"name": "a", "kind": "wizard", "born": "soon", "country": "Atlantis"},
        {"name": "x" * 5_000},
        {"name": "\u0000\u202e"},
    ],
)
def test_what_is_typed_stays_text(client: TestClient, form: dict[str, str]) -> None:
    response = client.post("/", data=form)
    assert response.status_code in (200, 400)
    assert not page(response).xpath("//script | //img")
    assert not re.search(r"<script|<img", response.text)


def test_a_form_that_is_no_form_gets_the_page(client: TestClient) -> None:
    for body in (b"", b"\xff\xfe%%%=&&&", b"&".join([b"a=1"] * 100)):
        assert client.post("/", content=body).status_code in (200, 400)


def test_why_there_is_no_answer_is_said_in_the_language(client: TestClient) -> None:
    long = {"name": "x" * 5_000}
    for lang, said in (("en", "cannot be screened"), ("ar", "لا يمكن فحص هذا")):
        found = page(client.post("/", params={"lang": lang}, data=long))
        (alert,) = found.xpath("//*[@role='alert']")
        assert said in alert.text_content()
        assert "5000" in alert.text_content()
