"""Whose posts are counted wherever nothing else is said, and who of them waits."""

from typing import Any

CUSTOMERS: dict[str, Any] = {
    "bool": {"filter": [{"exists": {"field": "brand"}}], "must_not": [{"term": {"user.is_brand": True}}]},
}
"""Posts about the watched brands by anyone but the brands themselves, as a query of an index."""

WAITING: dict[str, Any] = {"terms": {"queue.state": ["waiting", "taken"]}}
"""The posts that stand for a customer who waits for an answer, whether or not somebody is at it; who was snoozed is not
among them until then."""

ANSWERED: dict[str, Any] = {"exists": {"field": "conversation.in_time"}}
"""The posts that stand for a customer who was answered."""

IN_TIME: dict[str, Any] = {"term": {"conversation.in_time": True}}
LATE: dict[str, Any] = {"term": {"conversation.in_time": False}}
"""Those of them whose first answer came within the service level, and the others."""
