"""How a mention lies in the index: the document, its fields, and the index that it belongs to."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hubbub.core.insight import Enriched
from hubbub.core.ports import Json

ALIAS = "mentions"
STATE = "hubbub-state"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_KEYWORD: Json = {"type": "keyword", "ignore_above": 1024}
_LONG: Json = {"type": "long"}
_DATE: Json = {"type": "date"}
_FLOAT: Json = {"type": "float"}
_BOOLEAN: Json = {"type": "boolean"}
_TEXT: Json = {"type": "text", "analyzer": "standard", "fields": {"th": {"type": "text", "analyzer": "thai"}}}

FIELDS: dict[str, Json] = {
    "@timestamp": _DATE,
    "event.ingested": _DATE,
    "event.observed": _DATE,
    "message": _TEXT,
    "title": _TEXT,
    "url.full": {"type": "keyword", "ignore_above": 2048},
    "user.id": _KEYWORD,
    "user.name": _KEYWORD,
    "user.followers": _LONG,
    "user.is_brand": _BOOLEAN,
    "source": _KEYWORD,
    "channel": _KEYWORD,
    "kind": _KEYWORD,
    "brand": _KEYWORD,
    "match.term": _KEYWORD,
    "match.kind": _KEYWORD,
    "match.product": _KEYWORD,
    "competitor": _KEYWORD,
    "language": _KEYWORD,
    "sentiment.label": _KEYWORD,
    "sentiment.confidence": _FLOAT,
    "sentiment.score": _FLOAT,
    "sentiment.model": _KEYWORD,
    "sentiment.uncertain": _BOOLEAN,
    "sentiment.overridden_by": _KEYWORD,
    "themes": _KEYWORD,
    "signals": _KEYWORD,
    "journey": _KEYWORD,
    "needs_reply": _BOOLEAN,
    "urgency": _FLOAT,
    "conversation.id": _KEYWORD,
    "conversation.parent": _KEYWORD,
    "conversation.answered_at": _DATE,
    "conversation.response_seconds": _LONG,
    "duplicate_of": _KEYWORD,
    "spam": _BOOLEAN,
    "engagement.likes": _LONG,
    "engagement.replies": _LONG,
    "engagement.shares": _LONG,
    "engagement.views": _LONG,
    "raw": {"type": "object", "enabled": False},
}


def month(posted_at: datetime) -> str:
    """The index of a mention, computable from its own time: `mentions-2026.11`."""
    return f"{ALIAS}-{posted_at:%Y.%m}"


def version(observed_at: datetime) -> int:
    """The version of an observation: milliseconds since 1970."""
    return (observed_at - _EPOCH) // timedelta(milliseconds=1)


def document(enriched: Enriched, facts: Json) -> Json:
    """The document of a mention, fields without a value left out; `facts` holds `ingested` (ISO 8601)."""
    mention, matches, insight = enriched.mention, enriched.matches, enriched.insight
    author, engagement, verdict = mention.author, mention.engagement, insight.verdict
    ours = [match for match in matches if not match.competitor]
    flat: Json = {
        "@timestamp": iso(mention.posted_at),
        "event": {"ingested": facts["ingested"], "observed": iso(mention.observed_at)},
        "message": mention.text,
        "title": mention.title,
        "url": {"full": mention.url},
        "user": {"id": author.id, "name": author.name, "followers": author.followers, "is_brand": author.is_brand},
        "source": mention.source,
        "channel": mention.channel,
        "kind": mention.kind.value,
        "brand": _distinct(match.brand for match in ours),
        "match": {
            "term": _distinct(match.term for match in matches),
            "kind": _distinct(match.kind.value if match.kind else None for match in matches),
            "product": _distinct(match.product for match in matches),
        },
        "competitor": _distinct(match.brand for match in matches if match.competitor),
        "language": insight.language,
        "sentiment": {
            "label": verdict.label.value,
            "confidence": verdict.confidence,
            "score": verdict.score,
            "model": verdict.model,
            "uncertain": verdict.uncertain,
        },
        "conversation": {
            "id": _thread(mention.source, mention.conversation_id),
            "parent": _thread(mention.source, mention.parent_id),
        },
        "engagement": engagement.model_dump(),
    }
    return {**_without_nothing(flat), "raw": mention.raw}


def _thread(source: str, native_id: str | None) -> str | None:
    return f"{source}:{native_id}" if native_id else None


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if value is not None))


def _without_nothing(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kept = {key: _without_nothing(inner) for key, inner in value.items()}
    return {key: inner for key, inner in kept.items() if inner not in (None, [], {})}


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
