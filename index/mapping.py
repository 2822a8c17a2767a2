"""How a mention lies in the index: the document, its fields, and the index that it belongs to."""

from datetime import datetime
from typing import Any

from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.moments import iso, milliseconds
from hubbub.core.ports import Json, Over
from hubbub.core.verdict import Label

ALIAS = "mentions"
EVENTS = "hubbub-events"
STATE = "hubbub-state"

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
    "event.dataset": _KEYWORD,
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
    "sentiment.judged": _KEYWORD,
    "themes": _KEYWORD,
    "signals": _KEYWORD,
    "journey": _KEYWORD,
    "needs_reply": _BOOLEAN,
    "urgency": _FLOAT,
    "conversation.id": _KEYWORD,
    "conversation.parent": _KEYWORD,
    "conversation.answered_at": _DATE,
    "conversation.answered_by": _KEYWORD,
    "conversation.response_seconds": _LONG,
    "conversation.opened_at": _DATE,
    "conversation.due_at": _DATE,
    "conversation.in_time": _BOOLEAN,
    "conversation.warn_at": _DATE,
    "conversation.open": _BOOLEAN,
    "conversation.contacts": _LONG,
    "conversation.last_by": _KEYWORD,
    "conversation.waited_seconds": _LONG,
    "conversation.channels": _KEYWORD,
    "posted.hour": _LONG,
    "queue.state": _KEYWORD,
    "queue.team": _KEYWORD,
    "queue.until": _DATE,
    "duplicate_of": _KEYWORD,
    "spam": _BOOLEAN,
    "outcome": _KEYWORD,
    "engagement.likes": _LONG,
    "engagement.replies": _LONG,
    "engagement.shares": _LONG,
    "engagement.views": _LONG,
    "raw": {"type": "object", "enabled": False},
}
FACT_FIELDS: dict[str, tuple[str, ...]] = {
    "ingested": ("event.ingested",),
    "dataset": ("event.dataset",),
    "label": ("sentiment.label", "sentiment.judged"),
    "overridden_by": ("sentiment.overridden_by",),
    "answered_at": ("conversation.answered_at",),
    "answered_by": ("conversation.answered_by",),
    "response_seconds": ("conversation.response_seconds",),
    "duplicate_of": ("duplicate_of",),
    "spam": ("spam",),
    "urgency": ("urgency",),
    "outcome": ("outcome",),
    "posted_hour": ("posted.hour",),
    "opened_at": ("conversation.opened_at",),
    "due_at": ("conversation.due_at",),
    "in_time": ("conversation.in_time",),
    "warn_at": ("conversation.warn_at",),
    "open": ("conversation.open",),
    "contacts": ("conversation.contacts",),
    "last_by": ("conversation.last_by",),
    "waited_seconds": ("conversation.waited_seconds",),
    "channels": ("conversation.channels",),
    "queue_state": ("queue.state",),
    "queue_team": ("queue.team",),
    "queue_until": ("queue.until",),
}
"""The fields of a document that a fact decides on, by the fact's name."""

EVENT_FIELDS: dict[str, Json] = {
    "@timestamp": _DATE,
    "event.action": _KEYWORD,
    "event.dataset": _KEYWORD,
    "event.outcome": _KEYWORD,
    "event.reason": _KEYWORD,
    "event.start": _DATE,
    "event.end": _DATE,
    "run.fetched": _LONG,
    "run.new": _LONG,
    "run.updated": _LONG,
    "run.unchanged": _LONG,
    "run.dropped": _LONG,
    "run.deleted": _LONG,
    "run.gone_unknown": _LONG,
    "run.dead_lettered": _LONG,
    "run.missed": _LONG,
    "run.failures": _LONG,
    "brand": _KEYWORD,
    "rule.name": _KEYWORD,
    "rule.kind": _KEYWORD,
    "alert.key": _KEYWORD,
    "alert.severity": _KEYWORD,
    "alert.subject": _KEYWORD,
    "alert.observed": _FLOAT,
    "alert.expected": _FLOAT,
}
"""Events; none of these holds anybody's words."""


def _types(fields: dict[str, Json]) -> dict[str, str]:
    every = {name: field["type"] for name, field in fields.items() if field["type"] != "object"}
    inner = {
        f"{name}.{sub}": kind["type"] for name, field in fields.items() for sub, kind in field.get("fields", {}).items()
    }
    return every | inner


