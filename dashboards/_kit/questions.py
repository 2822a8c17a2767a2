"""Whose mentions a panel counts: queries in the part of Elasticsearch's JSON that every Hubbub index speaks."""

from collections.abc import Callable, Mapping
from typing import Any

from hubbub.core.customers import CUSTOMERS
from hubbub.core.verdict import Label

Json = dict[str, Any]
Query = Mapping[str, Any]
Search = Callable[[Mapping[str, Any]], Json]

NEGATIVE: Query = {"bool": {"filter": [CUSTOMERS, {"term": {"sentiment.label": Label.negative.value}}]}}
"""Those of them that the model judges negative."""
