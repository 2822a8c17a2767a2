"""Why a mention was kept."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class MatchKind(StrEnum):
    handle = "handle"
    alias = "alias"
    product = "product"
    service = "service"
    hashtag = "hashtag"
    keyword = "keyword"


class Match(BaseModel):
    """One reason to keep a mention.

    Attributes:
        brand: the watched brand, a competitor's name where `competitor` is true.
        term: the term of the watch list as it is written there; None where the source itself named the brand.
        product: the product or service that the term stands for.
    """

    model_config = ConfigDict(frozen=True)

    brand: str
    competitor: bool = False
    term: str | None = None
    kind: MatchKind | None = None
    product: str | None = None
