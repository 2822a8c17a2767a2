"""Imports the boards into a Kibana over HTTP.

https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-import.html
"""

import re
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from hubbub.core.answers import retry_after
from hubbub.core.errors import Fatal, Misconfigured, Retryable
from hubbub.core.text import one_line
from hubbub.dashboards.boards import boards
from hubbub.dashboards.kibana.saved_objects import compile_dashboards

_line = partial(one_line, limit=200)


def import_dashboards(url: str, api_key: str | None, *, space: str = "", timeout: float = 30.0) -> int:
    """Writes all boards into the Kibana at `url`, over earlier ones. Returns how many objects it wrote.

    Args:
        space: id of the Kibana space; empty means the default one.
        timeout: seconds to wait for an answer.

    Raises:
        Misconfigured: no address, an impossible key, or something at the address that is not Kibana.
        Fatal: Kibana refuses the key or an object.
        Retryable: Kibana is away, starting or busy.
    """
    if not url:
        raise Misconfigured("no Kibana is named; set HUBBUB_KIBANA__URL, for example to http://localhost:5601")
    if api_key and not re.fullmatch(r"[\w+/=:.-]+", api_key, re.ASCII):
        raise Misconfigured("HUBBUB_KIBANA__API_KEY holds characters that no key has; copy the encoded key again")
    within = f"/s/{quote(space, safe='')}" if space else ""
    address = f"{url.rstrip('/')}{within}/api/saved_objects/_import"
    headers = {"kbn-xsrf": "true"} | ({"Authorization": f"ApiKey {api_key}"} if api_key else {})
    content = compile_dashboards(boards())
    file = ("hubbub.ndjson", content.encode(), "application/ndjson")
    try:
        answer = httpx.post(
            address, params={"overwrite": "true"}, headers=headers, files={"file": file}, timeout=timeout
        )
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise Misconfigured("HUBBUB_KIBANA__URL is not an address; it looks like http://localhost:5601") from None
    except httpx.TransportError as error:
        problem = f"{_place(url)} does not answer as Kibana ({type(error).__name__})"
        raise Retryable(f"{problem}; check HUBBUB_KIBANA__URL and that Kibana runs") from None
    return _read(answer, _place(url), objects=content.count("\n"))


def _read(answer: httpx.Response, place: str, *, objects: int) -> int:
    if answer.status_code in (401, 403):
        hint = "set HUBBUB_KIBANA__API_KEY to a key that may manage saved objects, dashboards and data views"
        raise Fatal(f"{place} refuses to import ({answer.status_code}); {hint}")
    if answer.status_code in (408, 429, 502, 503, 504):
        seconds = retry_after(answer.headers)
        raise Retryable(f"{place} is starting or busy ({answer.status_code}); try again in a minute", seconds)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or ("success" not in body and "message" not in body):
        hint = "HUBBUB_KIBANA__URL wants Kibana's own address, with its base path if it has one"
        raise Misconfigured(f"{place} answers, but not as Kibana does (status {answer.status_code}); {hint}")
    if "success" not in body:
        raise Fatal(f"{place} refuses the import ({answer.status_code}): {_line(body['message'])}")
    errors = body.get("errors") or []
    if errors or body["success"] is not True:
        raise Fatal(f"{place} did not import {len(errors) or 'all'} of {objects} objects{_first(errors)}")
    if body.get("successCount") != objects:
        raise Fatal(f"{place} imported {_line(body.get('successCount'))} of {objects} objects and does not say why")
    return objects


def _first(errors: Any) -> str:
    match errors:
        case [{"type": kind, "id": name, "error": {"type": reason}}, *_]:
            return f"; first {_line(kind)} {_line(name)}: {_line(reason)}"
        case _:
            return ""


def _place(url: str) -> str:
    """The address without a login that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", url)
