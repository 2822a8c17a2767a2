"""Where the columns of an export lie that mean what a mention holds."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from hubbub.collectors._kit import fields
from hubbub.core.ports import Raw


class Columns(BaseModel):
    """What a record's columns are called; `user.name` is `name` within `user`. Only `text` and `posted_at` are needed.

    Attributes:
        native_id: where a record has none, a hash of the record stands in.
        posted_at, observed_at: as `date_format` and `timezone` say. Where a record does not say when it was observed,
            the file's own time stands in.
        kind: one of Hubbub's kinds; without one, the option `kind`, or `reply` where that is `post` and there is a
            parent.
        is_brand, deleted: true, yes or 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    native_id: str = "native_id"
    text: str = "text"
    title: str = "title"
    posted_at: str = "posted_at"
    observed_at: str = "observed_at"
    url: str = "url"
    channel: str = "channel"
    kind: str = "kind"
    author_id: str = "author_id"
    author_name: str = "author_name"
    followers: str = "followers"
    is_brand: str = "is_brand"
    conversation_id: str = "conversation_id"
    parent_id: str = "parent_id"
    brand: str = "brand"
    deleted: str = "deleted"
    likes: str = "likes"
    replies: str = "replies"
    shares: str = "shares"
    views: str = "views"

    def value(self, raw: Raw, name: str) -> Any:
        """What a record has in the column that means `name`; None where it has no such column."""
        column = getattr(self, name)
        if column in raw or "." not in column:
            return raw.get(column)
        value: Any = raw
        for step in column.split("."):
            value = fields.part(value).get(step)
        return value
