"""What every page has in common: its language and direction, its policy, why there is no answer.

A page runs nothing in the browser and loads nothing from elsewhere; the policy it is sent with
would not let it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from taawun.errors import TaawunError
from taawun.web.refusals import status_of
from taawun.web.serving import language
from taawun.wording import LANGUAGES, direction, known, say
from taawun.wording.raised import in_words

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


def rendered(
    request: Request, template: str, status: int, values: Mapping[str, object], query: str = ""
) -> Response:
    """A page in the language of the request. Templates get `say`, `lang`, `dir`, `here`.

    `query` is what the address has after its language: `&search=7`.
    """
    lang = language(request)
    html = (
        _templates()
        .get_template(template)
        .render(
            lang=lang,
            dir=direction(lang),
            languages=LANGUAGES,
            here=request.url.path,
            query=query,
            say=lambda code, **params: say(code, lang, **params),
            **values,
        )
    )
    headers = {**HEADERS, "content-language": lang, "vary": "accept-language"}
    return Response(html, status_code=status, headers=headers, media_type="text/html")


def told(problem: TaawunError | None, lang: str) -> tuple[str, str] | None:
    """Why there is no answer: in words, and in the words of whoever raised it."""
    if problem is None:
        return None
    status = status_of(problem)
    code = f"web.problem.{status}" if known(f"web.problem.{status}") else "web.problem.500"
    return say(code, lang), in_words(str(problem), lang) if status in (400, 404) else ""


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("taawun.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
