"""Whose mentions a panel counts: queries in the part of Elasticsearch's JSON that every Hubbub index speaks."""

from collections.abc import Callable, Mapping
from typing import Any

from hubbub.core import customers
from hubbub.core.verdict import Label

Json = dict[str, Any]
Query = Mapping[str, Any]
Search = Callable[[Mapping[str, Any]], Json]

WAITING: Query = {"bool": {"filter": [customers.CUSTOMERS, customers.WAITING]}}
"""The first post of each customer who waits for an answer."""

ANSWERED: Query = {"bool": {"filter": [customers.CUSTOMERS, customers.ANSWERED]}}
"""The first post of each customer who was answered."""

IN_TIME: Query = customers.IN_TIME

NEGATIVE: Query = {"bool": {"filter": [customers.CUSTOMERS, {"term": {"sentiment.label": Label.negative.value}}]}}
"""Those of them that the model judges negative."""
