"""One thing that somebody said, as every source's records become."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hubbub.core.addresses import WebAddress
from hubbub.core.clean import JsonObject, Text
from hubbub.core.moments import Moment

Count = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class Kind(StrEnum):
    post = "post"
    comment = "comment"
    reply = "reply"
    review = "review"
    survey = "survey"
    ticket = "ticket"
    article = "article"


class Author(BaseModel):
    """Who said it, as far as the source tells.

    Attributes:
        id: the source's own id of the account, which survives a change of name.
        name: the handle, without `@` or `u/`.
        is_brand: the account speaks for the brand.
    """

    model_config = ConfigDict(frozen=True)

    id: Text | None = None
    name: Text | None = None
    followers: Count | None = Field(default=None, ge=0)
    is_brand: bool = False


class Engagement(BaseModel):
    """Counts at the time of observation; None where the source does not say. Likes may be negative (Reddit's score)."""

    model_config = ConfigDict(frozen=True)

    likes: Count | None = None
    replies: Count | None = None
    shares: Count | None = None
    views: Count | None = None


class Mention(BaseModel):
    """Lone surrogates and NUL, which UTF-8 and databases refuse, are replaced by U+FFFD in every text and in `raw`.

    Attributes:
    source: the platform that it was said on (`reddit`, `x`; that which a file was exported from).
    native_id: the source's own id, unique within it.
    channel: the place within the source: subreddit, feed, page.
    posted_at, observed_at: UTC, 1970 to 2099; when it was said, when it was last seen at the source.
    url: where a person can read it; http or https.
    conversation_id, parent_id: native ids of the thread's first post and of the post that this one answers.
    brand: set where the source itself says which brand the post is about.
    deleted: the source says that the post is gone; what it said must go here too.
    raw: what the source sent, for replay, as JSON: None stands for NaN and infinity.
    """

    model_config = ConfigDict(frozen=True)

    source: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    native_id: Text = Field(min_length=1, max_length=256)
    kind: Kind = Kind.post
    channel: Text | None = None
    posted_at: Moment
    observed_at: Moment
    url: WebAddress | None = None
    title: Text | None = None
    text: Text = Field(max_length=1_000_000)
    author: Author = Author()
    engagement: Engagement = Engagement()
    conversation_id: Text | None = None
    parent_id: Text | None = None
    brand: Text | None = None
    deleted: bool = False
    raw: JsonObject = Field(default_factory=dict)

    @model_validator(mode="after")
    def _id_fits_an_index(self) -> "Mention":
        if len(self.id.encode()) > 512:
            raise ValueError("the native id is longer than an index can hold (512 bytes with the source's name)")
        return self

    @property
    def id(self) -> str:
        """The mention's id everywhere in Hubbub: `<source>:<native id>`."""
        return f"{self.source}:{self.native_id}"

    @property
    def words(self) -> str:
        """Title and text, as one reads them."""
        return f"{self.title}\n{self.text}" if self.title else self.text
