"""What Elasticsearch refuses, as one clear line each. No line holds a key or a password."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import elastic_transport
from elasticsearch import ApiError, ConnectionTimeout, SSLError, TransportError, UnsupportedProductError

from hubbub.core.errors import Fatal, HubbubError, Retryable
from hubbub.core.text import one_line

ROLE = "docs/elasticsearch.md has the role that it needs"
_BUSY = (429, 502, 503, 504)


@contextmanager
def clear_errors(address: str) -> Iterator[None]:
    """Turns the client's errors into ours; `address` is the server's, without credentials.

    Raises:
        Retryable: it is away, busy or full.
        Fatal: it refuses us, or it is no Elasticsearch.
    """
    try:
        yield
    except ApiError as error:
        raise _of_answer(error, address) from None
    except TransportError as error:
        raise _of_connection(error, address) from None


def refusal(status: int, error: Mapping[str, Any], address: str) -> HubbubError:
    """The error behind a status and Elasticsearch's `{"type": ..., "reason": ...}`."""
    kind, reason = str(error.get("type", "")), why(error)
    here = f"Elasticsearch at {address}"
    if status == 401:
        return Fatal(
            f"{here} refuses the API key (missing, wrong or expired): set HUBBUB_INDEX__API_KEY to a valid one"
        )
    if kind == "security_exception" or (status == 403 and kind != "cluster_block_exception"):
        reason = re.sub(r" for API key id \[[^]]*\] of user \[[^]]*\]", "", reason)
        return Fatal(f"{here} says that the key in HUBBUB_INDEX__API_KEY is too weak: {reason}; {ROLE}")
    if kind == "cluster_block_exception" and "read-only-allow-delete" in reason:
        return Retryable(
            f"{here} takes no more documents: {reason}; free disk space there, then it lifts the block itself"
        )
    if kind == "cluster_block_exception" and status == 403:
        return Fatal(f"{here} is blocked for writing: {reason}; somebody has to lift the block")
    if status in _BUSY:
        return Retryable(f"{here} is busy or not ready ({status} {kind}: {reason}); try again later")
    return Fatal(f"{here} refuses a request ({status} {kind}: {reason})")


def _of_answer(error: ApiError, address: str) -> HubbubError:
    foreign = "x-elastic-product" not in error.meta.headers
    if isinstance(error, UnsupportedProductError) or (foreign and error.status_code not in (401, 403, *_BUSY)):
        return Fatal(f"what answers at {address} is not Elasticsearch 8 or later: set HUBBUB_INDEX__URL to one")
    return refusal(error.status_code, cause(error), address)


def _of_connection(error: TransportError, address: str) -> HubbubError:
    if isinstance(error, ConnectionTimeout):
        return Retryable(f"Elasticsearch at {address} did not answer in time; try again later")
    if isinstance(error, SSLError):
        hint = "if its certificate is your own authority's, name that in SSL_CERT_FILE"
        return Fatal(f"no secure connection to Elasticsearch at {address}; {hint}")
    if isinstance(error, elastic_transport.ConnectionError):
        told = re.search(r"\[Errno -?\d+\] ([\w ]+)", str(error))
        said = f" ({told[1]})" if told else ""
        return Retryable(
            f"Elasticsearch at {address} cannot be reached{said}: is it running, and HUBBUB_INDEX__URL right?"
        )
    return Fatal(f"what answers at {address} does not speak like Elasticsearch: is HUBBUB_INDEX__URL right?")


def cause(error: ApiError) -> Mapping[str, Any]:
    """Elasticsearch's own `{"type": ..., "reason": ...}`."""
    found = error.body.get("error") if isinstance(error.body, dict) else None
    return found if isinstance(found, dict) else {"reason": found or ""}


def why(error: Mapping[str, Any]) -> str:
    """The reason with what is behind it, in one line, without the piece of the document that a parser shows."""
    reasons: list[str] = []
    while error:
        reasons.append(str(error.get("reason") or error.get("type") or "no reason given"))
        error = error.get("caused_by") or {}
    line = one_line(": ".join(dict.fromkeys(reasons)))
    return re.sub(r" at \[Source: .*?(?=; line|$)", "", line)[:500]
