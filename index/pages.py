"""Reads all documents that answer a query, some thousand at a time, since an index gives no more at once."""

from collections.abc import Iterator, Sequence

from hubbub.core.ports import Index, Json

PAGE = 10_000


def pages(index: Index, query: Json, fields: Sequence[str]) -> Iterator[dict[str, Json]]:
    """The documents by their ids, the oldest posts first, with these fields of them.

    What is stored meanwhile may be among them or not; everything else is, once.
    """
    since: int | None = None
    seen: list[str] = []  # those of the very moment that the last page ended with
    while True:
        behind: Json = {
            "filter": [query, *([{"range": {"@timestamp": {"gte": since}}}] if since is not None else [])],
            "must_not": [{"ids": {"values": seen}}] if seen else [],
        }
        body = {
            "query": {"bool": behind},
            "size": PAGE,
            "sort": [{"@timestamp": "asc"}],
            "track_total_hits": False,
            "_source": list(fields),
        }
        hits = index.search(body)["hits"]["hits"]
        if hits:
            yield {hit["_id"]: hit["_source"] for hit in hits}
        if len(hits) < PAGE:
            return
        last = hits[-1]["sort"][0]
        at_last = [hit["_id"] for hit in hits if hit["sort"][0] == last]
        seen = [*seen, *at_last] if last == since else at_last
        since = last
