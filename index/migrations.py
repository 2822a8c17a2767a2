"""Records of older releases as today's program keeps them; pure, so that both indexes use the same."""

from collections.abc import Iterable
from typing import Any

from hubbub.core.ports import Json
from hubbub.core.records import AlertRecord, DeadLetter, Identity


def alert_record(body: Json) -> Json:
    """An alert without the words that the first release kept in it."""
    if "alert" not in body:
        return body
    alert = body["alert"]
    record = {
        "key": alert["key"],
        "findings": [_finding(found) for found in (alert["finding"], *alert["also"])],
        "state": body["state"],
        "since": body["since"],
        "until": body["until"],
        "mentions": [post["mention_id"] for post in alert["evidence"]],
        "receipts": {body["notifier"]: body["receipt"]} if body["receipt"] else {},
    }
    return AlertRecord.model_validate(record).model_dump(mode="json")


def dead_letter(body: Json) -> Json:
    """A letter with the identity that its raw has, as far as the collectors of the first release wrote it there."""
    if body.get("native_id") or body["stage"] == "fetch":
        return body
    return DeadLetter.model_validate({**body, **_identity(body["raw"]).model_dump()}).model_dump(mode="json")


def gone(tombstones: Iterable[str]) -> set[tuple[str | None, str]]:
    """Source and native id of the letters that have to go, since their mention was deleted: the first release left
    them. A letter whose source is not known goes by its id alone, as it does when a mention is deleted.

    Args:
        tombstones: their keys.
    """
    found: set[tuple[str | None, str]] = set()
    for key in tombstones:
        source, _, native_id = key.partition(":")
        found |= {(source, native_id), (None, native_id)}
    return found


def _finding(found: Json) -> Json:
    if "subject" in found:
        return found
    return {
        "rule": found["rule"],
        "kind": "negative_surge",
        "subject": {"kind": "brand", "name": found["brand"]},
        "brand": found["brand"],
        "start": found["start"],
        "end": found["end"],
        "observed": found["count"],
        "total": found["total"],
        "expected": found["usual"],
    }


def _identity(raw: Json) -> Identity:
    """Reddit wraps its things in `data`, X's posts lie beside their authors, exports mostly use our own names."""
    thing, tweet, user = _part(raw, "data"), _part(raw, "tweet"), _part(raw, "author")
    if tweet:
        return Identity(
            source="x",
            native_id=_name(tweet.get("id")),
            author_id=_name(tweet.get("author_id")),
            author=_name(user.get("username")),
        )
    if thing:
        fullname = thing.get("name") or f"{raw.get('kind')}_{thing.get('id')}"
        return Identity(
            source="reddit",
            native_id=_name(fullname),
            author_id=_name(thing.get("author_fullname")),
            author=_name(thing.get("author")),
        )
    return Identity(
        native_id=_name(raw.get("native_id")),
        author_id=_name(raw.get("author_id")),
        author=_name(raw.get("author_name")),
    )


def _part(raw: Json, name: str) -> Json:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _name(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None
