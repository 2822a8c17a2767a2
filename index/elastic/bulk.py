"""Many documents in one request: read by their places, and written with an answer for each."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from hubbub.core.ports import Json
from hubbub.index.elastic.errors import refusal

RETRIES = 5
FIRST_PAUSE = 0.25  # seconds, doubled with every retry: 8 seconds in all
MEGABYTES = 10
CONFLICT = 409  # somebody else wrote the document meanwhile
_BUSY = (429, 502, 503, 504)
_OURS = (400, 404, CONFLICT)  # what a single document can be answered with, besides success

Place = tuple[str, str]
"""Index and `_id`."""


class Found(NamedTuple):
    """A document as it was read; Elasticsearch compares `seq_no` and `primary_term` when it is written again."""

    source: Json
    version: int
    seq_no: int
    primary_term: int

    @property
    def unless_changed(self) -> Json:
        """What makes a bulk action fail with `CONFLICT` where the document was written since."""
        return {"if_seq_no": self.seq_no, "if_primary_term": self.primary_term}


def read(client: Elasticsearch, places: Iterable[Place], address: str) -> dict[Place, Found]:
    """The documents that are there, also those not yet visible to a search.

    Raises:
        Fatal, Retryable: one could not be read, so it is not known whether it is there.
    """
    docs = [{"_index": index, "_id": name} for index, name in dict.fromkeys(places)]
    if not docs:
        return {}
    found: dict[Place, Found] = {}
    for item in client.mget(docs=docs)["docs"]:
        error = item.get("error")
        if error and error["type"] == "security_exception":
            raise refusal(403, error, address)
        if error and error["type"] != "index_not_found_exception":
            raise refusal(503, error, address)
        if item.get("found"):
            found[item["_index"], item["_id"]] = Found(
                item["_source"], item["_version"], item["_seq_no"], item["_primary_term"]
            )
    return found


def write(client: Elasticsearch, actions: Iterable[Json], address: str) -> Iterator[Json]:
    """Sends `actions`, as elasticsearch.helpers takes them, and yields each one's answer: `_index`, `_id`, `status`,
    and `result` or `error`. An answer of 400, 404 or 409 is the caller's to judge.

    Raises:
        Fatal, Retryable: the server does not take the documents now, whatever is in them.
    """
    answers = streaming_bulk(
        client,
        actions,
        max_retries=RETRIES,
        initial_backoff=FIRST_PAUSE,
        retry_on_status=_BUSY,
        max_chunk_bytes=MEGABYTES * 1024 * 1024,
        raise_on_error=False,
    )
    for done, answer in answers:
        item: Json = next(iter(answer.values()))
        if not done:
            error = item.get("error", {})
            beyond_the_document = error.get("type") in ("validation_exception", "index_not_found_exception")
            if item["status"] not in _OURS or beyond_the_document:
                raise refusal(item["status"], error, address)
        yield item


def write_all(client: Elasticsearch, actions: Iterable[Json], address: str) -> list[Json]:
    """Sends `actions` and returns the answers, each a success, a 404 or a `CONFLICT`.

    Raises:
        Fatal, Retryable: as `write`; Fatal also where a single document is refused.
    """
    answers = list(write(client, actions, address))
    for answer in answers:
        if answer["status"] == 400:
            raise refusal(400, answer["error"], address)
    return answers
