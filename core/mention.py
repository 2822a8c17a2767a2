"""One thing that somebody said, as every source's records become."""

from datetime import UTC
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Kind(StrEnum):
    post = "post"
    comment = "comment"
    reply = "reply"
    review = "review"
    survey = "survey"
    ticket = "ticket"
    article = "article"


class Author(BaseModel):
    """Attributes:
    id: the source's own id of the account, which survives a change of name.
    name: the handle, without `@` or `u/`.
    is_brand: the account speaks for the brand.
    """

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    name: str | None = None
    followers: int | None = Field(default=None, ge=0)
    is_brand: bool = False


class Engagement(BaseModel):
    """Counts at the time of observation; None where the source does not say. Likes may be negative (Reddit's score)."""

    model_config = ConfigDict(frozen=True)

    likes: int | None = None
    replies: int | None = None
    shares: int | None = None
    views: int | None = None


class Mention(BaseModel):
    """Attributes:
    source: the connector, or the place that a file was exported from (`reddit`, `x`).
    native_id: the source's own id, unique within it.
    channel: the place within the source: subreddit, feed, page.
    posted_at, observed_at: UTC; when it was said, when it was last seen at the source.
    url: where a person can read it; http or https.
    conversation_id, parent_id: native ids of the thread's first post and of the post that this one answers.
    brand: set where the source itself says which brand the post is about.
    deleted: the source says that the post is gone; what it said must go here too.
    raw: what the source sent, for replay.
    """

    model_config = ConfigDict(frozen=True)

    source: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    native_id: str = Field(min_length=1, max_length=256)
    kind: Kind = Kind.post
    channel: str | None = None
    posted_at: Utc
    observed_at: Utc
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    title: str | None = None
    text: str
    author: Author = Author()
    engagement: Engagement = Engagement()
    conversation_id: str | None = None
    parent_id: str | None = None
    brand: str | None = None
    deleted: bool = False
    raw: dict[str, Any] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The mention's id everywhere in Hubbub: `<source>:<native id>`."""
        return f"{self.source}:{self.native_id}"

    @property
    def words(self) -> str:
        """Title and text, as one reads them."""
        return f"{self.title}\n{self.text}" if self.title else self.text