TYPES: dict[Over, dict[str, str]] = {"mentions": _types(FIELDS), "events": _types(EVENT_FIELDS)}
"""The type of every field that can be asked for."""


def month(posted_at: datetime) -> str:
    """The index of a mention, computable from its own time: `mentions-2026.11`."""
    return f"{ALIAS}-{posted_at.year}.{posted_at.month:02}"


def version(observed_at: datetime) -> int:
    """The version of an observation: milliseconds since 1970."""
    return milliseconds(observed_at)


def document(enriched: Enriched, facts: Facts) -> Json:
    """The document of a mention with its facts, fields without a value left out."""
    return amended(observed(enriched), facts)


def observed(enriched: Enriched) -> Json:
    """What its source and the models say of a mention: its document without facts."""
    mention, insight = enriched.mention, enriched.insight
    author, engagement, verdict = mention.author, mention.engagement, insight.verdict
    ours = [match for match in enriched.matches if not match.competitor]
    told = ours or enriched.matches  # a competitor's words are told only where there are none of ours
    return {
        "@timestamp": iso(mention.posted_at),
        "event": {"observed": iso(mention.observed_at)},
        **_known(
            message=mention.text,
            title=mention.title,
            url=_known(full=mention.url),
            user=_known(id=author.id, name=author.name, followers=author.followers, is_brand=author.is_brand),
            source=mention.source,
            channel=mention.channel,
            kind=mention.kind,
            brand=_distinct([match.brand for match in ours]),
            match=_known(
                term=_distinct([match.term for match in told]),
                kind=_distinct([match.kind for match in told]),
                product=_distinct([match.product for match in told]),
            ),
            competitor=_distinct([match.brand for match in enriched.matches if match.competitor]),
            language=insight.language,
            signals=_distinct([signal.name for signal in insight.signals]),
            needs_reply=insight.needs_reply,
            sentiment=_known(
                label=verdict.label,
                confidence=verdict.confidence,
                score=verdict.score,
                model=verdict.model,
                uncertain=verdict.uncertain,
            ),
            conversation=_known(
                id=_thread(mention.source, mention.conversation_id), parent=_thread(mention.source, mention.parent_id)
            ),
            engagement=_known(
                likes=engagement.likes,
                replies=engagement.replies,
                shares=engagement.shares,
                views=engagement.views,
            ),
        ),
        "raw": mention.raw,
    }


def amended(document: Json, facts: Facts) -> Json:
    """The document with what these facts set; the rest of it stays as it is."""
    changed = dict(document)
    for name in facts.model_fields_set & FACT_FIELDS.keys():
        value = getattr(facts, name)
        if name == "label":
            _label(changed, value)
        else:
            _set(changed, FACT_FIELDS[name][0], iso(value) if isinstance(value, datetime) else value)
    return changed


def _label(document: Json, label: Label | None) -> None:
    """Sets the label that a person gave, beside the one that the model judged; without one, the judged one is back."""
    judged = document["sentiment"].get("judged", document["sentiment"]["label"])
    _set(document, "sentiment.label", label.value if label else judged)
    _set(document, "sentiment.judged", judged if label else None)


def _set(document: Json, field: str, value: Any) -> None:
    """Sets a field, or takes it out where the value is None; the parts of the document that change are copied."""
    section, _, name = field.rpartition(".")
    place = dict(document.get(section, {})) if section else document
    if value is None:
        place.pop(name, None)
    else:
        place[name] = value
    if section and place:
        document[section] = place
    elif section:
        document.pop(section, None)


def event_document(event: Event) -> Json:
    """The document of an event, its fields nested."""
    root: Json = {"@timestamp": iso(event.at), "event": {"action": event.action}}
    for dotted, value in event.fields.items():
        *parents, name = dotted.split(".")
        place = root
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = iso(value) if isinstance(value, datetime) else value
    return root


def _thread(source: str, native_id: str | None) -> str | None:
    return f"{source}:{native_id}" if native_id else None


def _distinct(values: list[Any]) -> list[str]:
    some = [value for value in values if value is not None]
    return some if len(some) < 2 else [*dict.fromkeys(some)]


def _known(**fields: Any) -> Json:
    """The fields that have a value: no None, no list or section without anything in it."""
    return {name: value for name, value in fields.items() if value or value == 0 or value == ""}
